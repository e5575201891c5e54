"""What became of signed reports; what was said is never changed, and nothing is removed."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, true

from dokuei.storage.db import UtcDateTime, hub_metadata

signed = Table(
    "outcome_signed",
    hub_metadata,
    Column("worklist_item_id", String(32), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("site_id", String(64), nullable=False),
    Column("study_instance_uid", String(64), nullable=False),
    Column("signed_at", UtcDateTime, nullable=False),
    Column("holds", Boolean, nullable=False, server_default=true()),
    Column("read_at", UtcDateTime, nullable=True),
    Column("done_at", UtcDateTime, nullable=True),
)
Index("ix_outcome_signed_site", signed.c.site_id, signed.c.signed_at)
Index(
    "ix_outcome_signed_done", signed.c.site_id, signed.c.holds, signed.c.done_at, signed.c.read_at, signed.c.signed_at
)

mark = Table(
    "outcome_mark",
    hub_metadata,
    Column("worklist_item_id", String(32), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(8), primary_key=True),
    Column("person_id", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("note", Text, nullable=False),
)

important = Table(
    "outcome_important",
    hub_metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("worklist_item_id", String(32), nullable=False),
    Column("site_id", String(64), nullable=False),
    Column("person_id", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("because", Text, nullable=False),
    Column("withdrawn", Integer, nullable=False),
)
Index("ix_outcome_important_item", important.c.worklist_item_id, important.c.id)

manager = Table(
    "outcome_manager",
    hub_metadata,
    Column("site_id", String(64), primary_key=True),
    Column("person_id", String(32), nullable=True),
    Column("unread_days", Integer, nullable=False),
    Column("first_minutes", Integer, nullable=False, server_default="60"),
    Column("second_hours", Integer, nullable=False, server_default="24"),
    Column("third_days", Integer, nullable=False, server_default="3"),
    Column("set_at", UtcDateTime, nullable=False),
    Column("set_by", String(200), nullable=False),
)

escalation = Table(
    "outcome_escalation",
    hub_metadata,
    Column("worklist_item_id", String(32), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("site_id", String(64), nullable=False),
    Column("person_id", String(32), nullable=False),
    Column("grounds", String(80), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("mailed_at", UtcDateTime, nullable=True),
)

communication = Table(
    "outcome_communication",
    hub_metadata,
    Column("communication_id", String(32), primary_key=True),
    Column("worklist_item_id", String(32), nullable=False),
    Column("site_id", String(64), nullable=False),
    Column("study_instance_uid", String(64), nullable=False),
    Column("grade", Integer, nullable=False),
    Column("finding", Text, nullable=False),
    Column("opened_by", String(32), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("acknowledged_by", String(32), nullable=True),
    Column("acknowledged_at", UtcDateTime, nullable=True),
    Column("acknowledged_note", Text, nullable=False, server_default=""),
)
Index("ix_outcome_communication_item", communication.c.worklist_item_id)
Index("ix_outcome_communication_open", communication.c.acknowledged_at, communication.c.due_at)

telling = Table(
    "outcome_telling",
    hub_metadata,
    Column("communication_id", String(32), primary_key=True),
    Column("person_id", String(32), primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("recipient", String(200), nullable=False),
    Column("method", String(16), nullable=False),
    Column("read_back", Boolean, nullable=False),
    Column("noted_at", UtcDateTime, nullable=False),
)

communication_escalation = Table(
    "outcome_communication_escalation",
    hub_metadata,
    Column("communication_id", String(32), primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("person_id", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("mailed_at", UtcDateTime, nullable=True),
)
