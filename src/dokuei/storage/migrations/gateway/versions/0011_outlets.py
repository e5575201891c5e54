"""Where each report is brought besides the PACS, and what is told of it there."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def _told() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("report_id", sa.String(32), nullable=False, server_default=""),
        sa.Column("version", sa.Integer, nullable=False, server_default="0"),
        sa.Column("status", sa.String(16), nullable=False, server_default=""),
        sa.Column("stamps", sa.Integer, nullable=False, server_default="0"),
        sa.Column("link", sa.Text, nullable=False, server_default=""),
    )


def upgrade() -> None:
    for column in _told():
        op.add_column("deliver_object", column)
    op.create_table(
        "deliver_outlet",
        sa.Column("delivery_id", sa.String(32), primary_key=True),
        sa.Column("outlet", sa.String(16), primary_key=True),
        sa.Column("done_at", _AT, nullable=False),
        sa.Column("destination", sa.String(200), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("deliver_outlet")
    for column in reversed(_told()):
        op.drop_column("deliver_object", column.name)
