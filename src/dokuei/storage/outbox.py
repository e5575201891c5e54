"""Effects that must follow a transaction: written with it, carried out after it, in order, until they succeed."""

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, String, Table, Text, delete, func, insert, select, update

from dokuei.clock import now
from dokuei.storage.db import Database, UtcDateTime, hub_metadata

outbox = Table(
    "outbox",
    hub_metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("event", String(100), nullable=False),
    Column("payload", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("last_error", Text, nullable=True),
    Column("done_at", UtcDateTime, nullable=True),
)
_KEPT = timedelta(days=30)
Index("ix_outbox_waiting", outbox.c.done_at, outbox.c.id)


@dataclass(frozen=True)
class Event:
    """One effect to carry out; handlers must bear being called twice."""

    id: int
    name: str
    payload: dict[str, Any]
    attempts: int


def put(connection: Connection, event: str, payload: Mapping[str, Any]) -> None:
    """Note an effect inside the caller's transaction."""
    connection.execute(insert(outbox).values(at=now(), event=event, payload=json.dumps(payload, ensure_ascii=False)))


def waiting(connection: Connection) -> int:
    """How many effects have not been carried out."""
    return connection.execute(select(func.count()).where(outbox.c.done_at.is_(None))).scalar_one()


def forget_done(database: Database) -> int:
    """Let go of effects that were carried out long ago: their words may name patients, and nobody asks for them."""
    with database.begin() as connection:
        return connection.execute(delete(outbox).where(outbox.c.done_at < now() - _KEPT)).rowcount


def _itself(event: Event) -> Hashable:
    return event.id


def carry_out(
    database: Database,
    handle: Callable[[Event], None],
    *,
    about: Callable[[Event], Hashable] = _itself,
    at_most: int = 100,
) -> int:
    """Hand waiting effects to ``handle`` in order; one that fails stays and holds none of the others back.

    Of those that are ``about`` the same only the newest is handed over, and what comes of it holds for all of them.
    """
    with database.read() as connection:
        rows = connection.execute(
            select(outbox).where(outbox.c.done_at.is_(None)).order_by(outbox.c.attempts, outbox.c.id).limit(at_most)
        ).all()
    events = [Event(row.id, row.event, json.loads(row.payload), row.attempts) for row in rows]
    same: dict[Hashable, list[Event]] = {}
    for event in events:
        same.setdefault(about(event), []).append(event)
    done = 0
    for together in same.values():
        event, error = max(together, key=lambda one: one.id), None
        try:
            handle(event)
        except Exception as failure:  # noqa: BLE001 - the worker loop is an outer door
            error = f"{type(failure).__name__}: {failure}"
        with database.begin() as connection:
            connection.execute(
                update(outbox)
                .where(outbox.c.id.in_([one.id for one in together]))
                .values(attempts=outbox.c.attempts + 1, last_error=error, done_at=None if error else now())
            )
        done += 0 if error else len(together)
    return done
