"""Threads of cases: messages, what is to be done about them, attachments, how far each person has read."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_TABLES = (
    "message_nudge",
    "mail_address",
    "message_draft",
    "message_seen",
    "message_attachment",
    "message_to_do",
    "message",
)


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("message_id", sa.String(32), primary_key=True),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("worklist_item_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("side", sa.String(8), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("author_id", sa.String(32), nullable=False),
        sa.Column("author_name", sa.String(200), nullable=False),
        sa.Column("written_at", _AT, nullable=False),
        sa.Column("blocks_signing", sa.Boolean, nullable=False),
        sa.Column("answers", sa.String(32), nullable=True),
        sa.Column("corrects", sa.String(32), nullable=True),
        sa.Column("called_person", sa.String(200), nullable=True),
        sa.Column("called_number", sa.String(200), nullable=True),
        sa.Column("called_at", _AT, nullable=True),
        sa.Column("read_back", sa.Boolean, nullable=True),
        sa.UniqueConstraint("worklist_item_id", "number", name="uq_message_worklist_item_id_number"),
    )
    op.create_index("ix_message_site", "message", ["site_id", "worklist_item_id", "number"])
    op.create_table(
        "message_to_do",
        sa.Column("message_id", sa.String(32), sa.ForeignKey("message.message_id"), primary_key=True),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("worklist_item_id", sa.String(32), nullable=False),
        sa.Column("question", sa.Boolean, nullable=False),
        sa.Column("blocks_signing", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("settled_by", sa.String(32), nullable=True),
        sa.Column("settled_at", _AT, nullable=True),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("ix_message_to_do_state", "message_to_do", ["site_id", "state"])
    op.create_index("ix_message_to_do_item", "message_to_do", ["worklist_item_id", "state"])
    op.create_table(
        "message_attachment",
        sa.Column("attachment_id", sa.String(32), primary_key=True),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("worklist_item_id", sa.String(32), nullable=False),
        sa.Column("message_id", sa.String(32), sa.ForeignKey("message.message_id"), nullable=True),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("blob_key", sa.String(300), nullable=False),
        sa.Column("stored_by", sa.String(32), nullable=False),
        sa.Column("stored_at", _AT, nullable=False),
    )
    op.create_index("ix_message_attachment_item", "message_attachment", ["worklist_item_id"])
    _of_people()


def _of_people() -> None:
    """How far each has read, what each is writing, and where to send a nudge."""
    op.create_table(
        "message_seen",
        sa.Column("worklist_item_id", sa.String(32), primary_key=True),
        sa.Column("person_id", sa.String(32), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", _AT, nullable=False),
    )
    op.create_index("ix_message_seen_person", "message_seen", ["person_id"])
    op.create_table(
        "message_draft",
        sa.Column("worklist_item_id", sa.String(32), primary_key=True),
        sa.Column("person_id", sa.String(32), primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("updated_at", _AT, nullable=False),
    )
    op.create_table(
        "mail_address",
        sa.Column("person_id", sa.String(32), sa.ForeignKey("person.person_id"), primary_key=True),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("set_at", _AT, nullable=False),
    )
    op.create_table(
        "message_nudge",
        sa.Column("person_id", sa.String(32), primary_key=True),
        sa.Column("worklist_item_id", sa.String(32), primary_key=True),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("wanted_at", _AT, nullable=True),
        sa.Column("not_before", _AT, nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("sent_at", _AT, nullable=True),
        sa.Column("last_error", sa.Text, nullable=True),
    )
    op.create_index("ix_message_nudge_wanted", "message_nudge", ["wanted_at"])


def downgrade() -> None:
    for name in _TABLES:
        op.drop_table(name)
