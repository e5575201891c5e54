"""Days as hospitals write them, in digits and in Japanese eras."""

import pytest

from dokuei.written_days import day_of


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("19550401", "1955-04-01"),
        ("1955/4/1", "1955-04-01"),
        ("１９５５．０４．０１", "1955-04-01"),
        ("S30.4.1", "1955-04-01"),
        ("昭和30年4月1日", "1955-04-01"),
        ("昭３０・４・１".replace("・", "."), "1955-04-01"),
        ("S300401", "1955-04-01"),
        ("平成元年5月10日", "1989-05-10"),
        ("R1/5/1", "2019-05-01"),
        ("大正15年12月1日", "1926-12-01"),
        ("明治45.7.29", "1912-07-29"),
    ],
)
def test_a_day_is_read_as_hospitals_write_it(text: str, day: str) -> None:
    found = day_of(text)
    assert found is not None
    assert found.isoformat() == day


@pytest.mark.parametrize(
    "text", ["", "19551301", "S30.2.31", "yesterday", "1955", "30.4.1", "195541", "2026-11", "2026-111", "2026年11"]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert day_of(text) is None
