"""Physicians' own certificates, the sites that want reports signed with them, and what waits for such a signature."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """No site wants it until somebody says so."""
    required = sa.Column("qualified_signature_required", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("site", required)
    op.create_table(
        "signing_certificate",
        sa.Column("person_id", sa.String(32), sa.ForeignKey("person.person_id"), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False, unique=True),
        sa.Column("certificate", sa.LargeBinary, nullable=False),
        sa.Column("recorded_at", _AT, nullable=False),
        sa.Column("recorded_by", sa.String(200), nullable=False),
    )
    op.create_table(
        "report_awaited",
        sa.Column("report_id", sa.String(32), sa.ForeignKey("report.report_id"), primary_key=True),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("worklist_item_id", sa.String(32), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("version_digest", sa.String(64), nullable=False),
        sa.Column("draft_version", sa.Integer, nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
        sa.Column("prepared", sa.LargeBinary, nullable=False),
        sa.Column("document_digest", sa.String(64), nullable=False),
        sa.Column("room_start", sa.Integer, nullable=False),
        sa.Column("room_end", sa.Integer, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("asked_at", _AT, nullable=False),
        sa.Column("expires_at", _AT, nullable=False),
        sa.Column("refused", sa.String(24), nullable=False),
        sa.Column("refusals", sa.Integer, nullable=False),
    )
    op.create_index("ix_report_awaited_expires", "report_awaited", ["expires_at"])


def downgrade() -> None:
    """Back to keys and seals alone."""
    op.drop_table("report_awaited")
    op.drop_table("signing_certificate")
    op.drop_column("site", "qualified_signature_required")
