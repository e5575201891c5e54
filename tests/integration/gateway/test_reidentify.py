"""Reports under the true identity again, or not at all."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from dokuei.clock import now
from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.errors import NotFoundError
from dokuei.gateway import pseudonym_tables
from dokuei.gateway.pseudonym_tables import Patient
from dokuei.gateway.reidentify import Reidentifier
from dokuei.gateway.spool import open_spool
from dokuei.storage.db import Database

PSEUDONYMS = Pseudonyms(b"k" * 32)
CODED = "2.25.7"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(open_spool(tmp_path)) as spool:
        yield spool.database


def _patient(patient_id: str, name: str) -> Patient:
    return Patient("1.2.3", patient_id, "", name, "1970.02.03", "女", "20260301", "1200", "7", "ACC1", "SUZUKI^ICHIRO")


def _note(database: Database, patient: Patient) -> str:
    pseudonym = PSEUDONYMS.patient(patient.patient_id, "", "1.2.3")
    with database.begin() as connection:
        pseudonym_tables.note(connection, CODED, pseudonym=pseudonym, patient=patient, at=now())
    return pseudonym


def _report(pseudonym: str) -> Dataset:
    report = Dataset()
    report.StudyInstanceUID, report.PatientID, report.PatientName = CODED, pseudonym, pseudonym
    return report


def test_each_pseudonym_in_a_study_is_its_own_patient(database: Database) -> None:
    """JRS-11: a study whose patient was renumbered on the way has two, and no report goes to the other one."""
    before, after = _patient("TMP0001", "AOKI^AI"), _patient("0012345", "BABA^EMI")
    pseudonyms = _note(database, before), _note(database, after)
    back = [Reidentifier(database, lambda: PSEUDONYMS)(_report(one)) for one in pseudonyms]
    assert [(one.PatientID, str(one.PatientName)) for one in back] == [("TMP0001", "AOKI^AI"), ("0012345", "BABA^EMI")]
    assert {one.StudyInstanceUID for one in back} == {"1.2.3"}


def test_what_is_no_date_and_no_sex_stays_out_of_the_new_header(database: Database) -> None:
    back = Reidentifier(database, lambda: PSEUDONYMS)(_report(_note(database, _patient("0012345", "BABA^EMI"))))
    assert (back.PatientBirthDate, back.PatientSex) == ("19700203", "")


@pytest.mark.parametrize("study", [CODED, "2.25.8"])
def test_a_report_behind_whose_pseudonym_nobody_stands_goes_nowhere(database: Database, study: str) -> None:
    """A gateway that lost its database, or another one of the site, never stores a pseudonym in the PACS."""
    _note(database, _patient("0012345", "BABA^EMI"))
    report = _report(PSEUDONYMS.patient("7654321", "", ""))
    report.StudyInstanceUID = study
    with pytest.raises(NotFoundError, match="nobody is known here"):
        Reidentifier(database, lambda: PSEUDONYMS)(report)


def test_a_report_of_a_study_under_its_true_identity_stays_as_it_is(database: Database) -> None:
    report = _report("0012345")
    assert Reidentifier(database, lambda: PSEUDONYMS)(report) is report
