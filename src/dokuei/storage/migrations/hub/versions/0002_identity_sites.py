"""People, what proves them, roles, sessions and tokens; the register of sites."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _site()
    _people()
    _credentials()
    _access()


def _site() -> None:
    op.create_table(
        "site",
        sa.Column("site_id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=False),
        sa.Column("contract_from", sa.Date, nullable=True),
        sa.Column("contract_until", sa.Date, nullable=True),
        sa.Column("identity_mode", sa.String(20), nullable=False),
        sa.Column("certification", sa.String(200), nullable=True),
        sa.Column("certified_version", sa.String(40), nullable=True),
        sa.Column("synced_passkeys_may_sign", sa.Boolean, nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
    )


def _people() -> None:
    op.create_table(
        "person",
        sa.Column("person_id", sa.String(32), primary_key=True),
        sa.Column("user_name", sa.String(64), nullable=False),
        sa.Column("display_name", sa.String(200), nullable=False),
        sa.Column("display_name_kana", sa.String(200), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("birth_date", sa.Date, nullable=True),
        sa.Column("affiliation_site_id", sa.String(64), nullable=True),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("ends_on", sa.Date, nullable=True),
        sa.Column("locked_at", _AT, nullable=True),
        sa.UniqueConstraint("user_name", name="uq_person_user_name"),
    )
    op.create_table(
        "role_grant",
        sa.Column("grant_id", sa.String(32), primary_key=True),
        sa.Column("person_id", sa.String(32), sa.ForeignKey("person.person_id"), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("site_id", sa.String(64), nullable=True),
        sa.Column("granted_by", sa.String(200), nullable=False),
        sa.Column("granted_at", _AT, nullable=False),
        sa.Column("revoked_at", _AT, nullable=True),
        sa.Column("ends_on", sa.Date, nullable=True),
    )
    op.create_index("ix_role_grant_person_id", "role_grant", ["person_id"])


def _credentials() -> None:
    op.create_table(
        "password",
        sa.Column("person_id", sa.String(32), sa.ForeignKey("person.person_id"), primary_key=True),
        sa.Column("hash", sa.String(300), nullable=False),
        sa.Column("set_at", _AT, nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary, nullable=False),
        sa.Column("totp_last_step", sa.Integer, nullable=False),
        sa.Column("failed_attempts", sa.Integer, nullable=False),
        sa.Column("locked_until", _AT, nullable=True),
    )
    op.create_table(
        "passkey",
        sa.Column("credential_id", sa.String(1400), primary_key=True),
        sa.Column("person_id", sa.String(32), sa.ForeignKey("person.person_id"), nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("synced", sa.Boolean, nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("aaguid", sa.String(36), nullable=False),
        sa.Column("transports", sa.String(200), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("last_used_at", _AT, nullable=True),
        sa.Column("revoked_at", _AT, nullable=True),
    )
    op.create_index("ix_passkey_person_id", "passkey", ["person_id"])
    op.create_table(
        "challenge",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(200), nullable=True),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("expires_at", _AT, nullable=False),
    )


def _access() -> None:
    op.create_table(
        "enrolment",
        sa.Column("code_hash", sa.String(64), primary_key=True),
        sa.Column("person_id", sa.String(32), sa.ForeignKey("person.person_id"), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("expires_at", _AT, nullable=False),
        sa.Column("used_at", _AT, nullable=True),
        sa.Column("password_hash", sa.String(300), nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary, nullable=True),
    )
    op.create_index("ix_enrolment_person_id", "enrolment", ["person_id"])
    op.create_table(
        "session",
        sa.Column("secret_hash", sa.String(64), primary_key=True),
        sa.Column("session_id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32), sa.ForeignKey("person.person_id"), nullable=False),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("last_seen_at", _AT, nullable=False),
        sa.Column("ended_at", _AT, nullable=True),
        sa.Column("ended_because", sa.String(40), nullable=True),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("user_agent", sa.String(300), nullable=False),
        sa.UniqueConstraint("session_id", name="uq_session_session_id"),
    )
    op.create_index("ix_session_open", "session", ["person_id", "ended_at"])
    op.create_table(
        "api_token",
        sa.Column("token_id", sa.String(32), primary_key=True),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("scope", sa.String(40), nullable=False),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("expires_on", sa.Date, nullable=True),
        sa.Column("last_used_at", _AT, nullable=True),
        sa.Column("revoked_at", _AT, nullable=True),
        sa.UniqueConstraint("secret_hash", name="uq_api_token_secret_hash"),
    )


def downgrade() -> None:
    for table in (
        "api_token", "session", "enrolment", "challenge", "passkey", "password", "role_grant", "person", "site"
    ):
        op.drop_table(table)
