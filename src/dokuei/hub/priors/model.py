"""What a hospital's PACS says of a patient's earlier studies, and what of that is here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

PriorState = Literal["exists", "requested", "arrived", "refused"]
SearchState = Literal["waiting", "answered", "failing"]


@dataclass(frozen=True)
class PatientNumber:
    """A patient of one site, by number and issuer."""

    site_id: str
    patient_id: str
    issuer_of_patient_id: str


@dataclass(frozen=True)
class PriorStudy:
    """One earlier study in the PACS; ``reason`` says why it is not here."""

    study_instance_uid: str
    state: PriorState
    study_date: str
    modalities: tuple[str, ...]
    study_description: str
    reason: str = ""


@dataclass(frozen=True)
class PriorSearch:
    """What the PACS said of one patient; ``others`` counts answers that named somebody else and were refused."""

    patient: PatientNumber
    state: SearchState
    version: int
    at: datetime
    others: int = 0
    reason: str = ""
    studies: tuple[PriorStudy, ...] = ()


def awaited(search: PriorSearch, *, study_instance_uid: str, study_date: str) -> tuple[PriorStudy, ...]:
    """What exists before a study and has not arrived, the latest first."""
    before = [
        one
        for one in search.studies
        if one.state != "arrived" and one.study_instance_uid != study_instance_uid and one.study_date <= study_date
    ]
    return tuple(sorted(before, key=lambda one: (one.study_date, one.study_instance_uid), reverse=True))
