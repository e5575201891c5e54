"""Pages in the order of a moment and a key: each begins where the one before it ended, whatever came meanwhile."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, or_


@dataclass(frozen=True)
class Place:
    """Where a page begins: after a row, or with it again where its own resources did not all fit."""

    at: datetime
    key: str
    again: bool = False


@dataclass(frozen=True)
class Span:
    """Which rows are wanted by their moment, and in which order; what is None narrows nothing."""

    since: datetime | None = None
    until: datetime | None = None
    beyond: Place | None = None
    ascending: bool = False


WHENEVER: Final = Span()


def within(moment: ColumnElement[datetime], span: Span) -> Iterator[ColumnElement[bool]]:
    """The conditions on when something was changed."""
    if span.since is not None:
        yield moment >= span.since
    if span.until is not None:
        yield moment < span.until


def paged(
    query: Select[Any], span: Span, moment: ColumnElement[datetime], key: ColumnElement[str], *, at_most: int
) -> Select[Any]:
    """The query's next rows in that order."""
    if span.beyond is not None:
        query = query.where(_beyond(span.beyond, moment, key, ascending=span.ascending))
    order = (moment.asc(), key.asc()) if span.ascending else (moment.desc(), key.desc())
    return query.order_by(*order).limit(at_most)


def _beyond(
    place: Place, moment: ColumnElement[datetime], key: ColumnElement[str], *, ascending: bool
) -> ColumnElement[bool]:
    further = moment > place.at if ascending else moment < place.at
    beside = key > place.key if ascending else key < place.key
    same = or_(beside, key == place.key) if place.again else beside
    return or_(further, and_(moment == place.at, same))
