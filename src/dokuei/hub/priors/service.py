"""The verbs on the ledger of earlier studies: a gateway tells it, cases and reports ask it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from dokuei.hub.priors import store
from dokuei.hub.priors.model import PatientNumber, PriorSearch
from dokuei.hub.priors.neighbours import Cases
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database


@dataclass(frozen=True)
class PriorsService:
    """Each gateway speaks for its own site, and whoever asks has seen to access."""

    database: Database
    cases: Cases

    def told(self, site_id: str, searches: Iterable[PriorSearch], *, told_by: str) -> None:
        """Keep what a gateway tells of its own hospital's PACS; bears being told twice, and late."""
        for one in searches:
            with self.database.begin() as connection:
                if not store.put(connection, one, told_by=told_by):
                    continue
                self.cases.touch(connection, site_id, one.patient.patient_id)
                states = [prior.state for prior in one.studies]
                hub_trail.append(
                    connection,
                    actor=told_by,
                    event="priors.told",
                    site_id=site_id,
                    details={
                        "state": one.state,
                        "others": one.others,
                        **{state: states.count(state) for state in sorted(set(states))},
                    },
                )

    def last_asked(self, patients: Collection[PatientNumber]) -> dict[PatientNumber, datetime]:
        """When the PACS was last asked about each of these, as far as a gateway has told."""
        with self.database.read() as connection:
            return {one: search.at for one, search in of_patients(connection, set(patients)).items()}


def of_patients(connection: Connection, patients: Collection[PatientNumber]) -> dict[PatientNumber, PriorSearch]:
    """What is known of each patient; one of whom no gateway has told is not named. Who asks has seen to access."""
    told = store.of_patients(connection, {one.site_id for one in patients}, {one.patient_id for one in patients})
    found = {}
    for one in patients:
        issuer = one.issuer_of_patient_id
        searches = told.get((one.site_id, one.patient_id), ())
        theirs = (each for each in searches if not issuer or each.patient.issuer_of_patient_id in {"", issuer})
        first = next(theirs, None)
        if first is not None:
            found[one] = first
    return found


def is_prior(connection: Connection, site_id: str, study_instance_uid: str) -> bool:
    """Whether a study was brought for another's sake: it is compared with, and not read anew."""
    return store.is_prior(connection, site_id, study_instance_uid)
