"""Dates as people write them into a text: with and without separators, in each order, in Japanese eras."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = re.compile(rf"(?<![a-z])({'|'.join(_MONTHS)})[a-z]*")
_BETWEEN: Final = r"[\s./_,:;年月日‐–—−ー-]{1,4}"
_APART: Final = re.compile(rf"(?<!\d)(?=(\d{{1,4}}){_BETWEEN}(\d{{1,2}}){_BETWEEN}(\d{{1,4}})(?!\d))")
_TOGETHER: Final = re.compile(r"(?<!\d)(?:\d{6,8}|\d{12}|\d{14})(?!\d)")
_ERA: Final = r"(?:(?<![a-z])[mtshr]|明治|大正|昭和|平成|令和|[明大昭平令])"
_PLAIN: Final = re.compile(
    rf"{_ERA}[\s.]?\d{{1,2}}(?:年|[./-]\s?\d{{1,2}}[./-]\s?\d)"
    r"|(?<!\d)(?:19|20)\d\d(?:年|[/.-](?:0?[1-9]|1[0-2])(?!\d))"
    r"|\d月\s?\d{1,2}日|(?<!\d)\d\d/\d\d/\d\d(?!\d)"
    rf"|(?<![a-z])(?:{'|'.join(_MONTHS)})[a-z]*[\s.,-]{{0,3}}(?:19|20)\d\d"
)
_BEFORE_FIRST_YEARS: Final = (1900, 2000, 1867, 1911, 1925, 1988, 2018)
"""What two digits of a year are counted from: the centuries, then 明治, 大正, 昭和, 平成 and 令和."""
_YEARS: Final = range(1900, 2100)
_LONG: Final = 4
_DAY: Final = 8


def days_in(text: str) -> set[date]:
    """Every day that a folded text may be saying, in each order and era that its numbers allow."""
    found: set[date] = set()
    for year, month, day in _readings(text.replace("元年", "1年")):
        years = [int(year)] if len(year) == _LONG else [before + int(year) for before in _BEFORE_FIRST_YEARS]
        found.update(known for one in years if (known := _day(one, month, day)))
    return found


def says_a_day(text: str) -> bool:
    """Whether a folded text says a date plainly: with a year of four digits, an era, or a month by its name."""
    return _PLAIN.search(text.replace("元年", "1年")) is not None or any(
        len(year) == _LONG and int(year) in _YEARS and _day(int(year), month, day)
        for year, month, day in _readings(text)
    )


def _readings(text: str) -> Iterator[tuple[str, str, str]]:
    """Year, month and day in each order in which the numbers of a text can be read."""
    numbered = _MONTH.sub(lambda name: f" {_MONTHS.index(name[1]) + 1} ", text)
    for first, middle, last in _APART.findall(numbered):
        yield from ((first, middle, last), (last, middle, first), (last, first, middle))
    for run in _TOGETHER.findall(text):
        if len(run) >= _DAY:
            yield from ((run[:4], run[4:6], run[6:8]), (run[4:8], run[2:4], run[:2]), (run[4:8], run[:2], run[2:4]))
        else:
            short = run[-6:]  # seven digits begin with the number of an era
            yield from ((short[:2], short[2:4], short[4:]), (short[4:], short[2:4], short[:2]))
            yield short[4:], short[:2], short[2:4]


def _day(year: int, month: str, day: str) -> date | None:
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None
