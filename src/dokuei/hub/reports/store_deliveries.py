"""What waits to be brought to the hospital's PACS, in SQL, always within one site."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, Row, Select, exists, func, insert, not_, or_, select, update

from dokuei.clock import now
from dokuei.hub.reports.deliveries import Delivery, DeliveryPlace, Made
from dokuei.hub.reports.model import STATUSES
from dokuei.hub.reports.tables import delivery, delivery_place, report, version

_JOINED = frozenset({"status", "worklist_item_id", "places"})
_FIELDS = tuple(name for name in Delivery.__dataclass_fields__ if name not in _JOINED)
_MOST_AT_ONCE = 100


def add(
    connection: Connection,
    made: Made,
    *,
    site_id: str,
    report_id: str,
    number: int,
    study_instance_uid: str,
    stamps: int = 0,
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
            stamps=stamps,
        )
    )


def waiting(connection: Connection, site_id: str) -> tuple[Delivery, ...]:
    """What a site has not got yet: first, in its order, what its gateway has never said anything of.

    Of the rest, which its gateway has, another part each time: what always fails, or is never settled, crowds out
    nothing, and a gateway that lost its disk gets all of it again.
    """
    heard = exists().where(delivery_place.c.delivery_id == delivery.c.delivery_id)
    told = or_(delivery.c.last_error.is_not(None), heard)
    asked = _asked().where(delivery.c.site_id == site_id, delivery.c.delivered_at.is_(None))
    fresh = asked.where(not_(told)).order_by(delivery.c.created_at, delivery.c.delivery_id).limit(_MOST_AT_ONCE)
    rows = [*connection.execute(fresh)]
    rows += connection.execute(asked.where(told).order_by(func.random()).limit(_MOST_AT_ONCE - len(rows)))
    return tuple(_delivery(row) for row in rows)


def find(connection: Connection, site_id: str, delivery_id: str) -> Delivery | None:
    """One object of a site."""
    row = connection.execute(
        _asked().where(delivery.c.site_id == site_id, delivery.c.delivery_id == delivery_id)
    ).one_or_none()
    return None if row is None else _delivery(row)


def of_report(connection: Connection, report_id: str, number: int) -> tuple[Delivery, ...]:
    """The objects of one version and where each of them is; a document that was stamped anew follows the first."""
    same = (delivery.c.report_id == report_id, delivery.c.number == number)
    rows = connection.execute(_asked().where(*same).order_by(delivery.c.stamps, delivery.c.kind))
    found = [_delivery(row) for row in rows]
    places = _places(connection, [one.delivery_id for one in found])
    return tuple(replace(one, places=tuple(places[one.delivery_id].values())) for one in found)


def documents_of(connection: Connection, report_id: str, number: int) -> tuple[Delivery, ...]:
    """The sealed document of one version as it first went out, and as it was stamped anew since."""
    same = (delivery.c.report_id == report_id, delivery.c.number == number, delivery.c.kind == "pdf")
    rows = connection.execute(_asked().where(*same).order_by(delivery.c.stamps))
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
        .values(last_error=error[:1000] or None)
    )


def put_places(connection: Connection, delivery_id: str, told: Collection[DeliveryPlace]) -> tuple[DeliveryPlace, ...]:
    """How every place stands with an object now; those whose state is another than before."""
    known = _places(connection, [delivery_id])[delivery_id]
    for one in told:
        values = asdict(one)
        if one.outlet in known:
            same = (delivery_place.c.delivery_id == delivery_id, delivery_place.c.outlet == one.outlet)
            connection.execute(update(delivery_place).where(*same).values(**values))
        else:
            connection.execute(insert(delivery_place).values(delivery_id=delivery_id, **values))
    return tuple(one for one in told if one.outlet not in known or known[one.outlet].state != one.state)


def _places(connection: Connection, delivery_ids: Collection[str]) -> dict[str, dict[str, DeliveryPlace]]:
    """Delivery → outlet → how it stands there, in the order in which they are shown."""
    found: dict[str, dict[str, DeliveryPlace]] = defaultdict(dict)
    c = delivery_place.c
    rows = connection.execute(select(delivery_place).where(c.delivery_id.in_(delivery_ids)).order_by(c.outlet.desc()))
    for row in rows:
        told = {name: getattr(row, name) for name in DeliveryPlace.__dataclass_fields__}
        found[row.delivery_id][row.outlet] = DeliveryPlace(**told)
    return found


def _asked() -> Select[Any]:
    """With how the report stands with that version, and of which case it is."""
    same = (version.c.report_id == delivery.c.report_id) & (version.c.number == delivery.c.number)
    joined = delivery.outerjoin(version, same).outerjoin(report, report.c.report_id == delivery.c.report_id)
    return select(delivery, version.c.kind.label("version_kind"), report.c.worklist_item_id).select_from(joined)


def _delivery(row: Row[Any]) -> Delivery:
    told = {name: getattr(row, name) for name in _FIELDS}
    status = "" if row.version_kind is None else STATUSES[row.version_kind]
    return Delivery(**told, status=status, worklist_item_id=row.worklist_item_id or "")
