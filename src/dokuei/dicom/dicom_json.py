"""The DICOM JSON model of an object's header, for WADO-RS metadata and for search (PS3.18 F)."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from dokuei.dicom.coded import CodedInstance
from dokuei.dicom.content import PIXEL_ELEMENTS, TRAILING_PADDING
from dokuei.dicom.dataset import CHARACTER_SET, DataSet
from dokuei.dicom.elements import (
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    ITEM,
    UNDEFINED,
    Element,
    Encoding,
    Walk,
    check_depth,
    vr_of,
)
from dokuei.dicom.pixels import BITS_ALLOCATED, find_pixel_data
from dokuei.dicom.rewrite import resolve_vr
from dokuei.dicom.stored import open_stored
from dokuei.dicom.text import encodings_of
from dokuei.dicom.values import CONVERT, private_vr
from dokuei.errors import NotFoundError

_INLINE_AT_MOST: Final = 1024
# What every image is drawn with stands in the metadata where it is small: LUT Data and palettes of up to 12 bits
# (PS3.3 C.11.1, C.7.9), which a viewer would otherwise ask for one by one before its first image.
_DRAWN: Final = frozenset({0x00283006, 0x00281201, 0x00281202, 0x00281203, 0x00281221, 0x00281222, 0x00281223})
_DRAWN_AT_MOST: Final = 8192
_FIRST_DATA: Final = 0x100
_FIRST_CREATOR: Final = 0x10
_ITEM_HEADER: Final = 8
_BYTE: Final = 8
_WORD: Final = 16
_LEFT_OUT: Final = PIXEL_ELEMENTS | {TRAILING_PADDING}
_NUMBERS: Final = frozenset({"US", "SS", "UL", "SL", "UV", "SV", "FL", "FD", "AT"})
_UTF_8: Final = {"vr": "CS", "Value": ["ISO_IR 192"]}


def to_json(path: Path, coded: CodedInstance, *, bulk_data_uri: str) -> dict[str, Any]:
    """Every data element as received, large values as ``BulkDataURI`` below ``bulk_data_uri``.

    A text that its character set does not explain carries U+FFFD; nothing here raises for a strange value.
    """
    del coded  # the file says all
    with open_stored(path) as stored:
        return model_of(stored.data_set, bulk_data_uri=bulk_data_uri)


def element_at(data_set: DataSet, attribute_path: str) -> Element:
    """The element behind a ``BulkDataURI``: what follows ``bulk_data_uri/`` in it.

    Raises:
        NotFoundError: no such element.
    """
    for row in _walked(_Level(data_set.walk, EXPLICIT_LITTLE), _top(data_set)):
        if row.path == attribute_path:
            return row.element
    raise NotFoundError(f"the object has no bulk data at {attribute_path[:64]}", phase="retrieval")


def model_of(data_set: DataSet, *, bulk_data_uri: str, inline_at_most: int = _INLINE_AT_MOST) -> dict[str, Any]:
    """The JSON model of an open object, file meta and our own proof left out."""
    model = _Model(bulk_data_uri, inline_at_most, signed=data_set.signed)
    encodings, _ = encodings_of(data_set.raw(CHARACTER_SET))
    level = _Level(data_set.walk, EXPLICIT_LITTLE, encodings)
    result: dict[str, Any] = {}
    for element in _top(data_set):
        model.add(result, level, element)
    for tag, value in data_set.overrides.items():
        if value:
            walk = Walk(value)
            for element in walk.elements(0, len(value), EXPLICIT_LITTLE):
                model.add(result, replace(level, walk=walk), element)
            result[f"{tag:08X}"] = result.pop(f"{tag:08X}")
    pixels = find_pixel_data(data_set)
    if pixels is not None:
        native = "OW" if data_set.integer(BITS_ALLOCATED, _WORD) > _BYTE else "OB"
        vr = pixels.vr if pixels.vr in {"OF", "OD"} else native
        result[f"{pixels.tag:08X}"] = {"vr": vr, "BulkDataURI": f"{bulk_data_uri}/{pixels.tag:08X}"}
    return dict(sorted(result.items()))


def _top(data_set: DataSet) -> Iterator[Element]:
    return (
        element
        for element in data_set.elements
        if element.tag not in _LEFT_OUT and element.tag not in data_set.overrides
    )


@dataclass(frozen=True, slots=True)
class _Level:
    """Where a walk is: encoding, character sets, private creators by group and block, and the path to here."""

    walk: Walk
    encoding: Encoding
    encodings: tuple[str, ...] = ("ascii",)
    path: str = ""
    depth: int = 0
    creators: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Row:
    path: str
    element: Element


def _items(level: _Level, element: Element) -> Iterator[tuple[_Level, Iterator[Element]]]:
    """The items of a sequence, each with its own level and a walk over its elements, to be used up before the next."""
    walk, depth = level.walk, level.depth + 1
    check_depth(depth)
    unknown = element.undefined and bytes(walk.buffer[element.start + 4 : element.start + 6]) == b"UN"
    encoding = IMPLICIT_LITTLE if unknown else level.encoding
    position, number = element.value, 0
    while position < element.end:
        tag, _, value, length = walk.header(position, element.end, level.encoding)
        if tag != ITEM:
            return
        end = element.end if length == UNDEFINED else value + length
        path = f"{level.path}{element.tag:08X}/{number}/"
        yield _Level(walk, encoding, level.encodings, path, depth), walk.elements(value, end, encoding, depth)
        position = walk.stopped_at + _ITEM_HEADER if length == UNDEFINED else end
        number += 1


def _walked(level: _Level, elements: Iterator[Element]) -> Iterator[_Row]:
    """Every element that is no sequence, in depth, by its path."""
    for element in elements:
        if element.vr == "SQ":
            for inner, inside in _items(level, element):
                yield from _walked(inner, inside)
        else:
            yield _Row(f"{level.path}{element.tag:08X}", element)


class _Model:
    """Makes JSON of elements."""

    def __init__(self, bulk_data_uri: str, inline_at_most: int, *, signed: bool) -> None:
        self.bulk_data_uri = bulk_data_uri
        self.inline_at_most = inline_at_most
        self.signed = signed

    def add(self, result: dict[str, Any], level: _Level, element: Element) -> None:
        """Put one element into its level's model."""
        tag = element.tag
        if tag & 0xFFFF == 0:
            return
        vr = element.vr
        if vr == "SQ":
            result[f"{tag:08X}"] = self._sequence(level, element)
            return
        if tag == CHARACTER_SET:
            result["00080005"] = _UTF_8
            return
        if " or " in vr or vr == "UN":
            vr = self._settled(level, tag, vr)
        convert = CONVERT.get(vr)
        raw = bytes(level.walk.buffer[element.value : element.end])
        if convert is None or element.undefined:
            result[f"{tag:08X}"] = self._binary(level, element, vr, raw)
        elif not raw.strip(b"\0 ") and (not raw or vr not in _NUMBERS):
            result[f"{tag:08X}"] = {"vr": vr}
        else:
            values = convert(raw, level.encodings)
            result[f"{tag:08X}"] = {"vr": vr, "Value": values} if values else {"vr": vr}
        if tag >> 16 & 1 and _FIRST_CREATOR <= tag & 0xFFFF < _FIRST_DATA:
            level.creators[tag] = raw.rstrip(b"\0 ").decode("ascii", "replace")

    def _settled(self, level: _Level, tag: int, vr: str) -> str:
        """The VR where the encoding leaves it open, so far as PS3.6 or the element's maker is known to say it."""
        if vr == "UN" and tag >> 16 & 1 and tag & 0xFFFF >= _FIRST_DATA:
            creator = level.creators.get(tag >> 16 << 16 | tag >> 8 & 0xFF)
            vr = private_vr(tag, creator) if creator else vr
        elif vr == "UN":
            vr = vr_of(tag)
        settled = resolve_vr(tag, vr, signed=self.signed)
        return "UN" if settled == "SQ" else settled

    def _sequence(self, level: _Level, element: Element) -> dict[str, Any]:
        items = []
        for inner, elements in _items(level, element):
            item: dict[str, Any] = {}
            for child in elements:
                if child.tag == CHARACTER_SET:
                    raw = bytes(inner.walk.buffer[child.value : child.end])
                    inner = replace(inner, encodings=encodings_of(raw)[0])  # noqa: PLW2901 - PS3.5 7.5.3
                self.add(item, inner, child)
            items.append(item)
        return {"vr": "SQ", "Value": items} if items else {"vr": "SQ"}

    def _binary(self, level: _Level, element: Element, vr: str, raw: bytes) -> dict[str, Any]:
        if not raw:
            return {"vr": vr}
        at_most = max(self.inline_at_most, _DRAWN_AT_MOST if element.tag in _DRAWN else 0)
        if len(raw) > at_most:
            return {"vr": vr, "BulkDataURI": f"{self.bulk_data_uri}/{level.path}{element.tag:08X}"}
        return {"vr": vr, "InlineBinary": b64encode(raw).decode("ascii")}
