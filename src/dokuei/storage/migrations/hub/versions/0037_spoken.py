"""For whom a speech engine wrote in a draft (REC-04)."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody spoke so far."""
    op.add_column("report_draft", sa.Column("spoken_by", sa.Text, nullable=False, server_default="[]"))


def downgrade() -> None:
    """Back to drafts that were typed."""
    op.drop_column("report_draft", "spoken_by")
