"""Reports: each reader's opinion a record of its own; drafts change, versions never do (REC-03)."""

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

report = Table(
    "report",
    hub_metadata,
    Column("report_id", String(32), primary_key=True),
    Column("site_id", String(64), nullable=False),
    Column("worklist_item_id", String(32), nullable=False),
    Column("study_instance_uid", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(32), nullable=False),
    UniqueConstraint("worklist_item_id", "role"),
)
Index("ix_report_study", report.c.site_id, report.c.study_instance_uid)

draft = Table(
    "report_draft",
    hub_metadata,
    Column("report_id", String(32), ForeignKey("report.report_id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("findings", Text, nullable=False),
    Column("impression", Text, nullable=False),
    Column("category_right", String(8), nullable=False),
    Column("category_left", String(8), nullable=False),
    Column("images_read", Text, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("updated_by", String(32), nullable=False),
    Column("open", Boolean, nullable=False),
    Column("structure", Text, nullable=False, server_default="{}"),
    Column("answers", Text, nullable=False, server_default="[]"),
    Column("compared", Text, nullable=False, server_default="[]"),
    Column("spoken_by", Text, nullable=False, server_default="[]"),
)

frozen = Table(
    "report_frozen",
    hub_metadata,
    Column("report_id", String(32), ForeignKey("report.report_id"), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("draft_version", Integer, nullable=False),
    Column("canonical", LargeBinary, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("shown_to", String(32), nullable=False),
    Column("shown_at", UtcDateTime, nullable=False),
)

version = Table(
    "report_version",
    hub_metadata,
    Column("report_id", String(32), ForeignKey("report.report_id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("canonical", LargeBinary, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("signed_by", String(32), nullable=False),
    Column("signer_name", String(200), nullable=False),
    Column("signed_at", UtcDateTime, nullable=False),
    Column("method", String(20), nullable=False),
    Column("evidence", Text, nullable=False),
    Column("time_stamp", String(20), nullable=False),
    Column("pdf_key", String(300), nullable=False),
    Column("pdf_sha256", String(64), nullable=False),
    Column("sr_sop_instance_uid", String(64), nullable=False),
    Column("pdf_sop_instance_uid", String(64), nullable=False),
    Column("sr_time_stamp", String(20), nullable=False, server_default="none"),
)

delivery = Table(
    "delivery",
    hub_metadata,
    Column("delivery_id", String(32), primary_key=True),
    Column("site_id", String(64), nullable=False),
    Column("report_id", String(32), ForeignKey("report.report_id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("study_instance_uid", String(64), nullable=False),
    Column("sop_class_uid", String(64), nullable=False),
    Column("sop_instance_uid", String(64), nullable=False),
    Column("blob_key", String(300), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("delivered_at", UtcDateTime, nullable=True),
    Column("delivered_by", String(200), nullable=True),
    Column("delivered_to", String(200), nullable=True),
    Column("last_error", Text, nullable=True),
    Column("stamps", Integer, nullable=False, server_default="0"),
    UniqueConstraint("report_id", "number", "kind", "stamps"),
)

delivery_place = Table(
    "delivery_place",
    hub_metadata,
    Column("delivery_id", String(32), ForeignKey("delivery.delivery_id"), primary_key=True),
    Column("outlet", String(16), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("destination", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_report_version_signed_at", version.c.signed_at, version.c.report_id)
Index("ix_delivery_waiting", delivery.c.site_id, delivery.c.delivered_at, delivery.c.created_at)

seal = Table(
    "report_seal",
    hub_metadata,
    Column("report_id", String(32), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("level", String(8), nullable=False),
    Column("blob_key", String(300), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("stamps", Integer, nullable=False),
    Column("stamped_at", UtcDateTime, nullable=True),
    Column("renew_at", UtcDateTime, nullable=True),
    Column("tried_at", UtcDateTime, nullable=True),
    Column("last_error", Text, nullable=True),
    Column("revocation", String(16), nullable=True),
)
Index("ix_report_seal_renew", seal.c.renew_at)

sealing_certificate = Table(
    "sealing_certificate",
    hub_metadata,
    Column("sha256", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("why", Text, nullable=False),
    Column("revoked_at", UtcDateTime, nullable=True),
    Column("asked_at", UtcDateTime, nullable=False),
)

phrase = Table(
    "report_phrase",
    hub_metadata,
    Column("phrase_id", String(32), primary_key=True),
    Column("scope", String(8), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("method", String(16), nullable=False),
    Column("name", String(60), nullable=False),
    Column("findings", Text, nullable=False),
    Column("impression", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("written_by", String(32), nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
    Column("retired_at", UtcDateTime, nullable=True),
)
Index("ix_report_phrase_owner", phrase.c.scope, phrase.c.owner)

own_word = Table(
    "report_own_word",
    hub_metadata,
    Column("word_id", String(32), primary_key=True),
    Column("method", String(16), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("attribute", String(32), nullable=False),
    Column("ja", String(60), nullable=False),
    Column("en", String(60), nullable=False),
    Column("position", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("added_by", String(32), nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("retired_at", UtcDateTime, nullable=True),
)

awaited = Table(
    "report_awaited",
    hub_metadata,
    Column("report_id", String(32), ForeignKey("report.report_id"), primary_key=True),
    Column("site_id", String(64), nullable=False),
    Column("worklist_item_id", String(32), nullable=False),
    Column("role", String(16), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("version_digest", String(64), nullable=False),
    Column("draft_version", Integer, nullable=False),
    Column("person_id", String(32), nullable=False),
    Column("signature", Text, nullable=False),
    Column("prepared", LargeBinary, nullable=False),
    Column("document_digest", String(64), nullable=False),
    Column("room_start", Integer, nullable=False),
    Column("room_end", Integer, nullable=False),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("refused", String(24), nullable=False),
    Column("refusals", Integer, nullable=False),
)
Index("ix_report_awaited_expires", awaited.c.expires_at)
