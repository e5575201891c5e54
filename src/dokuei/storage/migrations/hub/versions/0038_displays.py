"""Displays with their calibrations, which of them each device stands at, and the rules that hold for them."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "display",
        sa.Column("display_id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("maker", sa.String(200), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("serial", sa.String(200), nullable=False),
        sa.Column("pixel_columns", sa.Integer, nullable=False),
        sa.Column("pixel_rows", sa.Integer, nullable=False),
        sa.Column("pitch_mm", sa.Float, nullable=False),
        sa.Column("site_id", sa.String(64), nullable=True),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("registered_at", _AT, nullable=False),
        sa.Column("registered_by", sa.String(200), nullable=False),
        sa.Column("retired_at", _AT, nullable=True),
        sa.Column("retired_by", sa.String(200), nullable=True),
        sa.Column("retired_because", sa.Text, nullable=False),
        sa.UniqueConstraint("maker", "model", "serial"),
    )
    op.create_table(
        "display_calibration",
        sa.Column("calibration_id", sa.String(32), primary_key=True),
        sa.Column("display_id", sa.String(32), sa.ForeignKey("display.display_id"), nullable=False),
        sa.Column("measured_on", sa.Date, nullable=False),
        sa.Column("measured_by", sa.String(200), nullable=False),
        sa.Column("outsourced_to", sa.String(200), nullable=False),
        sa.Column("standard", sa.String(40), nullable=False),
        sa.Column("grade", sa.String(2), nullable=False),
        sa.Column("deviation", sa.Float, nullable=False),
        sa.Column("luminance_max", sa.Float, nullable=False),
        sa.Column("luminance_min", sa.Float, nullable=False),
        sa.Column("ambient", sa.Float, nullable=False),
        sa.Column("instrument", sa.String(200), nullable=False),
        sa.Column("failures", sa.String(200), nullable=False),
        sa.Column("recorded_at", _AT, nullable=False),
        sa.Column("recorded_by", sa.String(200), nullable=False),
        sa.Column("recorded_by_name", sa.String(200), nullable=False),
    )
    op.create_index(
        "ix_display_calibration_latest", "display_calibration", ["display_id", "measured_on", "recorded_at"]
    )
    op.create_table(
        "display_paper",
        sa.Column(
            "calibration_id",
            sa.String(32),
            sa.ForeignKey("display_calibration.calibration_id"),
            primary_key=True,
        ),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("blob_key", sa.String(200), nullable=False),
    )
    op.create_table(
        "display_at_device",
        sa.Column("device", sa.String(64), primary_key=True),
        sa.Column("display_id", sa.String(32), sa.ForeignKey("display.display_id"), nullable=False),
        sa.Column("chosen_at", _AT, nullable=False),
        sa.Column("chosen_by", sa.String(200), nullable=False),
    )
    op.create_table(
        "display_screen",
        sa.Column("session_id", sa.String(32), primary_key=True),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("pixel_ratio", sa.Float, nullable=False),
        sa.Column("colour_depth", sa.Integer, nullable=False),
        sa.Column("screens", sa.Integer, nullable=True),
        sa.Column("left", sa.Integer, nullable=True),
        sa.Column("top", sa.Integer, nullable=True),
        sa.Column("read_at", _AT, nullable=False),
    )
    op.create_table(
        "display_rules",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("mode", sa.String(8), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("months_mammography", sa.Integer, nullable=False),
        sa.Column("months_other", sa.Integer, nullable=False),
        sa.Column("set_at", _AT, nullable=False),
        sa.Column("set_by", sa.String(200), nullable=False),
        sa.Column("set_by_name", sa.String(200), nullable=False),
    )
    op.create_table(
        "display_site_grade",
        sa.Column("site_id", sa.String(64), primary_key=True),
        sa.Column("modality", sa.String(16), primary_key=True),
        sa.Column("grade", sa.String(2), nullable=False),
    )


def downgrade() -> None:
    for name in ("site_grade", "rules", "screen", "at_device", "paper", "calibration"):
        op.drop_table(f"display_{name}")
    op.drop_table("display")
