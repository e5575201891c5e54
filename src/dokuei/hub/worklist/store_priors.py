"""Earlier studies of the same patient, and cases that are there for no other reason."""

import json
from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, Row, select, update

from dokuei.clock import now
from dokuei.hub.worklist.model import Prior
from dokuei.hub.worklist.tables import item

_OF_PRIORS = (
    item.c.worklist_item_id,
    item.c.site_id,
    item.c.patient_id,
    item.c.issuer_of_patient_id,
    item.c.study_instance_uid,
    item.c.study_date,
    item.c.study_description,
    item.c.modalities,
)


def priors_of(connection: Connection, rows: tuple[Row[Any], ...]) -> dict[str, tuple[Prior, ...]]:
    """Earlier studies of the same patient at the same site; a patient without an ID has none."""
    patients = {row.patient_id for row in rows if row.patient_id}
    sites = {row.site_id for row in rows}
    same = defaultdict(list)
    query = select(*_OF_PRIORS).where(item.c.patient_id.in_(patients), item.c.site_id.in_(sites))
    query = query.order_by(item.c.study_date)
    for other in connection.execute(query) if patients else ():
        same[other.site_id, other.patient_id, other.issuer_of_patient_id].append(other)
    return {
        row.worklist_item_id: tuple(
            Prior(
                other.study_instance_uid, other.study_date, tuple(json.loads(other.modalities)), other.study_description
            )
            for other in reversed(same[row.site_id, row.patient_id, row.issuer_of_patient_id])
            if other.worklist_item_id != row.worklist_item_id and other.study_date <= row.study_date
        )
        for row in rows
    }


def touch_of_patient(connection: Connection, site_id: str, patient_id: str) -> None:
    """The patient's cases have one prior more, or other things are known of what there is."""
    if patient_id:
        theirs = (item.c.site_id == site_id, item.c.patient_id == patient_id)
        connection.execute(update(item).where(*theirs).values(touched_at=now()))


def want_read(connection: Connection, item_id: str) -> None:
    """A study that was brought to be compared with is to be read after all."""
    connection.execute(update(item).where(item.c.worklist_item_id == item_id).values(prior_only=False))
