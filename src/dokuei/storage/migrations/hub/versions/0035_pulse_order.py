"""The test patient's order of each gateway, and by what its picture may be fetched for a moment."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("gateway_pulse", sa.Column("asked", sa.Text, nullable=True))
    op.add_column("gateway_pulse", sa.Column("reader_hash", sa.String(64), nullable=True))
    op.add_column("gateway_pulse", sa.Column("reader_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_gateway_pulse_reader_hash", "gateway_pulse", ["reader_hash"])


def downgrade() -> None:
    op.drop_index("ix_gateway_pulse_reader_hash", "gateway_pulse")
    for name in ("reader_until", "reader_hash", "asked"):
        op.drop_column("gateway_pulse", name)
