"""Icons that are encoded like the image around them, which would be unreadable once that image is coded anew.

PS3.5 A.4 lets Pixel Data inside a sequence be encapsulated in the object's own transfer syntax, or native.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dokuei.dicom import pixels, uids
from dokuei.dicom.codestream import CodestreamError
from dokuei.dicom.dataset import PIXEL_REPRESENTATION
from dokuei.dicom.decode import decode_lossy, decode_twice
from dokuei.dicom.elements import EXPLICIT_LITTLE, ITEM, PIXEL_DATA, Element, Encoding, Walk
from dokuei.dicom.pixels import PixelDescription

_PLAIN: Final = frozenset({"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB"})
_LARGEST: Final = 4096


@dataclass(frozen=True)
class IconDecoder:
    """Decodes icons of one transfer syntax; ``lossy`` where the objects themselves came so and are shown natively."""

    syntax: uids.TransferSyntax
    lossy: bool = False

    def native(self, item: bytes, encoding: Encoding, fragments: bytes) -> bytes | None:
        """The native value for an icon, from its item's elements before it and its fragments; None if impossible."""
        description = _describe(item, encoding)
        if description is None:
            return None
        decode = decode_lossy if self.lossy else decode_twice
        try:
            cells = decode(_join(fragments), description, self.syntax.uid)
        except CodestreamError:
            return None
        if description.planar == 1:
            cells = np.ascontiguousarray(cells.transpose(2, 0, 1))
        value = cells.tobytes()
        return value + b"\0" if len(value) % 2 else value


def _describe(item: bytes, encoding: Encoding) -> PixelDescription | None:
    raw = {element.tag: item[element.value : element.end] for element in Walk(item).elements(0, len(item), encoding)}

    def number(tag: int, default: int = 0) -> int:
        return int.from_bytes(raw.get(tag, b"")[:2], "little") or default

    photometric = raw.get(pixels.PHOTOMETRIC, b"").strip(b"\0 ").decode("ascii", "replace")
    rows, columns, allocated = number(pixels.ROWS), number(pixels.COLUMNS), number(pixels.BITS_ALLOCATED)
    if photometric not in _PLAIN or allocated not in {8, 16} or not 0 < rows * columns <= _LARGEST * _LARGEST:
        return None
    samples = number(pixels.SAMPLES, 1)
    return PixelDescription(
        element=Element(PIXEL_DATA, "OB", 0, 0, 0, 0, undefined=True),
        rows=rows,
        columns=columns,
        samples=samples,
        bits_allocated=allocated,
        bits_stored=number(pixels.BITS_STORED, allocated),
        high_bit=number(pixels.HIGH_BIT),
        signed=number(PIXEL_REPRESENTATION) == 1,
        planar=number(pixels.PLANAR) if samples > 1 else 0,
        photometric=photometric,
        number_of_frames=1,
        floating=False,
        encapsulated=True,
    )


def _join(fragments: bytes) -> bytes:
    """One frame's bytes out of its items, the offset table left out."""
    walk, position, found = Walk(fragments), 0, []
    while position < len(fragments):
        tag, _, value, length = walk.header(position, len(fragments), EXPLICIT_LITTLE)
        if tag != ITEM:
            break
        found.append(fragments[value : value + length])
        position = value + length
    return b"".join(found[1:])
