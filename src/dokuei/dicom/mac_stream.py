"""The bytes over which a MAC of data elements is made (PS3.3 C.12.1.1.3.1.2), read strictly from what is encoded.

Lengths of sequences and items are no part of it, so that a PACS may write them otherwise; everything else is, down to
the reserved bytes, which must be zero.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Final

from dokuei.dicom.elements import SHORT_VRS
from dokuei.errors import AdmissionError

_HEAD: Final = Struct("<HH2s")
_ITEM_HEAD: Final = Struct("<HHL")
_TAG: Final = Struct("<HH")
_LONG_VRS: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"})
_ITEM: Final = (0xFFFE, 0xE000)
_ITEM_END: Final = (0xFFFE, 0xE00D)
_SEQUENCE_END: Final = (0xFFFE, 0xE0DD)
_UNDEFINED: Final = 0xFFFFFFFF
_DEEPEST: Final = 32

MAC_PARAMETERS: Final = 0x4FFE0001
DIGITAL_SIGNATURES: Final = 0xFFFAFFFA
_PADDING: Final = 0xFFFCFFFC
_FIRST_GROUP: Final = 0x0008


@dataclass(frozen=True)
class Node:
    """One element as it is encoded: ``head`` is tag, VR and reserved bytes; a sequence has items, and no value."""

    tag: int
    vr: str
    head: bytes
    length: bytes
    value: bytes
    end: int
    """Where the next element of its data set begins."""
    items: tuple[tuple["Node", ...], ...] | None = None

    def stream(self) -> Iterator[bytes]:
        """What it adds to a MAC."""
        yield self.head
        if self.items is None:
            yield self.length
            yield self.value
            return
        for item in self.items:
            yield _TAG.pack(*_ITEM)
            for inside in item:
                yield from inside.stream()
        yield _TAG.pack(*_SEQUENCE_END)


def is_signable(tag: int) -> bool:
    """Whether an element may be among those that are signed (PS3.3 C.12.1.1.3.1.1)."""
    group, element = tag >> 16, tag & 0xFFFF
    return group >= _FIRST_GROUP and element != 0 and tag not in {MAC_PARAMETERS, _PADDING} and group != 0xFFFA  # noqa: PLR2004 - the group of signatures


def stream_of(nodes: Sequence[Node]) -> bytes:
    """The bytes of several elements in their order."""
    return b"".join(piece for node in nodes for piece in node.stream())


def read_nodes(data: bytes) -> tuple[Node, ...]:
    """Every element of a data set in Explicit VR Little Endian (PS3.5 7.1.2).

    Raises:
        AdmissionError: it is not written as the standard says, to the last byte.
    """
    nodes, end = _elements(data, 0, len(data), 0, closed=True)
    if end != len(data):
        raise _malformed(end)
    return nodes


def _elements(data: bytes, at: int, end: int, depth: int, *, closed: bool) -> tuple[tuple[Node, ...], int]:
    """Elements until ``end``, or, where an item is not ``closed`` by a length, until its delimiter."""
    nodes: list[Node] = []
    while at < end:
        if not closed and data[at : at + 4] == _TAG.pack(*_ITEM_END):
            return tuple(nodes), _delimiter(data, at, end)
        node, at = _element(data, at, end, depth)
        if nodes and nodes[-1].tag >= node.tag:
            raise _malformed(at)
        nodes.append(node)
    if not closed:
        raise _malformed(at)
    return tuple(nodes), at


def _element(data: bytes, at: int, end: int, depth: int) -> tuple[Node, int]:
    if at + _ITEM_HEAD.size > end:
        raise _malformed(at)
    group, element, raw = _HEAD.unpack_from(data, at)
    vr = raw.decode("latin-1")
    if vr in _LONG_VRS:
        head_bytes, length_bytes = 8, 4
        if data[at + 6 : at + 8] != b"\0\0":
            raise _malformed(at)
    elif vr in SHORT_VRS:
        head_bytes, length_bytes = 6, 2
    else:
        raise _malformed(at)
    start = at + head_bytes + length_bytes
    head, length_raw = data[at : at + head_bytes], data[at + head_bytes : start]
    length, tag = int.from_bytes(length_raw, "little"), group << 16 | element
    if start > end or vr == "UN":
        raise _malformed(at)
    if vr == "SQ":
        items, after = _items(data, start, end, length, depth + 1)
        return Node(tag, vr, head, b"", b"", after, items), after
    if length == _UNDEFINED or start + length > end or length % 2:
        raise _malformed(at)
    after = start + length
    return Node(tag, vr, head, length_raw, data[start:after], after), after


def _items(data: bytes, at: int, end: int, length: int, depth: int) -> tuple[tuple[tuple[Node, ...], ...], int]:
    if depth > _DEEPEST:
        raise _malformed(at)
    closed = length != _UNDEFINED
    last = at + length if closed else end
    if last > end:
        raise _malformed(at)
    items: list[tuple[Node, ...]] = []
    while at < last:
        if at + _ITEM_HEAD.size > last:
            raise _malformed(at)
        group, element, size = _ITEM_HEAD.unpack_from(data, at)
        if not closed and (group, element) == _SEQUENCE_END:
            return tuple(items), _delimiter(data, at, last)
        inside = at + _ITEM_HEAD.size
        if (group, element) != _ITEM or (size != _UNDEFINED and inside + size > last):
            raise _malformed(at)
        item, at = _elements(
            data, inside, last if size == _UNDEFINED else inside + size, depth, closed=size != _UNDEFINED
        )
        items.append(item)
    if not closed:
        raise _malformed(at)
    return tuple(items), at


def _delimiter(data: bytes, at: int, end: int) -> int:
    after = at + _ITEM_HEAD.size
    if after > end or data[at + 4 : after] != b"\0\0\0\0":
        raise _malformed(at)
    return after


def _malformed(at: int) -> AdmissionError:
    return AdmissionError(f"not as the standard writes it, near byte {at} of the data set", phase="reading a signature")
