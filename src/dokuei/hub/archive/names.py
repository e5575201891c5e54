"""Person names as people write them: three groups, any width, either kana (PS3.5 6.2.1; PS3.4 C.2.2.2)."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from dokuei.hub.archive.model import PatientName

GROUPS = ("alphabetic", "ideographic", "phonetic")
_KATAKANA = range(ord("ァ"), ord("ヶ") + 1)
_TO_HIRAGANA = {code: code - 0x60 for code in _KATAKANA} | {ord("ヽ"): ord("ゝ"), ord("ヾ"): ord("ゞ")}


def comparable(text: str) -> str:
    """One spelling for all that mean the same name: width, case, kana and empty trailing components folded."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_TO_HIRAGANA)
    components = [" ".join(component.split()) for component in folded.split("^")]
    while components and not components[-1]:
        components.pop()
    return "^".join(components)


def name_of(element: Mapping[str, Any] | None) -> PatientName:
    """The first name of a PN element in the DICOM JSON model (PS3.18 F.2.2)."""
    values = (element or {}).get("Value") or [None]
    first = values[0] or {}
    return PatientName(*(first.get(group, "").replace("\0", "") for group in ("Alphabetic", "Ideographic", "Phonetic")))


def groups_of(name: PatientName) -> tuple[str, str, str]:
    """The three groups in the standard's order."""
    return name.alphabetic, name.ideographic, name.phonetic


def joined(name: PatientName) -> str:
    """The three groups as one DICOM value, empty groups at the end left out."""
    return "=".join(groups_of(name)).rstrip("=")


def wanted_groups(value: str) -> tuple[str, ...] | str:
    """What a query asks of a name: one pattern for any group, or a pattern for each group where ``=`` is used."""
    if "=" not in value:
        return comparable(value)
    groups = [comparable(group) for group in value.split("=")[:3]]
    return tuple(groups + [""] * (3 - len(groups)))
