"""The tables of people, what proves them, and what they hold; secrets are kept as hashes or sealed (AUTH-07)."""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from dokuei.storage.db import UtcDateTime, hub_metadata

person = Table(
    "person",
    hub_metadata,
    Column("person_id", String(32), primary_key=True),
    Column("user_name", String(64), nullable=False, unique=True),
    Column("display_name", String(200), nullable=False),
    Column("display_name_kana", String(200), nullable=False),
    Column("language", String(2), nullable=False),
    Column("birth_date", Date, nullable=True),
    Column("affiliation_site_id", String(64), nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("ends_on", Date, nullable=True),
    Column("locked_at", UtcDateTime, nullable=True),
)

role_grant = Table(
    "role_grant",
    hub_metadata,
    Column("grant_id", String(32), primary_key=True),
    Column("person_id", String(32), ForeignKey("person.person_id"), nullable=False, index=True),
    Column("role", String(32), nullable=False),
    Column("site_id", String(64), nullable=True),
    Column("granted_by", String(200), nullable=False),
    Column("granted_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime, nullable=True),
    Column("ends_on", Date, nullable=True),
)

password = Table(
    "password",
    hub_metadata,
    Column("person_id", String(32), ForeignKey("person.person_id"), primary_key=True),
    Column("hash", String(300), nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    Column("totp_sealed", LargeBinary, nullable=False),
    Column("totp_last_step", Integer, nullable=False),
    Column("failed_attempts", Integer, nullable=False),
    Column("locked_until", UtcDateTime, nullable=True),
)

passkey = Table(
    "passkey",
    hub_metadata,
    Column("credential_id", String(1400), primary_key=True),
    Column("person_id", String(32), ForeignKey("person.person_id"), nullable=False, index=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("synced", Boolean, nullable=False),
    Column("label", String(200), nullable=False),
    Column("aaguid", String(36), nullable=False),
    Column("transports", String(200), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime, nullable=True),
    Column("revoked_at", UtcDateTime, nullable=True),
)

challenge = Table(
    "challenge",
    hub_metadata,
    Column("digest", String(64), primary_key=True),
    Column("purpose", String(40), nullable=False),
    Column("subject", String(200), nullable=True),
    Column("payload", Text, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

enrolment = Table(
    "enrolment",
    hub_metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("person_id", String(32), ForeignKey("person.person_id"), nullable=False, index=True),
    Column("created_by", String(200), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime, nullable=True),
    Column("password_hash", String(300), nullable=True),
    Column("totp_sealed", LargeBinary, nullable=True),
)

session = Table(
    "session",
    hub_metadata,
    Column("secret_hash", String(64), primary_key=True),
    Column("session_id", String(32), nullable=False, unique=True),
    Column("person_id", String(32), ForeignKey("person.person_id"), nullable=False),
    Column("method", String(20), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, nullable=True),
    Column("ended_because", String(40), nullable=True),
    Column("address", String(64), nullable=False),
    Column("user_agent", String(300), nullable=False),
    Column("place", String(10), nullable=False, server_default=""),
    Column("device_key", Text, nullable=True),
    Column("expires_at", UtcDateTime, nullable=True),
)
Index("ix_session_open", session.c.person_id, session.c.ended_at)

api_token = Table(
    "api_token",
    hub_metadata,
    Column("token_id", String(32), primary_key=True),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("label", String(200), nullable=False),
    Column("scope", String(40), nullable=False),
    Column("site_id", String(64), nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_on", Date, nullable=True),
    Column("last_used_at", UtcDateTime, nullable=True),
    Column("revoked_at", UtcDateTime, nullable=True),
)
