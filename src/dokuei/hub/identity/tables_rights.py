"""The tables of what readers are qualified for, how roles were given, and what somebody should look at."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from dokuei.storage.db import UtcDateTime, hub_metadata

reader_profile = Table(
    "reader_profile",
    hub_metadata,
    Column("person_id", String(32), ForeignKey("person.person_id"), primary_key=True),
    Column("licence_number", String(40), nullable=False),
    Column("licence_until", Date, nullable=True),
    Column("specialities", Text, nullable=False),
    Column("mammography_grade", String(2), nullable=False),
    Column("mammography_until", Date, nullable=True),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("updated_by", String(200), nullable=False),
)

signing_certificate = Table(
    "signing_certificate",
    hub_metadata,
    Column("person_id", String(32), ForeignKey("person.person_id"), primary_key=True),
    Column("fingerprint", String(64), nullable=False, unique=True),
    Column("certificate", LargeBinary, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("recorded_by", String(200), nullable=False),
)

certificate_offer = Table(
    "certificate_offer",
    hub_metadata,
    Column("person_id", String(32), ForeignKey("person.person_id"), primary_key=True),
    Column("certificate", LargeBinary, nullable=False),
    Column("offered_at", UtcDateTime, nullable=False),
)

centre_rules = Table(
    "centre_rules",
    hub_metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("password_form", String(16), nullable=False),
    Column("password_length", Integer, nullable=False),
    Column("password_days", Integer, nullable=False),
    Column("idle_lock_minutes", Integer, nullable=False),
    Column("dormant_days", Integer, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    Column("set_by", String(200), nullable=False),
)

security_alert = Table(
    "security_alert",
    hub_metadata,
    Column("alert_id", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("person_id", String(32), nullable=True),
    Column("session_id", String(32), nullable=True),
    Column("details", Text, nullable=False),
    Column("seen_by_owner_at", UtcDateTime, nullable=True),
    Column("seen_at", UtcDateTime, nullable=True),
    Column("seen_by", String(200), nullable=True),
)
Index("ix_security_alert_open", security_alert.c.seen_at, security_alert.c.at)
Index("ix_security_alert_owner", security_alert.c.person_id, security_alert.c.seen_by_owner_at)

password_attempt = Table(
    "password_attempt",
    hub_metadata,
    Column("person_id", String(32), ForeignKey("person.person_id"), primary_key=True),
    Column("source", String(64), primary_key=True),
    Column("failed_attempts", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("locked_until", UtcDateTime, nullable=True),
)

substitute = Table(
    "substitute",
    hub_metadata,
    Column("substitute_id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("person_id", String(32), ForeignKey("person.person_id"), nullable=False, index=True),
    Column("reason", String(500), nullable=False),
    Column("hours", Integer, nullable=False),
    Column("requested_by", String(200), nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("first_hash", String(64), nullable=False),
    Column("issued_by", String(200), nullable=True),
    Column("issued_at", UtcDateTime, nullable=True),
    Column("second_hash", String(64), nullable=True),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("failed_attempts", Integer, nullable=False),
    Column("locked_until", UtcDateTime, nullable=True),
    Column("used_at", UtcDateTime, nullable=True),
    Column("ended_at", UtcDateTime, nullable=True),
    Column("ended_by", String(200), nullable=True),
)

role_request = Table(
    "role_request",
    hub_metadata,
    Column("request_id", String(32), primary_key=True),
    Column("person_id", String(32), ForeignKey("person.person_id"), nullable=False, index=True),
    Column("role", String(32), nullable=False),
    Column("site_id", String(64), nullable=True),
    Column("ends_on", Date, nullable=True),
    Column("department", String(200), nullable=False),
    Column("reason", String(500), nullable=False),
    Column("manager_id", String(32), ForeignKey("person.person_id"), nullable=False, index=True),
    Column("requested_by", String(200), nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("decided_by", String(200), nullable=True),
    Column("decided_at", UtcDateTime, nullable=True),
    Column("confirmed_at", UtcDateTime, nullable=True),
)

dormant_review = Table(
    "dormant_review",
    hub_metadata,
    Column("month", String(7), primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("after_days", Integer, nullable=False),
    Column("accounts", Text, nullable=False),
    Column("reviewed_at", UtcDateTime, nullable=True),
    Column("reviewed_by", String(200), nullable=True),
)
