"""What administrators settle: report managers, the centre's rules; changes of reader, places and devices of sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
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
    op.create_table(
        "reader_change",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "worklist_item_id", sa.String(32), sa.ForeignKey("worklist_item.worklist_item_id"), nullable=False
        ),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("from_person_id", sa.String(32), nullable=False),
        sa.Column("to_person_id", sa.String(32), nullable=True),
        sa.Column("at", _AT, nullable=False),
    )
    op.create_index("ix_reader_change_item", "reader_change", ["worklist_item_id", "id"])
    op.create_table(
        "centre_rules",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("password_form", sa.String(16), nullable=False),
        sa.Column("password_length", sa.Integer, nullable=False),
        sa.Column("password_days", sa.Integer, nullable=False),
        sa.Column("idle_lock_minutes", sa.Integer, nullable=False),
        sa.Column("dormant_days", sa.Integer, nullable=False),
        sa.Column("set_at", _AT, nullable=False),
        sa.Column("set_by", sa.String(200), nullable=False),
    )
    op.add_column("session", sa.Column("place", sa.String(10), nullable=False, server_default=""))
    op.add_column("gateway", sa.Column("clock_ahead_ms", sa.BigInteger, nullable=True))
    op.add_column("session", sa.Column("device_key", sa.Text, nullable=True))


def downgrade() -> None:
    op.drop_column("session", "device_key")
    op.drop_column("gateway", "clock_ahead_ms")
    op.drop_column("session", "place")
    op.drop_table("centre_rules")
    op.drop_table("reader_change")
    op.drop_table("outcome_escalation")
    op.drop_table("outcome_manager")
