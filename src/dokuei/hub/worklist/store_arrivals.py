"""Studies by when their images came last, in SQL: for systems that ask what is new."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, select

from dokuei.hub.worklist.model import StudyFacts
from dokuei.hub.worklist.store import facts_of
from dokuei.hub.worklist.tables import item
from dokuei.storage.paging import Span, paged, within


def arrived_lately(
    connection: Connection, site_id: str, *, studies: Collection[str] | None, arrived: Span, at_most: int
) -> tuple[StudyFacts, ...]:
    """Studies of one site that are here, what came last first unless another order is wanted."""
    moment, key = item.c.last_received_at, item.c.study_instance_uid
    wanted: list[ColumnElement[bool]] = [item.c.site_id == site_id, item.c.number_of_instances > 0]
    if studies is not None:
        wanted.append(key.in_(studies))
    wanted += within(moment, arrived)
    rows = connection.execute(paged(select(item).where(*wanted), arrived, moment, key, at_most=at_most))
    return tuple(facts_of(row) for row in rows)
