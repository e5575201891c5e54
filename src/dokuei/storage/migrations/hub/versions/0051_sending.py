"""How fast each gateway sends, as it told last."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Known from the next heartbeat on."""
    op.add_column("gateway", sa.Column("sending", sa.Text, nullable=True))


def downgrade() -> None:
    """Without it."""
    op.drop_column("gateway", "sending")
