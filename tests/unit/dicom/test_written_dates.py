from datetime import date

import pytest

from dokuei.dicom.written_dates import days_in, says_a_day


@pytest.mark.parametrize(
    "text",
    [
        "19700203",
        "197002031012",
        "19700203101112",
        "03021970",
        "700203",
        "3450203",
        "1970/02/03",
        "1970-2-3",
        "1970. 2. 3",
        "3/2/1970",
        "2/3/70",
        "s45.2.3生",
        "昭和45年2月3日",
        "昭和 45年 2月 3日",
        "3 feb 1970",
        "03-feb-1970",
        "february 3, 1970",
    ],
)
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert date(1970, 2, 3) in days_in(text)


@pytest.mark.parametrize("text", ["", "197002030", "1970", "mlo 2 3", "1970-22-33", "45"])
def test_what_says_no_day_is_none(text: str) -> None:
    assert date(1970, 2, 3) not in days_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "mg 20260301",
        "2026/3/1",
        "2026-03",
        "2026年3月",
        "r8.3.1",
        "令和元年5月",
        "3月1日",
        "1 mar 2026",
        "mar 2026",
        "26/03/01",
    ],
)
def test_a_date_is_said_plainly(text: str) -> None:
    assert says_a_day(text)


@pytest.mark.parametrize(
    "text", ["mg r-mlo", "t1 2.5 mm", "12345678", "70 02 03", "5.2.1.0", "s1.5", "phase 1/2", "2026"]
)
def test_numbers_are_no_dates_by_chance(text: str) -> None:
    assert not says_a_day(text)
