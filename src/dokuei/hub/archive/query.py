"""A QIDO-RS query as it is meant, read from its parameters (PS3.18 8.3.4, 10.6)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pydicom.datadict import dictionary_VR, tag_for_keyword

from dokuei.errors import RequestError

MOST_ROWS: Final = 10_000
_MOST_STARS: Final = 8
_PHASE: Final = "reading the query"
_TAG: Final = re.compile(r"[0-9A-Fa-f]{8}\Z")
_RANGE_VRS: Final = frozenset({"DA", "TM", "DT"})
# Told with every result or of other services: nothing stored could be compared with them.
_NOT_MATCHED: Final = frozenset({"00080054", "00081190", "00201200", "00201202", "00201204", "00404010"})
_IGNORED: Final = frozenset({"accept", "charset", "emptyvaluematching", "multiplevaluematching"})
_DIGITS: Final = {
    "DA": re.compile(r"\d{4}(\d{2}(\d{2})?)?\Z"),
    "TM": re.compile(r"\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?\Z"),
    "DT": re.compile(r"\d{4}(\d{2}){0,5}(\.\d{1,6})?([+-]\d{4})?\Z"),
}
_FULL_DIGITS: Final = {"DA": 8, "TM": 6, "DT": 14}
_DA_WITH_SEPARATORS: Final = re.compile(r"(\d{4})[.-](\d{2})[.-](\d{2})")
_TM_WITH_SEPARATORS: Final = re.compile(r"(\d{2}):(\d{2})(?::(\d{2}))?")


@dataclass(frozen=True)
class Range:
    """From and to, both included; empty means open."""

    start: str
    end: str


@dataclass(frozen=True)
class Match:
    """One matching key: the attribute's path (sequences first), its VR, and the value asked for."""

    path: tuple[str, ...]
    vr: str
    value: str

    @property
    def tag(self) -> str:
        """The attribute itself."""
        return self.path[-1]


@dataclass(frozen=True)
class Query:
    """What is asked for, what is to be told of it, and which page of it."""

    matches: tuple[Match, ...] = ()
    include: frozenset[str] = frozenset()
    include_all: bool = False
    fuzzy: bool = False
    limit: int = MOST_ROWS
    offset: int = 0


def read_query(parameters: Iterable[tuple[str, str]]) -> Query:
    """Understand every parameter or none: a misspelt key must not answer with everybody's studies.

    Raises:
        RequestError: a parameter that is no attribute, or a value that is not of its kind.
    """
    matches: list[Match] = []
    include: set[str] = set()
    include_all = fuzzy = False
    limit, offset = MOST_ROWS, 0
    for name, value in parameters:
        if name == "limit":
            limit = min(_count(name, value), MOST_ROWS)
        elif name == "offset":
            offset = _count(name, value)
        elif name == "fuzzymatching":
            fuzzy = _truth(name, value)
        elif name == "includefield":
            fields = [field.strip() for field in value.split(",") if field.strip()]
            include_all = include_all or "all" in fields
            include.update(attribute_path(field)[0] for field in fields if field != "all")
        elif name not in _IGNORED:
            path = attribute_path(name)
            match = Match(path, vr_of(path[-1]), value)
            _check(match)
            if value not in {"", "*"}:
                matches.append(match)
    return Query(tuple(matches), frozenset(include), include_all, fuzzy, limit, offset)


def attribute_path(name: str) -> tuple[str, ...]:
    """Keyword or tag, dotted where it leads into sequences (PS3.18 8.3.4.1).

    Raises:
        RequestError: not an attribute.
    """
    path: list[str] = []
    for part in name.split("."):
        known = tag_for_keyword(part) if part else None
        if _TAG.match(part):
            path.append(part.upper())
        elif known is not None:
            path.append(f"{known:08X}")
        else:
            raise RequestError(
                f"{part[:64]!r} is no attribute", phase=_PHASE, remedy="use a DICOM keyword or an eight-digit tag"
            )
    return tuple(path)


def vr_of(tag: str) -> str:
    """The dictionary's VR; private attributes are compared as text."""
    try:
        return dictionary_VR(int(tag, 16)).split(" ")[0]
    except KeyError:
        return "LO"


def range_of(vr: str, value: str) -> Range | None:
    """A date, time or date-time range, made so that plain text comparison is right (PS3.4 C.2.2.2.5).

    A single value of lower precision is a range too: ``10`` is the whole hour from 10:00. Stored values may have a
    lower precision than the key, and mean their first moment: ``1010`` lies between ``101000`` and ``102000``.
    """
    if vr not in _RANGE_VRS:
        return None
    value = _without_separators(vr, value)
    start, dash, end = _split_range(vr, value)
    if not dash:
        if vr == "DA" and len(value) == len("YYYYMMDD"):
            return Range(value, value)
        return Range(_shortest(vr, value), _to_the_last(vr, value))
    return Range(_shortest(vr, start), _to_the_last(vr, end) if end else "")


def uids_of(value: str) -> tuple[str, ...]:
    """A list of UIDs, separated by comma or backslash (PS3.4 C.2.2.2.2)."""
    return tuple(part.strip() for part in re.split(r"[,\\]", value) if part.strip())


def has_wildcard(value: str) -> bool:
    """Whether ``*`` or ``?`` stands for other characters (PS3.4 C.2.2.2.4)."""
    return "*" in value or "?" in value


def _shortest(vr: str, value: str) -> str:
    """The shortest text of the same moment: every longer text of it, or of a later one, sorts behind this."""
    if vr == "DT" and not value.replace(".", "").isdigit():
        return value  # an offset from UTC
    if "." in value:
        value = value.rstrip("0").rstrip(".")
    date_digits = {"DA": _FULL_DIGITS["DA"], "TM": 0, "DT": _FULL_DIGITS["DA"]}[vr]
    while "." not in value and len(value) > max(date_digits, len("HH")) and value.endswith("00"):
        value = value[:-2]
    while len(value) in {len("YYYYMM"), len("YYYYMMDD")} and date_digits and value.endswith("01"):
        value = value[:-2]
    return value


def _to_the_last(vr: str, value: str) -> str:
    """Everything that begins with the value sorts before this, whatever its further precision."""
    if "." in value:
        return value + "999999"
    digits = value.ljust(_FULL_DIGITS[vr], "9")
    return digits if vr == "DA" else digits + ".999999"


def _split_range(vr: str, value: str) -> tuple[str, str, str]:
    if vr == "DT":
        # A minus sign may be an offset from UTC: it is one where exactly four digits follow up to the end or a dash.
        found = re.fullmatch(r"(\d[\d.]*(?:[+-]\d{4}(?=-|\Z))?)?(-)(\d[\d.]*(?:[+-]\d{4})?)?", value)
        whole = re.fullmatch(r"\d{5,}[\d.]*[+-]\d{4}", value)
        if found and not whole:
            return found[1] or "", "-", found[3] or ""
        return value, "", ""
    return value.partition("-")


def _without_separators(vr: str, value: str) -> str:
    if vr == "DA":
        return _DA_WITH_SEPARATORS.sub(r"\1\2\3", value)
    if vr == "TM":
        return _TM_WITH_SEPARATORS.sub(lambda m: m[1] + m[2] + (m[3] or ""), value)
    return value


def _check(match: Match) -> None:
    if _NOT_MATCHED.intersection(match.path):
        raise RequestError(f"{match.tag} is told and cannot be searched for", phase=_PHASE, remedy="leave it out")
    if "\0" in match.value:
        raise RequestError("a value holds a character that no attribute holds", phase=_PHASE)
    if match.value.count("*") > _MOST_STARS:
        raise RequestError(f"more than {_MOST_STARS} wildcards in one value", phase=_PHASE)
    if match.vr not in _RANGE_VRS or match.value in {"", "*"}:
        return
    start, _, end = _split_range(match.vr, _without_separators(match.vr, match.value))
    form = _DIGITS[match.vr]
    if not (start or end) or any(part and not form.match(part) for part in (start, end)):
        raise RequestError(f"{match.value[:64]!r} is no {match.vr} value or range", phase=_PHASE)


def _count(name: str, value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > len("999999999"):
        raise RequestError(f"{name} is not a whole number", phase=_PHASE)
    return int(value)


def _truth(name: str, value: str) -> bool:
    if value.lower() not in {"true", "false"}:
        raise RequestError(f"{name} is true or false", phase=_PHASE)
    return value.lower() == "true"
