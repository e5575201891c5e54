"""What may stay of a value that the profile keeps: nothing that names somebody, and nothing that cannot be checked.

A value is checked as what it was written as, and as what PS3.6 says that it is: a text that was written as bytes or
numbers goes, since nobody looks into those. UN is checked as the attribute's own VR (PS3.5 6.2.2 Note 2).
"""

import re
from typing import Final

from dokuei.dicom.dataset import CHARACTER_SET
from dokuei.dicom.elements import vr_of
from dokuei.dicom.named import Named
from dokuei.dicom.text import decode_trimmed, encodings_of

_TEXTS: Final = frozenset({"AE", "LO", "LT", "PN", "SH", "ST", "UC", "UN", "UR", "UT"})
WELL_FORMED: Final = {
    "AS": re.compile(rb"\d{3}[DWMY]"),
    "CS": re.compile(rb"[A-Z0-9 _]{0,16}"),
    "DA": re.compile(rb"\d{8}|\d{4}\.\d\d\.\d\d"),
    "DS": re.compile(rb"[0-9.eE+-]{1,16}"),
    "DT": re.compile(rb"\d{4,14}(\.\d{1,6})?([+-]\d{4})?"),
    "IS": re.compile(rb"[0-9+-]{1,12}"),
    "TM": re.compile(rb"\d{2,6}(\.\d{1,6})?|\d\d:\d\d(:\d\d(\.\d{1,6})?)?"),
}
CODING_SCHEME: Final = 0x00080102
CODES: Final = frozenset({0x00080100, CODING_SCHEME, 0x00080103})
"""Code Value, Coding Scheme Designator and Coding Scheme Version."""
_CODE: Final = re.compile(rb"[ -~]+\0?")
_LETTERS: Final = _TEXTS | WELL_FORMED.keys() | {"UI"}
_DIGITS: Final = frozenset({"DS", "IS"})
"""Numbers that are said in digits, and may stand where PS3.6 wants binary ones."""


class Stays:
    """The check of one object's values; ``named`` is everybody whom it names."""

    def __init__(self, named: Named) -> None:
        self._named = named

    def is_code(self, value: bytes) -> bool:
        """Whether a value can be a code of a public scheme: its digits are nobody's number."""
        return _CODE.fullmatch(value) is not None and not self._named.a_name_stands_in(decode_trimmed(value))

    def left_of(self, tag: int, vr: str, value: bytes, encodings: tuple[str, ...]) -> bytes:
        """What of a value may stay: all of it, or nothing."""
        if tag == CHARACTER_SET:
            return value if encodings_of(value)[1] or not self._named.stands_in(decode_trimmed(value)) else b""
        own = vr_of(tag).split(" or ")
        written = own[0] if vr == "UN" or vr in own else vr
        if (written in _LETTERS) != (own[0] in _LETTERS) and written not in _DIGITS:
            return b""
        for one in {written, own[0]}:
            value = self._left(one, value, encodings)
        return value

    def _left(self, vr: str, value: bytes, encodings: tuple[str, ...]) -> bytes:
        if vr in _TEXTS:
            return b"" if self._named.stands_in(decode_trimmed(value, encodings)) else value
        pattern = WELL_FORMED.get(vr)
        if pattern is None:
            return value
        values = [one.strip(b"\0 ") for one in value.split(b"\\")]
        if not all(not one or pattern.fullmatch(one) for one in values):
            return b""
        if vr == "CS":
            return self._terms(value)
        return value

    def _terms(self, value: bytes) -> bytes:
        """Of several terms (Image Type, say) only the one that names somebody goes, and its place stays."""
        terms = value.split(b"\\")
        left = [b"" if self._named.stands_in(term.decode()) else term for term in terms]
        return value if left == terms else b"\\".join(left)


def is_public(coding_scheme: bytes) -> bool:
    """Whether a coding scheme is more than one hospital's or maker's: theirs begin with 99, or are L (PS3.3 8.2)."""
    name = coding_scheme.strip(b"\0 ")
    return name not in {b"", b"L"} and not name.startswith(b"99")
