"""Where each data element stands in encoded bytes, bounded in depth, count and length (PS3.5 7.1, 7.5).

pydicom parses the same bytes into objects; this walk neither recurses without a limit nor believes a length, and
costs half a microsecond an element, so that a header is read once on the way from C-STORE to the coded file.
"""

from collections.abc import Iterator
from struct import Struct
from typing import Final, NamedTuple

from pydicom import datadict
from pydicom.tag import Tag

from dokuei.errors import NotDicomError, TooLargeError, TruncatedError

Buffer = bytes | bytearray | memoryview
UNDEFINED: Final = 0xFFFFFFFF
ITEM: Final = 0xFFFEE000
ITEM_END: Final = 0xFFFEE00D
SEQUENCE_END: Final = 0xFFFEE0DD
PIXEL_DATA: Final = 0x7FE00010
FLOAT_PIXEL_DATA: Final = 0x7FE00008
DOUBLE_PIXEL_DATA: Final = 0x7FE00009

_DELIMITERS: Final = 0xFFFE
_FIRST_CREATOR: Final = 0x0010
_LAST_CREATOR: Final = 0x00FF

MAXIMUM_DEPTH: Final = 50
MAXIMUM_ELEMENTS: Final = 500_000
MAXIMUM_TOP_LEVEL: Final = 50_000

_SHORT_VRS: Final = "AEASATCSDADSDTFLFDISLOLTPNSHSLSSSTTMUIULUS"
_LONG_VRS: Final = "OBODOFOLOVOWSQSVUCUNURUTUV"
_SHORT: Final = {_SHORT_VRS[i : i + 2].encode(): _SHORT_VRS[i : i + 2] for i in range(0, len(_SHORT_VRS), 2)}
_LONG: Final = frozenset(_LONG_VRS[i : i + 2].encode() for i in range(0, len(_LONG_VRS), 2))
SHORT_VRS: Final = frozenset(_SHORT.values())
_BINARY_BLOBS = frozenset({"OB", "OW", "OD", "OF", "OL", "OV"})


class Encoding:
    """Explicit or implicit VR, little or big endian, with the unpackers that follow from it."""

    __slots__ = ("explicit", "little", "long", "short", "tagged")

    def __init__(self, *, explicit: bool, little: bool) -> None:
        order = "<" if little else ">"
        self.explicit = explicit
        self.little = little
        self.short = Struct(f"{order}HH2sH")
        self.long = Struct(f"{order}L")
        self.tagged = Struct(f"{order}HHL")


IMPLICIT_LITTLE: Final = Encoding(explicit=False, little=True)
EXPLICIT_LITTLE: Final = Encoding(explicit=True, little=True)
EXPLICIT_BIG: Final = Encoding(explicit=True, little=False)


class Element(NamedTuple):
    """One data element: its value is ``buffer[value:end]``, and the next element starts at ``next``."""

    tag: int
    vr: str
    start: int
    value: int
    end: int
    next: int
    undefined: bool


def name_of(tag: int) -> str:
    """How a tag is written for people."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


_VR_BY_TAG: Final[dict[int, str]] = {int(tag): entry[0] for tag, entry in vars(datadict)["DicomDictionary"].items()}


def vr_of(tag: int) -> str:
    """The VR that PS3.6 gives a tag, several joined by ``or``; UN where it does not say (PS3.5 6.2.2)."""
    vr = _VR_BY_TAG.get(tag)
    if vr is not None:
        return vr
    if tag & 0xFFFF == 0:
        return "UL"
    if tag >> 16 & 1:
        return "LO" if _FIRST_CREATOR <= tag & 0xFFFF <= _LAST_CREATOR else "UN"
    try:
        return datadict.dictionary_VR(Tag(tag))
    except KeyError:
        return "UN"


class Walk:
    """Bounded walks over a buffer; the count of elements starts anew with each pass over it."""

    __slots__ = ("buffer", "encoded_icons", "icons_in", "left", "size", "stopped_at", "switched")

    def __init__(self, buffer: Buffer, size: int | None = None) -> None:
        self.buffer = buffer
        self.size = len(buffer) if size is None else size
        self.renew()
        self.stopped_at = 0
        self.switched = False  # an element without a VR in an explicit data set was met
        self.icons_in: set[int] = set()  # top-level sequences with encapsulated values inside
        self.encoded_icons = False  # one of these could not be decoded

    def renew(self) -> None:
        """Begin another pass."""
        self.left = MAXIMUM_ELEMENTS

    def header(self, position: int, end: int, encoding: Encoding) -> tuple[int, str, int, int]:
        """Tag, VR (empty for items and in implicit VR), value position and length of what starts at ``position``."""
        if position + 8 > end:
            raise _truncated(position, "a data element's header")
        if not encoding.explicit:
            group, element, length = encoding.tagged.unpack_from(self.buffer, position)
            return group << 16 | element, "", position + 8, length
        group, element, letters, length = encoding.short.unpack_from(self.buffer, position)
        tag = group << 16 | element
        vr = _SHORT.get(letters)
        if vr is not None and group != _DELIMITERS:
            return tag, vr, position + 8, length
        return self._long_header(tag, letters, position, end, encoding)

    def _long_header(
        self, tag: int, letters: bytes, position: int, end: int, encoding: Encoding
    ) -> tuple[int, str, int, int]:
        if tag >> 16 == _DELIMITERS:
            return tag, "", position + 8, encoding.long.unpack_from(self.buffer, position + 4)[0]
        if letters in _LONG or (letters.isalpha() and letters.isupper()):
            # A VR that is not known has the long form (PS3.5 6.2.2 Note)
            if position + 12 > end:
                raise _truncated(position, f"the header of {name_of(tag)}")
            length = encoding.long.unpack_from(self.buffer, position + 8)[0]
            return tag, letters.decode("ascii"), position + 12, length
        # Some writers fall back to implicit VR inside an explicit data set
        self.switched = True
        return tag, "", position + 8, encoding.long.unpack_from(self.buffer, position + 4)[0]

    def elements(self, position: int, end: int, encoding: Encoding, depth: int = 0) -> Iterator[Element]:
        """The elements of one level, in the order of the bytes; ends at ``end`` or at an item's delimiter."""
        header = self.header
        while position < end:
            start = position
            tag, vr, value, length = header(position, end, encoding)
            if tag == ITEM_END:
                break
            self.spend()
            if length != UNDEFINED:
                position = value + length
                if position > end:
                    raise _longer(tag, length, end - value)
                yield Element(tag, vr or vr_of(tag), start, value, position, position, False)
            else:
                kind = vr or vr_of(tag)
                stop, position = self.skip((tag, kind, value), end, encoding, depth)
                yield Element(tag, undefined_vr(tag, kind), start, value, stop, position, True)
        self.stopped_at = position

    def spend(self) -> None:
        """Count one element; a data set with a million of them is an attack or a mistake."""
        self.left -= 1
        if self.left < 0:
            raise too_many(MAXIMUM_ELEMENTS, "data elements")

    def skip(self, head: tuple[int, str, int], end: int, encoding: Encoding, depth: int) -> tuple[int, int]:
        """Where a value of undefined length ends, and where what follows it starts (PS3.5 7.5.1, A.4).

        ``head`` is the element's tag, its VR and where its value starts.
        """
        tag, vr, position = head
        check_depth(depth)
        fragments = undefined_vr(tag, vr) != "SQ"
        inner = inner_encoding(vr, encoding)
        while True:
            item, _, value, length = self.header(position, end, inner if not fragments else encoding)
            if item == SEQUENCE_END:
                return position, value
            if item != ITEM:
                raise NotDicomError(
                    f"{name_of(tag)} of undefined length holds {name_of(item)} where an item should be",
                    phase="admission",
                    remedy="The object is damaged: send it again from its source.",
                )
            self.spend()
            if length == UNDEFINED and not fragments:
                position = self._skip_item(value, end, inner, depth)
                continue
            position = value + length
            if position > end:
                raise _longer(tag, length, end - value)

    def _skip_item(self, position: int, end: int, encoding: Encoding, depth: int) -> int:
        while True:
            tag, vr, value, length = self.header(position, end, encoding)
            if tag == ITEM_END:
                return value
            self.spend()
            if length == UNDEFINED:
                _, position = self.skip((tag, vr or vr_of(tag), value), end, encoding, depth + 1)
                continue
            position = value + length
            if position > end:
                raise _longer(tag, length, end - value)


def undefined_vr(tag: int, vr: str) -> str:
    """Only encapsulated pixels and sequences may have undefined length (PS3.5 7.1.2)."""
    if tag == PIXEL_DATA:
        return "OB"
    return vr if vr in _BINARY_BLOBS else "SQ"


def inner_encoding(vr: str, encoding: Encoding) -> Encoding:
    """UN of undefined length holds implicit little endian, whatever is around it (PS3.5 6.2.2 Note 4)."""
    return IMPLICIT_LITTLE if vr == "UN" and encoding.explicit else encoding


def check_depth(depth: int) -> None:
    """Sequences nested deeper than any object needs are refused before a reader's stack gives way."""
    if depth >= MAXIMUM_DEPTH:
        raise TooLargeError(
            f"sequences nested more than {MAXIMUM_DEPTH} deep",
            phase="admission",
            remedy="No known object nests so deep: check the program that wrote it.",
        )


def too_many(limit: int, what: str) -> TooLargeError:
    """More than any object needs."""
    return TooLargeError(f"more than {limit} {what}", phase="admission", remedy="Ask the sender to split the object.")


def _truncated(position: int, what: str) -> TruncatedError:
    return TruncatedError(
        f"the data end inside {what} at byte {position}",
        phase="admission",
        remedy="The object is cut off: send it again from its source.",
    )


def _longer(tag: int, length: int, left: int) -> TruncatedError:
    return TruncatedError(
        f"{name_of(tag)} says it has {length} bytes and {max(left, 0)} are there",
        phase="admission",
        remedy="The object is cut off or its lengths are wrong: send it again from its source.",
    )
