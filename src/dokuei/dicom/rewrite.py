"""Data elements in another encoding: Explicit VR Little Endian to store, a canonical form to compare.

The canonical form is Implicit VR Little Endian with every length defined and group lengths left out, so that
one object has one digest however it was sent (PS3.5 7.1, 7.5, Annex A).
"""

from array import array
from collections.abc import Callable, Iterator
from struct import Struct
from typing import Final

import numpy as np

from dokuei.dicom.elements import (
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    ITEM,
    ITEM_END,
    PIXEL_DATA,
    SEQUENCE_END,
    SHORT_VRS,
    UNDEFINED,
    Buffer,
    Element,
    Encoding,
    Walk,
    check_depth,
    inner_encoding,
    name_of,
    undefined_vr,
    vr_of,
)
from dokuei.errors import NotDicomError, TooLargeError, TruncatedError

NativeIcon = Callable[[bytes, Encoding, bytes], bytes | None]

_IMPLICIT: Final = Struct("<HHL")
_SHORT: Final = Struct("<HH2sH")
_LONG: Final = Struct("<HH2sHL")
_ITEM_HEAD: Final = Struct("<HHL")
_WIDTHS: Final = {
    **dict.fromkeys(("US", "SS", "OW", "AT"), 2),
    **dict.fromkeys(("UL", "SL", "FL", "OF", "OL"), 4),
    **dict.fromkeys(("FD", "OD", "OV", "SV", "UV"), 8),
}
_CODES: Final = {2: "H", 4: "I", 8: "Q"}
_TEXTS: Final = frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM"}) | {
    "UC",
    "UR",
    "UT",
}
_LUT_DATA: Final = frozenset({0x00283006, 0x00281201, 0x00281202, 0x00281203, 0x00281204})
_LONGEST_SHORT: Final = 0xFFFF
_MAXIMUM_SEQUENCE: Final = 256 << 20
_PIECE: Final = 4 << 20


def swap(value: bytes | memoryview, width: int) -> bytes:
    """Bytes of ``width``-byte numbers in the other order; a rest that is no whole number stays as it is."""
    whole = len(value) // width * width
    if width not in _CODES:
        turned = np.frombuffer(value, dtype=np.uint8, count=whole).reshape(-1, width)[:, ::-1]
        return turned.tobytes() + bytes(value[whole:])
    numbers = array(_CODES[width], bytes(value[:whole]))
    numbers.byteswap()
    return numbers.tobytes() + bytes(value[whole:])


def resolve_vr(tag: int, vr: str, *, signed: bool) -> str:
    """One VR where PS3.6 leaves a choice to Pixel Representation or to the encoding (PS3.5 A.1)."""
    if " or " not in vr:
        return vr
    if tag in _LUT_DATA or vr == "OB or OW":
        return "OW"
    return "SS" if signed and "SS" in vr else "US"


def explicit_head(tag: int, vr: str, length: int) -> bytes:
    """The header of an element in Explicit VR Little Endian; UN where its short form cannot hold the length."""
    if vr in SHORT_VRS:
        if length <= _LONGEST_SHORT:
            return _SHORT.pack(tag >> 16, tag & 0xFFFF, vr.encode(), length)
        vr = "UN"  # PS3.5 6.2.2 Note 7
    return _LONG.pack(tag >> 16, tag & 0xFFFF, vr.encode(), 0, length)


class Rewriter:
    """Rewrites elements of one data set into one form, bounded by its walk's limits."""

    __slots__ = ("_inside_of", "canonical", "encoding", "icons", "read", "signed", "walk")

    def __init__(
        self,
        walk: Walk,
        encoding: Encoding,
        *,
        signed: bool,
        canonical: bool,
        icons: NativeIcon | None = None,
        read: Callable[[int, int], Buffer] | None = None,
    ) -> None:
        self.walk = walk
        walk.renew()
        self.encoding = encoding
        self.signed = signed
        self.canonical = canonical
        self.icons = icons
        self.read = read or (lambda start, end: walk.buffer[start:end])
        self._inside_of = 0

    def plain(self, element: Element) -> bytes | None:
        """The canonical form of a small little endian value that only needs another header; None for all others."""
        length = element.end - element.value
        if element.vr == "SQ" or element.undefined or length & 1 or length > _PIECE or not self.encoding.little:
            return None
        tag = element.tag
        return _IMPLICIT.pack(tag >> 16, tag & 0xFFFF, length) + self.walk.buffer[element.value : element.end]

    def element(self, element: Element) -> Iterator[bytes]:
        """One top-level element, in pieces where its value is large."""
        tag, start, end = element.tag, element.value, element.end
        self._inside_of = tag
        vr = resolve_vr(tag, element.vr, signed=self.signed)
        if element.undefined and vr != "SQ":
            yield self._encapsulated(tag, vr, start, element.next)
        elif vr == "SQ":
            yield self._emit(tag, "SQ", self._items(tag, start, end, self._inside(element), 1)[0])
        elif end - start <= _PIECE:
            yield self._emit(tag, vr, self._value(vr, start, end, self.encoding))
        else:
            padding = self._padding(vr, end - start)
            yield self._head(tag, vr, end - start + len(padding))
            for position in range(start, end, _PIECE):
                yield self._ordered(vr, self.read(position, min(position + _PIECE, end)), self.encoding)
            yield padding

    def _inside(self, element: Element) -> Encoding:
        """How the items of a top-level sequence are encoded: implicitly, where it was written as UN."""
        if not (element.undefined and self.encoding.explicit):
            return self.encoding
        written = self.walk.header(element.start, self.walk.size, self.encoding)[1]
        return inner_encoding(written, self.encoding)

    def _head(self, tag: int, vr: str, length: int) -> bytes:
        if self.canonical:
            return _IMPLICIT.pack(tag >> 16, tag & 0xFFFF, length)
        return explicit_head(tag, vr, length)

    def _padding(self, vr: str, length: int) -> bytes:
        if not (self.canonical and length % 2):
            return b""
        return b" " if vr in _TEXTS else b"\0"

    def _emit(self, tag: int, vr: str, value: bytes) -> bytes:
        length = len(value)
        if self.canonical:
            if length % 2:
                value += self._padding(vr, length)
                length += 1
            return _IMPLICIT.pack(tag >> 16, tag & 0xFFFF, length) + value
        return explicit_head(tag, vr, length) + value

    def _value(self, vr: str, start: int, end: int, encoding: Encoding) -> bytes:
        return self._ordered(vr, self.walk.buffer[start:end], encoding)

    def _ordered(self, vr: str, value: Buffer, encoding: Encoding) -> bytes:
        if not encoding.little and vr in _WIDTHS:
            return swap(bytes(value), _WIDTHS[vr])
        return bytes(value)

    def _encapsulated(self, tag: int, vr: str, start: int, after: int) -> bytes:
        """Fragments keep their form (PS3.5 A.4)."""
        return self._head(tag, vr, UNDEFINED) + bytes(self.walk.buffer[start:after])

    def _items(self, tag: int, position: int, end: int, encoding: Encoding, depth: int) -> tuple[bytes, int]:
        """A sequence's items with defined lengths, and where what follows the sequence starts."""
        check_depth(depth)
        pieces: list[bytes] = []
        total = 0
        while position < end:
            item, _, value, length = self.walk.header(position, end, encoding)
            if item == SEQUENCE_END:
                position = value
                break
            if item != ITEM:
                raise _no_item(tag, item)
            self.walk.spend()
            stop = end if length == UNDEFINED else value + length
            if stop > end:
                raise _longer(tag)
            content, position = self._data_set(value, stop, encoding, depth, delimited=length == UNDEFINED)
            pieces += (_ITEM_HEAD.pack(0xFFFE, 0xE000, len(content)), content)
            total += len(content)
            if total > _MAXIMUM_SEQUENCE:
                raise _too_large(tag)
        return b"".join(pieces), position

    def _data_set(
        self, position: int, end: int, encoding: Encoding, depth: int, *, delimited: bool
    ) -> tuple[bytes, int]:
        """The elements of one item, and where what follows the item starts."""
        pieces: list[bytes] = []
        walk, canonical = self.walk, self.canonical
        while position < end:
            tag, written, value, length = walk.header(position, end, encoding)
            if tag == ITEM_END:
                return b"".join(pieces), value
            walk.spend()
            vr = resolve_vr(tag, written or vr_of(tag), signed=self.signed)
            position = value + length
            if length == UNDEFINED:
                piece, position = self._undefined((tag, vr, value), end, encoding, depth, before=pieces)
            elif position > end:
                raise _longer(tag)
            elif vr == "SQ":
                piece = self._emit(tag, vr, self._items(tag, value, position, encoding, depth + 1)[0])
            else:
                piece = self._emit(tag, vr, self._value(vr, value, position, encoding))
            if not (canonical and tag & 0xFFFF == 0):
                pieces.append(piece)
        if delimited:
            raise _longer(0xFFFEE000)
        return b"".join(pieces), position

    def _undefined(
        self, head: tuple[int, str, int], end: int, encoding: Encoding, depth: int, *, before: list[bytes]
    ) -> tuple[bytes, int]:
        tag, vr, value = head
        kind = undefined_vr(tag, vr)
        if kind == "SQ":
            content, after = self._items(tag, value, end, inner_encoding(vr, encoding), depth + 1)
            return self._emit(tag, "SQ", content), after
        stop, after = self.walk.skip(head, end, encoding, depth + 1)
        self.walk.icons_in.add(self._inside_of)
        if self.icons is not None and tag == PIXEL_DATA:
            mine = IMPLICIT_LITTLE if self.canonical else EXPLICIT_LITTLE
            icon = self.icons(b"".join(before), mine, bytes(self.walk.buffer[value:stop]))
            if icon is not None:
                return self._emit(tag, "OW", icon), after
        self.walk.encoded_icons = True
        return self._encapsulated(tag, kind, value, after), after


def _no_item(tag: int, found: int) -> NotDicomError:
    return NotDicomError(
        f"{name_of(tag)} is a sequence and holds {name_of(found)} where an item should be",
        phase="admission",
        remedy="The object is damaged: send it again from its source.",
    )


def _longer(tag: int) -> TruncatedError:
    return TruncatedError(
        f"{name_of(tag)} is longer than what it stands in",
        phase="admission",
        remedy="The object is cut off or its lengths are wrong: send it again from its source.",
    )


def _too_large(tag: int) -> TooLargeError:
    return TooLargeError(
        f"the sequence {name_of(tag)} holds more than {_MAXIMUM_SEQUENCE >> 20} MB",
        phase="admission",
        remedy="Ask the sender to split the object.",
    )
