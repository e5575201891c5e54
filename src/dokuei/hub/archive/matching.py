"""Matching on attributes that have no column: the same rules, applied to an object's DICOM JSON (PS3.4 C.2.2.2)."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

from dokuei.hub.archive.attributes import JsonObject
from dokuei.hub.archive.names import comparable, groups_of, name_of, wanted_groups
from dokuei.hub.archive.query import Match, has_wildcard, range_of, uids_of

_NUMERIC_VRS = frozenset({"DS", "IS", "US", "SS", "UL", "SL", "UV", "SV", "FL", "FD"})


def matches(attributes: JsonObject, match: Match) -> bool:
    """Whether any value at the match's path is what is asked for."""
    return any(_element_matches(element, match) for element in _elements(attributes, match.path))


def name_matches(name_groups: Iterable[str], value: str) -> bool:
    """Whether a name's three groups are what is asked for, in any spelling of the same name."""
    wanted = wanted_groups(value)
    keys = [comparable(group) for group in name_groups]
    if isinstance(wanted, str):
        return any(_like(key, wanted) for key in keys if key)
    return all(not pattern or _like(key, pattern) for key, pattern in zip(keys, wanted, strict=True))


def _elements(attributes: JsonObject, path: tuple[str, ...]) -> Iterable[JsonObject]:
    element = attributes.get(path[0])
    if element is None:
        return
    if len(path) == 1:
        yield element
        return
    for item in element.get("Value") or []:
        if isinstance(item, dict):
            yield from _elements(item, path[1:])


def _element_matches(element: JsonObject, match: Match) -> bool:
    if match.vr == "PN":
        values = element.get("Value") or []
        return any(name_matches(groups_of(name_of({"Value": [value]})), match.value) for value in values)
    return any(_value_matches(value, match) for value in element.get("Value") or [])


def _value_matches(value: Any, match: Match) -> bool:
    text = "" if value is None else str(value)
    wanted = range_of(match.vr, match.value)
    if wanted is not None:
        return bool(text) and wanted.start <= text and (not wanted.end or text <= wanted.end)
    if match.vr == "UI":
        return text in uids_of(match.value)
    if match.vr in _NUMERIC_VRS:
        return _same_number(value, match.value)
    return _like(text, match.value)


def _like(text: str, pattern: str) -> bool:
    return fnmatchcase(text, pattern.replace("[", "[[]")) if has_wildcard(pattern) else text == pattern


def _same_number(value: Any, wanted: str) -> bool:
    try:
        return float(value) == float(wanted)
    except (TypeError, ValueError):
        return False
