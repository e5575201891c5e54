"""Health by traffic: each gateway's last pulse, and the orders that its hospital sent and nobody understood."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gateway_pulse",
        sa.Column("gateway_id", sa.String(64), primary_key=True),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("study_instance_uid", sa.String(64), nullable=False),
        sa.Column("document", sa.Text, nullable=True),
        sa.UniqueConstraint("site_id", "study_instance_uid"),
    )
    op.add_column("gateway", sa.Column("unread_orders", sa.Integer, nullable=False, server_default="0"))
    op.add_column("gateway", sa.Column("order_refusals", sa.Text, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("gateway", "order_refusals")
    op.drop_column("gateway", "unread_orders")
    op.drop_table("gateway_pulse")
