"""A certification of the programme is recorded for the centre, whole; a number at one site said less and did as much."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("site") as site:
        site.drop_column("certification")
        site.drop_column("certified_version")


def downgrade() -> None:
    with op.batch_alter_table("site") as site:
        site.add_column(sa.Column("certification", sa.String(200), nullable=True))
        site.add_column(sa.Column("certified_version", sa.String(40), nullable=True))
