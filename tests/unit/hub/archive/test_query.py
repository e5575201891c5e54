"""A query is understood whole or refused, and ranges mean what PS3.4 C.2.2.2.5 says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokuei.errors import RequestError
from dokuei.hub.archive.matching import matches
from dokuei.hub.archive.query import Match, Query, Range, attribute_path, range_of, read_query, uids_of


def test_keys_fields_and_paging_are_read_by_keyword_and_by_tag() -> None:
    query = read_query(
        [
            ("PatientName", "山田*"),
            ("0020000D", "1.2.3,1.2.4"),
            ("RequestAttributesSequence.ScheduledProcedureStepID", "S1"),
            ("includefield", "StudyDescription,00081090"),
            ("includefield", "all"),
            ("limit", "10"),
            ("offset", "20"),
            ("fuzzymatching", "TRUE"),
        ]
    )
    assert [match.path for match in query.matches] == [("00100010",), ("0020000D",), ("00400275", "00400009")]
    assert query.include == {"00081030", "00081090"}
    assert (query.include_all, query.limit, query.offset, query.fuzzy) == (True, 10, 20, True)


def test_empty_and_universal_values_match_everything() -> None:
    assert read_query([("PatientID", ""), ("PatientName", "*")]) == Query()


@pytest.mark.parametrize(
    "parameter",
    [
        ("PatientNam", "x"),
        ("studydate", "20200101x"),
        ("StudyDate", "2020-13"),
        ("StudyDate", "-"),
        ("StudyTime", "9"),
        ("limit", "-1"),
        ("limit", "many"),
        ("offset", "１"),
        ("fuzzymatching", "perhaps"),
        ("includefield", "Everything"),
        ("PatientID", "*a*b*c*d*e*f*g*h*i*"),
        ("", "x"),
    ],
)
def test_what_is_not_understood_is_refused_and_does_not_answer_with_everybody(parameter: tuple[str, str]) -> None:
    with pytest.raises(RequestError):
        read_query([parameter])


@pytest.mark.parametrize(
    ("vr", "value", "inside", "outside"),
    [
        ("DA", "20260301", ["20260301"], ["20260302", "20260228"]),
        ("DA", "20260301-20260420", ["20260301", "20260420", "20260331"], ["20260228", "20260421"]),
        ("DA", "-20260420", ["19000101", "20260420"], ["20260421"]),
        ("DA", "20260301-", ["20260301", "20991231"], ["20260228"]),
        ("DA", "2026.03.01", ["20260301"], ["20260302"]),
        ("TM", "10-11", ["100000", "1000", "115959.999999", "11"], ["095959", "120000"]),
        ("TM", "101500", ["101500", "101500.5"], ["101501", "101459.9"]),
        ("TM", "-0930", ["0000", "093059.9"], ["0931"]),
        ("TM", "10:15-10:16", ["101530"], ["101700"]),
        ("DT", "202603011015-202603011016", ["20260301101530"], ["20260301101700"]),
    ],
)
def test_ranges_hold_both_ends_at_any_precision(vr: str, value: str, inside: list[str], outside: list[str]) -> None:
    match = Match(("00080020",), vr, value)
    for one in inside:
        assert matches({"00080020": {"vr": vr, "Value": [one]}}, match), one
    for one in outside:
        assert not matches({"00080020": {"vr": vr, "Value": [one]}}, match), one


def test_an_offset_from_utc_is_no_range() -> None:
    assert range_of("DT", "20260301101500-0900") == Range("20260301101500-0900", "20260301101500-0900.999999")
    assert range_of("DT", "20260301-20260302") == Range("202603", "20260302999999.999999")


@given(st.dates(), st.dates(), st.dates())
def test_a_date_is_in_a_range_exactly_when_it_lies_between(one: object, start: object, end: object) -> None:
    day, first, last = (str(value).replace("-", "") for value in (one, start, end))
    match = Match(("00080020",), "DA", f"{first}-{last}")
    assert matches({"00080020": {"vr": "DA", "Value": [day]}}, match) == (first <= day <= last)


def test_lists_of_uids_take_commas_and_backslashes() -> None:
    assert uids_of("1.2, 1.3\\1.4,") == ("1.2", "1.3", "1.4")


def test_numbers_sequences_and_any_of_several_values_match() -> None:
    attributes = {
        "00200013": {"vr": "IS", "Value": [7]},
        "00080008": {"vr": "CS", "Value": ["ORIGINAL", "PRIMARY"]},
        "00400275": {"vr": "SQ", "Value": [{"00400009": {"vr": "SH", "Value": ["S1"]}}, {}]},
        "00080060": {"vr": "CS"},
    }
    assert matches(attributes, Match(("00200013",), "IS", "7.0"))
    assert not matches(attributes, Match(("00200013",), "IS", "x"))
    assert matches(attributes, Match(("00080008",), "CS", "PRIM*"))
    assert matches(attributes, Match(("00400275", "00400009"), "SH", "S?"))
    assert not matches(attributes, Match(("00080060",), "CS", "MR"))
    assert not matches(attributes, Match(("00081030",), "LO", "*x"))


def test_private_tags_are_read_and_compared_as_text() -> None:
    assert attribute_path("00191001") == ("00191001",)
    (match,) = read_query([("00191001", "abc")]).matches
    assert matches({"00191001": {"vr": "LO", "Value": ["abc"]}}, match)


@pytest.mark.parametrize(
    ("vr", "value", "inside", "outside"),
    [
        ("TM", "101000-102000", ["1010", "101000", "101059.9", "1020"], ["10", "1009", "1021", "102001"]),
        ("TM", "101000", ["1010", "101000.5"], ["10", "1011"]),
        ("TM", "100000-105959", ["10", "1000", "1059"], ["09", "11"]),
        ("TM", "000000-010000", ["00", "0000", "01", "0100"], ["0101"]),
        ("TM", "101000.50-", ["101000.5"], ["101000.4", "101000"]),
        ("DA", "20260101-20260131", ["2026", "202601", "20260101"], ["2025", "202602"]),
        ("DA", "20260201-20260228", ["202602"], ["2026", "202601", "202603"]),
        ("DT", "20260301000000-20260301120000", ["20260301", "2026030100", "202603"], ["2026", "20260302"]),
    ],
)
def test_a_stored_value_of_lower_precision_means_its_first_moment(
    vr: str, value: str, inside: list[str], outside: list[str]
) -> None:
    match = Match(("00080020",), vr, value)
    for one in inside:
        assert matches({"00080020": {"vr": vr, "Value": [one]}}, match), one
    for one in outside:
        assert not matches({"00080020": {"vr": vr, "Value": [one]}}, match), one


def test_an_empty_value_lies_in_no_range() -> None:
    assert not matches({"00080020": {"vr": "TM", "Value": [None]}}, Match(("00080020",), "TM", "-12"))


@pytest.mark.parametrize("keyword", ["RetrieveURL", "RetrieveAETitle", "NumberOfPatientRelatedStudies"])
def test_what_is_told_and_not_stored_is_refused_as_a_key(keyword: str) -> None:
    with pytest.raises(RequestError):
        read_query([(keyword, "1")])
