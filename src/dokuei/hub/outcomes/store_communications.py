"""Communications in SQL: every reading query is scoped by the sites that the asker may see."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from dokuei.clock import now
from dokuei.hub.outcomes.communications import Communication, Escalated, Method, Telling
from dokuei.hub.outcomes.mailing import Notice
from dokuei.hub.outcomes.model import Grade, Mark
from dokuei.hub.outcomes.tables import communication, communication_escalation, telling
from dokuei.storage.rows import add_row


def add(connection: Connection, one: Communication) -> bool:
    """Keep a communication; False where its name is taken: it was sent before."""
    return add_row(
        connection,
        communication,
        communication_id=one.communication_id,
        worklist_item_id=one.worklist_item_id,
        site_id=one.site_id,
        study_instance_uid=one.study_instance_uid,
        grade=int(one.grade),
        finding=one.opened.note,
        opened_by=one.opened.person_id,
        opened_at=one.opened.at,
        due_at=one.due_at,
    )


def add_telling(connection: Connection, one: Communication, told: Telling) -> bool:
    """Keep who was told; False where this person has recorded that moment before."""
    return add_row(
        connection,
        telling,
        communication_id=one.communication_id,
        person_id=told.person_id,
        at=told.at,
        recipient=told.recipient,
        method=told.method.value,
        read_back=told.read_back,
        noted_at=now(),
    )


def acknowledge(connection: Connection, one: Communication, *, person_id: str, note: str) -> bool:
    """Somebody of the hospital has taken it; False where another was faster (one statement decides)."""
    taken = connection.execute(
        update(communication)
        .where(communication.c.communication_id == one.communication_id, communication.c.acknowledged_at.is_(None))
        .values(acknowledged_by=person_id, acknowledged_at=now(), acknowledged_note=note)
    )
    return taken.rowcount == 1


def add_escalation(connection: Connection, one: Communication, *, step: int, person_id: str) -> bool:
    """An overdue communication is before somebody; False where another process was faster."""
    return add_row(
        connection,
        communication_escalation,
        communication_id=one.communication_id,
        step=step,
        person_id=person_id,
        at=now(),
    )


def find(
    connection: Connection, communication_id: str, *, site_ids: Collection[str], lock: bool = False
) -> Communication | None:
    """One communication; ``lock`` lets those who change it queue."""
    asked = select(communication).where(
        communication.c.communication_id == communication_id, communication.c.site_id.in_(site_ids)
    )
    rows = connection.execute(asked.with_for_update() if lock else asked).all()
    return next(iter(_whole(connection, rows)), None)


def of_case(connection: Connection, item_id: str, *, site_ids: Collection[str]) -> tuple[Communication, ...]:
    """All communications about a case, the first one first."""
    return _asked(connection, communication.c.worklist_item_id == item_id, communication.c.site_id.in_(site_ids))


def open_at(connection: Connection, *, site_ids: Collection[str]) -> tuple[Communication, ...]:
    """What nobody of these hospitals has acknowledged yet, what is due first."""
    return _asked(connection, communication.c.acknowledged_at.is_(None), communication.c.site_id.in_(site_ids))


def overdue(connection: Connection, *, moment: datetime) -> tuple[Communication, ...]:
    """What nobody has acknowledged in time, at whichever site: for the worker alone."""
    return _asked(connection, communication.c.acknowledged_at.is_(None), communication.c.due_at <= moment)


def last_spoken(connection: Connection, item_ids: Collection[str]) -> dict[str, datetime]:
    """When somebody was last told by voice about each of these cases; who asks has seen to access."""
    voices = [one.value for one in Method if one.verbal]
    joined = telling.join(communication, communication.c.communication_id == telling.c.communication_id)
    rows = connection.execute(
        select(communication.c.worklist_item_id, func.max(telling.c.at))
        .select_from(joined)
        .where(communication.c.worklist_item_id.in_(item_ids), telling.c.method.in_(voices))
        .group_by(communication.c.worklist_item_id)
    )
    return {row[0]: row[1] for row in rows}


class Unmailed:
    """Overdue communications that were put before somebody, as mails that are to go out."""

    def unmailed(self, connection: Connection, *, but_for: Collection[str], at_most: int) -> tuple[Notice, ...]:
        """What no mail has told yet and nobody has acknowledged meanwhile; not of those people."""
        table = communication_escalation
        joined = table.join(communication, communication.c.communication_id == table.c.communication_id)
        rows = connection.execute(
            select(table.c.communication_id, table.c.step, table.c.person_id, communication.c.worklist_item_id)
            .select_from(joined)
            .where(
                table.c.mailed_at.is_(None),
                table.c.person_id.not_in(but_for),
                communication.c.acknowledged_at.is_(None),
            )
            .order_by(table.c.at)
            .limit(at_most)
        )
        return tuple(
            Notice(f"communication mail {name} {step} {person_id}", person_id, item_id, (name, step))
            for name, step, person_id, item_id in rows
        )

    def is_unmailed(self, connection: Connection, notice: Notice) -> bool:
        """Whether no mail has told of it yet."""
        table = communication_escalation
        return (
            connection.execute(select(table.c.step).where(*_of(notice), table.c.mailed_at.is_(None))).first()
            is not None
        )

    def note_mailed(self, connection: Connection, notice: Notice) -> None:
        """A mail has told of it."""
        connection.execute(update(communication_escalation).where(*_of(notice)).values(mailed_at=now()))


def _of(notice: Notice) -> tuple[ColumnElement[bool], ...]:
    table = communication_escalation
    name, step = notice.key
    return table.c.communication_id == name, table.c.step == step, table.c.person_id == notice.person_id


def _asked(connection: Connection, *wanted: ColumnElement[bool]) -> tuple[Communication, ...]:
    asked = select(communication).where(*wanted).order_by(communication.c.due_at)
    return _whole(connection, connection.execute(asked).all())


def _whole(connection: Connection, rows: Iterable[Row[Any]]) -> tuple[Communication, ...]:
    rows = tuple(rows)
    ids = [row.communication_id for row in rows]
    told: dict[str, list[Telling]] = defaultdict(list)
    for row in connection.execute(select(telling).where(telling.c.communication_id.in_(ids)).order_by(telling.c.at)):
        told[row.communication_id].append(
            Telling(row.person_id, row.recipient, Method(row.method), row.at, row.read_back)
        )
    table = communication_escalation
    urged: dict[str, list[Escalated]] = defaultdict(list)
    asked = select(table).where(table.c.communication_id.in_(ids)).order_by(table.c.step, table.c.person_id)
    for row in connection.execute(asked):
        urged[row.communication_id].append(Escalated(row.step, row.person_id, row.at))
    return tuple(_one(row, told[row.communication_id], urged[row.communication_id]) for row in rows)


def _one(row: Row[Any], told: Iterable[Telling], urged: Iterable[Escalated]) -> Communication:
    taken = row.acknowledged_at
    return Communication(
        communication_id=row.communication_id,
        worklist_item_id=row.worklist_item_id,
        site_id=row.site_id,
        study_instance_uid=row.study_instance_uid,
        grade=Grade(row.grade),
        opened=Mark(row.opened_by, row.opened_at, row.finding),
        due_at=row.due_at,
        tellings=tuple(told),
        acknowledged=None if taken is None else Mark(row.acknowledged_by, taken, row.acknowledged_note),
        escalated=tuple(urged),
    )
