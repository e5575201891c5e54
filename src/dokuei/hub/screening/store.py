"""Screening batches in SQL: every reading query is scoped by the sites that the asker may see."""

import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select

from dokuei.clock import now
from dokuei.hub.screening.model import Batch, Entry, Examinee, Plan
from dokuei.hub.screening.tables import batch, entry

_AT_ONCE: Final = 500
_MOST_LISTED: Final = 60


def add_batch(connection: Connection, site_id: str, plan: Plan, *, actor: str, actor_name: str) -> Batch:
    """Keep a new batch."""
    new = Batch(uuid.uuid4().hex, site_id, plan, now(), actor, actor_name[:200])
    values = {**asdict(plan), "made_at": new.made_at, "made_by": actor, "made_by_name": new.made_by_name}
    connection.execute(insert(batch).values(batch_id=new.batch_id, site_id=site_id, **values))
    return new


def find_same(connection: Connection, site_id: str, plan: Plan) -> Batch | None:
    """The batch of this name on that day."""
    asked = select(batch).where(batch.c.site_id == site_id, batch.c.held_on == plan.held_on, batch.c.name == plan.name)
    row = connection.execute(asked).one_or_none()
    return None if row is None else _batch(row)


def find_batch(connection: Connection, batch_id: str, *, site_ids: Collection[str], lock: bool = False) -> Batch | None:
    """One batch, if its site is among those the asker may see; ``lock`` holds its row."""
    asked = select(batch).where(batch.c.batch_id == batch_id, batch.c.site_id.in_(site_ids))
    row = connection.execute(asked.with_for_update() if lock else asked).one_or_none()
    return None if row is None else _batch(row)


def batches(connection: Connection, *, site_ids: Collection[str]) -> tuple[Batch, ...]:
    """Batches of some sites, the latest first."""
    asked = select(batch).where(batch.c.site_id.in_(site_ids)).order_by(batch.c.held_on.desc(), batch.c.made_at.desc())
    return tuple(_batch(row) for row in connection.execute(asked.limit(_MOST_LISTED)))


def entries(connection: Connection, batch_ids: Collection[str], *, site_ids: Collection[str]) -> tuple[Entry, ...]:
    """Everybody who was taken into some batches, in the order of the rosters."""
    asked = select(entry).where(entry.c.batch_id.in_(batch_ids), entry.c.site_id.in_(site_ids))
    rows = connection.execute(asked.order_by(entry.c.batch_id, entry.c.number))
    return tuple(_entry(row) for row in rows)


def known(connection: Connection, site_id: str, keys: Collection[str]) -> Mapping[str, Entry]:
    """Key → who was taken into any batch of the site already."""
    wanted, found = sorted(keys), dict[str, Entry]()
    for at in range(0, len(wanted), _AT_ONCE):
        asked = select(entry).where(entry.c.site_id == site_id, entry.c.key.in_(wanted[at : at + _AT_ONCE]))
        found |= {row.key: _entry(row) for row in connection.execute(asked)}
    return found


def last_number(connection: Connection, batch_id: str) -> int:
    """How many were taken so far."""
    asked = select(func.max(entry.c.number)).where(entry.c.batch_id == batch_id)
    return connection.execute(asked).scalar() or 0


def add_entry(connection: Connection, new: Entry) -> None:
    """Keep one; the site's unique key refuses a second one of the same person and day."""
    connection.execute(
        insert(entry).values(
            batch_id=new.batch_id,
            number=new.number,
            site_id=new.site_id,
            key=new.examinee.key,
            request_id=new.request_id,
            document=new.examinee.written(),
            taken_at=new.taken_at,
        )
    )


def reads_twice(connection: Connection, site_id: str, request_ids: Collection[str]) -> bool | None:
    """What the batches of some requests say about a second reading; None where none of them is of a batch."""
    asked = (
        select(batch.c.read_twice)
        .join(entry, entry.c.batch_id == batch.c.batch_id)
        .where(entry.c.site_id == site_id, entry.c.request_id.in_(request_ids))
    )
    said = connection.execute(asked).scalars().all() if request_ids else ()
    return any(said) if said else None


def _batch(row: Row[Any]) -> Batch:
    plan = Plan(**{name: getattr(row, name) for name in Plan.__dataclass_fields__})
    return Batch(row.batch_id, row.site_id, plan, row.made_at, row.made_by, row.made_by_name)


def _entry(row: Row[Any]) -> Entry:
    examinee = Examinee(**json.loads(row.document))
    return Entry(row.batch_id, row.site_id, row.number, examinee, row.request_id, row.taken_at)
