"""Checks of lines (none is ever written over), which sites each concerns, and the centre's limits."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from dokuei.storage.db import UtcDateTime, hub_metadata

check = Table(
    "line_check",
    hub_metadata,
    Column("check_id", String(32), primary_key=True),
    Column("line", String(200), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("name", String(200), nullable=False),
    Column("device", String(64), nullable=False),
    Column("address_range", String(64), nullable=False),
    Column("place", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("down_bits", BigInteger, nullable=False),
    Column("up_bits", BigInteger, nullable=False),
    Column("round_trip_ms", Float, nullable=False),
    Column("round_trip_loaded_ms", Float, nullable=False),
    Column("jitter_ms", Float, nullable=False),
    Column("loss", Float, nullable=True),
    Column("path_mtu", Integer, nullable=True),
    Column("seconds", Float, nullable=False),
    Column("judged", Text, nullable=False),
)
Index("ix_line_check_line", check.c.line, check.c.at)
Index("ix_line_check_actor", check.c.actor, check.c.at)

check_site = Table(
    "line_check_site",
    hub_metadata,
    Column("check_id", String(32), ForeignKey("line_check.check_id"), primary_key=True),
    Column("site_id", String(64), primary_key=True),
)
Index("ix_line_check_site_site", check_site.c.site_id)

limits = Table(
    "line_limits",
    hub_metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    Column("set_by", String(200), nullable=False),
    Column("set_by_name", String(200), nullable=False),
)
