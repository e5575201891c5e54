"""Reports (each reader's opinion a record of its own), signed versions, and what is on its way to hospitals."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "report",
        sa.Column("report_id", sa.String(32), primary_key=True),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("worklist_item_id", sa.String(32), nullable=False),
        sa.Column("study_instance_uid", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("created_by", sa.String(32), nullable=False),
        sa.UniqueConstraint("worklist_item_id", "role", name="uq_report_worklist_item_id_role"),
    )
    op.create_index("ix_report_study", "report", ["site_id", "study_instance_uid"])
    _writing()
    _signed()


def _writing() -> None:
    op.create_table(
        "report_draft",
        sa.Column("report_id", sa.String(32), sa.ForeignKey("report.report_id"), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("findings", sa.Text, nullable=False),
        sa.Column("impression", sa.Text, nullable=False),
        sa.Column("category_right", sa.String(8), nullable=False),
        sa.Column("category_left", sa.String(8), nullable=False),
        sa.Column("images_read", sa.Text, nullable=False),
        sa.Column("entered_by", sa.Text, nullable=False),
        sa.Column("updated_at", _AT, nullable=False),
        sa.Column("updated_by", sa.String(32), nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
    )
    op.create_table(
        "report_frozen",
        sa.Column("report_id", sa.String(32), sa.ForeignKey("report.report_id"), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("draft_version", sa.Integer, nullable=False),
        sa.Column("canonical", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("shown_to", sa.String(32), nullable=False),
        sa.Column("shown_at", _AT, nullable=False),
    )


def _signed() -> None:
    op.create_table(
        "report_version",
        sa.Column("report_id", sa.String(32), sa.ForeignKey("report.report_id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("canonical", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("signed_by", sa.String(32), nullable=False),
        sa.Column("signer_name", sa.String(200), nullable=False),
        sa.Column("signed_at", _AT, nullable=False),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("time_stamp", sa.String(20), nullable=False),
        sa.Column("pdf_key", sa.String(300), nullable=False),
        sa.Column("pdf_sha256", sa.String(64), nullable=False),
        sa.Column("sr_sop_instance_uid", sa.String(64), nullable=False),
        sa.Column("pdf_sop_instance_uid", sa.String(64), nullable=False),
    )
    op.create_table(
        "delivery",
        sa.Column("delivery_id", sa.String(32), primary_key=True),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("report_id", sa.String(32), sa.ForeignKey("report.report_id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("study_instance_uid", sa.String(64), nullable=False),
        sa.Column("sop_class_uid", sa.String(64), nullable=False),
        sa.Column("sop_instance_uid", sa.String(64), nullable=False),
        sa.Column("blob_key", sa.String(300), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("delivered_at", _AT, nullable=True),
        sa.Column("delivered_by", sa.String(200), nullable=True),
        sa.Column("delivered_to", sa.String(200), nullable=True),
        sa.Column("last_error", sa.Text, nullable=True),
        sa.UniqueConstraint("report_id", "number", "kind", name="uq_delivery_report_id_number_kind"),
    )
    op.create_index("ix_delivery_waiting", "delivery", ["site_id", "delivered_at", "created_at"])


def downgrade() -> None:
    for table in ("delivery", "report_version", "report_frozen", "report_draft", "report"):
        op.drop_table(table)
