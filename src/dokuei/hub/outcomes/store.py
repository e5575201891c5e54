"""Outcomes in SQL: every reading query is scoped by the sites that the asker may see."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, case, func, insert, select, update

from dokuei.clock import now
from dokuei.hub.outcomes.model import Escalation, Ground, Mark, Outcome, Signed, State
from dokuei.hub.outcomes.tables import escalation, important, mark, signed

Kind = Literal["opened", "acted"]
MOST_WAITING = 500
MOST_LAST = 100
_AT_ONCE = 500
SIGNED = tuple(signed.c[name] for name in Signed.__dataclass_fields__)


def add_signed(connection: Connection, one: Signed) -> None:
    """A version was signed; telling it twice, or late, changes nothing about which one holds."""
    of_case = signed.c.worklist_item_id == one.worklist_item_id
    known = set(connection.execute(select(signed.c.number).where(of_case)).scalars())
    if one.number in known:
        return
    connection.execute(update(signed).where(of_case, signed.c.number < one.number).values(holds=False))
    values = {name: getattr(one, name) for name in Signed.__dataclass_fields__}
    connection.execute(insert(signed).values(**values, holds=one.number > max(known, default=0)))


def latest(connection: Connection, item_id: str, *, site_ids: Collection[str], lock: bool = False) -> Signed | None:
    """The version of a case's report that holds now; ``lock`` lets those who mark it queue."""
    asked = (
        select(*SIGNED)
        .where(signed.c.worklist_item_id == item_id, signed.c.site_id.in_(site_ids))
        .order_by(signed.c.number.desc())
        .limit(1)
    )
    return next(iter(versions(connection.execute(asked.with_for_update() if lock else asked))), None)


@dataclass(frozen=True)
class Span:
    """Whose reports, signed when; what is None narrows nothing."""

    site_ids: Collection[str]
    since: datetime | None = None
    until: datetime | None = None

    def where(self) -> tuple[ColumnElement[bool], ...]:
        """The versions that hold now, for SQL."""
        wanted: list[ColumnElement[bool]] = [signed.c.site_id.in_(self.site_ids), signed.c.holds.is_(True)]
        if self.since is not None:
            wanted.append(signed.c.signed_at >= self.since)
        if self.until is not None:
            wanted.append(signed.c.signed_at < self.until)
        return tuple(wanted)

    def holds(self, one: Signed) -> bool:
        """The same of a version that was found otherwise."""
        begun = self.since is None or one.signed_at >= self.since
        return one.site_id in self.site_ids and begun and (self.until is None or one.signed_at < self.until)


def listed(connection: Connection, span: Span) -> tuple[Signed, ...]:
    """What nobody has read, what is important and not done, and of what is read and of what is done the last."""
    not_done, read = signed.c.done_at.is_(None), signed.c.read_at.is_not(None)
    parts = (
        _first(connection, span, MOST_WAITING, signed.c.signed_at, not_done, signed.c.read_at.is_(None)),
        _flagged_and_not_done(connection, span),
        _first(connection, span, MOST_LAST, signed.c.read_at, not_done, read),
        _first(connection, span, MOST_LAST, signed.c.done_at, signed.c.done_at.is_not(None)),
    )
    return tuple(dict.fromkeys(one for part in parts for one in part))


def counts(connection: Connection, span: Span) -> dict[State, int]:
    """How many reports stand in each state."""
    read, done = func.count(signed.c.read_at), func.count(signed.c.done_at)
    both = func.count(case((signed.c.read_at.is_not(None) & signed.c.done_at.is_not(None), 1)))
    asked = select(func.count(), read, done, both).select_from(signed).where(*span.where())
    every, opened, acted, opened_and_acted = connection.execute(asked).one()
    just_read = opened - opened_and_acted
    return {State.UNREAD: every - acted - just_read, State.READ: just_read, State.DONE: acted}


def every(connection: Connection, span: Span) -> tuple[Signed, ...]:
    """All versions that hold, the newest first."""
    return versions(connection.execute(select(*SIGNED).where(*span.where()).order_by(signed.c.signed_at.desc())))


def _flagged_and_not_done(connection: Connection, span: Span) -> list[Signed]:
    """What is important waits until it is done; found by its flag, of which there are few."""
    flagged = select(important.c.worklist_item_id).where(important.c.site_id.in_(span.site_ids)).distinct()
    ids = list(connection.execute(flagged).scalars())
    found: list[Signed] = []
    for at in range(0, len(ids), _AT_ONCE):
        some = signed.c.worklist_item_id.in_(ids[at : at + _AT_ONCE])
        asked = select(*SIGNED).where(some, signed.c.holds.is_(True), signed.c.done_at.is_(None))
        found += [one for one in versions(connection.execute(asked)) if span.holds(one)]
    return sorted(found, key=lambda one: one.signed_at)[:MOST_WAITING]


def _first(
    connection: Connection, span: Span, at_most: int, order: ColumnElement[Any], *conditions: ColumnElement[bool]
) -> list[Signed]:
    """So many of all sites, each of which is asked in the order of an index."""
    found: list[tuple[datetime, Signed]] = []
    for site_id in span.site_ids:
        asked = select(*SIGNED, order.label("moment")).where(*replace(span, site_ids=(site_id,)).where(), *conditions)
        latest_first = order is not signed.c.signed_at
        asked = asked.order_by(order.desc() if latest_first else order).limit(at_most)
        for row in connection.execute(asked):
            *values, moment = row
            found.append((moment, Signed(*values)))
    found.sort(key=lambda one: one[0], reverse=order is not signed.c.signed_at)
    return [one for _, one in found[:at_most]]


def versions(rows: Iterable[Row[Any]]) -> tuple[Signed, ...]:
    """Rows of ``SIGNED``."""
    return tuple(Signed(**row._mapping) for row in rows)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping


def add_mark(connection: Connection, one: Signed, kind: Kind, *, person_id: str, note: str = "") -> bool:
    """Somebody opened or acted on a version; the first time of each person counts. Whether it was that."""
    key = {"worklist_item_id": one.worklist_item_id, "number": one.number, "kind": kind, "person_id": person_id}
    known = select(mark.c.at).where(*(mark.c[name] == value for name, value in key.items()))
    if connection.execute(known).first() is not None:
        return False
    moment = now()
    connection.execute(insert(mark).values(**key, at=moment, note=note))
    column = signed.c.done_at if kind == "acted" else signed.c.read_at
    version = (signed.c.worklist_item_id == one.worklist_item_id, signed.c.number == one.number)
    connection.execute(update(signed).where(*version, column.is_(None)).values({column: moment}))
    return True


def add_important(connection: Connection, one: Signed, *, person_id: str, because: str, withdrawn: bool) -> None:
    """A reader says that a finding must not be overlooked, or takes that back with a reason."""
    connection.execute(
        insert(important).values(
            worklist_item_id=one.worklist_item_id,
            site_id=one.site_id,
            person_id=person_id,
            at=now(),
            because=because,
            withdrawn=int(withdrawn),
        )
    )


def outcomes(connection: Connection, versions: Iterable[Signed]) -> tuple[Outcome, ...]:
    """Versions with all that became of them; who asks has seen to access."""
    versions = tuple(versions)
    ids = [one.worklist_item_id for one in versions]
    marks: dict[tuple[str, int, str], list[Mark]] = defaultdict(list)
    flags: dict[str, Mark | None] = {}
    told: dict[tuple[str, int], Escalation] = {}
    for at in range(0, len(ids), _AT_ONCE):
        some = ids[at : at + _AT_ONCE]
        asked = select(mark).where(mark.c.worklist_item_id.in_(some)).order_by(mark.c.at)
        for row in connection.execute(asked):
            marks[row.worklist_item_id, row.number, row.kind].append(Mark(row.person_id, row.at, row.note))
        said = select(important).where(important.c.worklist_item_id.in_(some)).order_by(important.c.id)
        for row in connection.execute(said):
            flags[row.worklist_item_id] = None if row.withdrawn else Mark(row.person_id, row.at, row.because)
        for row in connection.execute(select(escalation).where(escalation.c.worklist_item_id.in_(some))):
            grounds = tuple(Ground(ground) for ground in row.grounds.split())
            told[row.worklist_item_id, row.number] = Escalation(row.person_id, row.at, grounds)
    return tuple(
        Outcome(
            signed=one,
            opened=tuple(marks[one.worklist_item_id, one.number, "opened"]),
            acted=next(iter(marks[one.worklist_item_id, one.number, "acted"]), None),
            important=flags.get(one.worklist_item_id),
            escalated=told.get((one.worklist_item_id, one.number)),
        )
        for one in versions
    )
