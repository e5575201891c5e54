"""How far requests have come, step by step, in SQL; who asks has seen to access."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from dokuei.hub.requests.model import ReadingRequest
from dokuei.hub.requests.progress import Progress, Step
from dokuei.hub.requests.tables import progress, request

_AT_ONCE = 500


def steps(connection: Connection, request_ids: Collection[str]) -> dict[str, list[Step]]:
    """Every step of some requests, the first one first."""
    wanted, found = sorted(request_ids), defaultdict[str, list[Step]](list)
    for at in range(0, len(wanted), _AT_ONCE):
        query = select(progress).where(progress.c.request_id.in_(wanted[at : at + _AT_ONCE]))
        for row in connection.execute(query.order_by(progress.c.request_id, progress.c.number)):
            stands = Progress(row.status, row.because, row.reason, row.until)
            found[row.request_id].append(Step(row.version, row.at, stands))
    return found


def add(connection: Connection, known: ReadingRequest, new: Progress, *, number: int, at: datetime) -> None:
    """Keep the next step, and that the request has changed with it."""
    connection.execute(
        insert(progress).values(
            request_id=known.request_id,
            number=number,
            site_id=known.site_id,
            version=known.version,
            status=new.status,
            because=new.because,
            reason=new.reason,
            until=new.until,
            at=at,
        )
    )
    connection.execute(update(request).where(request.c.request_id == known.request_id).values(changed_at=at))


def over(connection: Connection, moment: datetime) -> tuple[tuple[str, str], ...]:
    """Site and request of those whose latest step was for a time that has passed."""
    later = progress.alias()
    latest = select(func.max(later.c.number)).where(later.c.request_id == progress.c.request_id).scalar_subquery()
    query = select(progress.c.site_id, progress.c.request_id)
    query = query.where(progress.c.until <= moment, progress.c.number == latest)
    return tuple((row.site_id, row.request_id) for row in connection.execute(query))
