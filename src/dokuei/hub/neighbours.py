"""One slice's facts in the words of another: thin translations, so that slices do not see one another.

Who asks whom stands in the files beside, each named after the slice that asks.
"""

from sqlalchemy import Connection

from dokuei.hub.archive.model import StudySummary
from dokuei.hub.requests.model import CaseRequest, Patient, Study
from dokuei.hub.requests.model import Name as RequestName
from dokuei.hub.requests.service import answered_by
from dokuei.hub.screening.service import is_read_twice
from dokuei.hub.worklist.model import Asked, Name, Priority, StudyFacts, WorklistItem


def study_facts(summary: StudySummary) -> StudyFacts:
    """A study as the archive tells of it, in the worklist's words."""
    name = summary.patient_name
    return StudyFacts(
        site_id=summary.site_id,
        study_instance_uid=summary.study_instance_uid,
        patient_id=summary.patient_id,
        issuer_of_patient_id=summary.issuer_of_patient_id,
        patient_name=Name(name.alphabetic, name.ideographic, name.phonetic),
        patient_birth_date=summary.patient_birth_date,
        patient_sex=summary.patient_sex,
        study_date=summary.study_date,
        study_time=summary.study_time,
        study_description=summary.study_description,
        accession_number=summary.accession_number,
        referring_physician=summary.referring_physician,
        modalities=summary.modalities,
        number_of_series=summary.number_of_series,
        number_of_instances=summary.number_of_instances,
        declared_instances=summary.ledger.declared_instances,
        arrived_instances=summary.ledger.arrived_instances,
        complete=summary.ledger.complete,
        more_to_come=summary.ledger.open,
        first_received_at=summary.first_received_at,
        last_received_at=summary.last_received_at,
        performed=summary.performed or "",
        performed_instances=summary.performed_instances,
    )


def asked_study(summary: StudySummary, *, prior: bool = False) -> Study:
    """The same in requests' words."""
    name = summary.patient_name
    sex = summary.patient_sex.strip().upper()
    return Study(
        site_id=summary.site_id,
        study_instance_uid=summary.study_instance_uid,
        patient=Patient(
            patient_id=summary.patient_id,
            issuer_of_patient_id=summary.issuer_of_patient_id,
            name=RequestName(name.alphabetic, name.ideographic, name.phonetic),
            birth_date=summary.patient_birth_date,
            sex="M" if sex == "M" else "F" if sex == "F" else "O" if sex == "O" else "",
        ),
        accession_number=summary.accession_number,
        issuer_of_accession_number=summary.issuer_of_accession_number,
        study_date=summary.study_date,
        study_description=summary.study_description,
        modalities=summary.modalities,
        papers_only=summary.papers_only,
        prior=prior,
    )


def asked(case: CaseRequest) -> Asked:
    """What requests say of a case, in the worklist's words."""
    priority = None if case.priority is None else Priority(case.priority)
    return Asked(case.state, case.reason, priority, case.due_at, case.kind)


def is_screening(connection: Connection, item: WorklistItem) -> bool:
    """Whether a case is one of screening: by its request, or because it came with a roster."""
    study = item.study
    return (
        item.asked.kind == "screening"
        or roster_says_twice(connection, study.site_id, study.study_instance_uid) is not None
    )


def roster_says_twice(connection: Connection, site_id: str, study_instance_uid: str) -> bool | None:
    """What the screening batch of a study's request says about a second reading; None where it is of none."""
    return is_read_twice(connection, site_id, answered_by(connection, site_id, study_instance_uid))
