"""Japanese in HL7 v2: what MSH-18 declares (HL7 v2.5 2.15.9.18, table 0211), and the bytes that come with it.

Kanji of ISO-2022-JP are made of bytes that also stand for delimiters, so a message is decoded whole before it is split.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from dokuei.errors import Hl7Error

ASCII: Final = "ascii"
UTF_8: Final = "utf-8"
SHIFT_JIS: Final = "shift_jis"
ISO_2022_JP: Final = "iso-2022-jp"
SEGMENT_END: Final = "\r"

_DECLARED: Final = {
    "ASCII": ASCII,
    "ISO IR6": ASCII,
    "UNICODE UTF-8": UTF_8,
    "ISO IR14": ISO_2022_JP,
    "ISO IR87": ISO_2022_JP,
    "ISO IR159": ISO_2022_JP,
    "ISO-2022-JP": ISO_2022_JP,
}
_ESCAPE: Final = re.compile(rb"\x1b(\([BJI]|\$[@B]|\$\(D)")
_SINGLE: Final = frozenset({b"(B", b"(J"})
_KANA: Final = b"(I"
_KANJI: Final = (b"$B", b"$@")
_TO: Final = {"ascii": b"\x1b(B", "kana": b"\x1b(I", "kanji": b"\x1b$B", "more": b"\x1b$(D"}
_KANA_FIRST: Final = 0xFF61
_KANA_LAST: Final = 0xFF9F
_HIGH: Final = 0x80
_WIDE: Final = {"¥": "￥", "‾": "￣"}  # their own code is that of a backslash and a tilde: an escape and a delimiter
_NOT_WRITABLE: Final = "〓"  # what Japanese print sets where a letter is missing


@dataclass(frozen=True)
class Charset:
    """How one message is written; ``declared`` is MSH-18 as it stood, to be repeated in the answer."""

    codec: str
    declared: str = ""

    def decode(self, data: bytes) -> str:
        """The message as Unicode.

        Raises:
            Hl7Error: bytes that this character set does not explain.
        """
        try:
            if self.codec == ISO_2022_JP:
                return "\r".join(_from_2022(segment, "ISO IR14" in self.declared) for segment in data.split(b"\r"))
            return data.decode({SHIFT_JIS: "cp932", UTF_8: "utf-8-sig"}.get(self.codec, self.codec))
        except UnicodeDecodeError as error:
            raise Hl7Error(
                f"bytes that are not {self.declared or self.codec}",
                remedy="correct MSH-18, or set [gateway.hl7] character_set where the sender declares none",
                location="MSH-18",
                condition=102,
            ) from error

    def encode(self, text: str) -> bytes:
        """The message as bytes; what the set has no letter for becomes a mark that shows it."""
        if self.codec == ISO_2022_JP:
            return b"\r".join(_to_2022(segment) for segment in text.split("\r"))
        codec = {SHIFT_JIS: "cp932"}.get(self.codec, self.codec)
        return "".join(letter if _has(codec, letter) else _mark(codec) for letter in text).encode(codec)


def charset_of(declared: str, *, default: str) -> Charset:
    """What MSH-18 says; where it says nothing, the site's own.

    Raises:
        Hl7Error: a character set that is not known here.
    """
    terms = [term.strip().upper() for term in declared.split("~")]
    named = [term for term in terms if term]
    if not named:
        return Charset(default, declared)
    known = [_known(term, default) for term in named]
    if None in known:
        raise Hl7Error(
            "a character set that is not known here",
            remedy="ISO IR87, UNICODE UTF-8 or ASCII in MSH-18",
            location="MSH-18",
            condition=103,
        )
    codecs = [codec for codec in known if codec not in {None, ASCII}]
    return Charset(codecs[0] or ASCII if codecs else ASCII, declared)


def unwritable(text: str) -> int:
    """How many letters ISO-2022-JP has no place for."""
    return sum(_placed(letter) is None for letter in text)


def _known(term: str, default: str) -> str | None:
    if default == SHIFT_JIS and re.sub(r"[^A-Z]", "", term) in {"SHIFTJIS", "SJIS", "WINDOWSJ"}:
        return SHIFT_JIS
    return _DECLARED.get(term)


def _has(codec: str, letter: str) -> bool:
    try:
        letter.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def _mark(codec: str) -> str:
    return _NOT_WRITABLE if _has(codec, _NOT_WRITABLE) else "?"


def _from_2022(segment: bytes, kana_8_bit: bool) -> str:  # noqa: FBT001 - private, and positional in one place
    """A segment begins in ASCII (ISO 2022-1994 6.3; JAHIS data exchange)."""
    pieces = _ESCAPE.split(segment)
    sets, runs = [b"(B", *pieces[1::2]], pieces[0::2]
    return "".join(_run(which, run, kana_8_bit) for which, run in zip(sets, runs, strict=True))


def _run(which: bytes, run: bytes, kana_8_bit: bool) -> str:  # noqa: FBT001 - as above
    if which in _SINGLE:
        return "".join(map(chr, _single(run))) if kana_8_bit else run.decode("ascii")
    if which == _KANA:
        return bytes(byte | _HIGH for byte in run).decode("shift_jis")
    if len(run) % 2 or not all(0x21 <= byte <= 0x7E for byte in run):  # noqa: PLR2004 - rows and cells of a set of 94 x 94
        raise UnicodeDecodeError(ISO_2022_JP, run, 0, len(run), "half a letter, or none")
    pairs = [run[at : at + 2] for at in range(0, len(run), 2)]
    return "".join(map(_kanji if which in _KANJI else _more, pairs))


def _single(run: bytes) -> Iterator[int]:
    for byte in run:
        kana = 0xA1 <= byte <= 0xDF  # noqa: PLR2004 - JIS X 0201's own half
        if byte >= _HIGH and not kana:
            raise UnicodeDecodeError("jis-x-0201", run, 0, len(run), "no such letter")
        yield _KANA_FIRST + byte - 0xA1 if kana else byte


def _kanji(pair: bytes) -> str:
    """JIS X 0208, and the rows that vendors have filled (①, 髙) as Windows reads them."""
    try:
        return bytes(byte | _HIGH for byte in pair).decode("euc_jp")
    except UnicodeDecodeError:
        return _shifted(pair).decode("cp932")


def _more(pair: bytes) -> str:
    """JIS X 0212."""
    return (b"\x8f" + bytes(byte | _HIGH for byte in pair)).decode("euc_jp")


def _shifted(pair: bytes) -> bytes:
    """A JIS pair as the Shift_JIS pair of the same row and cell."""
    row, cell = pair[0] - 0x21, pair[1] - 0x21
    lead = row // 2 + 0x81
    trail = cell + 0x9F if row % 2 else cell + 0x40
    return bytes((lead + 0x40 if lead > 0x9F else lead, trail + (not row % 2 and trail >= 0x7F)))  # noqa: PLR2004 - of Shift_JIS


@cache
def _vendor_letters() -> dict[str, bytes]:
    """The letters of rows 13 and 89 to 92, by what Windows reads them as."""
    letters: dict[str, bytes] = {}
    for row in (13, *range(89, 93)):
        for cell in range(1, 95):
            pair = bytes((row + 0x20, cell + 0x20))
            try:
                letters.setdefault(_shifted(pair).decode("cp932"), pair)
            except UnicodeDecodeError:
                continue
    return letters


def _placed(letter: str) -> tuple[str, bytes] | None:
    """In which set a letter is written, and how."""
    if letter.isascii():
        return "ascii", letter.encode()
    if _KANA_FIRST <= ord(letter) <= _KANA_LAST:
        return "kana", bytes((ord(letter) - _KANA_FIRST + 0x21,))
    tries: tuple[Callable[[], tuple[str, bytes] | None], ...] = (lambda: _standard(letter), lambda: _vendor(letter))
    return next((found for attempt in tries if (found := attempt()) is not None), None)


def _standard(letter: str) -> tuple[str, bytes] | None:
    """JIS X 0208 alone: what is only in JIS X 0212 few receivers read, where the vendors' rows have it."""
    try:
        written = _WIDE.get(letter, letter).encode("euc_jp")
    except UnicodeEncodeError:
        return None
    low = bytes(byte & 0x7F for byte in written)
    pair = 2
    if len(low) == pair:
        return "kanji", low
    return _vendor(letter) or ("more", low[1:])


def _vendor(letter: str) -> tuple[str, bytes] | None:
    pair = _vendor_letters().get(letter)
    return None if pair is None else ("kanji", pair)


def _to_2022(segment: str) -> bytes:
    now, written = "ascii", bytearray()
    for letter in segment:
        which, code = _placed(letter) or ("kanji", _NOT_WRITABLE.encode("euc_jp").translate(_LOW))
        if which != now:
            written += _TO[which]
            now = which
        written += code
    return bytes(written + (_TO["ascii"] if now != "ascii" else b""))


_LOW: Final = bytes(byte & 0x7F for byte in range(256))
