"""Whether a scheduled step is what a modality asks for (PS3.4 C.2.2.2 and K.6.1.2): pure, on data sets.

What an order does not say (no station, no time, no modality) excludes nobody: a line that is missing from a worklist
costs more than a line too many.
"""

import re
import unicodedata
from collections.abc import Sequence
from fnmatch import translate
from functools import lru_cache
from typing import Any, Final

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.valuerep import PersonName

_WILD_VRS: Final = frozenset({"AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UT"})
_OPEN_WHERE_UNSAID: Final = frozenset(
    {
        "Modality",
        "ScheduledStationAETitle",
        "ScheduledStationName",
        "ScheduledProcedureStepStartTime",
        "ScheduledProcedureStepStartDate",
    }
)
_SETTINGS: Final = frozenset({"SpecificCharacterSet", "TimezoneOffsetFromUTC"})
_DATE, _TIME = "ScheduledProcedureStepStartDate", "ScheduledProcedureStepStartTime"
_GROUPS: Final = 3
_LAST_TIME: Final = "235959.999999"


class QueryError(ValueError):
    """A key that cannot be understood; an unknown key is no error, and is answered empty."""


def matches(query: Dataset, candidate: Dataset) -> bool:
    """Every key of the query that holds a value, against the candidate.

    Raises:
        QueryError: a date or time range that is none.
    """
    together = _moments(query)
    for key in query:
        if key.keyword in _SETTINGS or (together is not None and key.keyword in {_DATE, _TIME}):
            continue
        if not _key_matches(key, candidate):
            return False
    return together is None or _within_moments(together, candidate)


def days_of(query: Dataset) -> tuple[str, str]:
    """The first and the last scheduled day that a query asks for; empty where it leaves that open.

    Raises:
        QueryError: a date range that is none.
    """
    for item in query.get("ScheduledProcedureStepSequence") or []:
        if text := _text(item, _DATE):
            return _range(text, "DA")
    return "", ""


def plain(query: Dataset, keyword: str) -> str:
    """A key's value where it asks for exactly one."""
    value = _text(query, keyword)
    return "" if "*" in value or "?" in value or "\\" in value else value


def _key_matches(key: DataElement, candidate: Dataset) -> bool:
    held = candidate.get(key.keyword) if key.keyword else None
    if key.VR == "SQ":
        return _sequence_matches(key.value, held)
    asked = _written(key.value)
    if asked in {"", "*"}:
        return True
    if not key.keyword:
        return False
    values = [] if held is None else [str(one) for one in held] if _is_many(held) else [str(held)]
    values = [one for one in values if one]
    if not values:
        return key.keyword in _OPEN_WHERE_UNSAID
    return any(_value_matches(key.VR, asked, value) for value in values)


def _sequence_matches(asked: Sequence[Dataset], held: Any) -> bool:
    """One item of the candidate fits the only item of the key (PS3.4 C.2.2.2.6)."""
    if not asked or not any(_written(one.value) if one.VR != "SQ" else one.value for one in asked[0]):
        return True
    return any(matches(asked[0], one) for one in held or [])


def _value_matches(vr: str, asked: str, value: str) -> bool:
    if vr == "UI":
        return value in asked.split("\\")
    if vr == "PN":
        return _name_matches(asked, value)
    if vr in {"DA", "TM"}:
        start, end = _range(asked, vr)
        moment = _day(value) if vr == "DA" else _time(value)
        return start <= moment <= (end or "9" * 8)
    if vr in _WILD_VRS and ("*" in asked or "?" in asked):
        return _pattern(asked).match(value) is not None
    return value.strip() in [one.strip() for one in asked.split("\\")]


def _name_matches(asked: str, value: str) -> bool:
    """Group by group where the key names groups; a single group may be any of the three (PS3.5 6.2.1)."""
    held = [_comparable(group) for group in value.split("=")]
    held += [""] * (_GROUPS - len(held))
    wanted = [_comparable(group) for group in asked.split("=")]
    if len(wanted) == 1:
        return any(_like(wanted[0], group) for group in held if group)
    return all(not pattern or _like(pattern, group) for pattern, group in zip(wanted, held, strict=False))


def _comparable(group: str) -> str:
    """Half and full width, capitals and empty components at the end make no other name."""
    return unicodedata.normalize("NFKC", group).casefold().strip().rstrip("^").strip()


def _like(pattern: str, value: str) -> bool:
    return _pattern(pattern).match(value) is not None


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    """``*`` and ``?`` alone are wild (PS3.4 C.2.2.2.4)."""
    return re.compile(translate(re.sub(r"\*+", "*", text).replace("[", "[[]")))


def _moments(query: Dataset) -> tuple[str, str] | None:
    """Date and time asked for as ranges are one range, from moment to moment (PS3.4 table K.6-1)."""
    days, times = _text(query, _DATE), _text(query, _TIME)
    if "-" not in days or "-" not in times:
        return None
    first, last = _range(days, "DA")
    begin, end = _range(times, "TM")
    return (first + begin if first else "", last + (end or _LAST_TIME) if last else "")


def _within_moments(asked: tuple[str, str], candidate: Dataset) -> bool:
    day, time = _text(candidate, _DATE), _text(candidate, _TIME)
    if not day:
        return True
    start, end = asked
    if not time:  # any time of that day
        return start[:8] <= day <= (end[:8] or "9" * 8)
    moment = day + _time(time)
    return start <= moment and (not end or moment <= end)


def _range(text: str, vr: str) -> tuple[str, str]:
    start, dash, end = text.partition("-")
    to_first = _day if vr == "DA" else _time
    first = to_first(start) if start.strip() else ""
    last = (start if not dash else end).strip()
    if not last:
        return first, ""
    return first, _day(last) if vr == "DA" else _end_of(last)


def _day(text: str) -> str:
    digits = text.strip().replace(".", "").replace("-", "")
    if not re.fullmatch(r"[0-9]{8}", digits):
        raise QueryError("a date that is none")
    return digits


def _time(text: str) -> str:
    """HHMMSS.FFFFFF of a time of any precision."""
    plain_text = text.strip().replace(":", "")
    if not re.fullmatch(r"[0-9]{2}([0-9]{2}([0-9]{2}(\.[0-9]{1,6})?)?)?", plain_text):
        raise QueryError("a time that is none")
    whole, _, fraction = plain_text.partition(".")
    return f"{whole.ljust(6, '0')}.{fraction.ljust(6, '0')}"


def _end_of(text: str) -> str:
    """The last moment that a time of lower precision means."""
    _time(text)
    whole, dot, fraction = text.strip().replace(":", "").partition(".")
    if len(whole) < len("HHMMSS"):
        whole += "5959"[len(whole) - 2 :]
    return f"{whole}.{fraction.ljust(6, '9') if dot else '999999'}"


def _text(found: Dataset, keyword: str) -> str:
    return _written(found.get(keyword))


def _written(value: Any) -> str:
    if value is None:
        return ""
    if _is_many(value):
        return "\\".join(str(one) for one in value).strip()
    return str(value).strip()


def _is_many(value: Any) -> bool:
    return not isinstance(value, str | bytes | PersonName) and hasattr(value, "__iter__")
