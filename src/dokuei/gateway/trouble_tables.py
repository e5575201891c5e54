"""What goes wrong with a report between this gateway and its hub: fetching it, and the receipt for it.

A row is there as long as it does; it says when it is tried again, so that nobody is asked every few seconds for ever.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import Column, Connection, Integer, String, Table, Text, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from dokuei.clock import now
from dokuei.gateway.link import pause
from dokuei.storage.db import UtcDateTime, gateway_metadata

Step = Literal["fetch", "receipt"]

deliver_trouble = Table(
    "deliver_trouble",
    gateway_metadata,
    Column("delivery_id", String(32), primary_key=True),
    Column("step", String(8), primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("error", Text, nullable=False),
)


@dataclass(frozen=True)
class Trouble:
    """How many reports one step goes wrong for, since when, and what was said last."""

    step: Step
    reports: int
    since: datetime
    error: str


def resting(connection: Connection, step: Step) -> frozenset[str]:
    """Deliveries that are not to be tried yet."""
    c = deliver_trouble.c
    asked = select(c.delivery_id).where(c.step == step, c.not_before > now())
    return frozenset(connection.execute(asked).scalars())


def failed(connection: Connection, delivery_id: str, step: Step, error: str, *, ceiling: float) -> None:
    """It went wrong once more: the next attempt waits longer than the last one, up to ``ceiling`` seconds."""
    c = deliver_trouble.c
    known = select(c.attempts).where(c.delivery_id == delivery_id, c.step == step)
    attempts = (connection.execute(known).scalar() or 0) + 1
    values = {
        "attempts": attempts,
        "not_before": now() + timedelta(seconds=pause(attempts + 2, ceiling=ceiling)),
        "error": error[:1000],
    }
    connection.execute(
        insert(deliver_trouble)
        .values(delivery_id=delivery_id, step=step, since=now(), **values)
        .on_conflict_do_update(index_elements=["delivery_id", "step"], set_=values)
    )


def over(connection: Connection, step: Step, delivery_ids: Collection[str]) -> None:
    """This step went well with these."""
    c = deliver_trouble.c
    connection.execute(delete(deliver_trouble).where(c.step == step, c.delivery_id.in_(delivery_ids)))


def others(connection: Connection, step: Step, delivery_ids: Collection[str]) -> frozenset[str]:
    """What this step went wrong with beside these."""
    c = deliver_trouble.c
    asked = select(c.delivery_id).where(c.step == step, c.delivery_id.not_in(delivery_ids))
    return frozenset(connection.execute(asked).scalars())


def every(connection: Connection) -> tuple[Trouble, ...]:
    """For the status: a line a step."""
    c = deliver_trouble.c
    found = []
    for step in get_args(Step):
        row = connection.execute(select(func.count(), func.min(c.since)).where(c.step == step)).one()
        if row[0]:
            last = select(c.error).where(c.step == step).order_by(c.not_before.desc()).limit(1)
            found.append(Trouble(step, row[0], row[1], connection.execute(last).scalar_one()))
    return tuple(found)
