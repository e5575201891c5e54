"""Matching keys of a worklist query, one rule of the standard after the other (PS3.4 C.2.2.2)."""

import pytest
from pydicom.dataset import Dataset

from dokuei.gateway.steps.answer import Letters, half_width, told, whole_of
from dokuei.gateway.steps.match import QueryError, matches
from dokuei.gateway.steps.schedule import Step, time_of
from dokuei.gateway.steps.tables import ScheduledRow

_STEP = Step(
    study_instance_uid="1.2.3",
    accession_number="A[1]",
    patient_id="0001",
    alphabetic="YAMADA^HANAKO",
    ideographic="髙田^花子",
    phonetic="ヤマダ^ハナコ",
    modality="MG",
    start_date="20261201",
    start_time="093000",
    station_ae_title="MAMMO1",
)
_UTF8 = Letters(("ISO_IR 192",))


def fits(step: Step = _STEP, /, *, date: str = "", time: str = "", station: str = "", **keys: str) -> bool:
    query, item = Dataset(), Dataset()
    for name, value in keys.items():
        setattr(query, name, value)
    for tag, vr, value in ((0x00400002, "LO", date), (0x00400003, "LO", time), (0x00400001, "AE", station)):
        if value:
            item.add_new(tag, vr, value)
            item[tag].VR = {0x00400002: "DA", 0x00400003: "TM"}.get(tag, vr)
    query.ScheduledProcedureStepSequence = [item]
    return matches(query, whole_of(ScheduledRow(1, "scheduled", step), _UTF8))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("*", True),
        ("yamada*", True),
        ("YAMADA", False),
        ("YAMADA^HANAKO^", True),
        ("髙田*", True),
        ("*=髙田^花子", True),
        ("*=*=ﾔﾏﾀﾞ^ﾊﾅｺ", True),
        ("==やまだ*", False),
        ("SUZUKI*=髙田*", False),
        ("??????^*", True),
    ],
)
def test_names_match_group_by_group(value: str, *, expected: bool) -> None:
    assert fits(PatientName=value) is expected


def test_only_star_and_question_mark_are_wild() -> None:
    assert fits(AccessionNumber="A[1]*")
    assert not fits(AccessionNumber="A1*")
    assert not fits(PatientID="000?2")
    assert fits(PatientID="9\\0001")


@pytest.mark.parametrize(
    ("date", "time", "expected"),
    [
        ("20261201", "", True),
        ("2026.12.01", "", True),
        ("20261202-", "", False),
        ("-20261201", "", True),
        ("", "09", True),
        ("", "0930", True),
        ("", "0900-0929", False),
        ("20261130-20261201", "1000-0800", False),
        ("20261130-20261201", "1000-0930", True),
        ("20261130-", "1000-", True),
        ("20261201-", "1000-", False),
    ],
)
def test_dates_and_times(date: str, time: str, *, expected: bool) -> None:
    assert fits(date=date, time=time) is expected


def test_what_the_order_leaves_open_excludes_nobody() -> None:
    bare = Step(study_instance_uid="1.2.3")
    assert fits(bare, station="US1", date="20261201", time="0900-1000")
    assert not fits(bare, PatientID="1")
    query, item = Dataset(), Dataset()
    item.ScheduledStationAETitle = "US1"
    query.ScheduledProcedureStepSequence = [item]
    answer = told(ScheduledRow(1, "scheduled", bare), query, _UTF8)
    assert answer.ScheduledProcedureStepSequence[0].ScheduledStationAETitle == "US1"


def test_a_date_that_is_none_is_said() -> None:
    with pytest.raises(QueryError):
        fits(date="tomorrow")


def test_letters_that_a_set_lacks() -> None:
    assert Letters(("", "ISO 2022 IR 87")).name(_STEP) == "YAMADA^HANAKO=〓田^花子=ヤマダ^ハナコ"
    no_romaji = Step(study_instance_uid="1.2.3", ideographic="山田^花子", phonetic="やまだ^はなこ")
    assert Letters(("ISO_IR 13",)).name(no_romaji) == "ﾔﾏﾀﾞ^ﾊﾅｺ"
    assert Letters(("ISO 2022 IR 13", "ISO 2022 IR 87")).name(no_romaji) == "ﾔﾏﾀﾞ^ﾊﾅｺ=山田^花子=やまだ^はなこ"
    assert half_width("パーティ、ヴ") == "ﾊﾟｰﾃｨ､ｳﾞ"


@pytest.mark.parametrize(("text", "expected"), [("202612010930", "093000"), ("20261201", ""), ("20261201256000", "")])
def test_times_of_day(text: str, expected: str) -> None:
    assert time_of(text) == expected
