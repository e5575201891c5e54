"""Working days with Japan's holidays, substitutes and a hospital's own closures."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokuei.errors import RequestError
from dokuei.hub.sites.calendar import due_after, is_closed, unknown_days
from dokuei.hub.sites.model import Site, checked

TOKYO = ZoneInfo("Asia/Tokyo")
USUAL = "sat,sun,holidays"


def due(moment: str, days: int, closed_on: str = USUAL) -> str:
    """The due time's day and hour, for a moment in Tokyo."""
    at = datetime.fromisoformat(moment).replace(tzinfo=TOKYO)
    return due_after(at, days=days, at="17:00", closed_on=closed_on, zone=TOKYO).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("arrived", "days", "expected"),
    [
        ("2026-11-30 09:00", 1, "2026-12-01 17:00"),
        ("2026-12-04 23:59", 1, "2026-12-07 17:00"),  # Friday night: Monday
        ("2026-05-01 10:00", 1, "2026-05-07 17:00"),  # 憲法記念日 falls on a Sunday: 6 May makes up for it
        ("2026-09-18 10:00", 1, "2026-09-24 17:00"),  # between 敬老の日 and 秋分の日 lies 国民の休日
        ("2027-03-19 10:00", 1, "2027-03-23 17:00"),  # 春分の日 on a Sunday
        ("2026-11-30 09:00", 0, "2026-11-30 17:00"),
        ("2026-11-30 17:01", 0, "2026-12-01 17:00"),
        ("2026-12-05 09:00", 0, "2026-12-07 17:00"),
        ("2026-12-28 09:00", 2, "2026-12-30 17:00"),
    ],
)
def test_holidays_and_what_makes_up_for_them_do_not_count(arrived: str, days: int, expected: str) -> None:
    assert due(arrived, days) == expected


def test_a_hospitals_own_closures_do_not_count_either() -> None:
    closed = f"{USUAL}, 12-29, 12-30, 12-31, 01-02, 01-03, 2027-01-04"
    assert due("2026-12-28 09:00", 1, closed) == "2027-01-05 17:00"
    assert due("2027-12-28 09:00", 1, closed) == "2028-01-04 17:00", "a date of one year is of that year"


def test_a_moment_counts_where_the_hospital_is() -> None:
    utc = datetime(2026, 12, 4, 16, tzinfo=ZoneInfo("UTC"))  # Saturday in Japan
    assert due_after(utc, days=1, at="09:30", closed_on=USUAL, zone=TOKYO).isoformat() == "2026-12-07T09:30:00+09:00"


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.times(), st.integers(0, 30))
def test_something_is_never_due_on_a_closed_day_or_before_it_came(day: date, moment: time, days: int) -> None:
    at = datetime.combine(day, moment, tzinfo=TOKYO)
    ends = due_after(at, days=days, at="17:00", closed_on=USUAL, zone=TOKYO)
    assert ends > at or (days == 0 and ends >= at)
    assert not is_closed(ends.date(), frozenset(USUAL.split(",")))


def test_days_that_are_none_are_named() -> None:
    assert unknown_days("sat, sun,holidays,12-31,02-29,2027-05-01") == ()
    assert unknown_days("sat,montag,13-01,2027-02-30,2027/05/01") == ("montag", "13-01", "2027-02-30", "2027/05/01")
    assert unknown_days("mon,tue,wed,thu,fri,sat,sun") != (), "nothing would ever be due"


@pytest.mark.parametrize(
    "wrong", [{"read_twice": "always"}, {"turnaround_days": 91}, {"due_time": "24:00"}, {"closed_on": "someday"}]
)
def test_terms_that_cannot_stand_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(RequestError):
        checked(Site("kita", "北病院", **wrong))  # type: ignore[arg-type]
