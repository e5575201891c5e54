"""Cases and the roles in reading them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "worklist_item",
        sa.Column("worklist_item_id", sa.String(32), primary_key=True),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("study_instance_uid", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("priority", sa.String(16), nullable=False),
        sa.Column("due_at", _AT, nullable=True),
        sa.Column("report_status", sa.String(16), nullable=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in (
                "patient_id",
                "issuer_of_patient_id",
                "patient_name_alphabetic",
                "patient_name_ideographic",
                "patient_name_phonetic",
                "patient_birth_date",
                "patient_sex",
                "study_date",
                "study_time",
                "study_description",
                "accession_number",
                "referring_physician",
                "modalities",
            )
        ),
        sa.Column("number_of_series", sa.Integer, nullable=False),
        sa.Column("number_of_instances", sa.Integer, nullable=False),
        sa.Column("declared_instances", sa.Integer, nullable=True),
        sa.Column("arrived_instances", sa.Integer, nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("first_received_at", _AT, nullable=False),
        sa.Column("last_received_at", _AT, nullable=False),
        sa.UniqueConstraint("site_id", "study_instance_uid", name="uq_worklist_item_site_id_study_instance_uid"),
    )
    op.create_index("ix_worklist_item_status", "worklist_item", ["site_id", "status", "first_received_at"])
    op.create_index("ix_worklist_item_patient", "worklist_item", ["site_id", "patient_id"])
    op.create_table(
        "reading_role",
        sa.Column(
            "worklist_item_id", sa.String(32), sa.ForeignKey("worklist_item.worklist_item_id"), primary_key=True
        ),
        sa.Column("role", sa.String(16), primary_key=True),
        sa.Column("person_id", sa.String(32), nullable=True),
        sa.Column("claimed_at", _AT, nullable=True),
        sa.Column("signed_at", _AT, nullable=True),
    )
    op.create_index("ix_reading_role_person_id", "reading_role", ["person_id"])


def downgrade() -> None:
    op.drop_table("reading_role")
    op.drop_table("worklist_item")
