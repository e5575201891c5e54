"""Persons' names in HL7 (XPN, XCN): representations by their code, and in the older order that has none."""

import unicodedata
from collections.abc import Sequence
from typing import Final

from dokuei.gateway.hl7.message import Repetition, part
from dokuei.transfer.orders import OrderedName

_OF_REPRESENTATION: Final = {"A": "alphabetic", "I": "ideographic", "P": "phonetic"}
_OWN_NAME: Final = frozenset({"", "L", "D"})  # legal and display names; not those of birth, alias or licence
_TYPE, _REPRESENTATION = 7, 8
_XCN_REPRESENTATION: Final = 15
_IN_PN: Final = str.maketrans("\\^=", "   ")


def ordered_name(repetitions: Sequence[Repetition]) -> OrderedName:
    """A patient's name in its groups (PID-5); what declares no representation goes where its letters belong."""
    own = [one for one in repetitions if part(one, _TYPE).upper() in _OWN_NAME] or list(repetitions)
    groups: dict[str, str] = {}
    for one in own:
        written = _written([part(one, number) for number in (1, 2, 3)])
        group = _OF_REPRESENTATION.get(part(one, _REPRESENTATION).upper()) or _by_letters(written)
        if group == "phonetic" and group in groups and "ideographic" not in groups:
            groups["ideographic"] = groups.pop("phonetic")  # a name that is written in kana, and its reading
        if written:
            groups.setdefault(group, written)
    return OrderedName(**groups)


def physician(repetitions: Sequence[Repetition]) -> str:
    """Who is named in an XCN, as people write it; the kanji where there are several representations."""
    named = [(part(one, _XCN_REPRESENTATION).upper(), _person(one)) for one in repetitions]
    for wanted in ("I", "", "A", "P"):
        for representation, name in named:
            if name and representation == wanted:
                return name
    return next((name for _, name in named if name), "")


def _person(one: Repetition) -> str:
    """Family, given, middle; the number alone where that is all there is."""
    return " ".join(filter(None, (part(one, number) for number in (2, 3, 4)))) or part(one, 1)


def _written(parts: Sequence[str]) -> str:
    """A component group of a PN (PS3.5 6.2.1.1)."""
    return "^".join(one.translate(_IN_PN).strip() for one in parts).rstrip("^")


def _by_letters(text: str) -> str:
    names = [unicodedata.name(letter, "") for letter in text if letter.isalpha()]
    if all(name.startswith(("LATIN", "FULLWIDTH LATIN")) for name in names):
        return "alphabetic"
    kana = ("HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA")
    return "phonetic" if all(name.startswith(kana) for name in names) else "ideographic"
