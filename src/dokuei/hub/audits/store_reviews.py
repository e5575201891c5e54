"""Reviews, anomalies, checks of the chain and the outer repository's place, in SQL."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from dokuei.clock import now
from dokuei.hub.audits.model import DUE_AFTER, Anomaly, Check, Review, Sent
from dokuei.hub.audits.tables import anomaly, check, repository, review
from dokuei.storage.rows import add_row, put_row


def open_review(connection: Connection, month: str) -> bool:
    """Begin a month's review; whether there was none yet."""
    moment = now()
    return add_row(connection, review, month=month, opened_at=moment, due_at=moment + DUE_AFTER)


def latest_month(connection: Connection) -> str | None:
    """The latest month that has a review."""
    return connection.execute(select(review.c.month).order_by(review.c.month.desc()).limit(1)).scalar()


def reviews(connection: Connection) -> tuple[Review, ...]:
    """All reviews, the latest month first."""
    return tuple(_review(row) for row in connection.execute(select(review).order_by(review.c.month.desc())))


def find_review(connection: Connection, month: str, *, lock: bool = False) -> Review | None:
    """One month's review; ``lock`` lets writers queue."""
    asked = select(review).where(review.c.month == month)
    row = connection.execute(asked.with_for_update() if lock else asked).one_or_none()
    return None if row is None else _review(row)


def show(connection: Connection, month: str, *, shown: str, to: str) -> None:
    """Keep what a reviewer is shown before they sign."""
    connection.execute(update(review).where(review.c.month == month).values(shown=shown, shown_to=to))


def sign(connection: Connection, month: str, *, by: str, method: str, evidence: Mapping[str, str]) -> datetime:
    """Keep a signature on what was shown."""
    moment = now()
    connection.execute(
        update(review)
        .where(review.c.month == month)
        .values(signed_at=moment, signed_by=by, method=method, evidence=json.dumps(dict(evidence)))
    )
    return moment


def note(connection: Connection, new: Anomaly) -> None:
    """Keep a new anomaly."""
    values = {name: getattr(new, name) for name in Anomaly.__dataclass_fields__}
    connection.execute(insert(anomaly).values(**values))


def find_anomaly(connection: Connection, anomaly_id: str, *, lock: bool = False) -> Anomaly | None:
    """One anomaly."""
    asked = select(anomaly).where(anomaly.c.anomaly_id == anomaly_id)
    row = connection.execute(asked.with_for_update() if lock else asked).one_or_none()
    return None if row is None else _anomaly(row)


def close(connection: Connection, anomaly_id: str, *, by: str, resolution: str) -> None:
    """Keep an anomaly's explanation."""
    connection.execute(
        update(anomaly)
        .where(anomaly.c.anomaly_id == anomaly_id)
        .values(closed_at=now(), closed_by=by, resolution=resolution)
    )


def anomalies(connection: Connection, months: Collection[str] | None = None) -> tuple[Anomaly, ...]:
    """Anomalies in the order in which they were noted; of all months unless some are named."""
    asked = select(anomaly).order_by(anomaly.c.noted_at, anomaly.c.anomaly_id)
    if months is not None:
        asked = asked.where(anomaly.c.month.in_(sorted(months)))
    return tuple(_anomaly(row) for row in connection.execute(asked))


def keep_check(connection: Connection, done: Check) -> None:
    """Keep a walk's result."""
    connection.execute(insert(check).values(**{name: getattr(done, name) for name in Check.__dataclass_fields__}))


def last_check(connection: Connection) -> Check | None:
    """The latest walk along the chain."""
    columns = [check.c[name] for name in Check.__dataclass_fields__]
    row = connection.execute(select(*columns).order_by(check.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else Check(*row)


def sent(connection: Connection) -> Sent:
    """How far the repository has been told; from the beginning where it never was."""
    columns = [repository.c[name] for name in Sent.__dataclass_fields__]
    row = connection.execute(select(*columns).where(repository.c.id == 1)).one_or_none()
    return Sent() if row is None else Sent(*row)


def keep_sent(connection: Connection, told: Sent) -> None:
    """Keep how far the repository has been told."""
    values = {name: getattr(told, name) for name in Sent.__dataclass_fields__}
    put_row(connection, repository, id=1, **values)


def _review(row: Row[Any]) -> Review:
    values = {name: getattr(row, name) for name in Review.__dataclass_fields__}
    return Review(**{**values, "evidence": json.loads(row.evidence or "{}")})


def _anomaly(row: Row[Any]) -> Anomaly:
    return Anomaly(**{name: getattr(row, name) for name in Anomaly.__dataclass_fields__})
