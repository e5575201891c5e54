"""Requests, what they were before, the studies that they may be about, and what gateways have told."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
)

from dokuei.storage.db import UtcDateTime, hub_metadata

site_rules = Table(
    "request_site",
    hub_metadata,
    Column("site_id", String(64), primary_key=True),
    Column("zero_padded_ids", Boolean, nullable=False),
    Column("accept_unique_match", Boolean, nullable=False),
)

request = Table(
    "reading_request",
    hub_metadata,
    Column("request_id", String(32), primary_key=True),
    Column("site_id", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("source", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("document", Text, nullable=False),
    Column("priority", String(16), nullable=False),
    Column("due_at", UtcDateTime, nullable=True),
    Column("accession_number", Text, nullable=False),
    Column("placer_order_number", Text, nullable=False),
    Column("patient_key", Text, nullable=False),
    Column("examination_date", String(8), nullable=False),
    Column("study_instance_uid", String(64), nullable=False),
    Column("placed_at", UtcDateTime, nullable=False),
    Column("placed_by", String(200), nullable=False),
    Column("placed_by_name", String(200), nullable=False),
    Column("changed_after_signature", Boolean, nullable=False),
    Column("canceled_because", Text, nullable=False),
    Column("changed_at", UtcDateTime, nullable=True),
    Column("sought", Text, nullable=False, server_default=""),
)
Index("ix_reading_request_sought", request.c.site_id, request.c.placed_at, request.c.sought)
Index("ix_reading_request_changed_at", request.c.site_id, request.c.changed_at, request.c.request_id)
Index("ix_reading_request_state", request.c.site_id, request.c.state, request.c.placed_at, request.c.request_id)
Index("ix_reading_request_placed_at", request.c.site_id, request.c.placed_at, request.c.request_id)
Index("ix_reading_request_accession_number", request.c.site_id, request.c.accession_number)
Index("ix_reading_request_placer_order_number", request.c.site_id, request.c.placer_order_number)
Index("ix_reading_request_patient_key", request.c.site_id, request.c.patient_key)
Index("ix_reading_request_study_instance_uid", request.c.site_id, request.c.study_instance_uid)

version = Table(
    "reading_request_version",
    hub_metadata,
    Column("request_id", String(32), ForeignKey("reading_request.request_id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("actor_name", String(200), nullable=False),
    Column("because", Text, nullable=False),
)

progress = Table(
    "reading_request_progress",
    hub_metadata,
    Column("request_id", String(32), ForeignKey("reading_request.request_id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("site_id", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("because", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("until", UtcDateTime, nullable=True),
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_reading_request_progress_until", progress.c.until)

study = Table(
    "request_study",
    hub_metadata,
    Column("site_id", String(64), primary_key=True),
    Column("study_instance_uid", String(64), primary_key=True),
    Column("accession_number", Text, nullable=False),
    Column("issuer_of_accession_number", Text, nullable=False),
    Column("patient_id", Text, nullable=False),
    Column("issuer_of_patient_id", Text, nullable=False),
    Column("patient_name_alphabetic", Text, nullable=False),
    Column("patient_name_ideographic", Text, nullable=False),
    Column("patient_name_phonetic", Text, nullable=False),
    Column("patient_birth_date", Text, nullable=False),
    Column("patient_sex", Text, nullable=False),
    Column("patient_key", Text, nullable=False),
    Column("study_date", Text, nullable=False),
    Column("study_description", Text, nullable=False),
    Column("modalities", Text, nullable=False),
    Column("papers_only", Boolean, nullable=False, server_default=false()),
    Column("prior", Boolean, nullable=False, server_default=false()),
)
Index("ix_request_study_papers_only", study.c.site_id, study.c.papers_only, study.c.study_date)
Index("ix_request_study_accession_number", study.c.site_id, study.c.accession_number)
Index("ix_request_study_patient_key", study.c.site_id, study.c.patient_key)
Index("ix_request_study_study_date", study.c.site_id, study.c.study_date)

link = Table(
    "request_link",
    hub_metadata,
    Column("request_id", String(32), ForeignKey("reading_request.request_id"), primary_key=True),
    Column("study_instance_uid", String(64), primary_key=True),
    Column("site_id", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reasons", Text, nullable=False),
    Column("differences", Text, nullable=False),
    Column("linked_by", String(200), nullable=False),
    Column("settled_by", String(200), nullable=True),
    Column("settled_because", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_request_link_study", link.c.site_id, link.c.study_instance_uid)

papers = Table(
    "request_papers",
    hub_metadata,
    Column("request_id", String(32), ForeignKey("reading_request.request_id"), primary_key=True),
    Column("study_instance_uid", String(64), primary_key=True),
    Column("site_id", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("differences", Text, nullable=False),
    Column("settled_by", String(200), nullable=True),
    Column("settled_because", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_request_papers_study", papers.c.site_id, papers.c.study_instance_uid)

attachment = Table(
    "request_attachment",
    hub_metadata,
    Column("request_id", String(32), ForeignKey("reading_request.request_id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", String(200), nullable=False),
    Column("media_type", String(40), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("blob_key", String(300), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(200), nullable=False),
)

notice = Table(
    "request_notice",
    hub_metadata,
    Column("site_id", String(64), primary_key=True),
    Column("message_key", String(200), primary_key=True),
    Column("source", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("request_id", String(32), nullable=True),
    Column("received_at", UtcDateTime, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(200), nullable=False),
)

merge = Table(
    "request_patient_merge",
    hub_metadata,
    Column("site_id", String(64), primary_key=True),
    Column("message_key", String(200), primary_key=True),
    Column("prior_patient_id", Text, nullable=False),
    Column("prior_issuer", Text, nullable=False),
    Column("prior_key", String(64), nullable=False),
    Column("patient_id", Text, nullable=False),
    Column("issuer_of_patient_id", Text, nullable=False),
    Column("patient_key", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_request_patient_merge_patient_key", merge.c.site_id, merge.c.patient_key)
Index("ix_request_patient_merge_prior_key", merge.c.site_id, merge.c.prior_key)
