"""Report managers and what was put before them."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0024"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "outcome_manager",
        sa.Column("site_id", sa.String(64), primary_key=True),
        sa.Column("person_id", sa.String(32), nullable=True),
        sa.Column("unread_days", sa.Integer, nullable=False),
        sa.Column("set_at", _AT, nullable=False),
        sa.Column("set_by", sa.String(200), nullable=False),
    )
    op.create_table(
        "outcome_escalation",
        sa.Column("worklist_item_id", sa.String(32), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("grounds", sa.String(80), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("mailed_at", _AT, nullable=True),
    )


def downgrade() -> None:
    op.drop_table("outcome_escalation")
    op.drop_table("outcome_manager")
