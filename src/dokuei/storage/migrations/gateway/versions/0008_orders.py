"""Orders by HL7 on their way to the hub, messages that were refused, and results on their way to the hospital."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "order_notice",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("message_key", sa.String(200), nullable=False),
        sa.Column("received_at", _AT, nullable=False),
        sa.Column("sending_application", sa.String(256), nullable=False, server_default=""),
        sa.Column("control_id", sa.String(256), nullable=False, server_default=""),
        sa.Column("message_type", sa.String(20), nullable=False, server_default=""),
        sa.Column("action", sa.String(8), nullable=False),
        sa.Column("patient_id", sa.String(64), nullable=False, server_default=""),
        sa.Column("placer_order_number", sa.String(256), nullable=False, server_default=""),
        sa.Column("accession_number", sa.String(256), nullable=False, server_default=""),
        sa.Column("study_instance_uid", sa.String(64), nullable=False, server_default=""),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("told_as", sa.String(9), nullable=False, server_default=""),
        sa.Column("withheld", sa.Text, nullable=False, server_default=""),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("changed_at", _AT, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("not_before", _AT, nullable=True),
        sa.UniqueConstraint("message_key", name="uq_order_notice_message_key"),
    )
    op.create_index("ix_order_notice_state", "order_notice", ["state", "id"])
    op.create_index("ix_order_notice_study_instance_uid", "order_notice", ["study_instance_uid"])
    op.create_index("ix_order_notice_accession_number", "order_notice", ["accession_number"])
    op.create_table(
        "order_refusal",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", _AT, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sending_application", sa.String(256), nullable=False, server_default=""),
        sa.Column("control_id", sa.String(256), nullable=False, server_default=""),
        sa.Column("message_type", sa.String(20), nullable=False, server_default=""),
        sa.Column("peer_address", sa.String(64), nullable=False, server_default=""),
        sa.Column("location", sa.String(20), nullable=False, server_default=""),
        sa.Column("condition", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("remedy", sa.Text, nullable=False, server_default=""),
        sa.Column("times", sa.Integer, nullable=False, server_default="1"),
        sa.Column("resolved_at", _AT, nullable=True),
        sa.Column("resolved_by", sa.String(200), nullable=False, server_default=""),
        sa.UniqueConstraint("sha256", "condition", name="uq_order_refusal_sha256_condition"),
    )
    op.create_index("ix_order_refusal_resolved_at", "order_refusal", ["resolved_at", "id"])
    op.create_table(
        "result_message",
        sa.Column("delivery_id", sa.String(32), primary_key=True),
        sa.Column("study_instance_uid", sa.String(64), nullable=False),
        sa.Column("sop_instance_uid", sa.String(64), nullable=False),
        sa.Column("control_id", sa.String(20), nullable=False, server_default=""),
        sa.Column("status", sa.String(1), nullable=False, server_default=""),
        sa.Column("body", sa.LargeBinary, nullable=True),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
        sa.Column("made_at", _AT, nullable=True),
        sa.Column("sent_at", _AT, nullable=True),
        sa.Column("skipped", sa.Boolean, nullable=False, server_default=sa.text("0")),
        sa.Column("destination", sa.String(200), nullable=False, server_default=""),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("not_before", _AT, nullable=True),
        sa.Column("error", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("ix_result_message_sent_at", "result_message", ["sent_at", "not_before"])


def downgrade() -> None:
    op.drop_table("result_message")
    op.drop_table("order_refusal")
    op.drop_table("order_notice")
