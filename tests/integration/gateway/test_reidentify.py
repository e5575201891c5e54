"""Reports under the true identity again, or not at all."""

import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydicom import dcmread
from pydicom.dataset import Dataset

from dokuei.clock import now
from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.dicom.report_header import part10
from dokuei.dicom.sr import structured_report
from dokuei.errors import NotFoundError
from dokuei.gateway import pseudonym_tables
from dokuei.gateway.enrol import Enrolment, Identity
from dokuei.gateway.pseudonym_tables import Patient
from dokuei.gateway.reidentify import Reidentifier
from dokuei.gateway.sign_object import ObjectSigner
from dokuei.gateway.spool import open_spool
from dokuei.hub.reports.examining import Trusted, examine
from dokuei.hub.reports.sealing import sealer
from dokuei.settings import SealSettings
from dokuei.storage.db import Database
from dokuei.storage.pki import open_authority, private_pem, write_secret
from tests.unit.dicom.test_sr import HEADER, OBSERVER, PLACE, SAID, images

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


@pytest.mark.filterwarnings("ignore:The string:UserWarning")
def test_the_gateway_signs_what_it_puts_under_the_true_identity(database: Database, tmp_path: Path) -> None:
    """REC-14: the reading centre's signature cannot outlive that; the gateway's own is vouched for by its authority."""
    authority = open_authority(tmp_path / "pki")
    identity = Identity(tmp_path / "identity")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = authority.issue_client(key.public_key(), common_name="gateway", lifetime=timedelta(days=9))
    write_secret(identity.key_file, private_pem(key))
    write_secret(identity.certificate_file, certificate.public_bytes(serialization.Encoding.PEM))
    identity.write(Enrolment("g1", "kita", "https://hub", "pseudonym"))
    pseudonym = _note(database, _patient("0012345", "BABA^EMI"))
    header = replace(HEADER, study_instance_uid=CODED, patient_id=pseudonym, patient_name=pseudonym)
    made = structured_report(
        header=header, placement=PLACE, statement=SAID, observer=OBSERVER, images=images(1), version_digest="ab" * 32
    )
    centre = sealer(tmp_path, SealSettings(), centre_name="x")
    signed = dcmread(io.BytesIO(centre.sign_object(part10(made), at=PLACE.made_at, stamped=False)[0]))
    back = Reidentifier(database, lambda: PSEUDONYMS, ObjectSigner(identity))(signed)
    assert (str(back.PatientName), back.StudyInstanceUID) == ("BABA^EMI", "1.2.3")
    examined = examine(part10(back), trusted=Trusted((authority.certificate_file,)))
    bad = {one.code for one in examined.remarks if one.weight == "bad"}
    assert bad == {"mac_missing"}, "this report was made without MACs, and nothing else is wrong with it"
    assert "reidentified" in {one.code for one in examined.remarks}
    assert not examine(part10(back), trusted=Trusted((centre.files.certificate,))).stands


def test_a_report_of_a_study_under_its_true_identity_stays_as_it_is(database: Database) -> None:
    report = _report("0012345")
    assert Reidentifier(database, lambda: PSEUDONYMS)(report) is report
