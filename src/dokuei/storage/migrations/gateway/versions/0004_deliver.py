"""Report objects on their way to the hospital's PACS."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "deliver_object",
        sa.Column("delivery_id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("study_instance_uid", sa.String(64), nullable=False),
        sa.Column("sop_class_uid", sa.String(64), nullable=False),
        sa.Column("sop_instance_uid", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("fetched_at", _AT, nullable=False),
        sa.Column("stored_at", _AT, nullable=True),
        sa.Column("destination", sa.String(200), nullable=False, server_default=""),
        sa.Column("reported_at", _AT, nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("not_before", _AT, nullable=True),
        sa.Column("error", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("ix_deliver_object_waiting", "deliver_object", ["stored_at", "not_before"])


def downgrade() -> None:
    op.drop_table("deliver_object")
