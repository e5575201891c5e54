"""What may stay of a value that the profile keeps: nothing that names somebody, and nothing that cannot be checked.

A value is checked as what it was written as, and as what PS3.6 says that it is: a text that was written as bytes or
numbers goes, since nobody looks into those. UN is checked as the attribute's own VR (PS3.5 6.2.2 Note 2).
"""

import re
from typing import Final

from dokuei.dicom.dataset import CHARACTER_SET
from dokuei.dicom.elements import vr_of
from dokuei.dicom.folded import folded
from dokuei.dicom.named import Named
from dokuei.dicom.profile import Dates
from dokuei.dicom.text import decode_trimmed, encodings_of
from dokuei.dicom.uids import is_bearable
from dokuei.dicom.written_dates import says_a_day

_TEXTS: Final = frozenset({"AE", "LO", "LT", "PN", "SH", "ST", "UC", "UN", "UR", "UT"})
WELL_FORMED: Final = {
    "AS": re.compile(r"\d{3}[DWMY]"),
    "CS": re.compile(r"[A-Z0-9 _]{0,16}"),
    "DA": re.compile(r"\d{8}|\d{4}\.\d\d\.\d\d"),
    "DS": re.compile(r"[0-9.eE+-]{1,16}"),
    "DT": re.compile(r"\d{4,14}(\.\d{1,6})?([+-]\d{4})?"),
    "IS": re.compile(r"[0-9+-]{1,12}"),
    "TM": re.compile(r"\d{2,6}(\.\d{1,6})?|\d\d:\d\d(:\d\d(\.\d{1,6})?)?"),
}
CODING_SCHEME: Final = 0x00080102
CODES: Final = frozenset({0x00080100, CODING_SCHEME, 0x00080103})
"""Code Value, Coding Scheme Designator and Coding Scheme Version."""
_CODE: Final = re.compile(rb"[ -~]+\0?")
_EXAMINATION_GROUP: Final = 0x0008
_IMAGE_GROUP: Final = 0x0028
_DAYS: Final = frozenset({"DA", "DT"})
_LETTERS: Final = _TEXTS | WELL_FORMED.keys() | {"UI"}
_DIGITS: Final = frozenset({"DS", "IS"})
"""Numbers that are said in digits, and may stand where PS3.6 wants binary ones."""


class Stays:
    """The check of one object's values; ``named`` is everybody whom it names."""

    def __init__(self, named: Named, *, dates: Dates = "keep") -> None:
        self._named = named
        self._births = tuple(day.strftime("%Y%m%d") for day in named.birth_dates)
        self._no_days = dates != "keep"

    def is_day(self, tag: int, moment: bytes) -> bool:
        """Whether a value is a date or a date-time, and of no birth."""
        said = moment.decode("ascii", "replace")
        return any(WELL_FORMED[vr].fullmatch(said) for vr in _DAYS) and not self.is_birth_date(tag, moment)

    def is_code(self, value: bytes) -> bool:
        """Whether a value can be a code of a public scheme: its digits are nobody's number."""
        return _CODE.fullmatch(value) is not None and not self._named.a_name_stands_in(decode_trimmed(value))

    def left_of(self, tag: int, vr: str, value: bytes, encodings: tuple[str, ...]) -> bytes:
        """What of a value may stay: all of it, some of its terms, or nothing."""
        if tag == CHARACTER_SET:
            return value if encodings_of(value)[1] or not self._named.stands_in(decode_trimmed(value)) else b""
        own = vr_of(tag).split(" or ")
        written = own[0] if vr == "UN" or vr in own else vr
        if (written in _LETTERS) != (own[0] in _LETTERS) and written not in _DIGITS:
            return b""
        for one in {written, own[0]}:
            value = self._left(one, value, encodings)
        if written in _DIGITS and tag >> 16 != _IMAGE_GROUP and self._is_number(value):
            return b""
        return b"" if self.is_birth_date(tag, value) and own[0] in _DAYS else value

    def is_birth_date(self, tag: int, value: bytes) -> bool:
        """Whether a date or date-time is on a birth date; of group 0008 are those of the examination."""
        days = (one.replace(".", "") for one in _values(value))
        return tag >> 16 != _EXAMINATION_GROUP and any(day.startswith(self._births) for day in days)

    def _is_number(self, value: bytes) -> bool:
        return any(self._named.is_number(one) for one in _values(value))

    def _tells(self, text: str) -> bool:
        return self._named.stands_in(text) or (self._no_days and says_a_day(folded(text)))

    def _left(self, vr: str, value: bytes, encodings: tuple[str, ...]) -> bytes:
        if vr in _TEXTS:
            return b"" if self._tells(decode_trimmed(value, encodings)) else value
        if vr == "UI":
            return value if all(is_bearable(uid) for uid in _values(value) if uid) else b""
        pattern = WELL_FORMED.get(vr)
        if pattern is None:
            return value
        if not all(not one or pattern.fullmatch(one) for one in _values(value)):
            return b""
        if vr == "CS":
            return self._terms(value)
        return value

    def _terms(self, value: bytes) -> bytes:
        """Of several terms (Image Type, say) only the one that names somebody goes, and its place stays."""
        terms = value.split(b"\\")
        left = [b"" if self._tells(term.decode()) else term for term in terms]
        return value if left == terms else b"\\".join(left)


def is_public(coding_scheme: bytes) -> bool:
    """Whether a coding scheme is more than one hospital's or maker's: theirs begin with 99, or are L (PS3.3 8.2)."""
    name = coding_scheme.strip(b"\0 ")
    return name not in {b"", b"L"} and not name.startswith(b"99")


def _values(value: bytes) -> list[str]:
    return [one.strip("\0 ") for one in value.decode("ascii", "replace").split("\\")]
