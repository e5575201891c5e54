"""Readers' qualifications, how roles were given, substitutes for lost keys, alerts, and the certification."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No reader has a licence number on record before: each signs again once an administrator has entered it."""
    _qualifications()
    _alerts()
    _substitutes()
    _requests()
    op.create_table(
        "certification",
        sa.Column("certification_id", sa.String(32), primary_key=True),
        sa.Column("number", sa.String(100), nullable=False),
        sa.Column("holder", sa.String(200), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(200), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(200), nullable=True),
    )
    op.add_column("session", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    required = sa.Column("mammography_grade_required", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("site", required)


def downgrade() -> None:
    op.drop_column("site", "mammography_grade_required")
    op.drop_column("session", "expires_at")
    for name in (
        "certification", "dormant_review", "role_request", "substitute", "password_attempt", "security_alert",
        "reader_profile",
    ):  # fmt: skip
        op.drop_table(name)


def _qualifications() -> None:
    op.create_table(
        "reader_profile",
        sa.Column("person_id", sa.String(32), sa.ForeignKey("person.person_id"), primary_key=True),
        sa.Column("licence_number", sa.String(40), nullable=False),
        sa.Column("licence_until", sa.Date, nullable=True),
        sa.Column("specialities", sa.Text, nullable=False),
        sa.Column("mammography_grade", sa.String(2), nullable=False),
        sa.Column("mammography_until", sa.Date, nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(200), nullable=False),
    )


def _alerts() -> None:
    op.create_table(
        "security_alert",
        sa.Column("alert_id", sa.String(32), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=True),
        sa.Column("session_id", sa.String(32), nullable=True),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("seen_by_owner_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by", sa.String(200), nullable=True),
    )
    op.create_index("ix_security_alert_open", "security_alert", ["seen_at", "at"])
    op.create_index("ix_security_alert_owner", "security_alert", ["person_id", "seen_by_owner_at"])
    op.create_table(
        "password_attempt",
        sa.Column("person_id", sa.String(32), sa.ForeignKey("person.person_id"), primary_key=True),
        sa.Column("source", sa.String(64), primary_key=True),
        sa.Column("failed_attempts", sa.Integer, nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
    )


def _substitutes() -> None:
    op.create_table(
        "substitute",
        sa.Column("substitute_id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("person_id", sa.String(32), sa.ForeignKey("person.person_id"), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("hours", sa.Integer, nullable=False),
        sa.Column("requested_by", sa.String(200), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_hash", sa.String(64), nullable=False),
        sa.Column("issued_by", sa.String(200), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_hash", sa.String(64), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_attempts", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(200), nullable=True),
    )
    op.create_index("ix_substitute_person_id", "substitute", ["person_id"])


def _requests() -> None:
    op.create_table(
        "role_request",
        sa.Column("request_id", sa.String(32), primary_key=True),
        sa.Column("person_id", sa.String(32), sa.ForeignKey("person.person_id"), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("site_id", sa.String(64), nullable=True),
        sa.Column("ends_on", sa.Date, nullable=True),
        sa.Column("department", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("manager_id", sa.String(32), sa.ForeignKey("person.person_id"), nullable=False),
        sa.Column("requested_by", sa.String(200), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("decided_by", sa.String(200), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_role_request_person_id", "role_request", ["person_id"])
    op.create_index("ix_role_request_manager_id", "role_request", ["manager_id"])
    op.create_table(
        "dormant_review",
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after_days", sa.Integer, nullable=False),
        sa.Column("accounts", sa.Text, nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.String(200), nullable=True),
    )
