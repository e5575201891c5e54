"""The ledger of earlier studies, as each site's gateway tells it."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from dokuei.storage.db import UtcDateTime, hub_metadata

search = Table(
    "prior_search",
    hub_metadata,
    Column("site_id", String(64), primary_key=True),
    Column("patient_id", String(64), primary_key=True),
    Column("issuer_of_patient_id", String(256), primary_key=True),
    Column("told_by", String(200), nullable=False),
    Column("state", String(8), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("others", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("heard_at", UtcDateTime, nullable=False),
)

study = Table(
    "prior_study",
    hub_metadata,
    Column("site_id", String(64), primary_key=True),
    Column("study_instance_uid", String(64), primary_key=True),
    Column("patient_id", String(64), nullable=False),
    Column("issuer_of_patient_id", String(256), nullable=False),
    Column("state", String(9), nullable=False),
    Column("study_date", String(8), nullable=False),
    Column("modalities", Text, nullable=False),
    Column("study_description", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
Index("ix_prior_study_patient", study.c.site_id, study.c.patient_id)
