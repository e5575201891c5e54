"""Report objects on their way from the hub to the hospital's PACS; a row stays as the record of what was delivered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, Row, String, Table, Text, delete, insert, or_, select, update

from dokuei.clock import now
from dokuei.storage.db import UtcDateTime, gateway_metadata
from dokuei.transfer.deliveries import WaitingObject

deliver_object = Table(
    "deliver_object",
    gateway_metadata,
    Column("delivery_id", String(32), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("study_instance_uid", String(64), nullable=False),
    Column("sop_class_uid", String(64), nullable=False),
    Column("sop_instance_uid", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("stored_at", UtcDateTime, nullable=True),
    Column("destination", String(200), nullable=False, server_default=""),
    Column("reported_at", UtcDateTime, nullable=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", UtcDateTime, nullable=True),
    Column("error", Text, nullable=False, server_default=""),
    Column("report_id", String(32), nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("status", String(16), nullable=False, server_default=""),
    Column("stamps", Integer, nullable=False, server_default="0"),
    Column("link", Text, nullable=False, server_default=""),
)
Index("ix_deliver_object_waiting", deliver_object.c.stored_at, deliver_object.c.not_before)


@dataclass(frozen=True)
class Held:
    """One object that this gateway has fetched."""

    delivery_id: str
    kind: str
    study_instance_uid: str
    sop_class_uid: str
    sop_instance_uid: str
    sha256: str
    fetched_at: datetime
    stored_at: datetime | None
    destination: str
    reported_at: datetime | None
    attempts: int
    not_before: datetime | None
    error: str
    report_id: str = ""
    version: int = 0
    status: str = ""
    stamps: int = 0
    link: str = ""


def add(connection: Connection, waiting: WaitingObject) -> None:
    """An object's bytes are on this disk."""
    connection.execute(
        insert(deliver_object).values(
            delivery_id=waiting.delivery_id,
            kind=waiting.kind,
            study_instance_uid=waiting.study_instance_uid,
            sop_class_uid=waiting.sop_class_uid,
            sop_instance_uid=waiting.sop_instance_uid,
            sha256=waiting.sha256,
            fetched_at=now(),
            report_id=waiting.report_id,
            version=waiting.version,
            status=waiting.status,
            stamps=waiting.stamps,
            link=waiting.link,
        )
    )


def study_of(connection: Connection, delivery_id: str) -> str:
    """The study of a report, as the hub names it; empty where it is fetched again just now."""
    c = deliver_object.c
    named = connection.execute(select(c.study_instance_uid).where(c.delivery_id == delivery_id)).scalar()
    return named or ""


def forget(connection: Connection, delivery_ids: Sequence[str]) -> None:
    """As if these had never been fetched."""
    connection.execute(delete(deliver_object).where(deliver_object.c.delivery_id.in_(delivery_ids)))


def to_store(connection: Connection) -> tuple[Held, ...]:
    """What the PACS has not acknowledged and may be tried now, the oldest first."""
    ready = or_(deliver_object.c.not_before.is_(None), deliver_object.c.not_before <= now())
    rows = connection.execute(
        select(deliver_object).where(deliver_object.c.stored_at.is_(None), ready).order_by(deliver_object.c.fetched_at)
    )
    return tuple(_held(row) for row in rows)


def stored_as_pdf(connection: Connection, report_id: str, version: int) -> Held | None:
    """The sealed document of a version, where the hospital has it."""
    c = deliver_object.c
    same = select(deliver_object).where(c.report_id == report_id, c.version == version, c.kind == "pdf")
    row = connection.execute(same.where(c.stored_at.is_not(None), c.stamps == 0)).first()
    return None if row is None else _held(row)


def to_report(connection: Connection) -> tuple[Held, ...]:
    """What the PACS has acknowledged and the hub has not been told."""
    rows = connection.execute(
        select(deliver_object)
        .where(deliver_object.c.stored_at.is_not(None), deliver_object.c.reported_at.is_(None))
        .order_by(deliver_object.c.stored_at)
    )
    return tuple(_held(row) for row in rows)


def among(connection: Connection, delivery_ids: Collection[str]) -> dict[str, Held]:
    """Those of these that have been fetched."""
    rows = connection.execute(select(deliver_object).where(deliver_object.c.delivery_id.in_(delivery_ids)))
    return {row.delivery_id: _held(row) for row in rows}


def mark_stored(connection: Connection, delivery_id: str, *, destination: str, note: str) -> None:
    """The PACS has it."""
    _set(connection, delivery_id, stored_at=now(), destination=destination, error=note, not_before=None)


def mark_reported(connection: Connection, delivery_id: str) -> None:
    """The hub knows."""
    _set(connection, delivery_id, reported_at=now())


def postpone(connection: Connection, delivery_id: str, *, attempts: int, until: datetime, error: str) -> None:
    """Try again later."""
    _set(connection, delivery_id, attempts=attempts, not_before=until, error=error[:1000])


def _set(connection: Connection, delivery_id: str, **values: Any) -> None:
    connection.execute(update(deliver_object).where(deliver_object.c.delivery_id == delivery_id).values(**values))


def _held(row: Row[Any]) -> Held:
    return Held(**{name: getattr(row, name) for name in Held.__dataclass_fields__})
