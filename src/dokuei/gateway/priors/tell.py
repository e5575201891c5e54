"""The ledger as the hub may know it: under pseudonyms where the site wants them, and then in no free words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.gateway.priors.rules import Person
from dokuei.gateway.priors.tables import Prior, Search
from dokuei.settings import PseudonymSettings
from dokuei.transfer.priors import ToldPrior, ToldSearch

_DAY_LETTERS: Final = 8


@dataclass(frozen=True)
class Names:
    """How the hub calls patients and studies; with ``pseudonyms`` None by their true names."""

    pseudonyms: Pseudonyms | None
    settings: PseudonymSettings

    def uid(self, study_instance_uid: str) -> str:
        """A study."""
        return study_instance_uid if self.pseudonyms is None else self.pseudonyms.uid(study_instance_uid)

    def patient(self, person: Person) -> tuple[str, str]:
        """A patient's number and its issuer."""
        if self.pseudonyms is None:
            return person.patient_id, person.issuer_of_patient_id
        return self.pseudonyms.patient(person.patient_id, person.issuer_of_patient_id, ""), ""

    def day(self, day: str, person: Person) -> str:
        """A day, as the images of this patient say it."""
        if len(day) != _DAY_LETTERS or not day.isdigit():
            return ""
        if self.pseudonyms is None or self.settings.dates == "keep":
            return day
        if self.settings.dates == "remove":
            return ""
        moved = datetime.strptime(day, "%Y%m%d") - timedelta(days=self.pseudonyms.days(self.patient(person)[0]))  # noqa: DTZ007 - a day has no zone
        return moved.strftime("%Y%m%d")


def as_told(one: Search, priors: Sequence[Prior], names: Names) -> ToldSearch:
    """One patient's ledger."""
    patient_id, issuer = names.patient(one.person)
    return ToldSearch(
        patient_id=patient_id,
        issuer_of_patient_id=issuer,
        state=one.state,
        version=one.version,
        at=one.changed_at,
        others=one.others,
        reason=one.reason,
        studies=list(_studies(one.person, priors, names)),
    )


def _studies(person: Person, priors: Iterable[Prior], names: Names) -> Iterable[ToldPrior]:
    for prior in priors:
        yield ToldPrior(
            study_instance_uid=names.uid(prior.study_instance_uid),
            state=prior.state,
            instances=prior.instances,
            study_date=names.day(prior.study_date, person),
            modalities=list(prior.modalities),
            study_description=prior.description if names.pseudonyms is None else "",
            reason=prior.reason,
        )
