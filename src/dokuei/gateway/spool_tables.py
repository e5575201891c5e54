"""The tables of the hospital's queue; every row of ``received_object`` can be rebuilt from the files themselves."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, text

from dokuei.storage.db import UtcDateTime, gateway_metadata

_UID = String(64)

received_object = Table(
    "received_object",
    gateway_metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("sop_instance_uid", _UID, nullable=False, unique=True),
    Column("series_instance_uid", _UID, nullable=False),
    Column("study_instance_uid", _UID, nullable=False),
    Column("sop_class_uid", _UID, nullable=False),
    Column("transfer_syntax_uid", _UID, nullable=False),
    Column("modality", String(16), nullable=False, server_default=""),
    Column("patient_id", String(64), nullable=False, server_default=""),
    Column("accession_number", String(64), nullable=False, server_default=""),
    Column("study_date", String(8), nullable=False, server_default=""),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sending_ae", String(16), nullable=False, server_default=""),
    Column("peer_address", String(64), nullable=False, server_default=""),
    Column("received_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", UtcDateTime, nullable=True),
    Column("error_code", String(40), nullable=False, server_default=""),
    Column("error", Text, nullable=False, server_default=""),
    Column("coded", Text, nullable=True),
    Column("coded_sop_instance_uid", _UID, nullable=True),
    Column("coded_study_instance_uid", _UID, nullable=True),
    Column("original_kept", Boolean, nullable=False, server_default=text("1")),
    Column("purged_at", UtcDateTime, nullable=True),
    Column("broke", Integer, nullable=False, server_default="0"),
    Column("naming", String(80), nullable=False, server_default="true"),
    Column("warnings", Text, nullable=False, server_default="[]"),
)
Index("ix_received_object_queue", received_object.c.state, received_object.c.priority.desc(), received_object.c.id)
Index("ix_received_object_study", received_object.c.study_instance_uid)
Index(
    "ix_received_object_coded_sop",
    received_object.c.coded_sop_instance_uid,
    sqlite_where=received_object.c.coded_sop_instance_uid.is_not(None),  # intake does not pay for it
)
Index(
    "ix_received_object_coded_study",
    received_object.c.coded_study_instance_uid,
    sqlite_where=received_object.c.coded_study_instance_uid.is_not(None),  # intake does not pay for it
)

study_priority = Table(
    "study_priority",
    gateway_metadata,
    Column("study_instance_uid", _UID, primary_key=True),
    Column("priority", Integer, nullable=False),
)

quarantine_entry = Table(
    "quarantine_entry",
    gateway_metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("code", String(40), nullable=False),
    Column("reason", Text, nullable=False),
    Column("remedy", Text, nullable=False, server_default=""),
    Column("sop_instance_uid", _UID, nullable=False, server_default=""),
    Column("study_instance_uid", _UID, nullable=False, server_default=""),
    Column("transfer_syntax_uid", _UID, nullable=False, server_default=""),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("known_sha256", String(64), nullable=False, server_default=""),
    Column("sending_ae", String(16), nullable=False, server_default=""),
    Column("peer_address", String(64), nullable=False, server_default=""),
    Column("times", Integer, nullable=False, server_default="1"),
    Column("resolved_at", UtcDateTime, nullable=True),
    Column("resolved_by", String(200), nullable=False, server_default=""),
    Column("resolution", String(20), nullable=False, server_default=""),
)
Index("ix_quarantine_entry_open", quarantine_entry.c.resolved_at, quarantine_entry.c.id)
Index("ix_quarantine_entry_study", quarantine_entry.c.study_instance_uid)
Index("uq_quarantine_entry_content", quarantine_entry.c.sha256, quarantine_entry.c.code, unique=True)

storage_commitment = Table(
    "storage_commitment",
    gateway_metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("transaction_uid", _UID, nullable=False),
    Column("requester_ae", String(16), nullable=False),
    Column("requester_address", String(64), nullable=False),
    Column("references", Text, nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", UtcDateTime, nullable=True),
    Column("reported_at", UtcDateTime, nullable=True),
    Column("last_error", Text, nullable=False, server_default=""),
)
Index("ix_storage_commitment_open", storage_commitment.c.reported_at, storage_commitment.c.id)
