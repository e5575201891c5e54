"""Studies, series, instances, manifests, quarantine and deletion records."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "study",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("study_instance_uid", sa.String(64), nullable=False),
        sa.Column("patient_id", sa.Text, nullable=False),
        sa.Column("issuer_of_patient_id", sa.Text, nullable=False),
        sa.Column("patient_birth_date", sa.Text, nullable=False),
        sa.Column("patient_sex", sa.Text, nullable=False),
        sa.Column("study_date", sa.Text, nullable=False),
        sa.Column("study_time", sa.Text, nullable=False),
        sa.Column("study_id", sa.Text, nullable=False),
        sa.Column("study_description", sa.Text, nullable=False),
        sa.Column("accession_number", sa.Text, nullable=False),
        sa.Column("patient_name_alphabetic", sa.Text, nullable=False),
        sa.Column("patient_name_ideographic", sa.Text, nullable=False),
        sa.Column("patient_name_phonetic", sa.Text, nullable=False),
        sa.Column("patient_name_alphabetic_key", sa.Text, nullable=False),
        sa.Column("patient_name_ideographic_key", sa.Text, nullable=False),
        sa.Column("patient_name_phonetic_key", sa.Text, nullable=False),
        sa.Column("referring_physician_name", sa.Text, nullable=False),
        sa.Column("referring_physician_alphabetic_key", sa.Text, nullable=False),
        sa.Column("referring_physician_ideographic_key", sa.Text, nullable=False),
        sa.Column("referring_physician_phonetic_key", sa.Text, nullable=False),
        sa.Column("attributes", sa.LargeBinary, nullable=False),
        sa.Column("number_of_series", sa.Integer, nullable=False),
        sa.Column("number_of_instances", sa.Integer, nullable=False),
        sa.Column("number_of_frames", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("first_received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_received_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("site_id", "study_instance_uid"),
    )
    op.create_index("ix_study_accession_number", "study", ["site_id", "accession_number"])
    op.create_index("ix_study_patient_id", "study", ["site_id", "patient_id"])
    op.create_index("ix_study_study_date", "study", ["site_id", "study_date"])
    op.create_table(
        "series",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("study_key", _ID, sa.ForeignKey("study.id"), nullable=False),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("series_instance_uid", sa.String(64), nullable=False),
        sa.Column("modality", sa.Text, nullable=False),
        sa.Column("series_number", sa.Integer, nullable=True),
        sa.Column("series_description", sa.Text, nullable=False),
        sa.Column("body_part_examined", sa.Text, nullable=False),
        sa.Column("laterality", sa.Text, nullable=False),
        sa.Column("performed_procedure_step_start_date", sa.Text, nullable=False),
        sa.Column("performed_procedure_step_start_time", sa.Text, nullable=False),
        sa.Column("attributes", sa.LargeBinary, nullable=False),
        sa.Column("number_of_instances", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.UniqueConstraint("study_key", "series_instance_uid"),
    )
    op.create_index("ix_series_series_instance_uid", "series", ["site_id", "series_instance_uid"])
    op.create_table(
        "instance",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("series_key", _ID, sa.ForeignKey("series.id"), nullable=False),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("sop_instance_uid", sa.String(64), nullable=False),
        sa.Column("sop_class_uid", sa.String(64), nullable=False),
        sa.Column("instance_number", sa.Integer, nullable=True),
        sa.Column("number_of_frames", sa.Integer, nullable=False),
        sa.Column("rows", sa.Integer, nullable=True),
        sa.Column("columns", sa.Integer, nullable=True),
        sa.Column("bits_allocated", sa.Integer, nullable=True),
        sa.Column("source_transfer_syntax_uid", sa.String(64), nullable=False),
        sa.Column("transfer_syntax_uid", sa.String(64), nullable=False),
        sa.Column("source_sha256", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("content_digest", sa.String(64), nullable=False),
        sa.Column("proof", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("lossy", sa.Text, nullable=True),
        sa.Column("frames", sa.LargeBinary, nullable=False),
        sa.Column("attributes", sa.LargeBinary, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_from", sa.String(200), nullable=False),
        sa.UniqueConstraint("site_id", "sop_instance_uid"),
    )
    op.create_index("ix_instance_series_key", "instance", ["series_key", "id"])
    op.create_index("ix_instance_sha256", "instance", ["site_id", "sha256"])
    op.create_table(
        "study_manifest",
        sa.Column("site_id", sa.String(64), primary_key=True),
        sa.Column("study_instance_uid", sa.String(64), primary_key=True),
        sa.Column("signed_by", sa.String(200), nullable=False),
        sa.Column("verified", sa.Boolean, nullable=False),
        sa.Column("declared_instances", sa.Integer, nullable=False),
        sa.Column("declared_frames", sa.Integer, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.Column("declared", sa.LargeBinary, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "archive_quarantine",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("study_instance_uid", sa.String(64), nullable=False),
        sa.Column("sop_instance_uid", sa.String(64), nullable=False),
        sa.Column("blob_key", sa.String(300), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("received_from", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("site_id", "blob_key"),
    )
    op.create_table(
        "study_deletion",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("study_instance_uid", sa.String(64), nullable=False),
        sa.Column("number_of_instances", sa.Integer, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_by", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("blob_keys", sa.LargeBinary, nullable=False),
        sa.Column("blobs_removed_at", sa.DateTime(timezone=True), nullable=True),
    )


def downgrade() -> None:
    for table in ("study_deletion", "archive_quarantine", "study_manifest", "instance", "series", "study"):
        op.drop_table(table)
