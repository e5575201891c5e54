"""The MAC of each image, and when each sealed report's time stamps are to be renewed."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """MACs of what is here already are made when a report first rests on it; old seals are looked at by the worker."""
    op.add_column("instance", sa.Column("mac", sa.Text, nullable=True))
    op.create_table(
        "report_seal",
        sa.Column("report_id", sa.String(32), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("blob_key", sa.String(300), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("stamps", sa.Integer, nullable=False),
        sa.Column("stamped_at", _AT, nullable=True),
        sa.Column("renew_at", _AT, nullable=True),
        sa.Column("tried_at", _AT, nullable=True),
        sa.Column("last_error", sa.Text, nullable=True),
    )
    op.create_index("ix_report_seal_renew", "report_seal", ["renew_at"])


def downgrade() -> None:
    """Stamps that were added stay in their files, and are not known any more."""
    op.drop_table("report_seal")
    op.drop_column("instance", "mac")
