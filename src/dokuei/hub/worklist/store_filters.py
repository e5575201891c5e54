"""Saved filters in SQL, each its person's own."""

import json
import uuid
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select

from dokuei.clock import now
from dokuei.hub.worklist.tables import worklist_filter
from dokuei.storage.rows import put_row


@dataclass(frozen=True)
class SavedFilter:
    """How one person likes to look at the list; ``chosen`` is what the page says it is."""

    filter_id: str
    name: str
    chosen: dict[str, str]


def of_person(connection: Connection, person_id: str) -> tuple[SavedFilter, ...]:
    """Somebody's filters, the first one first."""
    rows = connection.execute(
        select(worklist_filter).where(worklist_filter.c.person_id == person_id).order_by(worklist_filter.c.created_at)
    )
    return tuple(SavedFilter(row.filter_id, row.name, json.loads(row.chosen)) for row in rows)


def count(connection: Connection, person_id: str) -> int:
    """How many somebody has."""
    asked = select(func.count()).select_from(worklist_filter).where(worklist_filter.c.person_id == person_id)
    counted: int = connection.execute(asked).scalar_one()
    return counted


def put(connection: Connection, person_id: str, name: str, chosen: dict[str, str]) -> SavedFilter:
    """Keep a filter, in place of one of the same name."""
    kept = SavedFilter(uuid.uuid4().hex, name, chosen)
    put_row(
        connection,
        worklist_filter,
        key=("person_id", "name"),
        filter_id=kept.filter_id,
        person_id=person_id,
        name=name,
        chosen=json.dumps(chosen),
        created_at=now(),
    )
    return kept


def remove(connection: Connection, person_id: str, filter_id: str) -> bool:
    """Forget one; False where this person has no such filter."""
    removed = connection.execute(
        delete(worklist_filter).where(
            worklist_filter.c.person_id == person_id, worklist_filter.c.filter_id == filter_id
        )
    )
    return removed.rowcount == 1
