"""What the newest studies weigh: of the whole archive, because a line is judged by the centre's work, not by a site's.

Who was in them stays here, but for which belong to one patient.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, func, select

from dokuei.hub.archive.store import frames_of
from dokuei.hub.archive.tables import instance, series, study
from dokuei.line.sizes import shares

_NEWEST: Final = 400
_SAMPLED: Final = 4


@dataclass(frozen=True)
class Weight:
    """A stored study: whose, of what, how much of it there is, and what its frames' first pictures take of them."""

    patient: tuple[str, str, str]
    modalities: frozenset[str]
    sop_class_uids: frozenset[str]
    frames: int
    bytes: int
    first_share: float
    coarse_share: float


def newest(
    connection: Connection, nobodys: Callable[[Connection, str], Collection[str]], *, at_most: int = _NEWEST
) -> Iterator[Weight]:
    """The newest studies with frames, the latest first; ``nobodys`` names those of test patients."""
    of_nobody: dict[str, Collection[str]] = {}
    chosen = select(study.c.id).order_by(study.c.id.desc()).limit(at_most).subquery()
    asked = (
        select(
            study.c.id,
            study.c.site_id,
            study.c.study_instance_uid,
            study.c.patient_id,
            study.c.issuer_of_patient_id,
            series.c.modality,
            instance.c.sop_class_uid,
            func.sum(instance.c.number_of_frames).label("frames"),
            func.sum(instance.c.size).label("bytes"),
        )
        .join(chosen, chosen.c.id == study.c.id)
        .join(series, series.c.study_key == study.c.id)
        .join(instance, instance.c.series_key == series.c.id)
        .where(instance.c.number_of_frames > 0)
        .group_by(
            study.c.id,
            study.c.site_id,
            study.c.study_instance_uid,
            study.c.patient_id,
            study.c.issuer_of_patient_id,
            series.c.modality,
            instance.c.sop_class_uid,
        )
        .order_by(study.c.id.desc())
    )
    for _, rows in groupby(connection.execute(asked).all(), key=lambda row: row.id):
        of_study = list(rows)
        first = of_study[0]
        if first.site_id not in of_nobody:
            of_nobody[first.site_id] = nobodys(connection, first.site_id)
        if first.study_instance_uid in of_nobody[first.site_id]:
            continue
        first_share, coarse_share = _shares(connection, first.id)
        yield Weight(
            patient=(first.site_id, first.issuer_of_patient_id, first.patient_id),
            modalities=frozenset(row.modality for row in of_study),
            sop_class_uids=frozenset(row.sop_class_uid for row in of_study),
            frames=sum(int(row.frames) for row in of_study),
            bytes=sum(int(row.bytes) for row in of_study),
            first_share=first_share,
            coarse_share=coarse_share,
        )


def _shares(connection: Connection, study_key: int) -> tuple[float, float]:
    """Of some of its frames, by their bytes: they are coded alike."""
    sampled = connection.execute(
        select(instance.c.frames, instance.c.rows, instance.c.columns)
        .join(series, series.c.id == instance.c.series_key)
        .where(series.c.study_key == study_key, instance.c.number_of_frames > 0)
        .order_by(instance.c.size.desc())
        .limit(_SAMPLED)
    )
    first = coarse = whole = 0.0
    for row in sampled:
        for frame in frames_of(row.frames)[:_SAMPLED]:
            of_first, of_coarse = shares(frame.length, frame.resolution_ends, max(row.rows or 0, row.columns or 0))
            first += of_first * frame.length
            coarse += of_coarse * frame.length
            whole += frame.length
    return (first / whole, coarse / whole) if whole else (1.0, 1.0)
