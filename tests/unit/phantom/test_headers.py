import pytest

from dokuei.phantom import women
from dokuei.phantom.headers import Series, instance, uid


def test_uids_are_well_formed_and_always_the_same() -> None:
    assert uid("a", 1) == uid("a", 1) != uid("a", 2)
    assert uid("a").startswith("2.25.")
    assert len(uid("a")) <= 64


def test_time_goes_on_past_the_full_minute() -> None:
    assert women.SCREENING.time() == "092100.000"
    assert women.SCREENING.time(59.5) == "092159.500"
    assert women.SCREENING.time(3600) == "102100.000"


@pytest.mark.parametrize("study", [women.SCREENING, women.DIAGNOSTIC, women.DYNAMIC, women.PET_CT, women.NORMAL])
def test_names_have_three_groups_and_are_plainly_made_up(study: object) -> None:
    assert isinstance(study, type(women.SCREENING))
    groups = study.patient.name.split("=")

    assert len(groups) == 3
    assert groups[0].isascii()
    assert any(word in groups[1] for word in ("模擬", "仮想", "合成", "架空"))
    assert "FICTITIOUS" in study.institution


def test_every_object_says_who_what_when_and_where_from() -> None:
    ds = instance(Series(women.SCREENING, 1, "MG", "x", women.ROOM_A, after=60), "1.2.3", 4)

    assert (ds.PatientID, ds.IssuerOfPatientID) == ("SYN-0001", "DOKUEI-PHANTOM")
    assert ds.PatientAge == "054Y"
    assert ds.AcquisitionTime == "092200.000"
    assert ds.StudyInstanceUID == women.SCREENING.study_instance_uid
    assert ds.Manufacturer.startswith("SYNTHETIC")


def test_same_woman_comes_in_two_character_sets() -> None:
    assert women.DYNAMIC.patient.patient_id == women.PET_CT.patient.patient_id
    assert women.DYNAMIC.patient.character_set != women.PET_CT.patient.character_set
