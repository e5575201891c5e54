"""A draft holds fields beside its text, and why what a check named stands as it is."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report_draft", sa.Column("structure", sa.Text, nullable=False, server_default="{}"))
    op.add_column("report_draft", sa.Column("answers", sa.Text, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("report_draft", "answers")
    op.drop_column("report_draft", "structure")
