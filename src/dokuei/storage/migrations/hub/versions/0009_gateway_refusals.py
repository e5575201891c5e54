"""What waits in each gateway's quarantine, in words."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("gateway", sa.Column("refusals", sa.Text, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("gateway", "refusals")
