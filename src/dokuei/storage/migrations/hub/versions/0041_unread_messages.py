"""What is unread is sought among the messages of the last weeks, in an index that says all that is asked of them."""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_COLUMNS = ["site_id", "written_at", "worklist_item_id", "number", "author_id"]


def upgrade() -> None:
    """By site and time, with thread, number and author beside."""
    op.create_index("ix_message_written", "message", _COLUMNS)


def downgrade() -> None:
    """By the threads of a site alone."""
    op.drop_index("ix_message_written", "message")
