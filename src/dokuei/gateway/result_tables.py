"""Results on their way to the hospital's information system; a row stays as the record of what it acknowledged."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    exists,
    func,
    not_,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from dokuei.clock import now
from dokuei.gateway.deliver_tables import deliver_object
from dokuei.storage.db import UtcDateTime, gateway_metadata

result_message = Table(
    "result_message",
    gateway_metadata,
    Column("delivery_id", String(32), primary_key=True),
    Column("study_instance_uid", String(64), nullable=False),
    Column("sop_instance_uid", String(64), nullable=False),
    Column("control_id", String(20), nullable=False, server_default=""),
    Column("status", String(1), nullable=False, server_default=""),
    Column("body", LargeBinary, nullable=True),
    Column("note", Text, nullable=False, server_default=""),
    Column("made_at", UtcDateTime, nullable=True),
    Column("sent_at", UtcDateTime, nullable=True),
    Column("skipped", Boolean, nullable=False, server_default=text("0")),
    Column("destination", String(200), nullable=False, server_default=""),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", UtcDateTime, nullable=True),
    Column("error", Text, nullable=False, server_default=""),
)
Index("ix_result_message_sent_at", result_message.c.sent_at, result_message.c.not_before)


@dataclass(frozen=True)
class Unmade:
    """A report that has arrived and of which no message has been made."""

    delivery_id: str
    study_instance_uid: str
    sop_instance_uid: str
    sha256: str
    reported: bool
    attempts: int
    link: str = ""


@dataclass(frozen=True)
class Result:
    """One message; ``status`` is F or C (table 0123), ``error`` why it is not sent."""

    delivery_id: str
    study_instance_uid: str
    sop_instance_uid: str
    control_id: str
    status: str
    note: str
    made_at: datetime | None
    sent_at: datetime | None
    destination: str
    attempts: int
    not_before: datetime | None
    error: str


@dataclass(frozen=True)
class ResultCounts:
    """For the status; ``error`` is that of the oldest that waits."""

    waiting: int
    sent: int
    error: str


_MOST_AT_ONCE = 500
_RESULT = [result_message.c[name] for name in Result.__dataclass_fields__]


def unmade(connection: Connection) -> tuple[Unmade, ...]:
    """Structured reports that have arrived, the oldest first; those that failed wait their time."""
    d, r = deliver_object.c, result_message.c
    ready = or_(r.delivery_id.is_(None), r.not_before.is_(None), r.not_before <= now())
    rows = connection.execute(
        select(
            d.delivery_id,
            d.study_instance_uid,
            d.sop_instance_uid,
            d.sha256,
            d.reported_at,
            d.link,
            func.coalesce(r.attempts, 0).label("attempts"),
        )
        .select_from(deliver_object.outerjoin(result_message, r.delivery_id == d.delivery_id))
        .where(d.kind == "sr", r.made_at.is_(None), or_(r.skipped.is_(None), r.skipped.is_(False)), ready)
        .order_by(d.fetched_at)
    )
    return tuple(
        Unmade(
            row.delivery_id,
            row.study_instance_uid,
            row.sop_instance_uid,
            row.sha256,
            row.reported_at is not None,
            row.attempts,
            row.link,
        )
        for row in rows
    )


def is_done(connection: Connection, delivery_id: str) -> bool:
    """Whether the report's file is needed no longer for a message."""
    c = result_message.c
    done = or_(c.made_at.is_not(None), c.skipped)
    return connection.execute(select(c.delivery_id).where(c.delivery_id == delivery_id, done)).first() is not None


def keep(connection: Connection, one: Unmade, **values: Any) -> None:
    """A message was made of it, could not be made, or never will be."""
    row = {
        "delivery_id": one.delivery_id,
        "study_instance_uid": one.study_instance_uid,
        "sop_instance_uid": one.sop_instance_uid,
        **values,
    }
    connection.execute(
        insert(result_message).values(row).on_conflict_do_update(index_elements=["delivery_id"], set_=values)
    )


def to_send(connection: Connection) -> tuple[tuple[Result, bytes], ...]:
    """What was made, is not acknowledged and is due, the oldest first; nothing before what its study still waits for.

    What waits is left out here and not by whoever sends: messages that are always refused crowd out no others.
    """
    c, earlier = result_message.c, result_message.alias("earlier")
    held_back = exists().where(
        earlier.c.study_instance_uid == c.study_instance_uid,
        earlier.c.sent_at.is_(None),
        earlier.c.skipped.is_(False),
        earlier.c.made_at < c.made_at,
        earlier.c.not_before > now(),
    )
    due = or_(c.not_before.is_(None), c.not_before <= now())
    rows = connection.execute(
        select(*_RESULT, c.body)
        .where(c.made_at.is_not(None), c.sent_at.is_(None), c.skipped.is_(False), due, not_(held_back))
        .order_by(c.made_at, c.delivery_id)
        .limit(_MOST_AT_ONCE)
    )
    return tuple((_result(row), row.body) for row in rows)


def mark_sent(connection: Connection, delivery_id: str, *, destination: str) -> None:
    """It was acknowledged; its text is needed no longer."""
    _set(connection, delivery_id, sent_at=now(), destination=destination, not_before=None, error="", body=None)


def postpone(connection: Connection, delivery_id: str, *, attempts: int, until: datetime, error: str) -> None:
    """Try again later."""
    _set(connection, delivery_id, attempts=attempts, not_before=until, error=error[:1000])


def reported(connection: Connection, delivery_id: str) -> bool:
    """Whether the reading centre knows that the PACS has the object."""
    c = deliver_object.c
    return connection.execute(select(c.reported_at).where(c.delivery_id == delivery_id)).scalar() is not None


def results(connection: Connection, *, open_only: bool, at_most: int) -> tuple[Result, ...]:
    """Newest first."""
    c = result_message.c
    query = select(*_RESULT).where(c.skipped.is_(False)).order_by(c.made_at.desc(), c.delivery_id).limit(at_most)
    if open_only:
        query = query.where(c.sent_at.is_(None))
    return tuple(_result(row) for row in connection.execute(query))


def counts(connection: Connection) -> ResultCounts:
    """For the status."""
    c = result_message.c
    there = c.skipped.is_(False)
    oldest = select(c.error).where(there, c.sent_at.is_(None), c.error != "").order_by(c.made_at).limit(1)
    return ResultCounts(
        waiting=connection.execute(
            select(func.count()).select_from(result_message).where(there, c.sent_at.is_(None))
        ).scalar_one(),
        sent=connection.execute(
            select(func.count()).select_from(result_message).where(c.sent_at.is_not(None))
        ).scalar_one(),
        error=connection.execute(oldest).scalar() or "",
    )


def _set(connection: Connection, delivery_id: str, **values: Any) -> None:
    connection.execute(update(result_message).where(result_message.c.delivery_id == delivery_id).values(**values))


def _result(row: Any) -> Result:
    return Result(**{name: getattr(row, name) for name in Result.__dataclass_fields__})
