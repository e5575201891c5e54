"""How far each request has come, step by step, for the hospital that asked and follows it."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_READ = """
    SELECT r.request_id, r.site_id, r.version, CASE WHEN max(i.finished_at) > r.changed_at THEN max(i.finished_at)
        ELSE r.changed_at END AS at
    FROM reading_request r
    JOIN request_link l ON l.request_id = r.request_id AND l.state = 'matched'
    LEFT JOIN worklist_item i ON i.site_id = l.site_id AND i.study_instance_uid = l.study_instance_uid
        AND i.status = 'completed' AND COALESCE(i.report_status, '') <> 'withdrawn'
    WHERE r.state = 'matched' AND r.changed_at IS NOT NULL
    GROUP BY r.request_id, r.site_id, r.version, r.changed_at
    HAVING count(*) = count(i.worklist_item_id)
"""


def upgrade() -> None:
    """Make the table; what was read before is completed since then."""
    op.create_table(
        "reading_request_progress",
        sa.Column("request_id", sa.String(32), sa.ForeignKey("reading_request.request_id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("because", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("until", _AT, nullable=True),
        sa.Column("at", _AT, nullable=False),
    )
    op.create_index("ix_reading_request_progress_until", "reading_request_progress", ["until"])
    op.execute(
        "INSERT INTO reading_request_progress (request_id, number, site_id, version, status, because, reason, at)"
        f" SELECT request_id, 1, site_id, version, 'completed', '', '', at FROM ({_READ}) AS answered"
    )
    op.execute(
        "UPDATE reading_request SET changed_at = (SELECT p.at FROM reading_request_progress p"
        " WHERE p.request_id = reading_request.request_id)"
        " WHERE request_id IN (SELECT request_id FROM reading_request_progress)"
    )


def downgrade() -> None:
    """Requests stay as they are; how far they have come follows from their cases."""
    op.drop_index("ix_reading_request_progress_until", "reading_request_progress")
    op.drop_table("reading_request_progress")
