"""What an auditor looks for is found fast; reviews, their anomalies, the chain's checks, and the outer repository."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_SOUGHT = (
    ("at",),
    ("actor", "at"),
    ("subject", "at"),
    ("site_id", "at"),
    ("event", "at"),
    ("actor", "event", "at"),
    ("actor", "site_id", "at"),
)


def upgrade() -> None:
    for columns in _SOUGHT:
        op.create_index(f"ix_audit_entry_{'_'.join(columns)}", "audit_entry", list(columns))
    op.create_table(
        "audit_review",
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown", sa.Text, nullable=True),
        sa.Column("shown_to", sa.String(32), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.String(32), nullable=True),
        sa.Column("method", sa.String(20), nullable=True),
        sa.Column("evidence", sa.Text, nullable=True),
    )
    op.create_table(
        "audit_anomaly",
        sa.Column("anomaly_id", sa.String(32), primary_key=True),
        sa.Column("month", sa.String(7), sa.ForeignKey("audit_review.month"), nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.String(32), nullable=False),
        sa.Column("resolution", sa.Text, nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(32), nullable=True),
    )
    op.create_index("ix_audit_anomaly_month", "audit_anomaly", ["month"])
    op.create_table(
        "audit_check",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entries", sa.BigInteger, nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("broken_at", sa.BigInteger, nullable=True),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("anchors", sa.Integer, nullable=False),
    )
    op.create_table(
        "audit_repository",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text, nullable=False),
    )


def downgrade() -> None:
    for table in ("audit_repository", "audit_check", "audit_anomaly", "audit_review"):
        op.drop_table(table)
    for columns in _SOUGHT:
        op.drop_index(f"ix_audit_entry_{'_'.join(columns)}", "audit_entry")
