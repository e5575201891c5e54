"""Orders as they came, and patients' numbers, in SQL: each statement is of one site."""

import json
import uuid
from collections.abc import Collection

from sqlalchemy import Connection, delete, insert, select, text

from dokuei.clock import now
from dokuei.hub.fhir.model import Resource
from dokuei.hub.fhir.tables import order, patient
from dokuei.storage.db import writes


class UnnumberedError(Exception):
    """A patient has no number yet, and this transaction only reads."""


def keep_order(connection: Connection, site_id: str, request_id: str, number: int, document: Resource) -> None:
    """Keep the ServiceRequest that made a version, all its codes included."""
    connection.execute(delete(order).where(order.c.request_id == request_id, order.c.number == number))
    said = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    connection.execute(
        insert(order).values(request_id=request_id, number=number, site_id=site_id, document=said, at=now())
    )


def orders_of(
    connection: Connection, site_id: str, request_ids: Collection[str]
) -> dict[str, list[tuple[int, Resource]]]:
    """What made each request's versions, the first one first."""
    query = select(order).where(order.c.site_id == site_id, order.c.request_id.in_(request_ids))
    found: dict[str, list[tuple[int, Resource]]] = {}
    for row in connection.execute(query.order_by(order.c.request_id, order.c.number)):
        found.setdefault(row.request_id, []).append((row.number, json.loads(row.document)))
    return found


def subjects(connection: Connection, site_id: str, patient_keys: Collection[str]) -> dict[str, str]:
    """A number for each patient's key, the same whenever it is asked for: an address names no patient.

    Raises:
        UnnumberedError: one is to be given, and the transaction only reads.
    """
    wanted = {key for key in patient_keys if key}
    known = _known(connection, site_id, wanted)
    if wanted != known.keys() and not writes(connection):
        raise UnnumberedError
    for key in sorted(wanted - known.keys()):
        connection.execute(
            text(
                "INSERT INTO fhir_patient (subject_id, site_id, patient_key)"
                " VALUES (:subject_id, :site_id, :key) ON CONFLICT DO NOTHING"
            ),
            {"subject_id": uuid.uuid4().hex, "site_id": site_id, "key": key},
        )
    return known if wanted == known.keys() else _known(connection, site_id, wanted)


def key_of_subject(connection: Connection, site_id: str, subject_id: str) -> str | None:
    """Whose number this is at a site."""
    query = select(patient.c.patient_key).where(patient.c.site_id == site_id, patient.c.subject_id == subject_id)
    found: str | None = connection.execute(query).scalar_one_or_none()
    return found


def _known(connection: Connection, site_id: str, keys: Collection[str]) -> dict[str, str]:
    query = select(patient.c.patient_key, patient.c.subject_id)
    rows = connection.execute(query.where(patient.c.site_id == site_id, patient.c.patient_key.in_(keys)))
    return {row.patient_key: row.subject_id for row in rows}
