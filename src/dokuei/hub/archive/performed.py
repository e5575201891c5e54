"""What modalities counted: kept beside the studies, whether or not their objects have come (IMG-13)."""

import json
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, delete, func, insert, select, update

from dokuei.clock import now
from dokuei.hub.archive.tables import instance, performed_step, series, study
from dokuei.storage import outbox
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

PerformedState = Literal["in_progress", "completed", "discontinued"]


@dataclass(frozen=True)
class Performed:
    """One step in the archive's words; ``series`` is Series Instance UID → objects that were made."""

    step_uid: str
    study_instance_uid: str
    state: PerformedState
    version: int
    series: dict[str, int]


@dataclass(frozen=True)
class Expected:
    """What all finished steps of a study made, and whether one of them was broken off."""

    series: dict[str, int]
    discontinued: bool

    @property
    def instances(self) -> int:
        """Objects of all series."""
        return sum(self.series.values())


def record(database: Database, site_id: str, told: Performed, *, actor: str, event: str) -> bool:
    """Keep the newest word about a step; False where it was known. ``event`` tells the other slices."""
    p = performed_step
    named = (p.c.site_id == site_id, p.c.step_uid == told.step_uid)
    values = {
        "study_instance_uid": told.study_instance_uid,
        "state": told.state,
        "version": told.version,
        "series": json.dumps(told.series, sort_keys=True),
        "told_by": actor,
        "at": now(),
    }
    with database.begin() as connection:
        known = connection.execute(select(p.c.version).where(*named).with_for_update()).scalar_one_or_none()
        if known is not None and known >= told.version:
            return False
        if known is None:
            connection.execute(insert(p).values(site_id=site_id, step_uid=told.step_uid, **values))
        else:
            connection.execute(update(p).where(*named).values(**values))
        hub_trail.append(
            connection,
            actor=actor,
            event="step.told",
            site_id=site_id,
            subject=told.study_instance_uid,
            details={"state": told.state, "instances": sum(told.series.values())},
        )
        payload = {"site_id": site_id, "study_instance_uid": told.study_instance_uid, "because": "performed"}
        if _is_here(connection, site_id, told.study_instance_uid):
            outbox.put(connection, event, payload)
    return True


def expected(connection: Connection, site_id: str, study_instance_uid: str) -> Expected | None:
    """What finished steps count; a step in progress promises nothing yet. None where no modality reports."""
    p = performed_step.c
    asked = select(p.state, p.series).where(p.site_id == site_id, p.study_instance_uid == study_instance_uid)
    over = [row for row in connection.execute(asked) if row.state != "in_progress"]
    if not over:
        return None
    made: dict[str, int] = {}
    for row in over:
        for uid, count in json.loads(row.series).items():
            made[uid] = made.get(uid, 0) + int(count)
    return Expected(made, any(row.state == "discontinued" for row in over))


def told(connection: Connection, site_id: str, study_instance_uid: str) -> tuple[PerformedState | None, int | None]:
    """How far the modalities say that a study is, what is unfinished first, and how many objects they counted."""
    p = performed_step.c
    asked = select(p.state).where(p.site_id == site_id, p.study_instance_uid == study_instance_uid)
    states = set(connection.execute(asked).scalars())
    order: tuple[PerformedState, ...] = ("in_progress", "discontinued", "completed")
    counted = expected(connection, site_id, study_instance_uid)
    return next((one for one in order if one in states), None), None if counted is None else counted.instances


def lacking(connection: Connection, study_key: int, counted: Expected) -> int:
    """How many objects of those series are not here; a series with more than was counted makes up for no other."""
    asked = select(series.c.series_instance_uid, func.count()).select_from(instance.join(series))
    rows = connection.execute(asked.where(series.c.study_key == study_key).group_by(series.c.series_instance_uid))
    here = {row[0]: row[1] for row in rows}
    return sum(max(0, count - here.get(uid, 0)) for uid, count in counted.series.items())


def remove(connection: Connection, site_id: str, study_instance_uid: str) -> None:
    """Take the rows away when the study's images go."""
    p = performed_step
    connection.execute(delete(p).where(p.c.site_id == site_id, p.c.study_instance_uid == study_instance_uid))


def _is_here(connection: Connection, site_id: str, study_instance_uid: str) -> bool:
    asked = select(study.c.id).where(study.c.site_id == site_id, study.c.study_instance_uid == study_instance_uid)
    return connection.execute(asked).scalar_one_or_none() is not None
