"""Where the archive's rows live: everything is scoped by site, so that colliding UIDs of two hospitals stay apart.

SQLite gives the highest row id out again once its row is gone, unless the table says AUTOINCREMENT; all of these do.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from dokuei.storage.db import UtcDateTime, hub_metadata

_ID = BigInteger().with_variant(Integer, "sqlite")

study = Table(
    "study",
    hub_metadata,
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("site_id", String(64), nullable=False),
    Column("study_instance_uid", String(64), nullable=False),
    Column("patient_id", Text, nullable=False),
    Column("issuer_of_patient_id", Text, nullable=False),
    Column("patient_birth_date", Text, nullable=False),
    Column("patient_sex", Text, nullable=False),
    Column("study_date", Text, nullable=False),
    Column("study_time", Text, nullable=False),
    Column("study_id", Text, nullable=False),
    Column("study_description", Text, nullable=False),
    Column("accession_number", Text, nullable=False),
    Column("patient_name_alphabetic", Text, nullable=False),
    Column("patient_name_ideographic", Text, nullable=False),
    Column("patient_name_phonetic", Text, nullable=False),
    Column("patient_name_alphabetic_key", Text, nullable=False),
    Column("patient_name_ideographic_key", Text, nullable=False),
    Column("patient_name_phonetic_key", Text, nullable=False),
    Column("referring_physician_name", Text, nullable=False),
    Column("referring_physician_alphabetic_key", Text, nullable=False),
    Column("referring_physician_ideographic_key", Text, nullable=False),
    Column("referring_physician_phonetic_key", Text, nullable=False),
    Column("attributes", LargeBinary, nullable=False),
    Column("number_of_series", Integer, nullable=False),
    Column("number_of_instances", Integer, nullable=False),
    Column("number_of_frames", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("first_received_at", UtcDateTime, nullable=False),
    Column("last_received_at", UtcDateTime, nullable=False),
    UniqueConstraint("site_id", "study_instance_uid"),
    sqlite_autoincrement=True,
)
Index("ix_study_patient_id", study.c.site_id, study.c.patient_id)
Index("ix_study_study_date", study.c.site_id, study.c.study_date)
Index("ix_study_accession_number", study.c.site_id, study.c.accession_number)

series = Table(
    "series",
    hub_metadata,
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("study_key", _ID, ForeignKey("study.id"), nullable=False),
    Column("site_id", String(64), nullable=False),
    Column("series_instance_uid", String(64), nullable=False),
    Column("modality", Text, nullable=False),
    Column("series_number", Integer, nullable=True),
    Column("series_description", Text, nullable=False),
    Column("body_part_examined", Text, nullable=False),
    Column("laterality", Text, nullable=False),
    Column("performed_procedure_step_start_date", Text, nullable=False),
    Column("performed_procedure_step_start_time", Text, nullable=False),
    Column("attributes", LargeBinary, nullable=False),
    Column("number_of_instances", Integer, nullable=False),
    Column("content", String(64), nullable=False),
    UniqueConstraint("study_key", "series_instance_uid"),
    sqlite_autoincrement=True,
)
Index("ix_series_series_instance_uid", series.c.site_id, series.c.series_instance_uid)

instance = Table(
    "instance",
    hub_metadata,
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("series_key", _ID, ForeignKey("series.id"), nullable=False),
    Column("site_id", String(64), nullable=False),
    Column("sop_instance_uid", String(64), nullable=False),
    Column("sop_class_uid", String(64), nullable=False),
    Column("instance_number", Integer, nullable=True),
    Column("number_of_frames", Integer, nullable=False),
    Column("rows", Integer, nullable=True),
    Column("columns", Integer, nullable=True),
    Column("bits_allocated", Integer, nullable=True),
    Column("source_transfer_syntax_uid", String(64), nullable=False),
    Column("transfer_syntax_uid", String(64), nullable=False),
    Column("source_sha256", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("content_digest", String(64), nullable=False),
    Column("proof", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("lossy", Text, nullable=True),
    Column("frames", LargeBinary, nullable=False),
    Column("attributes", LargeBinary, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("received_from", String(200), nullable=False),
    Column("mac", Text, nullable=True),
    UniqueConstraint("site_id", "sop_instance_uid"),
    sqlite_autoincrement=True,
)
Index("ix_instance_series_key", instance.c.series_key, instance.c.id)
Index("ix_instance_sha256", instance.c.site_id, instance.c.sha256)

manifest = Table(
    "study_manifest",
    hub_metadata,
    Column("site_id", String(64), primary_key=True),
    Column("study_instance_uid", String(64), primary_key=True),
    Column("signed_by", String(200), primary_key=True),
    Column("verified", Boolean, nullable=False),
    Column("declared_instances", Integer, nullable=False),
    Column("declared_frames", Integer, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("declared", LargeBinary, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
)

paper_rules = Table(
    "archive_paper_rules",
    hub_metadata,
    Column("site_id", String(64), primary_key=True),
    Column("rules", Text, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", String(200), nullable=False),
)

announced = Table(
    "study_announced",
    hub_metadata,
    Column("site_id", String(64), primary_key=True),
    Column("study_instance_uid", String(64), primary_key=True),
    Column("announced_by", String(200), primary_key=True),
    Column("instances", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

performed_step = Table(
    "performed_step",
    hub_metadata,
    Column("site_id", String(64), primary_key=True),
    Column("step_uid", String(64), primary_key=True),
    Column("study_instance_uid", String(64), nullable=False),
    Column("state", String(12), nullable=False),
    Column("version", Integer, nullable=False),
    Column("series", Text, nullable=False),
    Column("told_by", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_performed_step_study", performed_step.c.site_id, performed_step.c.study_instance_uid)

quarantine = Table(
    "archive_quarantine",
    hub_metadata,
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("site_id", String(64), nullable=False),
    Column("study_instance_uid", String(64), nullable=False),
    Column("sop_instance_uid", String(64), nullable=False),
    Column("blob_key", String(300), nullable=False),
    Column("reason", Text, nullable=False),
    Column("received_from", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("resolved_at", UtcDateTime, nullable=True),
    UniqueConstraint("site_id", "blob_key"),
    sqlite_autoincrement=True,
)

deletion = Table(
    "study_deletion",
    hub_metadata,
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("site_id", String(64), nullable=False),
    Column("study_instance_uid", String(64), nullable=False),
    Column("number_of_instances", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("deleted_at", UtcDateTime, nullable=False),
    Column("deleted_by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("blob_keys", LargeBinary, nullable=False),
    Column("blobs_removed_at", UtcDateTime, nullable=True),
    Column("instances", LargeBinary, nullable=True),
    sqlite_autoincrement=True,
)
Index("ix_study_deletion_study", deletion.c.site_id, deletion.c.study_instance_uid)
