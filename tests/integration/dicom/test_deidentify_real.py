"""Real files under a pseudonym: proved as ever, and without the names and numbers that they came with."""

from pathlib import Path

import pytest

from dokuei.dicom.admit import admission
from dokuei.dicom.coded import CodedInstance
from dokuei.dicom.deidentify import Deidentification
from dokuei.dicom.intake import intake
from dokuei.dicom.profile import Profile
from dokuei.dicom.prove import prove
from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.errors import AdmissionError

HOW = Deidentification(Profile(burned_in=True), Pseudonyms(b"only for this test, 32 bytes long"))
FOLDERS = ["1-", "2-mr-enhanced", "2-mr-breast", "3-", "4-", "5-", "6-", "7-"]
LARGEST = 30 << 20
NO_NAME = {"name", "none", "test"}  # what some of these files have for a name stands in their defined terms, too


def _telling(path: Path) -> set[bytes]:
    with admission(path) as opened:
        one = opened.admitted.identity
    names = one.patient_name.replace("=", "^").replace(" ", "^").split("^")
    words = {one.patient_id, one.accession_number, one.sop_instance_uid, one.study_instance_uid, *names}
    return {word.casefold().encode() for word in words if len(word) > 3 and word.casefold() not in NO_NAME}


def _beside_the_frames(path: Path, coded: CodedInstance) -> bytes:
    data = path.read_bytes()
    if not coded.frames:
        return data
    first = min(frame.offset for frame in coded.frames)
    return data[:first] + data[max(frame.offset + frame.length for frame in coded.frames) :]


@pytest.mark.parametrize("prefix", FOLDERS)
def test_no_real_file_tells_whose_it_is(test_data: Path, tmp_path: Path, prefix: str) -> None:
    """JRS-11: each is proved under its pseudonym, or refused with the reason."""
    rows = (test_data / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines()[1:]
    files = [test_data / row.split("\t")[0] for row in rows if row.startswith(prefix)]
    target, found, proved = tmp_path / "coded.dcm", [], 0
    for file in files:
        if file.stat().st_size > LARGEST:
            continue
        try:
            telling = _telling(file)
            coded = intake(file, target, deidentification=HOW)
        except AdmissionError:
            continue
        prove(target, coded)
        proved += 1
        said = _beside_the_frames(target, coded).lower()
        found += [f"{word!r} in {file}" for word in telling if word in said]
    assert found == []
    assert proved > 0
