"""What is unread is sought among the last weeks' messages; who keeps a hospital's contacts was reminded when."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_COLUMNS = ["site_id", "written_at", "worklist_item_id", "number", "author_id"]


def upgrade() -> None:
    """Messages by site and time, with thread, number and author beside; one row for each person and site."""
    op.create_index("ix_message_written", "message", _COLUMNS)
    op.create_table(
        "site_contact_reminder",
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "person_id", name="pk_site_contact_reminder"),
    )


def downgrade() -> None:
    """By the threads of a site alone, and nobody is reminded."""
    op.drop_table("site_contact_reminder")
    op.drop_index("ix_message_written", "message")
