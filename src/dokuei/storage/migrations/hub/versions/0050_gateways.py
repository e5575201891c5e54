"""Since when no time server keeps a gateway's clock, whether that was told, and which earlier studies it brings."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("gateway", sa.Column("clock_unkept_since", sa.DateTime(timezone=True), nullable=True))
    told = sa.Column("clock_unkept_told", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("gateway", told)
    op.add_column("gateway", sa.Column("prior_rules", sa.Text, nullable=True))


def downgrade() -> None:
    op.drop_column("gateway", "prior_rules")
    op.drop_column("gateway", "clock_unkept_told")
    op.drop_column("gateway", "clock_unkept_since")
