"""How each of the hospital's systems stands with each report, and what the PACS was asked to commit to."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """What was done before stays done; the reading centre is told of it once more, by place."""
    with op.batch_alter_table("deliver_outlet") as table:
        table.alter_column("done_at", new_column_name="changed_at", existing_type=_AT, existing_nullable=False)
        table.add_column(sa.Column("state", sa.String(16), nullable=False, server_default="stored"))
        table.add_column(sa.Column("reason", sa.Text, nullable=False, server_default=""))
        table.add_column(sa.Column("objects", sa.Text, nullable=False, server_default="[]"))
        table.add_column(sa.Column("attempts", sa.Integer, nullable=False, server_default="0"))
        table.add_column(sa.Column("not_before", _AT, nullable=True))
        table.add_column(sa.Column("told_at", _AT, nullable=True))
    op.create_index("ix_deliver_outlet_told_at", "deliver_outlet", ["told_at"])
    op.create_index("ix_deliver_outlet_state", "deliver_outlet", ["state", "not_before"])
    op.create_table(
        "commitment_request",
        sa.Column("transaction_uid", sa.String(64), primary_key=True),
        sa.Column("delivery_id", sa.String(32), nullable=False),
        sa.Column("outlet", sa.String(16), nullable=False),
        sa.Column("objects", sa.Text, nullable=False),
        sa.Column("asked_at", _AT, nullable=False),
        sa.Column("answered_at", _AT, nullable=True),
    )
    op.create_index("ix_commitment_request_place", "commitment_request", ["delivery_id", "outlet"])


def downgrade() -> None:
    """What is only promised would be taken for done: it goes out again instead."""
    op.drop_table("commitment_request")
    op.execute("DELETE FROM deliver_outlet WHERE state NOT IN ('stored', 'committed', 'not-offered')")
    op.drop_index("ix_deliver_outlet_state", "deliver_outlet")
    op.drop_index("ix_deliver_outlet_told_at", "deliver_outlet")
    with op.batch_alter_table("deliver_outlet") as table:
        for name in ("told_at", "not_before", "attempts", "objects", "reason", "state"):
            table.drop_column(name)
        table.alter_column("changed_at", new_column_name="done_at", existing_type=_AT, existing_nullable=False)
