"""How far each study is on its way to the hub."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "forward_study",
        sa.Column("study_instance_uid", sa.String(64), primary_key=True),
        sa.Column("under_way_bytes", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("at_hub_instances", sa.Integer, nullable=False, server_default="0"),
        sa.Column("at_hub_at", _AT, nullable=True),
        sa.Column("manifest_sha256", sa.String(64), nullable=False, server_default=""),
    )
    op.create_table(
        "hub_contact",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last_contact_at", _AT, nullable=True),
        sa.Column("error", sa.Text, nullable=False, server_default=""),
        sa.Column("worker_at", _AT, nullable=True),
    )


def downgrade() -> None:
    op.drop_table("hub_contact")
    op.drop_table("forward_study")
