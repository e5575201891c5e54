"""What technologists have confirmed of cases' images, and what ended that, in SQL; nothing is written over."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from dokuei.clock import now
from dokuei.hub.worklist.model import Finalisation
from dokuei.hub.worklist.tables import finalisation, item


def add(connection: Connection, item_id: str, act: Finalisation) -> None:
    """One more entry of a case."""
    last = select(finalisation.c.number).where(finalisation.c.worklist_item_id == item_id)
    number = connection.execute(last.order_by(finalisation.c.number.desc()).limit(1)).scalar_one_or_none() or 0
    connection.execute(
        insert(finalisation).values(
            worklist_item_id=item_id,
            number=number + 1,
            act=act.act,
            person_id=act.person_id,
            at=act.at,
            instances=act.instances,
            note=act.note,
        )
    )
    connection.execute(update(item).where(item.c.worklist_item_id == item_id).values(touched_at=now()))


def latest(connection: Connection, item_ids: Collection[str]) -> dict[str, Finalisation]:
    """How the images of these cases stand; a case of which nothing was said is not named."""
    rows = connection.execute(
        select(finalisation)
        .where(finalisation.c.worklist_item_id.in_(item_ids))
        .order_by(finalisation.c.worklist_item_id, finalisation.c.number)
    )
    return {row.worklist_item_id: _finalisation(row) for row in rows}


def history(connection: Connection, item_id: str) -> tuple[Finalisation, ...]:
    """Everything that was said of a case's images, the first entry first."""
    asked = select(finalisation).where(finalisation.c.worklist_item_id == item_id).order_by(finalisation.c.number)
    return tuple(_finalisation(row) for row in connection.execute(asked))


def people_in(acts: Iterable[Finalisation]) -> set[str]:
    """Whose names these entries show."""
    return {one.person_id for one in acts if one.person_id is not None}


def _finalisation(row: Row[Any]) -> Finalisation:
    return Finalisation(row.act, row.person_id, row.at, row.instances, row.note)
