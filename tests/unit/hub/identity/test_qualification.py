"""What a reader must be to stand for a report."""

import json
from datetime import date
from typing import Any

import pytest

from dokuei.errors import ForbiddenError, RequestError
from dokuei.hub.identity.qualification import (
    Lack,
    ReaderProfile,
    Speciality,
    checked_profile,
    demand_none,
    qualification_of,
)

TODAY = date(2026, 12, 1)
YESTERDAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("profile", "grade_needed", "lacking"),
    [
        ({}, False, [Lack.NO_LICENCE]),
        ({}, True, [Lack.NO_LICENCE, Lack.NO_GRADE]),
        ({"licence_number": "1"}, False, []),
        ({"licence_number": "1", "licence_until": TODAY}, False, []),
        ({"licence_number": "1", "licence_until": YESTERDAY}, False, [Lack.LICENCE_LAPSED]),
        ({"licence_number": "1", "mammography_grade": "C"}, True, [Lack.GRADE_TOO_LOW]),
        ({"licence_number": "1", "mammography_grade": "D"}, False, []),
        *(({"licence_number": "1", "mammography_grade": grade}, True, []) for grade in ("AS", "A", "B")),
        (
            {"licence_number": "1", "mammography_grade": "A", "mammography_until": YESTERDAY},
            True,
            [Lack.GRADE_LAPSED],
        ),
        ({"licence_number": "1", "mammography_grade": "A", "mammography_until": TODAY}, True, []),
    ],
)
def test_what_is_missing_or_lapsed_is_named(
    profile: dict[str, Any], *, grade_needed: bool, lacking: list[Lack]
) -> None:
    """JRS-01 JRS-02: a licence always; for screening grade A or B, and AS counts; the last day still counts."""
    assert list(ReaderProfile(**profile).lacks(today=TODAY, grade_needed=grade_needed)) == lacking


def test_everything_that_is_missing_stands_in_the_refusal() -> None:
    demand_none(())
    with pytest.raises(ForbiddenError, match=r"医籍登録番号.*読影認定"):
        demand_none((Lack.NO_LICENCE, Lack.NO_GRADE))


@pytest.mark.parametrize(
    "wrong",
    [
        {"mammography_grade": "E"},
        {"licence_number": "１２３"},
        {"licence_number": "1" * 41},
        {"licence_number": "1\n2"},
        {"specialities": (Speciality(""),)},
        {"specialities": (Speciality("専門医"),) * 21},
        {"mammography_until": TODAY},
        {"licence_until": TODAY},
    ],
)
def test_a_profile_that_says_nothing_certain_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(RequestError):
        checked_profile(ReaderProfile(**wrong))


def test_the_record_of_a_day_holds_what_counted_then() -> None:
    profile = ReaderProfile(
        licence_number="123456",
        specialities=(Speciality("乳腺専門医", YESTERDAY), Speciality("放射線診断専門医")),
        mammography_grade="B",
        mammography_until=YESTERDAY,
    )
    then, later = (json.loads(profile.as_of(day)) for day in (YESTERDAY, TODAY))
    assert (then["mammography_grade"], later["mammography_grade"]) == ("B", "")
    assert [len(one["specialities"]) for one in (then, later)] == [2, 1]
    assert profile.as_of(TODAY) == profile.as_of(TODAY)
    assert qualification_of({"qualification": profile.as_of(TODAY)}) == later
    assert qualification_of({}) is None
