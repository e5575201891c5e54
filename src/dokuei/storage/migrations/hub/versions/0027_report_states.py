"""Preliminary and withdrawn reports, what awaits approval, delegated readings, priors compared, and own words."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add columns and tables; a report that stands counts with the version that stands."""
    op.add_column("worklist_item", sa.Column("report_version", sa.Integer, nullable=False, server_default="0"))
    op.add_column(
        "reading_role", sa.Column("awaiting_approval", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.add_column("hand_over", sa.Column("delegates", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("report_draft", sa.Column("compared", sa.Text, nullable=False, server_default="[]"))
    op.create_table(
        "reading_delegation",
        sa.Column("worklist_item_id", sa.String(32), sa.ForeignKey("worklist_item.worklist_item_id"), primary_key=True),
        sa.Column("role", sa.String(16), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("from_person_id", sa.String(32), nullable=False),
        sa.Column("ordered_by", sa.String(32), nullable=False),
        sa.Column("to_person_id", sa.String(32), nullable=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", _AT, nullable=False),
    )
    op.create_table(
        "report_phrase",
        sa.Column("phrase_id", sa.String(32), primary_key=True),
        sa.Column("scope", sa.String(8), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("findings", sa.Text, nullable=False),
        sa.Column("impression", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("written_by", sa.String(32), nullable=False),
        sa.Column("written_at", _AT, nullable=False),
        sa.Column("retired_at", _AT, nullable=True),
    )
    op.create_index("ix_report_phrase_owner", "report_phrase", ["scope", "owner"])
    op.create_table(
        "report_own_word",
        sa.Column("word_id", sa.String(32), primary_key=True),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("attribute", sa.String(32), nullable=False),
        sa.Column("ja", sa.String(60), nullable=False),
        sa.Column("en", sa.String(60), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("added_by", sa.String(32), nullable=False),
        sa.Column("added_at", _AT, nullable=False),
        sa.Column("retired_at", _AT, nullable=True),
    )
    op.execute(
        "UPDATE worklist_item SET report_version = coalesce((SELECT max(v.number) FROM report_version v"
        " JOIN report r ON r.report_id = v.report_id"
        " WHERE r.worklist_item_id = worklist_item.worklist_item_id AND r.role IN ('sole', 'arbiter')), 0)"
    )


def downgrade() -> None:
    """Signed versions say themselves what they are."""
    op.drop_table("report_own_word")
    op.drop_table("report_phrase")
    op.drop_table("reading_delegation")
    op.drop_column("report_draft", "compared")
    op.drop_column("hand_over", "delegates")
    op.drop_column("reading_role", "awaiting_approval")
    op.drop_column("worklist_item", "report_version")
