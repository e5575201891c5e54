"""How often in a row coding an object broke in a way that nobody foresaw."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("received_object", sa.Column("broke", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("received_object", "broke")
