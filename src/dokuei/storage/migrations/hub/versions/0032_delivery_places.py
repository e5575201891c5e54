"""How each of a hospital's systems stands with each report object, as its gateway told."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivery_place",
        sa.Column("delivery_id", sa.String(32), sa.ForeignKey("delivery.delivery_id"), primary_key=True),
        sa.Column("outlet", sa.String(16), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("destination", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("delivery_place")
