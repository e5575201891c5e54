"""Screening batches and whom their rosters named; what was taken is never changed here: the request is."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from dokuei.storage.db import UtcDateTime, hub_metadata

batch = Table(
    "screening_batch",
    hub_metadata,
    Column("batch_id", String(32), primary_key=True),
    Column("site_id", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("held_on", Date, nullable=False),
    Column("organiser", String(200), nullable=False),
    Column("read_twice", Boolean, nullable=False),
    Column("accession_is_exam_number", Boolean, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", String(200), nullable=False),
    Column("made_by_name", String(200), nullable=False),
    UniqueConstraint("site_id", "held_on", "name"),
)

entry = Table(
    "screening_entry",
    hub_metadata,
    Column("batch_id", String(32), ForeignKey("screening_batch.batch_id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("site_id", String(64), nullable=False),
    Column("key", String(64), nullable=False),
    Column("request_id", String(32), nullable=False),
    Column("document", Text, nullable=False),
    Column("taken_at", UtcDateTime, nullable=False),
    UniqueConstraint("site_id", "key"),
)
Index("ix_screening_entry_request", entry.c.site_id, entry.c.request_id)
