"""What FHIR needs beside requests and reports: orders as they came, and numbers for patients that name nobody."""

from sqlalchemy import Column, Integer, String, Table, Text, UniqueConstraint

from dokuei.storage.db import UtcDateTime, hub_metadata

patient = Table(
    "fhir_patient",
    hub_metadata,
    Column("subject_id", String(32), primary_key=True),
    Column("site_id", String(64), nullable=False),
    Column("patient_key", Text, nullable=False),
    UniqueConstraint("site_id", "patient_key"),
)

order = Table(
    "fhir_order",
    hub_metadata,
    Column("request_id", String(32), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("site_id", String(64), nullable=False),
    Column("document", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
