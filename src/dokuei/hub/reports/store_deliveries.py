"""What waits to be brought to the hospital's PACS, in SQL, always within one site."""

import uuid
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from dokuei.clock import now
from dokuei.hub.reports.model import Delivery, Made
from dokuei.hub.reports.tables import delivery

_FIELDS = tuple(Delivery.__dataclass_fields__)
_MOST_AT_ONCE = 100


def add(
    connection: Connection, made: Made, *, site_id: str, report_id: str, number: int, study_instance_uid: str
) -> None:
    """Put an object on its way."""
    connection.execute(
        insert(delivery).values(
            delivery_id=uuid.uuid4().hex,
            site_id=site_id,
            report_id=report_id,
            number=number,
            kind=made.kind,
            study_instance_uid=study_instance_uid,
            sop_class_uid=made.sop_class_uid,
            sop_instance_uid=made.sop_instance_uid,
            blob_key=made.blob_key,
            sha256=made.sha256,
            size=len(made.data),
            created_at=now(),
        )
    )


def waiting(connection: Connection, site_id: str) -> tuple[Delivery, ...]:
    """What a site has not got yet: what has never failed first, so that what always fails crowds out nothing."""
    rows = connection.execute(
        select(delivery)
        .where(delivery.c.site_id == site_id, delivery.c.delivered_at.is_(None))
        .order_by(delivery.c.last_error.is_not(None), delivery.c.created_at, delivery.c.delivery_id)
        .limit(_MOST_AT_ONCE)
    )
    return tuple(_delivery(row) for row in rows)


def find(connection: Connection, site_id: str, delivery_id: str) -> Delivery | None:
    """One object of a site."""
    row = connection.execute(
        select(delivery).where(delivery.c.site_id == site_id, delivery.c.delivery_id == delivery_id)
    ).one_or_none()
    return None if row is None else _delivery(row)


def of_report(connection: Connection, report_id: str, number: int) -> tuple[Delivery, ...]:
    """The objects of one version."""
    rows = connection.execute(
        select(delivery).where(delivery.c.report_id == report_id, delivery.c.number == number).order_by(delivery.c.kind)
    )
    return tuple(_delivery(row) for row in rows)


def mark_delivered(connection: Connection, delivery_id: str, *, actor: str, destination: str) -> bool:
    """The PACS has it; False where that was known already."""
    marked = connection.execute(
        update(delivery)
        .where(delivery.c.delivery_id == delivery_id, delivery.c.delivered_at.is_(None))
        .values(delivered_at=now(), delivered_by=actor, delivered_to=destination[:200], last_error=None)
    )
    return marked.rowcount == 1


def note_failure(connection: Connection, delivery_id: str, error: str) -> None:
    """Why the PACS does not have it yet."""
    connection.execute(
        update(delivery)
        .where(delivery.c.delivery_id == delivery_id, delivery.c.delivered_at.is_(None))
        .values(last_error=error[:1000])
    )


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(**{name: getattr(row, name) for name in _FIELDS})
