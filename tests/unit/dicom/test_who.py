from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset, Sequence

from dokuei.dicom.block import load
from dokuei.dicom.named import Named
from dokuei.dicom.source import open_source
from dokuei.dicom.who import who_is_named
from tests.makers.objects import header, save


def _named(tmp_path: Path, **attributes: Any) -> Named:
    made = header(SpecificCharacterSet="ISO_IR 192", **{"PatientID": "", **attributes})
    with open_source(save(tmp_path / "in.dcm", made)) as source:
        return who_is_named(load(source)[0], ())


def test_names_are_taken_apart_by_how_long_they_are(tmp_path: Path) -> None:
    named = _named(tmp_path, PatientName="YAMADA^AIKO=林^愛子=はやし^あい")
    assert named.names >= {"yamada", "yamadaaiko", "aikoyamada", "愛子", "林愛子", "林様", "はやし", "あいさん"}
    assert named.words == {"aiko", "林", "あい"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("O'BRIEN^ANN", "Mrs OBrien"),
        ("SMITH-JONES^ANN", "for Ms Jones"),
        ("KATO^YUKI", "YukiKato"),
        ("山ヶ花^愛", "山ケ花"),
        ("山田(旧姓鈴木)^花子", "鈴木さん"),
        ("김^영희", "김영희"),
        ("ИВАНОВ^ИВАН", "Иванов"),
    ],
)
def test_names_are_found_as_they_are_written_otherwise(tmp_path: Path, name: str, text: str) -> None:
    assert _named(tmp_path, PatientName=name).stands_in(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PHANTOM^QC", "PHANTOM"),
        ("PHANTOM^QC", "QC"),
        ("HONDA^TOMO", "R MLO TOMO"),
        ("SATO^NAMI", "DYNAMIC"),
        ("MONO^ARAI", "MONOCHROME2"),
    ],
)
def test_a_word_of_examinations_is_no_name(tmp_path: Path, name: str, text: str) -> None:
    named = _named(tmp_path, PatientName=name)
    assert not named.stands_in(text)
    assert named.stands_in(name.replace("^", " "))


def test_numbers_stand_in_more_than_the_patient_id(tmp_path: Path) -> None:
    named = _named(
        tmp_path,
        PatientName="",
        PatientID="00-12345",
        PatientTelephoneNumbers="090-1234-5678",
        MedicalRecordLocator="LOC5566",
        InsurancePlanIdentification="INS7788",
        AccessionNumber="42",
        StudyID="NONE",
    )
    assert named.numbers == {"12345", "9012345678"}
    assert named.ids == {"loc5566", "ins7788"}
    assert named.words == set()


def test_other_ids_and_birth_dates_in_sequences_count(tmp_path: Path) -> None:
    item = Dataset()
    item.PatientID = "X998877"
    item.PatientBirthDate = "19700203"
    made = header(OtherPatientIDsSequence=Sequence([item]))
    with open_source(save(tmp_path / "in.dcm", made)) as source:
        data_set = load(source)[0]
        element = data_set.by_tag[0x00101002]
        encoded = bytes(source.buffer[element.start : element.next])
        named = who_is_named(data_set, [encoded])
    assert "x998877" in named.ids
    assert [day.year for day in named.birth_dates] == [1970]


def test_thousands_of_names_cost_no_more_than_one(tmp_path: Path) -> None:
    """Sets are asked, and no text twice: the names of an object may be as many as somebody likes."""
    made = header(PatientName="YAMADA^HANAKO", OtherPatientNames=[f"NAME{number:05}^X" for number in range(2000)])
    with open_source(save(tmp_path / "in.dcm", made)) as source:
        named = who_is_named(load(source)[0], ())
    assert named.stands_in("NAME01999 X")
    assert not any(named.stands_in(f"text number {number % 10}") for number in range(100_000))
