"""Lists of cases in SQL: what waits, what was done last, what has changed since, and what somebody looks for."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, func, or_, select

from dokuei.hub.worklist.model import (
    SETTLED_AFTER,
    STATUSES,
    STUCK_AFTER,
    Priority,
    Standing,
    Status,
    StudyFacts,
    WorklistItem,
)
from dokuei.hub.worklist.store import deferral_of, facts_of, items_of_rows
from dokuei.hub.worklist.tables import holding, item

MOST_OPEN = 1000
MOST_FINISHED = 100
MOST_FOUND = 100
_AT_ONCE = 500
_OPEN: tuple[Status, ...] = ("scheduled", "in_progress")
_WRITING = timedelta(seconds=10)  # a change may be seen so long after its time: its transaction has to end first


@dataclass(frozen=True)
class Narrowed:
    """Which cases are listed; what is None narrows nothing. ``priors``: those too that nobody is to read."""

    site_ids: Collection[str]
    status: Status | None = None
    modality: str | None = None
    reader: str | None = None
    priors: bool = False

    def where(self) -> tuple[ColumnElement[bool], ...]:
        """The same for SQL."""
        wanted: list[ColumnElement[bool]] = [item.c.site_id.in_(self.site_ids)]
        if not self.priors:
            wanted.append(item.c.prior_only.is_(False))
        if self.status is not None:
            wanted.append(item.c.status == self.status)
        if self.modality is not None:
            wanted.append(item.c.modalities.like(f'%"{self.modality}"%'))
        if self.reader is not None:
            theirs = select(holding.c.worklist_item_id).where(holding.c.person_id == self.reader)
            wanted.append(item.c.worklist_item_id.in_(theirs))
        return tuple(wanted)


def listed(connection: Connection, narrowed: Narrowed) -> tuple[WorklistItem, ...]:
    """Open cases as they wait, then those that were finished last.

    Those whose patient waits too come first, then priority, due time, arrival.
    """
    rank = case({Priority.URGENT.value: 0, Priority.HIGH.value: 1}, value=item.c.priority, else_=2)
    due = func.coalesce(item.c.due_at, item.c.contract_due_at)
    waits = item.c.waiting_for.is_(None)
    still = select(item).where(*narrowed.where(), item.c.status.in_(_OPEN))
    still = still.order_by(waits, rank, due.is_(None), due, item.c.first_received_at).limit(MOST_OPEN)
    done = _latest(connection, item.c.finished_at, narrowed, MOST_FINISHED)
    return items_of_rows(connection, [*connection.execute(still), *done])


def changed(
    connection: Connection, narrowed: Narrowed, *, since: datetime, moment: datetime
) -> tuple[WorklistItem, ...]:
    """Cases that look different since then; some that do not may be among them."""
    before = since - _WRITING
    touched = select(item.c.worklist_item_id).where(*narrowed.where(), item.c.touched_at >= before)
    still = select(item.c.worklist_item_id).where(*narrowed.where(), item.c.status.in_(_OPEN))
    turned = still.where(or_(*_turned(before, moment)))
    wanted = [*connection.execute(touched.limit(MOST_OPEN)).scalars(), *connection.execute(turned).scalars()]
    return items_of_rows(connection, _rows(connection, dict.fromkeys(wanted)))


def found(connection: Connection, narrowed: Narrowed, words: Iterable[str]) -> tuple[WorklistItem, ...]:
    """The latest cases in which all words are found."""
    contain = tuple(item.c.sought.contains(word, autoescape=True) for word in words)
    return items_of_rows(connection, _latest(connection, item.c.first_received_at, narrowed, MOST_FOUND, *contain))


def cases(connection: Connection, item_ids: Iterable[str], *, site_ids: Collection[str]) -> tuple[WorklistItem, ...]:
    """Those of a few cases that are at those sites, in the order given."""
    rows = _rows(connection, item_ids)
    return items_of_rows(connection, [row for row in rows if row.site_id in site_ids])


def urgent_of(connection: Connection, item_ids: Collection[str], *, site_ids: Collection[str]) -> set[str]:
    """Those of the given cases that are urgent."""
    urgent = select(item.c.worklist_item_id, item.c.site_id).where(
        item.c.worklist_item_id.in_(item_ids), item.c.priority == Priority.URGENT.value
    )
    return {row.worklist_item_id for row in connection.execute(urgent) if row.site_id in site_ids}


def studies(connection: Connection, item_ids: Iterable[str], *, site_ids: Collection[str]) -> dict[str, StudyFacts]:
    """The studies of those of the given cases that are at those sites, by case."""
    wanted = list(dict.fromkeys(item_ids))
    found: dict[str, StudyFacts] = {}
    for at in range(0, len(wanted), _AT_ONCE):
        rows = _rows(connection, wanted[at : at + _AT_ONCE])
        found |= {row.worklist_item_id: facts_of(row) for row in rows if row.site_id in site_ids}
    return found


def by_study(connection: Connection, site_id: str, study_instance_uids: Collection[str]) -> tuple[WorklistItem, ...]:
    """The cases of some studies."""
    wanted = list(study_instance_uids)
    found: list[WorklistItem] = []
    for at in range(0, len(wanted), _AT_ONCE):
        some = item.c.study_instance_uid.in_(wanted[at : at + _AT_ONCE])
        found += items_of_rows(connection, connection.execute(select(item).where(item.c.site_id == site_id, some)))
    return tuple(found)


def standings(connection: Connection, site_id: str, study_instance_uids: Collection[str]) -> dict[str, Standing]:
    """How far the cases of some studies have come."""
    wanted, found = sorted(study_instance_uids), dict[str, Standing]()
    for at in range(0, len(wanted), _AT_ONCE):
        some = item.c.study_instance_uid.in_(wanted[at : at + _AT_ONCE])
        for row in connection.execute(select(item).where(item.c.site_id == site_id, some)):
            found[row.study_instance_uid] = Standing(row.status, row.report_status, deferral_of(row))
    return found


def counts(connection: Connection, *, site_ids: Collection[str], moment: datetime) -> dict[str, int]:
    """How many cases stand in each status, how many are put off then, and for how many a patient waits."""
    rows = connection.execute(
        select(item.c.status, func.count())
        .where(item.c.site_id.in_(site_ids), item.c.prior_only.is_(False))
        .group_by(item.c.status)
    )
    lanes = select(
        func.count(case((item.c.deferred_until > moment, 1))), func.count(case((item.c.waiting_for.is_not(None), 1)))
    ).where(item.c.site_id.in_(site_ids), item.c.status.in_(_OPEN))
    deferred, waiting = connection.execute(lanes).one()
    counted = {row[0]: row[1] for row in rows}
    return {**dict.fromkeys(STATUSES, 0), **counted, "deferred": deferred, "waiting": waiting}


def _latest(
    connection: Connection,
    moment: ColumnElement[datetime],
    narrowed: Narrowed,
    at_most: int,
    *conditions: ColumnElement[bool],
) -> list[Row[Any]]:
    """The newest of all sites, each of which is asked in the order of an index."""
    newest: list[tuple[datetime, str]] = []
    for site_id in narrowed.site_ids:
        wanted = (*replace(narrowed, site_ids=(site_id,)).where(), moment.is_not(None), *conditions)
        query = select(moment, item.c.worklist_item_id).where(*wanted)
        query = query.order_by(moment.desc(), item.c.worklist_item_id).limit(at_most)
        newest += [(row[0], row[1]) for row in connection.execute(query)]
    return _rows(connection, [item_id for _, item_id in sorted(newest, reverse=True)[:at_most]])


def _rows(connection: Connection, item_ids: Iterable[str]) -> list[Row[Any]]:
    """Their rows, in that order; sites are not asked for: with both, SQLite reads every case of a site."""
    order = {item_id: number for number, item_id in enumerate(item_ids)}
    rows = connection.execute(select(item).where(item.c.worklist_item_id.in_(order))).all() if order else []
    return sorted(rows, key=lambda row: order[row.worklist_item_id])


def _turned(since: datetime, moment: datetime) -> tuple[ColumnElement[bool], ...]:
    """What time alone has changed: images that are quiet for long enough, and cases that come back."""
    heard = item.c.last_received_at
    return (
        heard.between(since - SETTLED_AFTER, moment - SETTLED_AFTER),
        heard.between(since - STUCK_AFTER, moment - STUCK_AFTER),
        item.c.deferred_until.between(since, moment),
    )
