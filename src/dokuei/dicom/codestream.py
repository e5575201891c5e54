"""What an encoded frame says about itself, read before any decoder allocates and after each encode.

JPEG 2000 markers: ISO/IEC 15444-1 Annex A; JPEG and JPEG-LS frame headers: ISO/IEC 10918-1 B.2.2, 14495-1 C.2.2.
"""

from dataclasses import dataclass, replace
from itertools import accumulate
from struct import Struct, error, unpack_from
from typing import Final

from dokuei.dicom.elements import Buffer

RPCL: Final = 2
JPEG_START: Final = b"\xff\xd8\xff"
JPEG_2000_STARTS: Final = (b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cjP  ")
REVERSIBLE: Final = 1
_SOC: Final = 0xFF4F
_SIZ: Final = 0xFF51
_COD: Final = 0xFF52
_COC: Final = 0xFF53
_TLM: Final = 0xFF55
_SOT: Final = 0xFF90
_SIGNED: Final = 0x80
_NARROW_INDEX: Final = 256
_HIGH_THROUGHPUT: Final = 0x40
_MARKER: Final = Struct(">HH")
_JP2_SIGNATURE: Final = b"\x00\x00\x00\x0cjP  "
_SOI: Final = 0xFFD8
_SOS: Final = 0xFFDA
JPEG_LS_PROCESS: Final = 0xFFF7
_LOSSLESS_PROCESSES: Final = frozenset({0xFFC3, 0xFFC7, 0xFFCB, 0xFFCF})
_FRAME_HEADERS: Final = frozenset({*range(0xFFC0, 0xFFD0), 0xFFF7}) - {0xFFC4, 0xFFC8, 0xFFCC}


class CodestreamError(ValueError):
    """A frame whose own header cannot be read, or is not what the object says; the source encoding is then kept."""


@dataclass(frozen=True)
class FrameSize:
    """Size and depth as an encoded frame declares them."""

    rows: int
    columns: int
    samples: int
    bits: int


@dataclass(frozen=True)
class JpegHeader:
    """The frame header of JPEG or JPEG-LS: its marker names the process, ``end`` is where the next segment starts."""

    size: FrameSize
    process: int
    end: int


@dataclass(frozen=True)
class Jpeg2000Header:
    """The main header of a JPEG 2000 or HTJ2K codestream; ``depths`` has bits and sign of each component."""

    size: FrameSize
    depths: tuple[tuple[int, bool], ...]
    progression: int
    colour_transform: bool
    levels: int
    transform: int
    reversible: bool
    high_throughput: bool
    tile_parts: tuple[int, ...]
    siz_at: int
    first_tile_part: int
    single_tile: bool

    def resolution_ends(self, length: int) -> tuple[int, ...]:
        """Bytes after which each resolution is whole, where each is one tile-part (PS3.5 10.18); else empty."""
        if not self.single_tile or len(self.tile_parts) != self.levels + 1:
            return ()
        ends = [self.first_tile_part + end for end in accumulate(self.tile_parts)]
        if ends[-1] > length:
            return ()
        return (*ends[:-1], length)


def read_jpeg2000(data: Buffer) -> Jpeg2000Header:
    """Read SIZ, COD and TLM.

    Raises:
        CodestreamError: no JPEG 2000 main header is here.
    """
    try:
        return _read_main_header(data)
    except (error, IndexError) as broken:
        raise CodestreamError("its JPEG 2000 header is cut off") from broken


def _read_main_header(data: Buffer) -> Jpeg2000Header:
    position = 0
    if bytes(data[:8]) == _JP2_SIGNATURE:  # some writers leave the JP2 boxes around it
        position = bytes(data[:4096]).find(b"\xff\x4f\xff\x51")
    if position < 0 or _MARKER.unpack_from(data, position)[0] != _SOC:
        raise CodestreamError("it is no JPEG 2000 codestream")
    segments, first_tile_part = _segments(data, position + 2)
    tile_parts = [part for marker, at, length in segments if marker == _TLM for part in _read_tlm(data, at, length)]
    where = {marker: at for marker, at, _ in segments}
    if _SIZ not in where or _COD not in where:
        raise CodestreamError("its JPEG 2000 header lacks SIZ or COD")
    header = _assemble(data, where[_SIZ], where[_COD], tuple(tile_parts), first_tile_part)
    samples = header.size.samples
    if all(_transform_of_one(data, at, samples) == REVERSIBLE for marker, at, _ in segments if marker == _COC):
        return header
    return replace(header, reversible=False)


def _segments(data: Buffer, position: int) -> tuple[list[tuple[int, int, int]], int]:
    """Marker, place and length of each segment of the main header, and where the first tile-part starts."""
    found: list[tuple[int, int, int]] = []
    while True:
        marker, length = _MARKER.unpack_from(data, position)
        if marker == _SOT:
            return found, position
        if marker < 0xFF00:  # noqa: PLR2004 - every marker begins with FF
            raise CodestreamError("its JPEG 2000 header is damaged")
        found.append((marker, position, length))
        position += 2 + length


def _transform_of_one(data: Buffer, position: int, samples: int) -> int:
    """The wavelet of one component that has its own (A.6.2); its index is wider where there are many."""
    return data[position + (10 if samples <= _NARROW_INDEX else 11)]


def _read_tlm(data: Buffer, position: int, length: int) -> list[int]:
    """Tile-part lengths (A.7.1): Stlm says how wide the tile index and the length are."""
    widths = data[position + 5]
    index_width, wide = widths >> 4 & 3, widths >> 6 & 1
    step = index_width + (4 if wide else 2)
    pattern = ">L" if wide else ">H"
    start, end = position + 6, position + 2 + length
    return [int(unpack_from(pattern, data, at + index_width)[0]) for at in range(start, end - step + 1, step)]


def _assemble(
    data: Buffer, siz_at: int, cod_at: int, tile_parts: tuple[int, ...], first_tile_part: int
) -> Jpeg2000Header:
    x1, y1, x0, y0, tile_w, tile_h, tile_x, tile_y, components = unpack_from(">8LH", data, siz_at + 6)
    depths = tuple(
        ((data[siz_at + 40 + 3 * i] & 0x7F) + 1, bool(data[siz_at + 40 + 3 * i] & _SIGNED)) for i in range(components)
    )
    progression, colour_transform = data[cod_at + 5], data[cod_at + 8]
    return Jpeg2000Header(
        size=FrameSize(
            rows=y1 - y0, columns=x1 - x0, samples=components, bits=max((bits for bits, _ in depths), default=0)
        ),
        depths=depths,
        progression=progression,
        colour_transform=bool(colour_transform),
        levels=data[cod_at + 9],
        transform=data[cod_at + 13],
        reversible=data[cod_at + 13] == REVERSIBLE,
        high_throughput=bool(data[cod_at + 12] & _HIGH_THROUGHPUT),
        tile_parts=tile_parts,
        siz_at=siz_at,
        first_tile_part=first_tile_part,
        single_tile=tile_x + tile_w >= x1 and tile_y + tile_h >= y1,
    )


def read_jpeg(data: Buffer) -> JpegHeader:
    """Read the frame header of JPEG or JPEG-LS.

    Raises:
        CodestreamError: no such header is here.
    """
    try:
        if _MARKER.unpack_from(data, 0)[0] != _SOI:
            raise CodestreamError("it is no JPEG stream")
        marker, position, length = _next_segment(data, 2)
        while marker not in _FRAME_HEADERS:
            marker, position, length = _next_segment(data, position + 2 + length)
        bits, rows, columns, samples = unpack_from(">BHHB", data, position + 4)
        return JpegHeader(FrameSize(rows, columns, samples, bits), marker, position + 2 + length)
    except (error, IndexError) as broken:
        raise CodestreamError("its JPEG header is cut off") from broken


def _next_segment(data: Buffer, position: int) -> tuple[int, int, int]:
    """Marker, where it stands, and the length of what it heads."""
    while data[position] == 0xFF and data[position + 1] == 0xFF:  # noqa: PLR2004 - fill bytes
        position += 1
    marker, length = _MARKER.unpack_from(data, position)
    if marker < 0xFF00 or length < 2:  # noqa: PLR2004 - every marker begins with FF
        raise CodestreamError("its JPEG header is damaged")
    return marker, position, length


def jpeg_is_lossless(data: bytes) -> bool:
    """Whether JPEG is of a lossless process, or JPEG-LS lets no cell come near only (14495-1 C.2.3: NEAR is 0).

    Raises:
        CodestreamError: its headers cannot be read.
    """
    header = read_jpeg(data)
    if header.process != JPEG_LS_PROCESS:
        return header.process in _LOSSLESS_PROCESSES
    try:
        marker, position, length = _next_segment(data, header.end)
        while marker != _SOS:
            marker, position, length = _next_segment(data, position + 2 + length)
        while position >= 0:
            if data[position + 5 + 2 * data[position + 4]]:
                return False
            position = data.find(_SOS.to_bytes(2, "big"), position + 2)  # no coded cells look like a marker
    except (error, IndexError) as broken:
        raise CodestreamError("its JPEG header is cut off") from broken
    return True
