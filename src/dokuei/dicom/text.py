"""Text values as Unicode, for every character set and for none: a broken name must never stop an image.

PS3.5 6.1 and PS3.3 C.12.1.1.2. What cannot be decoded becomes U+FFFD, and the caller is told.
"""

import re
from functools import lru_cache
from typing import Final

from pydicom.charset import CODES_TO_ENCODINGS, handled_encodings, python_encoding

_ESCAPE: Final = b"\x1b"
_FRAGMENTS: Final = re.compile(rb"^[^\x1b]+|\x1b[^\x1b]*")
_DEFAULT: Final = ("ascii",)
_STAND_ALONE: Final = ("ISO_IR 192", "GB18030", "GBK")
_TRIMMED: Final = b" \0"
_TO_ASCII: Final = b"\x1b(B"
_TO_LATIN_9: Final = b"\x1b-b"
_LATIN_9: Final = "iso8859_15"
_KNOWN: Final = {
    "UTF8": "utf_8",  # not a defined term, and written all the same
    "SHIFTJIS": "shift_jis",
    "ISOIR203": _LATIN_9,
    "ISO2022IR203": _LATIN_9,
    **{re.sub(r"[^A-Z0-9]", "", name.upper()): codec for name, codec in python_encoding.items() if name},
}
_ASCII_NAMES: Final = ("", "ISO_IR 6", "ISO 2022 IR 6")


@lru_cache(maxsize=256)
def encodings_of(specific_character_set: bytes) -> tuple[tuple[str, ...], bool]:
    """The codecs of a raw (0008,0005), first one first, and whether every one of its terms is known."""
    terms = [term.strip(" \0") for term in specific_character_set.decode("ascii", "replace").split("\\")]
    known = True
    found = []
    for term in terms:
        codec = _codec(term)
        known = known and codec is not None
        found.append(codec or "ascii")
    if terms[0] in _STAND_ALONE:
        return tuple(found[:1]), known and len(found) == 1
    return tuple(found), known


def _codec(term: str) -> str | None:
    if term in _ASCII_NAMES:
        return "ascii"
    return _KNOWN.get(re.sub(r"[^A-Z0-9]", "", term.upper()))


def decode(value: bytes, encodings: tuple[str, ...] = _DEFAULT) -> str:
    """A value as Unicode, padding included; U+FFFD stands where a byte has no meaning in these character sets."""
    if value.isascii() and _ESCAPE not in value:
        return value.decode("ascii")
    if _ESCAPE not in value:
        return _plain(value, encodings[0])
    return "".join(_fragment(part, encodings) for part in _FRAGMENTS.findall(value))


def decode_trimmed(value: bytes, encodings: tuple[str, ...] = _DEFAULT) -> str:
    """A value as Unicode without the padding at its end (PS3.5 6.2)."""
    return decode(value.rstrip(_TRIMMED), encodings)


def _plain(value: bytes, codec: str) -> str:
    try:
        return value.decode(codec, "replace")
    except LookupError:
        return value.decode("ascii", "replace")


def _fragment(part: bytes, encodings: tuple[str, ...]) -> str:
    """Text after one escape sequence: the sequence itself says which set follows, even where (0008,0005) does not."""
    if not part.startswith(_ESCAPE):
        return _plain(part, encodings[0])
    length = 4 if part.startswith((b"\x1b$(", b"\x1b$)")) else 3
    if part.startswith(_TO_ASCII):
        return _plain(part[length:], encodings[0])
    codec = _LATIN_9 if part.startswith(_TO_LATIN_9) else CODES_TO_ENCODINGS.get(part[:length])
    if codec is None:
        return "\N{REPLACEMENT CHARACTER}" + _plain(part[length:], encodings[0])
    return _plain(part if codec in handled_encodings else part[length:], codec)
