"""Which of a hospital's systems has which report already; a row stays as the record of that."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Column, Connection, String, Table, Text, insert, select

from dokuei.clock import now
from dokuei.storage.db import UtcDateTime, gateway_metadata

deliver_outlet = Table(
    "deliver_outlet",
    gateway_metadata,
    Column("delivery_id", String(32), primary_key=True),
    Column("outlet", String(16), primary_key=True),
    Column("done_at", UtcDateTime, nullable=False),
    Column("destination", String(200), nullable=False),
    Column("note", Text, nullable=False),
)


def done(connection: Connection, delivery_ids: Collection[str]) -> dict[str, dict[str, tuple[str, str]]]:
    """Delivery → outlet → destination and note, of what is done."""
    found: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for row in connection.execute(select(deliver_outlet).where(deliver_outlet.c.delivery_id.in_(delivery_ids))):
        found[row.delivery_id][row.outlet] = (row.destination, row.note)
    return found


def mark(connection: Connection, delivery_id: str, outlet: str, *, destination: str, note: str) -> None:
    """It is there."""
    values = {"delivery_id": delivery_id, "outlet": outlet, "done_at": now(), "destination": destination, "note": note}
    connection.execute(insert(deliver_outlet).values(**values))
