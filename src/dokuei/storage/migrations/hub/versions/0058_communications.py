"""Findings that must reach a person: who told whom, until when somebody of the hospital acknowledges, who was urged."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0056"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_LIMITS = {"first_minutes": "60", "second_hours": "24", "third_days": "3"}


def upgrade() -> None:
    for name, usual in _LIMITS.items():
        op.add_column("outcome_manager", sa.Column(name, sa.Integer, nullable=False, server_default=usual))
    op.create_table(
        "outcome_communication",
        sa.Column("communication_id", sa.String(32), primary_key=True),
        sa.Column("worklist_item_id", sa.String(32), nullable=False),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("study_instance_uid", sa.String(64), nullable=False),
        sa.Column("grade", sa.Integer, nullable=False),
        sa.Column("finding", sa.Text, nullable=False),
        sa.Column("opened_by", sa.String(32), nullable=False),
        sa.Column("opened_at", _AT, nullable=False),
        sa.Column("due_at", _AT, nullable=False),
        sa.Column("acknowledged_by", sa.String(32), nullable=True),
        sa.Column("acknowledged_at", _AT, nullable=True),
        sa.Column("acknowledged_note", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("ix_outcome_communication_item", "outcome_communication", ["worklist_item_id"])
    op.create_index("ix_outcome_communication_open", "outcome_communication", ["acknowledged_at", "due_at"])
    op.create_table(
        "outcome_telling",
        sa.Column("communication_id", sa.String(32), primary_key=True),
        sa.Column("person_id", sa.String(32), primary_key=True),
        sa.Column("at", _AT, primary_key=True),
        sa.Column("recipient", sa.String(200), nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("read_back", sa.Boolean, nullable=False),
        sa.Column("noted_at", _AT, nullable=False),
    )
    op.create_table(
        "outcome_communication_escalation",
        sa.Column("communication_id", sa.String(32), primary_key=True),
        sa.Column("step", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("person_id", sa.String(32), primary_key=True),
        sa.Column("at", _AT, nullable=False),
        sa.Column("mailed_at", _AT, nullable=True),
    )


def downgrade() -> None:
    for name in ("communication_escalation", "telling", "communication"):
        op.drop_table(f"outcome_{name}")
    with op.batch_alter_table("outcome_manager") as manager:
        for name in _LIMITS:
            manager.drop_column(name)
