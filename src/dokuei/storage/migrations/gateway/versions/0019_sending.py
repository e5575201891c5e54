"""How fast uploads go."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sending",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bytes_per_second", sa.BigInteger, nullable=False),
        sa.Column("line_bytes_per_second", sa.BigInteger, nullable=True),
        sa.Column("streams", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("sending")
