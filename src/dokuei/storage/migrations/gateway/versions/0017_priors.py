"""Earlier studies that the PACS has: for whom it is asked, what there is, and how far each has come."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What came before is not looked at: its readings are over, or their priors were brought by hand."""
    op.create_table(
        "prior_search",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("patient_id", sa.String(64), nullable=False),
        sa.Column("issuer_of_patient_id", sa.Text, nullable=False),
        sa.Column("birth_date", sa.String(8), nullable=False),
        sa.Column("sex", sa.String(1), nullable=False),
        sa.Column("study_instance_uid", sa.String(64), nullable=False),
        sa.Column("study_date", sa.String(8), nullable=False),
        sa.Column("modalities", sa.Text, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("others", sa.Integer, nullable=False, server_default="0"),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("told_version", sa.Integer, nullable=False, server_default="0"),
        sa.Column("tell_attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("tell_not_before", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_prior_search_patient", "prior_search", ["patient_id"])
    op.create_index("ix_prior_search_state", "prior_search", ["state", "wanted_at"])
    op.create_table(
        "prior_study",
        sa.Column("search_id", sa.Integer, sa.ForeignKey("prior_search.id"), primary_key=True),
        sa.Column("study_instance_uid", sa.String(64), primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("study_date", sa.String(8), nullable=False),
        sa.Column("modalities", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("instances", sa.Integer, nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("told", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("here", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_prior_study_uid", "prior_study", ["study_instance_uid"])
    op.create_index("ix_prior_study_state", "prior_study", ["state", "here"])
    op.create_table(
        "prior_bookmark",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("object_id", sa.Integer, nullable=False),
        sa.Column("notice_id", sa.Integer, nullable=False),
    )
    op.execute(
        "INSERT INTO prior_bookmark (id, object_id, notice_id) SELECT 1,"
        " (SELECT coalesce(max(id), 0) FROM received_object), (SELECT coalesce(max(id), 0) FROM order_notice)"
    )


def downgrade() -> None:
    op.drop_table("prior_bookmark")
    op.drop_table("prior_study")
    op.drop_table("prior_search")
