"""Screening batches, and whom their rosters named."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "screening_batch",
        sa.Column("batch_id", sa.String(32), primary_key=True),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("organiser", sa.String(200), nullable=False),
        sa.Column("read_twice", sa.Boolean, nullable=False),
        sa.Column("accession_is_exam_number", sa.Boolean, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("made_by_name", sa.String(200), nullable=False),
        sa.UniqueConstraint("site_id", "held_on", "name"),
    )
    op.create_table(
        "screening_entry",
        sa.Column("batch_id", sa.String(32), sa.ForeignKey("screening_batch.batch_id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("request_id", sa.String(32), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("site_id", "key"),
    )
    op.create_index("ix_screening_entry_request", "screening_entry", ["site_id", "request_id"])


def downgrade() -> None:
    op.drop_table("screening_entry")
    op.drop_table("screening_batch")
