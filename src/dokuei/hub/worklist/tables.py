"""Cases and the roles in reading them."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, false

from dokuei.clock import now
from dokuei.storage.db import UtcDateTime, hub_metadata

item = Table(
    "worklist_item",
    hub_metadata,
    Column("worklist_item_id", String(32), primary_key=True),
    Column("site_id", String(64), nullable=False),
    Column("study_instance_uid", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("priority", String(16), nullable=False),
    Column("due_at", UtcDateTime, nullable=True),
    Column("report_status", String(16), nullable=True),
    Column("patient_id", Text, nullable=False),
    Column("issuer_of_patient_id", Text, nullable=False),
    Column("patient_name_alphabetic", Text, nullable=False),
    Column("patient_name_ideographic", Text, nullable=False),
    Column("patient_name_phonetic", Text, nullable=False),
    Column("patient_birth_date", Text, nullable=False),
    Column("patient_sex", Text, nullable=False),
    Column("study_date", Text, nullable=False),
    Column("study_time", Text, nullable=False),
    Column("study_description", Text, nullable=False),
    Column("accession_number", Text, nullable=False),
    Column("referring_physician", Text, nullable=False),
    Column("modalities", Text, nullable=False),
    Column("number_of_series", Integer, nullable=False),
    Column("number_of_instances", Integer, nullable=False),
    Column("declared_instances", Integer, nullable=True),
    Column("arrived_instances", Integer, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("more_to_come", Boolean, nullable=False, server_default=false()),
    Column("performed", String(16), nullable=False, server_default=""),
    Column("performed_instances", Integer, nullable=True),
    Column("signed_instances", Integer, nullable=True),
    Column("request_state", String(16), nullable=False, server_default="none"),
    Column("request_reason", Text, nullable=False, server_default=""),
    Column("request_kind", String(16), nullable=False, server_default=""),
    Column("requested_priority", String(16), nullable=True),
    Column("contract_due_at", UtcDateTime, nullable=True),
    Column("deferred_until", UtcDateTime, nullable=True),
    Column("defer_reason", Text, nullable=False, server_default=""),
    Column("deferred_by", String(32), nullable=True),
    Column("waiting_for", String(16), nullable=True),
    Column("waiting_since", UtcDateTime, nullable=True),
    Column("first_received_at", UtcDateTime, nullable=False),
    Column("last_received_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime, nullable=True),
    Column("touched_at", UtcDateTime, nullable=True, default=now, onupdate=now),
    Column("sought", Text, nullable=False, server_default=""),
    Column("report_version", Integer, nullable=False, server_default="0"),
    Column("prior_only", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("site_id", "study_instance_uid"),
)
Index("ix_worklist_item_status", item.c.site_id, item.c.status, item.c.first_received_at)
Index("ix_worklist_item_patient", item.c.site_id, item.c.patient_id)
Index("ix_worklist_item_accession_number", item.c.site_id, item.c.accession_number)
Index("ix_worklist_item_finished", item.c.site_id, item.c.finished_at)
Index("ix_worklist_item_touched", item.c.site_id, item.c.touched_at)
Index("ix_worklist_item_sought", item.c.site_id, item.c.first_received_at, item.c.sought)

holding = Table(
    "reading_role",
    hub_metadata,
    Column("worklist_item_id", String(32), ForeignKey("worklist_item.worklist_item_id"), primary_key=True),
    Column("role", String(16), primary_key=True),
    Column("person_id", String(32), nullable=True),
    Column("claimed_at", UtcDateTime, nullable=True),
    Column("signed_at", UtcDateTime, nullable=True),
    Column("awaiting_approval", Boolean, nullable=False, server_default=false()),
)
Index("ix_reading_role_person_id", holding.c.person_id)

hold = Table(
    "reading_hold",
    hub_metadata,
    Column("worklist_item_id", String(32), ForeignKey("worklist_item.worklist_item_id"), primary_key=True),
    Column("role", String(16), primary_key=True),
    Column("person_id", String(32), primary_key=True),
    Column("since", UtcDateTime, nullable=False),
)

hand_over = Table(
    "hand_over",
    hub_metadata,
    Column("worklist_item_id", String(32), ForeignKey("worklist_item.worklist_item_id"), primary_key=True),
    Column("role", String(16), primary_key=True),
    Column("from_person_id", String(32), nullable=False),
    Column("to_person_id", String(32), nullable=False),
    Column("note", Text, nullable=False),
    Column("offered_at", UtcDateTime, nullable=False),
    Column("delegates", Boolean, nullable=False, server_default=false()),
)

delegation = Table(
    "reading_delegation",
    hub_metadata,
    Column("worklist_item_id", String(32), ForeignKey("worklist_item.worklist_item_id"), primary_key=True),
    Column("role", String(16), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("from_person_id", String(32), nullable=False),
    Column("ordered_by", String(32), nullable=False),
    Column("to_person_id", String(32), nullable=True),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

reader_change = Table(
    "reader_change",
    hub_metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("worklist_item_id", String(32), ForeignKey("worklist_item.worklist_item_id"), nullable=False),
    Column("role", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("from_person_id", String(32), nullable=False),
    Column("to_person_id", String(32), nullable=True),
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_reader_change_item", reader_change.c.worklist_item_id, reader_change.c.id)

finalisation = Table(
    "image_finalisation",
    hub_metadata,
    Column("worklist_item_id", String(32), ForeignKey("worklist_item.worklist_item_id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("act", String(16), nullable=False),
    Column("person_id", String(32), nullable=True),
    Column("at", UtcDateTime, nullable=False),
    Column("instances", Integer, nullable=False),
    Column("note", Text, nullable=False),
)

worklist_filter = Table(
    "worklist_filter",
    hub_metadata,
    Column("filter_id", String(32), primary_key=True),
    Column("person_id", String(32), nullable=False),
    Column("name", String(60), nullable=False),
    Column("chosen", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("person_id", "name"),
)
