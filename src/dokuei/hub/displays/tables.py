"""Displays, their calibrations and papers (none is ever written over), which stand at a device, and the rules."""

from sqlalchemy import Column, Date, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from dokuei.storage.db import UtcDateTime, hub_metadata

display = Table(
    "display",
    hub_metadata,
    Column("display_id", String(32), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("maker", String(200), nullable=False),
    Column("model", String(200), nullable=False),
    Column("serial", String(200), nullable=False),
    Column("pixel_columns", Integer, nullable=False),
    Column("pixel_rows", Integer, nullable=False),
    Column("pitch_mm", Float, nullable=False),
    Column("site_id", String(64), nullable=True),
    Column("place", String(200), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("registered_at", UtcDateTime, nullable=False),
    Column("registered_by", String(200), nullable=False),
    Column("retired_at", UtcDateTime, nullable=True),
    Column("retired_by", String(200), nullable=True),
    Column("retired_because", Text, nullable=False),
    UniqueConstraint("maker", "model", "serial"),
)

calibration = Table(
    "display_calibration",
    hub_metadata,
    Column("calibration_id", String(32), primary_key=True),
    Column("display_id", String(32), ForeignKey("display.display_id"), nullable=False),
    Column("measured_on", Date, nullable=False),
    Column("measured_by", String(200), nullable=False),
    Column("outsourced_to", String(200), nullable=False),
    Column("standard", String(40), nullable=False),
    Column("grade", String(2), nullable=False),
    Column("deviation", Float, nullable=False),
    Column("luminance_max", Float, nullable=False),
    Column("luminance_min", Float, nullable=False),
    Column("ambient", Float, nullable=False),
    Column("instrument", String(200), nullable=False),
    Column("failures", String(200), nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("recorded_by", String(200), nullable=False),
    Column("recorded_by_name", String(200), nullable=False),
)
Index("ix_display_calibration_latest", calibration.c.display_id, calibration.c.measured_on, calibration.c.recorded_at)

paper = Table(
    "display_paper",
    hub_metadata,
    Column("calibration_id", String(32), ForeignKey("display_calibration.calibration_id"), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("media_type", String(40), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("blob_key", String(200), nullable=False),
)

at_device = Table(
    "display_at_device",
    hub_metadata,
    Column("device", String(64), primary_key=True),
    Column("display_id", String(32), ForeignKey("display.display_id"), primary_key=True),
    Column("chosen_at", UtcDateTime, nullable=False),
    Column("chosen_by", String(200), nullable=False),
)

screen = Table(
    "display_screen",
    hub_metadata,
    Column("session_id", String(32), primary_key=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("pixel_ratio", Float, nullable=False),
    Column("colour_depth", Integer, nullable=False),
    Column("screens", Integer, nullable=True),
    Column("left", Integer, nullable=True),
    Column("top", Integer, nullable=True),
    Column("read_at", UtcDateTime, nullable=False),
)

rules = Table(
    "display_rules",
    hub_metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("mode", String(8), nullable=False),
    Column("reason", Text, nullable=False),
    Column("months_mammography", Integer, nullable=False),
    Column("months_other", Integer, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    Column("set_by", String(200), nullable=False),
    Column("set_by_name", String(200), nullable=False),
)

site_grade = Table(
    "display_site_grade",
    hub_metadata,
    Column("site_id", String(64), primary_key=True),
    Column("modality", String(16), primary_key=True),
    Column("grade", String(2), nullable=False),
)
