"""FHIR: when each request changed last, what orders said as they came, and numbers for patients that name nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables; a request of before changed when its latest version was written."""
    op.add_column("reading_request", sa.Column("changed_at", _AT, nullable=True))
    op.execute(
        "UPDATE reading_request SET changed_at = COALESCE((SELECT max(v.at) FROM reading_request_version v"
        " WHERE v.request_id = reading_request.request_id), placed_at)"
    )
    op.create_index("ix_reading_request_changed_at", "reading_request", ["site_id", "changed_at", "request_id"])
    op.create_index("ix_report_version_signed_at", "report_version", ["signed_at", "report_id"])
    op.create_table(
        "fhir_patient",
        sa.Column("subject_id", sa.String(32), primary_key=True),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("patient_key", sa.Text, nullable=False),
        sa.UniqueConstraint("site_id", "patient_key"),
    )
    op.create_table(
        "fhir_order",
        sa.Column("request_id", sa.String(32), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("at", _AT, nullable=False),
    )


def downgrade() -> None:
    """Requests and reports stay as they are; what FHIR needs beside them is gone."""
    op.drop_table("fhir_order")
    op.drop_table("fhir_patient")
    op.drop_index("ix_report_version_signed_at", "report_version")
    op.drop_index("ix_reading_request_changed_at", "reading_request")
    op.drop_column("reading_request", "changed_at")
