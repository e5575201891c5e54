"""Offered readings, deferred cases and waiting patients in SQL; who writes has found the case in scope before."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from dokuei.hub.worklist.model import (
    Deferral,
    Delegated,
    HandOver,
    ReaderChange,
    ReaderChanged,
    ReadingRole,
    Waiting,
)
from dokuei.hub.worklist.store import keep_hold, touch
from dokuei.hub.worklist.tables import delegation, hand_over, holding, item, reader_change


@dataclass(frozen=True)
class Held:
    """A reading in somebody's hands, without a word about the patient."""

    worklist_item_id: str
    site_id: str
    study_date: str
    role: ReadingRole
    person_id: str
    claimed_at: datetime


def put_offer(connection: Connection, item_id: str, offer: HandOver) -> None:
    """Offer a reading, in place of what was offered before."""
    end_offer(connection, item_id, offer.role)
    connection.execute(
        insert(hand_over).values(
            worklist_item_id=item_id,
            role=offer.role.value,
            from_person_id=offer.from_person_id,
            to_person_id=offer.to_person_id,
            note=offer.note,
            offered_at=offer.offered_at,
            delegates=offer.delegates,
        )
    )
    touch(connection, item_id)


def end_offer(connection: Connection, item_id: str, role: ReadingRole) -> None:
    """Nothing is offered any more."""
    ended = delete(hand_over).where(hand_over.c.worklist_item_id == item_id, hand_over.c.role == role.value)
    if connection.execute(ended).rowcount:
        touch(connection, item_id)


def pass_on(connection: Connection, item_id: str, offer: HandOver, *, at: datetime) -> bool:
    """The reading changes hands; False where whoever offered it no longer has it, or it is signed."""
    passed = connection.execute(
        update(holding)
        .where(
            holding.c.worklist_item_id == item_id,
            holding.c.role == offer.role.value,
            holding.c.person_id == offer.from_person_id,
            holding.c.signed_at.is_(None),
        )
        .values(person_id=offer.to_person_id, claimed_at=at)
    )
    end_offer(connection, item_id, offer.role)
    if passed.rowcount == 1:
        keep_hold(connection, item_id, offer.role, person_id=offer.to_person_id)
    return passed.rowcount == 1


def note_change(connection: Connection, item_id: str, change: ReaderChange) -> None:
    """A reading left its reader's hands; nothing here is ever removed."""
    connection.execute(
        insert(reader_change).values(
            worklist_item_id=item_id,
            role=change.role.value,
            kind=change.kind.value,
            from_person_id=change.from_person_id,
            to_person_id=change.to_person_id,
            at=change.at,
        )
    )


def add_delegation(connection: Connection, item_id: str, role: ReadingRole, one: Delegated) -> None:
    """Keep who could not finalise and who decided so; nothing here is ever changed or removed (REC-06)."""
    known = select(func.count()).where(delegation.c.worklist_item_id == item_id, delegation.c.role == role.value)
    connection.execute(
        insert(delegation).values(
            worklist_item_id=item_id,
            role=role.value,
            number=connection.execute(known).scalar_one() + 1,
            from_person_id=one.from_person_id,
            ordered_by=one.ordered_by,
            to_person_id=one.to_person_id,
            reason=one.reason,
            at=one.at,
        )
    )


def changes(connection: Connection, item_id: str) -> tuple[ReaderChange, ...]:
    """Every change of reader of a case, the first one first; who asks has found the case in scope."""
    rows = connection.execute(
        select(reader_change).where(reader_change.c.worklist_item_id == item_id).order_by(reader_change.c.id)
    )
    return tuple(
        ReaderChange(ReadingRole(row.role), ReaderChanged(row.kind), row.from_person_id, row.to_person_id, row.at)
        for row in rows
    )


def delegations(connection: Connection, item_id: str, role: ReadingRole) -> tuple[Delegated, ...]:
    """Every delegation of a reading, the first one first."""
    rows = connection.execute(
        select(delegation)
        .where(delegation.c.worklist_item_id == item_id, delegation.c.role == role.value)
        .order_by(delegation.c.number)
    )
    return tuple(Delegated(row.from_person_id, row.ordered_by, row.reason, row.at, row.to_person_id) for row in rows)


def held(connection: Connection, *, site_ids: Collection[str]) -> tuple[Held, ...]:
    """What is being read at these sites, the longest first."""
    rows = connection.execute(
        select(item.c.worklist_item_id, item.c.site_id, item.c.study_date, holding.c.role, holding.c.person_id)
        .add_columns(holding.c.claimed_at)
        .join(holding, holding.c.worklist_item_id == item.c.worklist_item_id)
        .where(item.c.site_id.in_(site_ids), holding.c.person_id.is_not(None), holding.c.signed_at.is_(None))
        .order_by(holding.c.claimed_at)
    )
    return tuple(
        Held(row.worklist_item_id, row.site_id, row.study_date, ReadingRole(row.role), row.person_id, row.claimed_at)
        for row in rows
    )


def set_deferral(connection: Connection, item_id: str, deferral: Deferral | None) -> None:
    """Until when the case is put off, and why; None brings it back."""
    values = {
        "deferred_until": None if deferral is None else deferral.until,
        "defer_reason": "" if deferral is None else deferral.reason,
        "deferred_by": None if deferral is None else deferral.person_id,
    }
    connection.execute(update(item).where(item.c.worklist_item_id == item_id).values(**values))


def set_waiting(connection: Connection, item_id: str, waiting: Waiting | None) -> None:
    """Whether the patient is kept until somebody has looked."""
    values = {
        "waiting_for": None if waiting is None else waiting.why.value,
        "waiting_since": None if waiting is None else waiting.since,
    }
    connection.execute(update(item).where(item.c.worklist_item_id == item_id).values(**values))


def set_contract_due(connection: Connection, item_id: str, due_at: datetime | None) -> None:
    """What the contract gives a case that is asked for with another priority."""
    connection.execute(update(item).where(item.c.worklist_item_id == item_id).values(contract_due_at=due_at))
