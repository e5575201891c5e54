"""What hospitals' PACS have from before, and studies that are there to be compared with alone."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "prior_search",
        sa.Column("site_id", sa.String(64), primary_key=True),
        sa.Column("patient_id", sa.String(64), primary_key=True),
        sa.Column("issuer_of_patient_id", sa.String(256), primary_key=True),
        sa.Column("told_by", sa.String(200), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("others", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "prior_study",
        sa.Column("site_id", sa.String(64), primary_key=True),
        sa.Column("study_instance_uid", sa.String(64), primary_key=True),
        sa.Column("patient_id", sa.String(64), nullable=False),
        sa.Column("issuer_of_patient_id", sa.String(256), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("study_date", sa.String(8), nullable=False),
        sa.Column("modalities", sa.Text, nullable=False),
        sa.Column("study_description", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("ix_prior_study_patient", "prior_study", ["site_id", "patient_id"])
    op.add_column("worklist_item", sa.Column("prior_only", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("request_study", sa.Column("prior", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("request_study", "prior")
    op.drop_column("worklist_item", "prior_only")
    op.drop_table("prior_study")
    op.drop_table("prior_search")
