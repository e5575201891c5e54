"""The top level of one object: where its elements stand, and the few values that decide how it is treated."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from dokuei.dicom.elements import (
    EXPLICIT_LITTLE,
    ITEM,
    MAXIMUM_TOP_LEVEL,
    PIXEL_DATA,
    SEQUENCE_END,
    Element,
    Walk,
    name_of,
    too_many,
)
from dokuei.dicom.oddities import Oddity
from dokuei.dicom.rewrite import swap
from dokuei.dicom.source import Source
from dokuei.dicom.text import decode_trimmed, encodings_of
from dokuei.errors import DokueiError, NotDicomError, UnsupportedError

CHARACTER_SET: Final = 0x00080005
PIXEL_REPRESENTATION: Final = 0x00280103
_SMALL: Final = 1 << 16
_NOT_IN_DATA: Final = frozenset({0x0000, 0x0002, ITEM >> 16})
_BINARY_NUMBERS: Final = frozenset({"US", "SS", "UL", "SL", "UN", "OW", "OB", "US or SS"})
_SWAPPED: Final = {"US": 2, "SS": 2, "UL": 4, "SL": 4, "US or SS": 2, "AT": 2}


@dataclass
class DataSet:
    """Top-level elements of a source, in the order of the bytes; ``by_tag`` has the first of each.

    ``overrides`` are elements in Explicit VR Little Endian that stand for those of the source; empty bytes
    take one away.
    """

    source: Source
    walk: Walk
    elements: list[Element]
    by_tag: dict[int, Element]
    warnings: list[Oddity] = field(default_factory=list)
    overrides: dict[int, bytes] = field(default_factory=dict)

    @property
    def signed(self) -> bool:
        """Pixel Representation, on which the VR of several elements hangs (PS3.5 A.1)."""
        return self.integer(PIXEL_REPRESENTATION, 0) == 1

    def raw(self, tag: int) -> bytes:
        """A small value's bytes, numbers in little endian; empty where there is none."""
        override = self.overrides.get(tag)
        if override is not None:
            return value_of(override)
        element = self.by_tag.get(tag)
        if element is None:
            return b""
        value = bytes(self.source.buffer[element.value : min(element.end, element.value + _SMALL)])
        if not self.source.encoding.little and element.vr in _SWAPPED:
            return swap(value, _SWAPPED[element.vr])
        return value

    def text(self, tag: int) -> str:
        """A text value without padding, in the object's own character set."""
        return decode_trimmed(self.raw(tag), encodings_of(self.raw(CHARACTER_SET))[0]).strip()

    def integer(self, tag: int, default: int | None = None) -> int:
        """A number, whether it came as US, UL or (wrongly, or as IS) in digits.

        Raises:
            UnsupportedError: there is none and no default, or it is no number.
        """
        raw = self.raw(tag)
        if not raw.strip(b" \0") and len(raw) not in {2, 4} and default is not None:
            return default
        element = self.by_tag.get(tag)
        if (
            element is not None
            and element.vr in {"US", "SS", "UL", "SL", "UN", "OW", "OB", "US or SS"}
            and len(raw) in {2, 4}
        ):
            return int.from_bytes(raw, "little")
        try:
            return int(float(raw.rstrip(b" \0").split(b"\\")[0]))
        except (ValueError, OverflowError) as error:
            raise UnsupportedError(
                f"{name_of(tag)} is {'no number' if raw else 'missing'}",
                phase="admission",
                remedy="The pixels cannot be understood without it: correct it at the modality and send again.",
            ) from error


def value_of(element: bytes) -> bytes:
    """The value of one element in Explicit VR Little Endian; empty where there is none."""
    if not element:
        return b""
    return element[Walk(element).header(0, len(element), EXPLICIT_LITTLE)[2] :]


def read_data_set(source: Source) -> DataSet:
    """Index the top level of an object.

    Raises:
        AdmissionError: damaged, cut off, too deep or too long.
    """
    walk = Walk(source.buffer, source.size)
    elements: list[Element] = []
    by_tag: dict[int, Element] = {}
    warnings = list(source.warnings)
    try:
        for element in walk.elements(source.start, source.size, source.encoding):
            if element.tag == SEQUENCE_END and element.value == element.end:
                warnings.append("the end of a sequence stands outside any sequence")
                continue
            if element.tag >> 16 in _NOT_IN_DATA:
                raise _damaged(f"{name_of(element.tag)} stands in the data set")
            if len(elements) == MAXIMUM_TOP_LEVEL:
                raise too_many(MAXIMUM_TOP_LEVEL, "data elements outside sequences")
            elements.append(element)
            by_tag.setdefault(element.tag, element)
        if walk.stopped_at < source.size:
            raise _damaged("the end of an item stands outside any item")
    except DokueiError:
        if not elements or not _only_padding(source, elements[-1]):
            raise
        warnings.append("the data set is followed by padding")
    if any(left.tag >= right.tag for left, right in pairwise(elements)):
        warnings.append("data elements are not in ascending order")
    if walk.switched:
        warnings.append("some data elements have no value representation in an explicit data set")
    return DataSet(source, walk, elements, by_tag, warnings)


def _damaged(what: str) -> NotDicomError:
    return NotDicomError(what, phase="admission", remedy="The object is damaged: send it again from its source.")


def _only_padding(source: Source, last: Element) -> bool:
    """Whether nothing but zeros or blanks follows the pixels (some archives fill up to a block)."""
    if last.tag < PIXEL_DATA:
        return False
    return not bytes(source.buffer[last.next : min(source.size, last.next + _SMALL)]).strip(b"\0 ")
