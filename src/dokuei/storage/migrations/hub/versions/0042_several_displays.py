"""Several displays at a device; whether somebody keeps a gateway's clock; certificates that wait to be confirmed."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """A device keeps the display that it has."""
    _make_again(sa.Column("display_id", sa.String(32), sa.ForeignKey("display.display_id"), primary_key=True))
    op.add_column("gateway", sa.Column("clock_state", sa.String(16), nullable=False, server_default="unknown"))
    op.create_table(
        "certificate_offer",
        sa.Column("person_id", sa.String(32), sa.ForeignKey("person.person_id"), primary_key=True),
        sa.Column("certificate", sa.LargeBinary, nullable=False),
        sa.Column("offered_at", _AT, nullable=False),
    )


def downgrade() -> None:
    """Which of several displays it would be is not known: such a device is asked again."""
    op.drop_table("certificate_offer")
    op.drop_column("gateway", "clock_state")
    _make_again(sa.Column("display_id", sa.String(32), sa.ForeignKey("display.display_id"), nullable=False))


def _make_again(display_id: sa.Column[Any]) -> None:
    """The table with another key: both databases would alter it in ways of their own."""
    connection = op.get_bind()
    kept = sa.table("display_at_device", *(sa.column(name) for name in ("device", "display_id", "chosen_by")))
    at = sa.column("chosen_at", _AT)
    rows = connection.execute(sa.select(*kept.c, at).select_from(kept)).mappings().all()
    op.drop_table("display_at_device")
    made = op.create_table(
        "display_at_device",
        sa.Column("device", sa.String(64), primary_key=True),
        display_id,
        sa.Column("chosen_at", _AT, nullable=False),
        sa.Column("chosen_by", sa.String(200), nullable=False),
    )
    several = [row["device"] for row in rows]
    stay = [dict(row) for row in rows if display_id.primary_key or several.count(row["device"]) == 1]
    if stay:
        op.bulk_insert(made, stay)
