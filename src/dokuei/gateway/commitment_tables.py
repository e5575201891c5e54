"""What the PACS was asked to commit to: each request by its Transaction UID, noted before it is sent (PS3.4 J)."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Connection, Index, Row, String, Table, Text, delete, func, insert, or_, select, update

from dokuei.clock import now
from dokuei.gateway.outlet_tables import Objects, Standing, objects_in
from dokuei.storage.db import UtcDateTime, gateway_metadata
from dokuei.transfer.deliveries import OutletName

_PULSE: Final = "pulse"  # in the place of a delivery

commitment_request = Table(
    "commitment_request",
    gateway_metadata,
    Column("transaction_uid", String(64), primary_key=True),
    Column("delivery_id", String(32), nullable=False),
    Column("outlet", String(16), nullable=False),
    Column("objects", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime, nullable=True),
    Column("wrong", Text, nullable=False, server_default=""),
)
Index("ix_commitment_request_place", commitment_request.c.delivery_id, commitment_request.c.outlet)


@dataclass(frozen=True)
class Request:
    """One request; once its place has an answer, no other request for that place is open.

    Each of the pulse's is for a document of its own. ``wrong`` is why the answer was none to be content with.
    """

    transaction_uid: str
    delivery_id: str
    outlet: OutletName
    objects: Objects
    asked_at: datetime
    answered_at: datetime | None
    wrong: str

    @property
    def is_pulse(self) -> bool:
        """Whether it is about the test patient's document."""
        return self.delivery_id == _PULSE


def add(connection: Connection, transaction_uid: str, one: Standing) -> None:
    """It is about to be asked."""
    _add(connection, transaction_uid, one.delivery_id, one.outlet, one.objects)


def add_pulse(connection: Connection, transaction_uid: str, objects: Objects) -> None:
    """The test patient's document is about to be asked for."""
    _add(connection, transaction_uid, _PULSE, "pacs", objects)


def forget(connection: Connection, transaction_uid: str) -> None:
    """It was not asked after all."""
    connection.execute(delete(commitment_request).where(commitment_request.c.transaction_uid == transaction_uid))


def _add(connection: Connection, transaction_uid: str, delivery_id: str, outlet: OutletName, objects: Objects) -> None:
    connection.execute(
        insert(commitment_request).values(
            transaction_uid=transaction_uid,
            delivery_id=delivery_id,
            outlet=outlet,
            objects=json.dumps(objects),
            asked_at=now(),
        )
    )


def find(connection: Connection, transaction_uid: str) -> Request | None:
    """What was asked under a Transaction UID."""
    c = commitment_request.c
    row = connection.execute(select(commitment_request).where(c.transaction_uid == transaction_uid)).one_or_none()
    return None if row is None else _request(row)


def pulses(connection: Connection) -> tuple[Request, ...]:
    """What was asked about the test patient's documents, the oldest first."""
    c = commitment_request.c
    rows = connection.execute(select(commitment_request).where(c.delivery_id == _PULSE).order_by(c.asked_at))
    return tuple(_request(row) for row in rows)


def forget_pulses(connection: Connection, *, asked_before: datetime) -> None:
    """What is answered has been heard; what was asked so long ago is answered no more."""
    c = commitment_request.c
    done = or_(c.answered_at.is_not(None), c.asked_at < asked_before)
    connection.execute(delete(commitment_request).where(c.delivery_id == _PULSE, done))


def answered(connection: Connection, request: Request, *, wrong: str) -> None:
    """This place has its answer: what comes to its other requests later is about a state that is over."""
    c = commitment_request.c
    place = (c.delivery_id == request.delivery_id, c.outlet == request.outlet)
    these = (c.transaction_uid == request.transaction_uid,) if request.is_pulse else place
    answer = {"answered_at": now(), "wrong": wrong}
    connection.execute(update(commitment_request).where(*these, c.answered_at.is_(None)).values(**answer))


def unanswered(connection: Connection, transaction_uids: Collection[str]) -> int:
    """How many of these have no answer yet."""
    c = commitment_request.c
    these = select(func.count()).where(c.transaction_uid.in_(transaction_uids), c.answered_at.is_(None))
    return int(connection.execute(these).scalar_one())


def _request(row: Row[Any]) -> Request:
    told = {name: getattr(row, name) for name in Request.__dataclass_fields__}
    return Request(**{**told, "objects": objects_in(row.objects)})
