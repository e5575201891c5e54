"""The trail as an auditor searches it: newest first, page by page, each question answered from an index.

A question for a group of events, or for several sites or studies, is asked once for each of them, each answered from
its index, and the answers are merged: one question for all would read and sort whatever they have in common.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import product
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from dokuei.dicom.audit_events import meaning_of
from dokuei.hub.audits.model import Asked
from dokuei.storage.audit import Entry, hub_entries

_entry = hub_entries.c
_COLUMNS: Final = tuple(_entry[name] for name in Entry.__dataclass_fields__)
_NONE_KNOWN: Final = ""


def page(
    connection: Connection, asked: Asked, *, beside: int | None, at_most: int, forward: bool = False
) -> tuple[Entry, ...]:
    """Entries before ``beside`` the newest first, or (``forward``) after it in their order; from an end where None."""
    where = [*_span(asked), *_beyond(connection, beside, forward=forward)]
    order = (_entry.at, _entry.sequence) if forward else (_entry.at.desc(), _entry.sequence.desc())
    found = [
        Entry(*row)
        for branch in _branches(connection, asked)
        for row in connection.execute(select(*_COLUMNS).where(*where, *branch).order_by(*order).limit(at_most))
    ]
    found.sort(key=lambda entry: (entry.at, entry.sequence), reverse=not forward)
    return tuple(found[:at_most])


def find(connection: Connection, sequence: int) -> Entry | None:
    """One entry by its number."""
    row = connection.execute(select(*_COLUMNS).where(_entry.sequence == sequence)).one_or_none()
    return None if row is None else Entry(*row)


def hash_of(connection: Connection, sequence: int) -> str | None:
    """The hash of one entry."""
    return connection.scalar(select(_entry.hash).where(_entry.sequence == sequence))


def counts(connection: Connection, first: datetime, last: datetime) -> dict[str, int]:
    """How often each event is on record in a span of time."""
    counted: dict[str, int] = {}
    for event in known_events(connection):
        number = connection.scalar(
            select(func.count()).where(_entry.event == event, _entry.at >= first, _entry.at < last)
        )
        if number:
            counted[event] = number
    return counted


def begun_at(connection: Connection) -> datetime | None:
    """When the trail began."""
    return connection.scalar(select(_entry.at).order_by(_entry.sequence).limit(1))


def known_events(connection: Connection) -> tuple[str, ...]:
    """Every event that is on record, by leaping through the index from one to the next."""
    found: list[str] = []
    last = _NONE_KNOWN
    while (
        event := connection.scalar(select(_entry.event).where(_entry.event > last).order_by(_entry.event).limit(1))
    ) is not None:
        found.append(event)
        last = event
    return tuple(found)


def _span(asked: Asked) -> Iterator[ColumnElement[bool]]:
    if asked.first is not None:
        yield _entry.at >= asked.first
    if asked.last is not None:
        yield _entry.at < asked.last
    if asked.actor is not None:
        yield _entry.actor == asked.actor


def _beyond(connection: Connection, beside: int | None, *, forward: bool) -> Iterator[ColumnElement[bool]]:
    """Past an entry in the order of time and number; the first bound alone lets an index be entered there."""
    at = None if beside is None else connection.scalar(select(_entry.at).where(_entry.sequence == beside))
    if at is None:
        return
    if forward:
        yield and_(at <= _entry.at, or_(at < _entry.at, _entry.sequence > beside))
    else:
        yield and_(at >= _entry.at, or_(at > _entry.at, _entry.sequence < beside))


def _branches(connection: Connection, asked: Asked) -> Iterator[Sequence[ColumnElement[bool]]]:
    # A site has many entries; a study, or one event of one person, few: by these an index is entered, not by the site.
    narrower = asked.subjects is not None or (asked.actor is not None and asked.group is not None)
    site_id = func.coalesce(_entry.site_id, "") if narrower else _entry.site_id
    sites = _each(site_id, asked.site_ids)
    subjects = _each(_entry.subject, asked.subjects)
    events = None
    if asked.group is not None:
        events = [event for event in known_events(connection) if meaning_of(event).group is asked.group]
    for branch in product(sites, subjects, _each(_entry.event, events)):
        yield [condition for condition in branch if condition is not None]


def _each(column: Any, values: Any) -> Sequence[ColumnElement[bool] | None]:
    """One condition for each value, or none at all where every value is wanted."""
    return (None,) if values is None else [column == value for value in sorted(values)]
