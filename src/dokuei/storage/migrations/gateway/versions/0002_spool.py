
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "received_object",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("sop_instance_uid", sa.String(64), nullable=False, unique=True),
        sa.Column("series_instance_uid", sa.String(64), nullable=False),
        sa.Column("study_instance_uid", sa.String(64), nullable=False),
        sa.Column("sop_class_uid", sa.String(64), nullable=False),
        sa.Column("transfer_syntax_uid", sa.String(64), nullable=False),
        sa.Column("modality", sa.String(16), nullable=False, server_default=""),
        sa.Column("patient_id", sa.String(64), nullable=False, server_default=""),
        sa.Column("accession_number", sa.String(64), nullable=False, server_default=""),
        sa.Column("study_date", sa.String(8), nullable=False, server_default=""),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sending_ae", sa.String(16), nullable=False, server_default=""),
        sa.Column("peer_address", sa.String(64), nullable=False, server_default=""),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False, server_default="0"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.String(40), nullable=False, server_default=""),
        sa.Column("error", sa.Text, nullable=False, server_default=""),
        sa.Column("coded", sa.Text, nullable=True),
        sa.Column("coded_sop_instance_uid", sa.String(64), nullable=True),
        sa.Column("coded_study_instance_uid", sa.String(64), nullable=True),
        sa.Column("original_kept", sa.Boolean, nullable=False, server_default=sa.text("1")),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_received_object_queue", "received_object", ["state", sa.text("priority DESC"), "id"])
    op.create_index("ix_received_object_study", "received_object", ["study_instance_uid"])
    op.create_index(
        "ix_received_object_coded_sop",
        "received_object",
        ["coded_sop_instance_uid"],
        sqlite_where=sa.text("coded_sop_instance_uid IS NOT NULL"),
    )
    op.create_index(
        "ix_received_object_coded_study",
        "received_object",
        ["coded_study_instance_uid"],
        sqlite_where=sa.text("coded_study_instance_uid IS NOT NULL"),
    )
    op.create_table(
        "study_priority",
        sa.Column("study_instance_uid", sa.String(64), primary_key=True),
        sa.Column("priority", sa.Integer, nullable=False),
    )
    op.create_table(
        "quarantine_entry",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("remedy", sa.Text, nullable=False, server_default=""),
        sa.Column("sop_instance_uid", sa.String(64), nullable=False, server_default=""),
        sa.Column("study_instance_uid", sa.String(64), nullable=False, server_default=""),
        sa.Column("transfer_syntax_uid", sa.String(64), nullable=False, server_default=""),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("known_sha256", sa.String(64), nullable=False, server_default=""),
        sa.Column("sending_ae", sa.String(16), nullable=False, server_default=""),
        sa.Column("peer_address", sa.String(64), nullable=False, server_default=""),
        sa.Column("times", sa.Integer, nullable=False, server_default="1"),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(200), nullable=False, server_default=""),
        sa.Column("resolution", sa.String(20), nullable=False, server_default=""),
    )
    op.create_index("ix_quarantine_entry_open", "quarantine_entry", ["resolved_at", "id"])
    op.create_index("ix_quarantine_entry_study", "quarantine_entry", ["study_instance_uid"])
    op.create_index("uq_quarantine_entry_content", "quarantine_entry", ["sha256", "code"], unique=True)
    op.create_table(
        "storage_commitment",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("transaction_uid", sa.String(64), nullable=False),
        sa.Column("requester_ae", sa.String(16), nullable=False),
        sa.Column("requester_address", sa.String(64), nullable=False),
        sa.Column("references", sa.Text, nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("ix_storage_commitment_open", "storage_commitment", ["reported_at", "id"])


def downgrade() -> None:
    for table in ("storage_commitment", "quarantine_entry", "study_priority", "received_object"):
        op.drop_table(table)
