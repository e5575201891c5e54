"""What goes wrong between gateway and hub and waits; how far removals were heard; what a commitment said."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "deliver_trouble",
        sa.Column("delivery_id", sa.String(32), primary_key=True),
        sa.Column("step", sa.String(8), primary_key=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("since", _AT, nullable=False),
        sa.Column("not_before", _AT, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
    )
    op.add_column("hub_contact", sa.Column("removals_heard", sa.Integer, nullable=False, server_default="0"))
    op.add_column("commitment_request", sa.Column("wrong", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("commitment_request", "wrong")
    op.drop_column("hub_contact", "removals_heard")
    op.drop_table("deliver_trouble")
