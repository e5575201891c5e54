"""Gateways: enrolment, used nonces, offers under way, closed studies."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "gateway",
        sa.Column("gateway_id", sa.String(64), nullable=False),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("public_key", sa.Text, nullable=False),
        sa.Column("certificate_not_after", _AT, nullable=False),
        sa.Column("enrolled_at", _AT, nullable=False),
        sa.Column("revoked_at", _AT, nullable=True),
        sa.Column("version", sa.String(40), nullable=False, server_default=""),
        sa.Column("protocol", sa.Integer, nullable=True),
        sa.Column("last_seen_at", _AT, nullable=True),
        sa.Column("identity_mode", sa.String(20), nullable=False, server_default="true"),
        sa.Column("quarantine", sa.Integer, nullable=False, server_default="0"),
        sa.Column("free_bytes", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("studies", sa.Text, nullable=False, server_default="[]"),
        sa.PrimaryKeyConstraint("gateway_id", name="pk_gateway"),
    )
    op.create_index("ix_gateway_site_id", "gateway", ["site_id"])
    op.create_table(
        "gateway_invitation",
        sa.Column("secret_digest", sa.String(64), nullable=False),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("expires_at", _AT, nullable=False),
        sa.Column("used_at", _AT, nullable=True),
        sa.Column("used_by_key", sa.Text, nullable=False, server_default=""),
        sa.Column("gateway_id", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("secret_digest", name="pk_gateway_invitation"),
    )
    op.create_table(
        "gateway_nonce",
        sa.Column("gateway_id", sa.String(64), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("until", _AT, nullable=False),
        sa.PrimaryKeyConstraint("gateway_id", "nonce", name="pk_gateway_nonce"),
    )
    op.create_index("ix_gateway_nonce_until", "gateway_nonce", ["until"])
    op.create_table(
        "gateway_offered",
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("gateway_id", sa.String(64), nullable=False),
        sa.Column("study_instance_uid", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("coded", sa.Text, nullable=False),
        sa.Column("offered_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("site_id", "sha256", name="pk_gateway_offered"),
    )
    op.create_index("ix_gateway_offered_study", "gateway_offered", ["site_id", "study_instance_uid"])
    op.create_table(
        "gateway_study",
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("study_instance_uid", sa.String(64), nullable=False),
        sa.Column("gateway_id", sa.String(64), nullable=False),
        sa.Column("manifest_sha256", sa.String(64), nullable=False),
        sa.Column("instances", sa.Integer, nullable=False),
        sa.Column("closed_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("site_id", "study_instance_uid", name="pk_gateway_study"),
    )


def downgrade() -> None:
    for name in ("gateway_study", "gateway_offered", "gateway_nonce", "gateway_invitation", "gateway"):
        op.drop_table(name)
