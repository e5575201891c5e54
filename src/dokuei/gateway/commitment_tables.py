"""What the PACS was asked to commit to: each request by its Transaction UID, noted before it is sent (PS3.4 J)."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Index, String, Table, Text, func, insert, select, update

from dokuei.clock import now
from dokuei.gateway.outlet_tables import Objects, Standing, objects_in
from dokuei.storage.db import UtcDateTime, gateway_metadata
from dokuei.transfer.deliveries import OutletName

commitment_request = Table(
    "commitment_request",
    gateway_metadata,
    Column("transaction_uid", String(64), primary_key=True),
    Column("delivery_id", String(32), nullable=False),
    Column("outlet", String(16), nullable=False),
    Column("objects", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime, nullable=True),
)
Index("ix_commitment_request_place", commitment_request.c.delivery_id, commitment_request.c.outlet)


@dataclass(frozen=True)
class Request:
    """One request; once its place has an answer, no other request for that place is open."""

    delivery_id: str
    outlet: OutletName
    objects: Objects
    answered_at: datetime | None


def add(connection: Connection, transaction_uid: str, one: Standing) -> None:
    """It is about to be asked."""
    connection.execute(
        insert(commitment_request).values(
            transaction_uid=transaction_uid,
            delivery_id=one.delivery_id,
            outlet=one.outlet,
            objects=json.dumps(one.objects),
            asked_at=now(),
        )
    )


def find(connection: Connection, transaction_uid: str) -> Request | None:
    """What was asked under a Transaction UID."""
    c = commitment_request.c
    row = connection.execute(select(commitment_request).where(c.transaction_uid == transaction_uid)).one_or_none()
    return None if row is None else Request(row.delivery_id, row.outlet, objects_in(row.objects), row.answered_at)


def answered(connection: Connection, request: Request) -> None:
    """This place has its answer: what comes to its other requests later is about a state that is over."""
    c = commitment_request.c
    place = (c.delivery_id == request.delivery_id, c.outlet == request.outlet)
    connection.execute(update(commitment_request).where(*place, c.answered_at.is_(None)).values(answered_at=now()))


def unanswered(connection: Connection, transaction_uids: Collection[str]) -> int:
    """How many of these have no answer yet."""
    c = commitment_request.c
    these = select(func.count()).where(c.transaction_uid.in_(transaction_uids), c.answered_at.is_(None))
    return int(connection.execute(these).scalar_one())
