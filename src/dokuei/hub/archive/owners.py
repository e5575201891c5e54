"""Whose studies they are, for who answers for their use: many at once, and from a number to its studies."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, or_, select

from dokuei.hub.archive.model import PatientName
from dokuei.hub.archive.tables import study

_AT_ONCE: Final = 500


@dataclass(frozen=True)
class OwnedStudy:
    """A study and its patient."""

    site_id: str
    study_instance_uid: str
    patient_id: str
    issuer_of_patient_id: str
    patient_name: PatientName
    study_date: str


_COLUMNS: Final = (
    study.c.site_id,
    study.c.study_instance_uid,
    study.c.patient_id,
    study.c.issuer_of_patient_id,
    study.c.patient_name_alphabetic,
    study.c.patient_name_ideographic,
    study.c.patient_name_phonetic,
    study.c.study_date,
)


def of_studies(connection: Connection, studies: Iterable[tuple[str, str]]) -> tuple[OwnedStudy, ...]:
    """Those of the given studies, named by site and UID, that are here."""
    found: list[OwnedStudy] = []
    for site_id, keys in groupby(sorted(studies), key=lambda one: one[0]):
        uids = [uid for _, uid in keys]
        for at in range(0, len(uids), _AT_ONCE):
            named = study.c.study_instance_uid.in_(uids[at : at + _AT_ONCE])
            rows = connection.execute(select(*_COLUMNS).where(study.c.site_id == site_id, named))
            found += (_owned(*row) for row in rows)
    return tuple(found)


def sought(
    connection: Connection, text: str, *, site_ids: Collection[str] | None, at_most: int
) -> tuple[OwnedStudy, ...]:
    """Studies whose patient's number, accession number or UID is this text, the newest first; None: at every site."""
    asked = select(*_COLUMNS).where(
        or_(study.c.patient_id == text, study.c.accession_number == text, study.c.study_instance_uid == text)
    )
    if site_ids is not None:
        asked = asked.where(study.c.site_id.in_(sorted(site_ids)))
    rows = connection.execute(asked.order_by(study.c.study_date.desc(), study.c.id.desc()).limit(at_most))
    return tuple(_owned(*row) for row in rows)


def _owned(site_id: str, uid: str, patient_id: str, issuer: str, *rest: str) -> OwnedStudy:
    *name, study_date = rest
    return OwnedStudy(site_id, uid, patient_id, issuer, PatientName(*name), study_date)
