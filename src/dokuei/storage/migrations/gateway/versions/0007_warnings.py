"""What was odd about each object as it came, as a JSON list of fixed sentences."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("received_object", sa.Column("warnings", sa.Text, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("received_object", "warnings")
