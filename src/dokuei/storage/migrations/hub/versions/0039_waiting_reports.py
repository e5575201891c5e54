"""Reports that nobody has read are found in the order in which they were signed, without reading all others."""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_TABLE, _INDEX = "outcome_signed", "ix_outcome_signed_done"
_COLUMNS = ("site_id", "holds", "done_at", "read_at")


def upgrade() -> None:
    """The same index with the moment of the signature at its end."""
    op.drop_index(_INDEX, _TABLE)
    op.create_index(_INDEX, _TABLE, [*_COLUMNS, "signed_at"])


def downgrade() -> None:
    """Without it."""
    op.drop_index(_INDEX, _TABLE)
    op.create_index(_INDEX, _TABLE, [*_COLUMNS])
