"""Who holds and held a reading role, hand-overs, deferred and waiting cases, working days, filters."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_OF_ITEM = ("contract_due_at", "deferred_until", "defer_reason", "deferred_by", "waiting_for", "waiting_since")
_OF_SITE = ("read_twice", "turnaround_days", "due_time", "closed_on")


def upgrade() -> None:
    """Cases of before have no term of a contract; who holds a role now is written among those who ever held it."""
    op.add_column("worklist_item", sa.Column("contract_due_at", _AT, nullable=True))
    op.add_column("worklist_item", sa.Column("deferred_until", _AT, nullable=True))
    op.add_column("worklist_item", sa.Column("defer_reason", sa.Text, nullable=False, server_default=""))
    op.add_column("worklist_item", sa.Column("deferred_by", sa.String(32), nullable=True))
    op.add_column("worklist_item", sa.Column("waiting_for", sa.String(16), nullable=True))
    op.add_column("worklist_item", sa.Column("waiting_since", _AT, nullable=True))
    op.add_column("site", sa.Column("read_twice", sa.String(20), nullable=False, server_default="never"))
    op.add_column("site", sa.Column("turnaround_days", sa.Integer, nullable=True))
    op.add_column("site", sa.Column("due_time", sa.String(5), nullable=False, server_default="17:00"))
    op.add_column("site", sa.Column("closed_on", sa.Text, nullable=False, server_default="sat,sun,holidays"))
    _readings()
    _filters()


def downgrade() -> None:
    """Offers and filters are gone; the audit trail keeps who had which case."""
    for name in ("worklist_filter", "hand_over", "reading_hold"):
        op.drop_table(name)
    for name in _OF_SITE:
        op.drop_column("site", name)
    for name in _OF_ITEM:
        op.drop_column("worklist_item", name)


def _readings() -> None:
    op.create_table(
        "reading_hold",
        sa.Column("worklist_item_id", sa.String(32), sa.ForeignKey("worklist_item.worklist_item_id"), primary_key=True),
        sa.Column("role", sa.String(16), primary_key=True),
        sa.Column("person_id", sa.String(32), primary_key=True),
        sa.Column("since", _AT, nullable=False),
    )
    op.execute(
        "INSERT INTO reading_hold (worklist_item_id, role, person_id, since)"
        " SELECT r.worklist_item_id, r.role, r.person_id, COALESCE(r.claimed_at, i.first_received_at)"
        " FROM reading_role r JOIN worklist_item i ON i.worklist_item_id = r.worklist_item_id"
        " WHERE r.person_id IS NOT NULL"
    )
    op.create_table(
        "hand_over",
        sa.Column("worklist_item_id", sa.String(32), sa.ForeignKey("worklist_item.worklist_item_id"), primary_key=True),
        sa.Column("role", sa.String(16), primary_key=True),
        sa.Column("from_person_id", sa.String(32), nullable=False),
        sa.Column("to_person_id", sa.String(32), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("offered_at", _AT, nullable=False),
    )


def _filters() -> None:
    op.create_table(
        "worklist_filter",
        sa.Column("filter_id", sa.String(32), primary_key=True),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("chosen", sa.Text, nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.UniqueConstraint("person_id", "name"),
    )
