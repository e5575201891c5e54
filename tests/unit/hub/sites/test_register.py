"""The facility register: whom to call at which hour, when a call is to be tried, what the standard asks."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from dokuei.errors import RequestError
from dokuei.hub.sites.register import (
    Contact,
    Register,
    Responsible,
    Standard,
    checked_contact,
    checked_register,
    hours_at,
    month_after,
    to_call,
)

CLOSED = "sat,sun,holidays"
WARD = Contact("a", "kita", "weekday", 0, "放射線科受付", telephone="011-123-4567 内線 210")


@pytest.mark.parametrize(
    ("moment", "hours"),
    [
        ("2026-11-30T08:30", "weekday"),
        ("2026-11-30T17:14", "weekday"),
        ("2026-11-30T17:15", "night"),
        ("2026-11-30T03:00", "night"),
        ("2026-11-29T12:00", "holiday"),
        ("2026-11-23T12:00", "holiday"),
    ],
)
def test_the_sites_clock_and_calendar_say_which_hours_it_is(moment: str, hours: str) -> None:
    assert hours_at(datetime.fromisoformat(moment), Register(), closed_on=CLOSED) == hours


def test_whom_to_call_stands_in_order_and_others_stand_in_where_nobody_is_named() -> None:
    """REPORT-14: telephone, alternate and night."""
    second = replace(WARD, contact_id="b", position=1)
    night = replace(WARD, contact_id="c", hours="night")
    assert [one.contact_id for one in to_call((second, night, WARD), "weekday")] == ["a", "b"]
    assert [one.contact_id for one in to_call((second, night, WARD), "holiday")] == ["c"], "the night's, not the day's"
    assert [one.contact_id for one in to_call((second, WARD), "night")] == ["a", "b"]
    assert to_call((), "night") == ()


@pytest.mark.parametrize(
    ("day", "after"),
    [
        (date(2026, 11, 30), date(2026, 12, 30)),
        (date(2026, 12, 5), date(2027, 1, 5)),
        (date(2026, 1, 31), date(2026, 2, 28)),
    ],
)
def test_a_contact_is_to_be_tried_a_month_after_the_last_time(day: date, after: date) -> None:
    """REPORT-14: tested monthly."""
    assert month_after(day) == after
    tested = replace(WARD, tested_on=day, reached=True)
    assert not tested.test_due(day)
    assert tested.test_due(after)
    assert replace(tested, reached=False).test_due(day), "nobody answered"
    assert WARD.test_due(day), "never tried"


def test_the_facility_standard_names_what_nobody_has_attested() -> None:
    """JRS-06: adequate devices, a named receiver only, no outsourcing, a full-time diagnostic radiologist."""
    whole = Standard(True, "MG 2台", "中央読影センター", True, "読影 太郎", date(2026, 4, 1))
    assert whole.missing == ()
    assert replace(whole, no_outsourcing=False, full_time_radiologist=" ").missing == (
        "no_outsourcing",
        "full_time_radiologist",
    )
    assert len(Standard().missing) == 5


@pytest.mark.parametrize(
    "wrong",
    [
        Register(institution_code="123"),
        Register(institution_code="01A2345678"),
        Register(telephone="なし"),
        Register(day_from="8:30"),
        Register(day_from="17:15", day_until="17:15"),
        Register(responsible=(Responsible("director", " "),)),
        Register(responsible=(Responsible("director", "院長", "<b>"),)),
    ],
)
def test_an_entry_that_nobody_could_reach_is_refused(wrong: Register) -> None:
    with pytest.raises(RequestError):
        checked_register(wrong)
    assert checked_register(Register(institution_code="0112345678", telephone="+81 (11) 123-4567")).address == ""


@pytest.mark.parametrize(
    "wrong", [replace(WARD, name=" "), replace(WARD, telephone=""), replace(WARD, alternate="call me")]
)
def test_a_contact_that_cannot_be_called_is_refused(wrong: Contact) -> None:
    with pytest.raises(RequestError):
        checked_contact(wrong)
    assert checked_contact(WARD) is WARD
