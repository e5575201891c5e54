"""Images that a technologist confirms, papers that arrive in a study, and sealed files that are delivered again."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_UNIQUE = "uq_delivery_report_id_number_kind"


def upgrade() -> None:
    op.add_column("site", sa.Column("images_finalised", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "image_finalisation",
        sa.Column(
            "worklist_item_id", sa.String(32), sa.ForeignKey("worklist_item.worklist_item_id"), primary_key=True
        ),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=True),
        sa.Column("at", _AT, nullable=False),
        sa.Column("instances", sa.Integer, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_table(
        "archive_paper_rules",
        sa.Column("site_id", sa.String(64), primary_key=True),
        sa.Column("rules", sa.Text, nullable=False),
        sa.Column("changed_at", _AT, nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
    )
    with op.batch_alter_table("delivery") as table:
        table.add_column(sa.Column("stamps", sa.Integer, nullable=False, server_default="0"))
        table.drop_constraint(_UNIQUE, type_="unique")
        table.create_unique_constraint(f"{_UNIQUE}_stamps", ["report_id", "number", "kind", "stamps"])


def downgrade() -> None:
    """What was delivered again stands in the audit trail."""
    op.execute("DELETE FROM delivery WHERE stamps > 0")
    with op.batch_alter_table("delivery") as table:
        table.drop_constraint(f"{_UNIQUE}_stamps", type_="unique")
        table.drop_column("stamps")
        table.create_unique_constraint(_UNIQUE, ["report_id", "number", "kind"])
    op.drop_table("archive_paper_rules")
    op.drop_table("image_finalisation")
    op.drop_column("site", "images_finalised")
