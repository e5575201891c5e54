"""Reports under the true identity again: the header is made anew around the sealed PDF, whose bytes stay as they are.

A report object that the hub has made knows the pseudonym alone; who stands behind it is known here and nowhere else.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from dokuei.dicom.pseudonym import Pseudonyms, is_pseudonym
from dokuei.dicom.report_header import StudyHeader, cleaned, put_study
from dokuei.errors import NotFoundError
from dokuei.gateway import pseudonym_tables
from dokuei.gateway.pseudonym_tables import Patient
from dokuei.storage.db import Database

_TEXTS: Final = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})
_SAID_OF_A_PSEUDONYM: Final = (
    "PatientIdentityRemoved",
    "DeidentificationMethod",
    "DeidentificationMethodCodeSequence",
    "LongitudinalTemporalInformationModified",
)


@dataclass(frozen=True)
class Reidentifier:
    """Puts true identities back; ``pseudonyms`` is asked for when the first pseudonymous object comes.

    The reading centre's signature does not outlive that: ``sign`` puts this gateway's own in its place.
    """

    database: Database
    pseudonyms: Callable[[], Pseudonyms]
    sign: Callable[[Dataset], Dataset] | None = None

    def __call__(self, dataset: Dataset) -> Dataset:
        """The object as the hospital's PACS must have it; one of a study under true identity stays as it is.

        Raises:
            NotFoundError: it is about a pseudonym behind which nobody stands here.
        """
        study, pseudonym = str(dataset.StudyInstanceUID), str(dataset.PatientID)
        with self.database.read() as connection:
            patient = pseudonym_tables.find(connection, study, pseudonym)
            if patient is None:
                if is_pseudonym(pseudonym) or pseudonym_tables.is_used(connection, study):
                    raise _nobody()
                return dataset
            known = pseudonym_tables.true_uids(connection, set(_uids(dataset)))
        pseudonyms = self.pseudonyms()
        uids: dict[str, str] = {}
        for one in known:
            uids[one.coded_sop_instance_uid] = one.sop_instance_uid
            uids[one.coded_study_instance_uid] = one.study_instance_uid
            uids[pseudonyms.uid(one.series_instance_uid)] = one.series_instance_uid
        uids[str(dataset.StudyInstanceUID)] = patient.study_instance_uid
        texts = {
            str(dataset.PatientID): patient.patient_id,
            pseudonyms.accession_number(patient.accession_number): patient.accession_number,
        }
        _put_back(dataset, uids, {said: true for said, true in texts.items() if said})
        _put_header(dataset, patient)
        signed_before = _take_out_signatures(dataset)
        return self.sign(dataset) if signed_before and self.sign is not None else dataset


def _nobody() -> NotFoundError:
    return NotFoundError(
        "nobody is known here under the pseudonym of this report",
        phase="putting the true identity back",
        remedy="it waits: restore this gateway's database from a backup, or run the gateway that sent the study",
    )


def _uids(dataset: Dataset) -> Iterator[str]:
    for element in dataset.iterall():
        if element.VR == "UI" and element.value:
            yield from map(str, _values(element))


def _values(element: DataElement) -> list[str]:
    return [element.value] if element.VM == 1 else list(element.value)


def _put_back(dataset: Dataset, uids: dict[str, str], texts: dict[str, str]) -> None:
    """True UIDs and numbers wherever the pseudonymous ones stand as a whole value."""
    for element in dataset.iterall():
        known = uids if element.VR == "UI" else texts if element.VR in _TEXTS else {}
        if not known or not element.value:
            continue
        values = [known.get(str(value), value) for value in _values(element)]
        if any(str(value) in known for value in _values(element)):
            element.value = values[0] if len(values) == 1 else values


def _take_out_signatures(dataset: Dataset) -> bool:
    """Whether there were any: they were over what does not stand there any more."""
    found = "DigitalSignaturesSequence" in dataset
    for keyword in ("DigitalSignaturesSequence", "MACParametersSequence"):
        if keyword in dataset:
            del dataset[keyword]
    return found


def _put_header(dataset: Dataset, patient: Patient) -> None:
    true = {name: getattr(patient, name) for name in StudyHeader.__dataclass_fields__ if hasattr(patient, name)}
    header = cleaned(StudyHeader(**true, study_description=str(dataset.get("StudyDescription", ""))))
    put_study(dataset, header)
    dataset.StudyID = patient.study_id
    for keyword in _SAID_OF_A_PSEUDONYM:
        if keyword in dataset:
            del dataset[keyword]
