"""What the auditor's side keeps beside the trail itself, which lives in storage."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from dokuei.storage.db import UtcDateTime, hub_metadata

review = Table(
    "audit_review",
    hub_metadata,
    Column("month", String(7), primary_key=True),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("shown", Text, nullable=True),
    Column("shown_to", String(32), nullable=True),
    Column("signed_at", UtcDateTime, nullable=True),
    Column("signed_by", String(32), nullable=True),
    Column("method", String(20), nullable=True),
    Column("evidence", Text, nullable=True),
)

anomaly = Table(
    "audit_anomaly",
    hub_metadata,
    Column("anomaly_id", String(32), primary_key=True),
    Column("month", String(7), ForeignKey("audit_review.month"), nullable=False),
    Column("sequence", BigInteger, nullable=True),
    Column("text", Text, nullable=False),
    Column("noted_at", UtcDateTime, nullable=False),
    Column("noted_by", String(32), nullable=False),
    Column("resolution", Text, nullable=True),
    Column("closed_at", UtcDateTime, nullable=True),
    Column("closed_by", String(32), nullable=True),
)
Index("ix_audit_anomaly_month", anomaly.c.month)

check = Table(
    "audit_check",
    hub_metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, nullable=False),
    Column("entries", BigInteger, nullable=False),
    Column("head", String(64), nullable=False),
    Column("broken_at", BigInteger, nullable=True),
    Column("why", Text, nullable=False),
    Column("anchors", Integer, nullable=False),
)

repository = Table(
    "audit_repository",
    hub_metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("sent_at", UtcDateTime, nullable=True),
    Column("failed_at", UtcDateTime, nullable=True),
    Column("error", Text, nullable=False),
)
