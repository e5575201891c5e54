"""The register of hospitals (site_id is a slug that stays), each with its rules."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    Row,
    String,
    Table,
    Text,
    false,
    insert,
    select,
    update,
)

from dokuei.clock import now
from dokuei.hub.sites.model import Site
from dokuei.storage.db import UtcDateTime, hub_metadata

site = Table(
    "site",
    hub_metadata,
    Column("site_id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("name_en", String(200), nullable=False),
    Column("identity_mode", String(20), nullable=False),
    Column("synced_passkeys_may_sign", Boolean, nullable=False),
    Column("keep_days", Integer, nullable=True),
    Column("mammography_grade_required", Boolean, nullable=False, server_default=false()),
    Column("read_twice", String(20), nullable=False, server_default="never"),
    Column("turnaround_days", Integer, nullable=True),
    Column("due_time", String(5), nullable=False, server_default="17:00"),
    Column("closed_on", Text, nullable=False, server_default="sat,sun,holidays"),
    Column("images_finalised", Boolean, nullable=False, server_default=false()),
    Column("qualified_signature_required", Boolean, nullable=False, server_default=false()),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(200), nullable=False),
)
_FIELDS = tuple(Site.__dataclass_fields__)


def add(connection: Connection, new: Site, *, actor: str) -> None:
    """Enter a site."""
    connection.execute(
        insert(site).values(**{name: getattr(new, name) for name in _FIELDS}, created_at=now(), created_by=actor)
    )


def change(connection: Connection, changed: Site) -> None:
    """Write a site's new particulars; the slug never changes."""
    connection.execute(
        update(site)
        .where(site.c.site_id == changed.site_id)
        .values(**{name: getattr(changed, name) for name in _FIELDS if name != "site_id"})
    )


def find(connection: Connection, site_id: str, *, lock: bool = False) -> Site | None:
    """One site; ``lock`` lets those who write about it queue."""
    asked = select(site).where(site.c.site_id == site_id)
    row = connection.execute(asked.with_for_update() if lock else asked).one_or_none()
    return None if row is None else _site(row)


def every(connection: Connection) -> tuple[Site, ...]:
    """All sites by slug."""
    return tuple(_site(row) for row in connection.execute(select(site).order_by(site.c.site_id)))


def names(connection: Connection) -> Mapping[str, str]:
    """Each site's slug and name: what identity needs to know of the register."""
    return {row.site_id: row.name for row in connection.execute(select(site.c.site_id, site.c.name))}


def names_en(connection: Connection) -> Mapping[str, str]:
    """The same in English, where a site has such a name."""
    return {row.site_id: row.name_en for row in connection.execute(select(site.c.site_id, site.c.name_en))}


def _site(row: Row[Any]) -> Site:
    return Site(**{name: getattr(row, name) for name in _FIELDS})
