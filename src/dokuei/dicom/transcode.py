"""One frame to and from HTJ2K Lossless RPCL (1.2.840.10008.1.2.4.202, PS3.5 10.18), each encode read back.

Cells are coded whole, unused bits and overlays in them too; the declared depth covers every bit in use, because
browser decoders clamp to it.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from dokuei.dicom import openjph
from dokuei.dicom.codestream import RPCL, CodestreamError, read_jpeg2000
from dokuei.dicom.pixels import Cells

_FEWEST_LEVELS: Final = 5
_BASE_SIDE: Final = 64
NARROWEST_SIGNED: Final = 9  # the wasm decoder is wrong for signed data of up to 8 bits
_COMPONENTS_AT: Final = 40
_OVERSHOOT_BITS: Final = 2
_SIGN: Final = 0x80


@dataclass(frozen=True)
class EncodedFrame:
    """One .202 codestream, and the bytes after which each of its resolutions is whole, coarse first."""

    data: bytes
    resolution_ends: tuple[int, ...]


def decompositions(rows: int, columns: int) -> int:
    """Enough halvings that the base is at most 64 wide and high, and five at least (PS3.5 10.18)."""
    levels = _FEWEST_LEVELS
    while -(-max(rows, columns) >> levels) > _BASE_SIDE:
        levels += 1
    return levels


def depth_in_use(cells: Cells, bits_stored: int) -> int:
    """Bits that hold every cell, sign included: Bits Stored, or more where padding or overlays reach further."""
    if cells.dtype.kind == "i":
        reach = max(int(cells.max()), ~int(cells.min()))
        return max(bits_stored, reach.bit_length() + 1, NARROWEST_SIGNED)
    return max(bits_stored, int(cells.max()).bit_length(), 1)


def encode_frame(cells: Cells, *, bits_stored: int, colour_transform: bool = False) -> EncodedFrame:
    """Encode the cells (rows x columns, or rows x columns x 3; 8 or 16 bit) of one frame without loss.

    Raises:
        CodestreamError: the codec failed or its codestream is not as .202 wants it.
    """
    bits = depth_in_use(cells, bits_stored)
    rows, columns = cells.shape[:2]
    levels = decompositions(rows, columns)
    try:
        rgb = colour_transform if cells.ndim > 2 else None  # noqa: PLR2004 - a third axis holds samples
        data = bytearray(openjph.encode(_centred(cells, bits), levels=levels, rgb=rgb))
    except (RuntimeError, ValueError) as error:
        raise CodestreamError(f"the encoder failed ({error})") from error
    signed = cells.dtype.kind == "i"
    _declare(data, bits, signed=signed)
    return EncodedFrame(
        bytes(data), _read_back(data, cells.shape, (bits, signed), levels, colour_transform=colour_transform)
    )


def _centred(cells: Cells, bits: int) -> Cells:
    """Unsigned cells moved so that the level shift for the full width is the one for ``bits``."""
    full = cells.dtype.itemsize * 8
    if cells.dtype.kind == "i" or bits == full:
        return np.ascontiguousarray(cells)
    return np.add(cells, (1 << (full - 1)) - (1 << (bits - 1)), dtype=cells.dtype)


def _declare(data: bytearray, bits: int, *, signed: bool) -> None:
    """Write the true depth into SIZ; the codec knows only 8 and 16."""
    header = read_jpeg2000(data)
    for component in range(header.size.samples):
        data[header.siz_at + _COMPONENTS_AT + 3 * component] = bits - 1 | (_SIGN if signed else 0)


def _read_back(
    data: bytearray, shape: tuple[int, ...], depth: tuple[int, bool], levels: int, *, colour_transform: bool
) -> tuple[int, ...]:
    header = read_jpeg2000(data)
    ends = header.resolution_ends(len(data))
    as_asked = (
        header.reversible
        and header.high_throughput
        and header.progression == RPCL
        and header.levels == levels
        and header.colour_transform == colour_transform
        and (header.size.rows, header.size.columns) == shape[:2]
        and all(found == depth for found in header.depths)
    )
    if not as_asked or len(ends) != levels + 1:
        raise CodestreamError("the encoder's codestream is not as HTJ2K Lossless RPCL wants it")
    return ends


def decode_frame(data: bytes, dtype: np.dtype[Any]) -> Cells:
    """Decode a .202 codestream to cells of ``dtype``, samples last.

    Raises:
        CodestreamError: it does not decode.
    """
    try:
        cells: Cells = openjph.decode(data)
    except (RuntimeError, ValueError) as error:
        raise CodestreamError(f"the decoder failed ({error})") from error
    return cells if cells.dtype == dtype else cells.astype(dtype)


def decode_preview(data: bytes, skip_resolutions: int) -> Cells:
    """Decode the first resolutions only, as 32 bit cells at the size that these have; a preview, never the pixels.

    The wavelet overshoots at edges, and the codec would wrap it around: more depth is declared, and the cells
    are clipped to the depth that they truly have.
    """
    header = read_jpeg2000(data)
    bits, signed = header.depths[0]
    wider = bytearray(data)
    _declare(wider, bits + _OVERSHOOT_BITS, signed=signed)
    try:
        decoded = openjph.decode(bytes(wider), skip_resolutions=skip_resolutions)
    except (RuntimeError, ValueError) as error:
        raise CodestreamError(f"the decoder failed ({error})") from error
    cells: Cells = decoded.astype(np.int32)
    low = -(1 << (bits - 1)) if signed else 0
    shift = 0 if signed else (1 << (bits + _OVERSHOOT_BITS - 1)) - (1 << (bits - 1))
    clipped: Cells = np.clip(cells - shift, low, low + (1 << bits) - 1)
    return clipped
