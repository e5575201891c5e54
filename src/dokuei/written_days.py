"""Days as hospitals write them: in digits with or without signs between, and in Japanese eras (和暦)."""

import re
import unicodedata
from datetime import date
from typing import Final

_FIRST_YEARS: Final = {"M": 1868, "T": 1912, "S": 1926, "H": 1989, "R": 2019}
_ERAS: Final = {"明": "M", "大": "T", "昭": "S", "平": "H", "令": "R"}
_WESTERN: Final = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?")
_EIGHT: Final = re.compile(r"\d{8}")
_JAPANESE: Final = re.compile(
    r"(明治?|大正?|昭和?|平成?|令和?|[MTSHR])[-./]?(元|\d{1,2})[-./年](\d{1,2})[-./月](\d{1,2})日?"
)
_PACKED: Final = re.compile(r"([MTSHR])(\d{2})(\d{2})(\d{2})")


def day_of(text: str) -> date | None:
    """The day that is meant; None where nothing or nothing certain is."""
    plain = "".join(unicodedata.normalize("NFKC", text).upper().split())
    if _EIGHT.fullmatch(plain):
        return _day(int(plain[:4]), int(plain[4:6]), int(plain[6:]))
    if western := _WESTERN.fullmatch(plain):
        return _day(*(int(one) for one in western.groups()))
    if japanese := _JAPANESE.fullmatch(plain) or _PACKED.fullmatch(plain):
        era, year, month, day = japanese.groups()
        first = _FIRST_YEARS[_ERAS.get(era[0], era[0])]
        return _day(first + (1 if year == "元" else int(year)) - 1, int(month), int(day))
    return None


def written(text: str) -> str:
    """The day as YYYYMMDD, or the text as it came where no day is meant for certain."""
    day = day_of(text)
    return text if day is None else f"{day:%Y%m%d}"


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
