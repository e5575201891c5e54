"""Which series of a study were on a reader's screen, and how far: evidence that all images were seen (LOG-11)."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from dokuei.errors import NotFoundError, RequestError
from dokuei.hub.archive.tables import instance, series, study
from dokuei.storage.audit import Detail, hub_trail
from dokuei.storage.db import Database

_PHASE = "noting what was displayed"


@dataclass(frozen=True)
class Displayed:
    """How many frames of each series were on the screen whole and proved, since the case was opened."""

    study_instance_uid: str
    series: Mapping[str, int]


def note_display(database: Database, site_id: str, displayed: Displayed, *, actor: str) -> None:
    """Keep it in the trail, every series of the study beside: what was not displayed shows too.

    Raises:
        NotFoundError: no such study at this site, or no such series in it.
        RequestError: more frames than there are.
    """
    uid = displayed.study_instance_uid
    with database.begin() as connection:
        known = _frames(connection, site_id, uid)
        if not known or not displayed.series.keys() <= known.keys():
            raise NotFoundError("no such study or series at this site", phase=_PHASE)
        if any(number > known[one] for one, number in displayed.series.items()):
            raise RequestError("more frames than the series has", phase=_PHASE)
        shown: dict[str, Detail] = {
            one: {"shown": displayed.series.get(one, 0), "of": known[one]} for one in sorted(known)
        }
        hub_trail.append(
            connection, actor=actor, event="study.displayed", site_id=site_id, subject=uid, details={"series": shown}
        )


def _frames(connection: Connection, site_id: str, study_instance_uid: str) -> dict[str, int]:
    """How many frames each series of a study has here."""
    rows = connection.execute(
        select(series.c.series_instance_uid, func.sum(instance.c.number_of_frames))
        .join(study, study.c.id == series.c.study_key)
        .join(instance, instance.c.series_key == series.c.id)
        .where(study.c.site_id == site_id, study.c.study_instance_uid == study_instance_uid)
        .group_by(series.c.series_instance_uid)
    )
    return {uid: int(frames) for uid, frames in rows}
