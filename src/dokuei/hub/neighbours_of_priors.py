"""What worklist and reports ask of the ledger of earlier studies, and what the ledger asks of the worklist."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from dokuei.hub.priors.model import PatientNumber, PriorSearch, awaited
from dokuei.hub.priors.service import is_prior, of_patients
from dokuei.hub.reports.circumstances import AbsentStudy, ComparedStudy, PriorsInPacs
from dokuei.hub.worklist.model import StudyFacts, WorklistItem
from dokuei.hub.worklist.prior_ledgers import AwaitedPrior, PriorLedger
from dokuei.hub.worklist.service import WorklistService


class KnownPriors:
    """Cases ask what the PACS has of their patients."""

    def is_prior(self, connection: Connection, site_id: str, study_instance_uid: str) -> bool:
        """Whether a study was brought for another's sake."""
        return is_prior(connection, site_id, study_instance_uid)

    def of(self, connection: Connection, studies: Collection[StudyFacts]) -> Mapping[tuple[str, str], PriorLedger]:
        """Site and study → what the PACS has from before; studies of whose patient nobody has told are not named."""
        told = of_patients(connection, {_number(one) for one in studies})
        return {
            (one.site_id, one.study_instance_uid): _ledger(search, one)
            for one in studies
            if (search := told.get(_number(one))) is not None
        }


@dataclass(frozen=True)
class PatientCases:
    """The ledger lets lists know that they have something new to show."""

    worklist: WorklistService

    def touch(self, connection: Connection, site_id: str, patient_id: str) -> None:
        """Of this patient's cases."""
        self.worklist.touch_patient_in(connection, site_id, patient_id)


def compared_of(item: WorklistItem) -> tuple[ComparedStudy, ...]:
    """The priors that are here, in reports' words."""
    return tuple(
        ComparedStudy(one.study_instance_uid, one.study_date, one.modalities, one.study_description)
        for one in item.priors
    )


def priors_in_pacs(connection: Connection, study: StudyFacts) -> PriorsInPacs | None:
    """What a report has to say of the PACS; None where no gateway asks one."""
    ledger = KnownPriors().of(connection, [study]).get((study.site_id, study.study_instance_uid))
    if ledger is None:
        return None
    absent = tuple(AbsentStudy(one.study_date, one.modalities, one.state) for one in ledger.awaited)
    return PriorsInPacs(ledger.state == "answered" or bool(absent), absent)


def _number(study: StudyFacts) -> PatientNumber:
    return PatientNumber(study.site_id, study.patient_id, study.issuer_of_patient_id)


def _ledger(search: PriorSearch, study: StudyFacts) -> PriorLedger:
    missing = awaited(search, study_instance_uid=study.study_instance_uid, study_date=study.study_date)
    return PriorLedger(
        state=search.state,
        at=search.at,
        reason=search.reason,
        others=search.others,
        awaited=tuple(
            AwaitedPrior(
                one.study_instance_uid,
                one.study_date,
                one.modalities,
                one.study_description,
                one.state,
                one.reason,
            )
            for one in missing
            if one.state != "arrived"
        ),
    )
