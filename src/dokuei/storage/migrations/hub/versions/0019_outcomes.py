"""What became of signed reports: opened, acted on, not to be overlooked."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables; reports that were signed before count as unread from when they were signed."""
    op.create_table(
        "outcome_signed",
        sa.Column("worklist_item_id", sa.String(32), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("study_instance_uid", sa.String(64), nullable=False),
        sa.Column("signed_at", _AT, nullable=False),
    )
    op.create_index("ix_outcome_signed_site", "outcome_signed", ["site_id", "signed_at"])
    op.create_table(
        "outcome_mark",
        sa.Column("worklist_item_id", sa.String(32), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("person_id", sa.String(32), primary_key=True),
        sa.Column("at", _AT, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_table(
        "outcome_important",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("worklist_item_id", sa.String(32), nullable=False),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("withdrawn", sa.Integer, nullable=False),
    )
    op.create_index("ix_outcome_important_item", "outcome_important", ["worklist_item_id", "id"])
    op.execute(
        "INSERT INTO outcome_signed (worklist_item_id, number, site_id, study_instance_uid, signed_at)"
        " SELECT r.worklist_item_id, v.number, r.site_id, r.study_instance_uid, v.signed_at"
        " FROM report_version v JOIN report r ON r.report_id = v.report_id WHERE r.role = 'sole'"
    )


def downgrade() -> None:
    """What became of reports is told by the audit trail alone."""
    for name in ("outcome_important", "outcome_mark", "outcome_signed"):
        op.drop_table(name)
