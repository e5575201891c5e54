"""What modalities are to do, by the hospital's orders, and what they say that they have done."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def _text(name: str, length: int = 256) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False, server_default="")


def upgrade() -> None:
    op.create_table(
        "scheduled_step",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("study_instance_uid", sa.String(64), nullable=False),
        _text("placer_order_number"),
        _text("accession_number"),
        _text("patient_id", 64),
        _text("issuer_of_patient_id"),
        _text("start_date", 8),
        _text("modality", 16),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("changed_at", _AT, nullable=False),
    )
    op.create_index("ix_scheduled_step_start_date", "scheduled_step", ["state", "start_date"])
    for name in ("placer_order_number", "accession_number", "patient_id", "study_instance_uid"):
        op.create_index(f"ix_scheduled_step_{name}", "scheduled_step", [name])
    op.create_table(
        "performed_step",
        sa.Column("sop_instance_uid", sa.String(64), primary_key=True),
        sa.Column("study_instance_uid", sa.String(64), nullable=False),
        _text("accession_number"),
        _text("patient_id", 64),
        sa.Column("scheduled_step_id", sa.Integer, nullable=True),
        _text("station_ae_title", 16),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("series", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("changed_at", _AT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("told_version", sa.Integer, nullable=False, server_default="0"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("not_before", _AT, nullable=True),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("ix_performed_step_study_instance_uid", "performed_step", ["study_instance_uid"])
    op.create_index("ix_performed_step_told_version", "performed_step", ["told_version", "version"])


def downgrade() -> None:
    op.drop_table("performed_step")
    op.drop_table("scheduled_step")
