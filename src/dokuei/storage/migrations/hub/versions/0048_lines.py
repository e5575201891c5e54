"""Checks of lines, which sites each concerns, and the limits that lines are held against."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0046"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "line_check",
        sa.Column("check_id", sa.String(32), primary_key=True),
        sa.Column("line", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("address_range", sa.String(64), nullable=False),
        sa.Column("place", sa.String(16), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("down_bits", sa.BigInteger, nullable=False),
        sa.Column("up_bits", sa.BigInteger, nullable=False),
        sa.Column("round_trip_ms", sa.Float, nullable=False),
        sa.Column("round_trip_loaded_ms", sa.Float, nullable=False),
        sa.Column("jitter_ms", sa.Float, nullable=False),
        sa.Column("loss", sa.Float, nullable=True),
        sa.Column("path_mtu", sa.Integer, nullable=True),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("judged", sa.Text, nullable=False),
    )
    op.create_index("ix_line_check_line", "line_check", ["line", "at"])
    op.create_index("ix_line_check_actor", "line_check", ["actor", "at"])
    op.create_table(
        "line_check_site",
        sa.Column("check_id", sa.String(32), sa.ForeignKey("line_check.check_id"), primary_key=True),
        sa.Column("site_id", sa.String(64), primary_key=True),
    )
    op.create_index("ix_line_check_site_site", "line_check_site", ["site_id"])
    op.create_table(
        "line_limits",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("set_at", _AT, nullable=False),
        sa.Column("set_by", sa.String(200), nullable=False),
        sa.Column("set_by_name", sa.String(200), nullable=False),
    )


def downgrade() -> None:
    for name in ("limits", "check_site", "check"):
        op.drop_table(f"line_{name}")
