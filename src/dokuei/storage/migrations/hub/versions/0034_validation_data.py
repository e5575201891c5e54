"""What issuers said of a seal's certificates, in each file and of the one that seals now; how far gateways' trails are heard."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Files that are stamped already are looked at when their next stamp is due."""
    op.add_column("report_seal", sa.Column("revocation", sa.String(16), nullable=True))
    stamp = sa.Column("sr_time_stamp", sa.String(20), nullable=False, server_default="none")
    op.add_column("report_version", stamp)
    op.create_table(
        "sealing_certificate",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("revoked_at", _AT, nullable=True),
        sa.Column("asked_at", _AT, nullable=False),
    )
    op.add_column("gateway", sa.Column("trail_heard", sa.BigInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    """Back to seals whose issuers nobody asks."""
    op.drop_column("gateway", "trail_heard")
    op.drop_table("sealing_certificate")
    op.drop_column("report_version", "sr_time_stamp")
    op.drop_column("report_seal", "revocation")
