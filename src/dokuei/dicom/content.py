"""What an object says, apart from how it is encoded: the content digest, and its header in another file.

Two files are "the same again" when their content digests are equal. File meta, Pixel Data and its offset tables,
group lengths, trailing padding, Planar Configuration and the codec's name for RGB are encoding, not content.
"""

import hashlib
from collections.abc import Iterator
from typing import Final

from dokuei.dicom.dataset import DataSet
from dokuei.dicom.elements import (
    DOUBLE_PIXEL_DATA,
    EXPLICIT_LITTLE,
    FLOAT_PIXEL_DATA,
    PIXEL_DATA,
    Buffer,
    Element,
    Walk,
)
from dokuei.dicom.encapsulated import EXTENDED_LENGTHS, EXTENDED_OFFSETS
from dokuei.dicom.icons import IconDecoder
from dokuei.dicom.pixels import PHOTOMETRIC, PLANAR
from dokuei.dicom.rewrite import NativeIcon, Rewriter, explicit_head
from dokuei.dicom.uids import Kind

PIXEL_ELEMENTS: Final = frozenset(
    {
        PIXEL_DATA,
        FLOAT_PIXEL_DATA,
        DOUBLE_PIXEL_DATA,
        EXTENDED_OFFSETS,
        EXTENDED_LENGTHS,
    }
)
TRAILING_PADDING: Final = 0xFFFCFFFC
_NOT_CONTENT: Final = PIXEL_ELEMENTS | {TRAILING_PADDING, PLANAR}
_FLUSH_AT: Final = 512
_LARGE: Final = 1 << 16
_LAST_TAG: Final = 0xFFFFFFFF


class ContentDigest:
    """SHA-256 over an object's canonical header, then over its frames' digests."""

    def __init__(self, data_set: DataSet) -> None:
        self._digest = hashlib.sha256()
        pieces: list[bytes] = []
        for piece in _canonical(data_set):
            pieces.append(piece)
            if len(piece) > _LARGE or len(pieces) >= _FLUSH_AT:
                self._digest.update(b"".join(pieces))
                pieces.clear()
        self._digest.update(b"".join(pieces))

    def over(self, frame_digests: list[str], digest_of: str) -> str:
        """The hex digest of header and frames."""
        whole = self._digest.copy()
        whole.update(f"\0{digest_of}\0".encode())
        whole.update(bytes.fromhex("".join(frame_digests)))
        return whole.hexdigest()


def _canonical(data_set: DataSet) -> Iterator[bytes]:
    source = data_set.source
    signed = data_set.signed
    lossless = source.syntax.encapsulated and source.syntax.kind is Kind.LOSSLESS
    icons = IconDecoder(source.syntax).native if lossless else None
    rewriter = Rewriter(data_set.walk, source.encoding, signed=signed, canonical=True, icons=icons, read=source.pixels)
    for tag, element in _merged(data_set, data_set.overrides, 0, _LAST_TAG):
        if tag in _NOT_CONTENT or tag & 0xFFFF == 0:
            continue
        if isinstance(element, Element) and tag != PHOTOMETRIC:
            piece = rewriter.plain(element)
            if piece is not None:
                yield piece
                continue
        if tag == PHOTOMETRIC and data_set.text(PHOTOMETRIC) == "YBR_RCT":
            yield explicit_head(PHOTOMETRIC, "CS", 4).replace(b"CS\x04\x00", b"\x04\x00\x00\x00") + b"RGB "
        elif isinstance(element, Element):
            yield from rewriter.element(element)
        else:
            walk = Walk(element)
            over = Rewriter(walk, EXPLICIT_LITTLE, signed=signed, canonical=True)
            for part in walk.elements(0, len(element), EXPLICIT_LITTLE):
                yield from over.element(part)


def _merged(
    data_set: DataSet, overrides: dict[int, bytes], first: int, last: int
) -> Iterator[tuple[int, Element | bytes]]:
    """Elements from ``first`` to ``last`` in ascending order, overridden ones as bytes."""
    inside = [element for element in data_set.elements if first <= element.tag <= last]
    if not overrides:
        inside.sort(key=lambda element: element.tag)
        yield from ((element.tag, element) for element in inside)
        return
    rows: list[tuple[int, Element | bytes]] = [
        (element.tag, element) for element in inside if element.tag not in overrides
    ]
    rows += ((tag, value) for tag, value in overrides.items() if value and first <= tag <= last)
    rows.sort(key=lambda row: row[0])
    yield from rows


def explicit_header(
    data_set: DataSet,
    overrides: dict[int, bytes],
    first: int,
    last: int,
    *,
    icons: NativeIcon | None = None,
) -> Iterator[Buffer]:
    """Elements from ``first`` to ``last`` in Explicit VR Little Endian, byte for byte where they came so.

    Pixel data, its tables and group lengths are left out. ``icons`` makes encoded icons native.
    """
    source, walk = data_set.source, data_set.walk
    rewriter = Rewriter(walk, source.encoding, signed=data_set.signed, canonical=False, icons=icons, read=source.pixels)
    decoded = walk.icons_in if icons is not None else frozenset()
    verbatim = source.encoding.explicit and source.encoding.little and not walk.switched
    run_start = run_end = 0
    for tag, element in _merged(data_set, overrides, first, last):
        if tag in PIXEL_ELEMENTS or tag & 0xFFFF == 0:
            continue
        if verbatim and isinstance(element, Element) and tag not in decoded:
            if element.start != run_end:
                yield from _run(data_set, run_start, run_end)
                run_start = element.start
            run_end = element.next
            continue
        yield from _run(data_set, run_start, run_end)
        run_start = run_end = 0
        if isinstance(element, bytes):
            yield element
        else:
            yield from rewriter.element(element)
    yield from _run(data_set, run_start, run_end)


def _run(data_set: DataSet, start: int, end: int) -> Iterator[Buffer]:
    step = 8 << 20
    for position in range(start, end, step):
        yield data_set.source.pixels(position, min(position + step, end))


def explicit_element(data_set: DataSet, tag: int) -> bytes:
    """One element in Explicit VR Little Endian; empty where there is none."""
    return b"".join(bytes(piece) for piece in explicit_header(data_set, data_set.overrides, tag, tag))
