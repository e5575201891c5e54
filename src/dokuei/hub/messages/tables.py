"""Threads of cases: messages are only ever added; what is to be done about them has a row of its own."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from dokuei.storage.db import UtcDateTime, hub_metadata

message = Table(
    "message",
    hub_metadata,
    Column("message_id", String(32), primary_key=True),
    Column("site_id", String(64), nullable=False),
    Column("worklist_item_id", String(32), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("side", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("author_id", String(32), nullable=False),
    Column("author_name", String(200), nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
    Column("blocks_signing", Boolean, nullable=False),
    Column("answers", String(32), nullable=True),
    Column("corrects", String(32), nullable=True),
    Column("called_person", String(200), nullable=True),
    Column("called_number", String(200), nullable=True),
    Column("called_at", UtcDateTime, nullable=True),
    Column("read_back", Boolean, nullable=True),
    UniqueConstraint("worklist_item_id", "number"),
)
Index("ix_message_site", message.c.site_id, message.c.worklist_item_id, message.c.number)
Index(
    "ix_message_written",
    message.c.site_id,
    message.c.written_at,
    message.c.worklist_item_id,
    message.c.number,
    message.c.author_id,
)

to_do = Table(
    "message_to_do",
    hub_metadata,
    Column("message_id", String(32), ForeignKey("message.message_id"), primary_key=True),
    Column("site_id", String(64), nullable=False),
    Column("worklist_item_id", String(32), nullable=False),
    Column("question", Boolean, nullable=False),
    Column("blocks_signing", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("settled_by", String(32), nullable=True),
    Column("settled_at", UtcDateTime, nullable=True),
    Column("reason", Text, nullable=False),
)
Index("ix_message_to_do_state", to_do.c.site_id, to_do.c.state)
Index("ix_message_to_do_item", to_do.c.worklist_item_id, to_do.c.state)

attachment = Table(
    "message_attachment",
    hub_metadata,
    Column("attachment_id", String(32), primary_key=True),
    Column("site_id", String(64), nullable=False),
    Column("worklist_item_id", String(32), nullable=False),
    Column("message_id", String(32), ForeignKey("message.message_id"), nullable=True),
    Column("file_name", String(200), nullable=False),
    Column("media_type", String(40), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("blob_key", String(300), nullable=False),
    Column("stored_by", String(32), nullable=False),
    Column("stored_at", UtcDateTime, nullable=False),
)
Index("ix_message_attachment_item", attachment.c.worklist_item_id)

seen = Table(
    "message_seen",
    hub_metadata,
    Column("worklist_item_id", String(32), primary_key=True),
    Column("person_id", String(32), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_message_seen_person", seen.c.person_id)

draft = Table(
    "message_draft",
    hub_metadata,
    Column("worklist_item_id", String(32), primary_key=True),
    Column("person_id", String(32), primary_key=True),
    Column("content", Text, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

mail_address = Table(
    "mail_address",
    hub_metadata,
    Column("person_id", String(32), ForeignKey("person.person_id"), primary_key=True),
    Column("address", String(254), nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
)

nudge = Table(
    "message_nudge",
    hub_metadata,
    Column("person_id", String(32), primary_key=True),
    Column("worklist_item_id", String(32), primary_key=True),
    Column("site_id", String(64), nullable=False),
    Column("wanted_at", UtcDateTime, nullable=True),
    Column("not_before", UtcDateTime, nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", UtcDateTime, nullable=True),
    Column("last_error", Text, nullable=True),
)
Index("ix_message_nudge_wanted", nudge.c.wanted_at)
