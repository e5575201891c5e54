"""How each object was named when it was coded, and whose study stands behind a pseudonymous one."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("received_object", sa.Column("naming", sa.String(80), nullable=False, server_default="true"))
    op.create_table(
        "pseudonym_study",
        sa.Column("coded_study_instance_uid", sa.String(64), primary_key=True),
        sa.Column("pseudonym", sa.String(64), primary_key=True),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_pseudonym_study_pseudonym", "pseudonym_study", ["pseudonym"])


def downgrade() -> None:
    op.drop_table("pseudonym_study")
    op.drop_column("received_object", "naming")
