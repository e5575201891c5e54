"""What modalities say that they have done: how many objects a series has by their count, and that it was broken off."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "performed_step",
        sa.Column("site_id", sa.String(64), primary_key=True),
        sa.Column("step_uid", sa.String(64), primary_key=True),
        sa.Column("study_instance_uid", sa.String(64), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("series", sa.Text, nullable=False),
        sa.Column("told_by", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_performed_step_study", "performed_step", ["site_id", "study_instance_uid"])


def downgrade() -> None:
    op.drop_table("performed_step")
