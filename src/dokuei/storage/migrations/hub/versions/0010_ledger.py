"""What a gateway holds of a study before it has signed for it, and how much of a study a signed report covers."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "study_announced",
        sa.Column("site_id", sa.String(64), primary_key=True),
        sa.Column("study_instance_uid", sa.String(64), primary_key=True),
        sa.Column("instances", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    more = sa.Column("more_to_come", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("worklist_item", more)
    op.add_column("worklist_item", sa.Column("signed_instances", sa.Integer, nullable=True))
    _judge_what_is_known()


def downgrade() -> None:
    op.drop_column("worklist_item", "signed_instances")
    op.drop_column("worklist_item", "more_to_come")
    op.drop_table("study_announced")


def _judge_what_is_known() -> None:
    """A case whose images a gateway sent and never signed for is open from now on; a signed one covers what is there."""
    op.execute(
        sa.text(
            "UPDATE worklist_item SET more_to_come = true WHERE NOT EXISTS (SELECT 1 FROM study_manifest m"
            " WHERE m.site_id = worklist_item.site_id AND m.study_instance_uid = worklist_item.study_instance_uid)"
            " AND EXISTS (SELECT 1 FROM study s JOIN series e ON e.study_key = s.id"
            " JOIN instance i ON i.series_key = e.id WHERE s.site_id = worklist_item.site_id"
            " AND s.study_instance_uid = worklist_item.study_instance_uid AND i.received_from LIKE 'gateway:%')"
        )
    )
    op.execute(
        sa.text(
            "UPDATE worklist_item SET signed_instances = number_of_instances WHERE report_status IN ('final', 'amended')"
        )
    )
