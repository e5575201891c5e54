"""Studies by when their images came last, in SQL: for systems that ask what is new."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from dokuei.hub.worklist.model import StudyFacts
from dokuei.hub.worklist.store import facts_of
from dokuei.hub.worklist.tables import item


def arrived_lately(
    connection: Connection,
    site_id: str,
    *,
    studies: Collection[str] | None,
    since: datetime | None,
    until: datetime | None,
    before: tuple[datetime, str] | None,
    at_most: int,
) -> tuple[StudyFacts, ...]:
    """Studies of one site that are here, what came last first; what is None narrows nothing."""
    moment, key = item.c.last_received_at, item.c.study_instance_uid
    wanted: list[ColumnElement[bool]] = [item.c.site_id == site_id, item.c.number_of_instances > 0]
    if studies is not None:
        wanted.append(key.in_(studies))
    if since is not None:
        wanted.append(moment >= since)
    if until is not None:
        wanted.append(moment < until)
    if before is not None:
        at, last = before
        wanted.append(or_(moment < at, and_(moment == at, key < last)))
    rows = connection.execute(select(item).where(*wanted).order_by(moment.desc(), key.desc()).limit(at_most))
    return tuple(facts_of(row) for row in rows)
