"""What a JPEG XL codestream says about itself before anything is decoded (ISO/IEC 18181-1 6, 9 and Annexes A to F).

Its size, and whether it was coded with loss: XYB colours and VarDCT frames are lossy by design; modular frames in
the image's own colours are not. Where its headers go beyond what is read here, nothing is claimed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import error, unpack_from
from typing import Final, Literal

from dokuei.dicom.codestream import CodestreamError, FrameSize
from dokuei.dicom.elements import Buffer

Loss = Literal["none", "some", "unclear"]

SIGNATURE: Final = b"\xff\x0a"
CONTAINER: Final = b"\x00\x00\x00\x0cJXL \r\n\x87\n"
_BOX: Final = 8
_LARGE_BOX: Final = 16
_INDEX: Final = 4
_READ_AT_MOST: Final = 512
_RATIOS: Final = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_GREY: Final = 1
_XYB: Final = 2
_CUSTOM: Final = 2
_ENUM: Final = ((0, 0), (1, 0), (2, 4), (18, 6))
_SIDES: Final = ((1, 9), (1, 13), (1, 18), (1, 30))
_BITS: Final = ((8, 0), (10, 0), (12, 0), (1, 6))
_FLOAT_BITS: Final = ((32, 0), (16, 0), (24, 0), (1, 6))
_EXTRA: Final = ((0, 0), (1, 0), (2, 4), (1, 12))
_POINT: Final = ((0, 19), (524288, 19), (1048576, 20), (2097152, 21))


@dataclass(frozen=True)
class JpegXlHeader:
    """``size.samples`` counts colours and extra channels; 0 where these go beyond what is read here."""

    size: FrameSize
    loss: Loss


class _UnclearError(Exception):
    """The headers go on in a way that is not read here."""


class _Bits:
    """Bits in the order of a JPEG XL header, lowest first."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "little")
        self._left = 8 * len(data)
        self._taken = 0
        self.unreadable = False  # what comes next is coded in a way that is not read here

    def u(self, count: int) -> int:
        if count > self._left:
            raise CodestreamError("its JPEG XL header is cut off")
        found = self._value & ((1 << count) - 1)
        self._value >>= count
        self._left -= count
        self._taken += count
        return found

    def u32(self, choices: tuple[tuple[int, int], ...]) -> int:
        base, count = choices[self.u(2)]
        return base + self.u(count)

    def align(self) -> None:
        self.u(-self._taken % 8)


def read_jpeg_xl(data: Buffer) -> JpegXlHeader:
    """Read SizeHeader, ImageMetadata and the beginning of the first frame's header.

    Raises:
        CodestreamError: no JPEG XL header is here, or it is an animation.
    """
    bits = _Bits(_codestream(data))
    rows, columns = _size(bits)
    if bits.u(1):  # all_default: RGB of 8 bits in XYB
        return JpegXlHeader(FrameSize(rows, columns, 3, 8), "some")
    extra_fields = bool(bits.u(1))
    if extra_fields:
        _extra_fields(bits)
    depth = _depth(bits)
    bits.u(1)
    channels = bits.u32(_EXTRA)
    try:
        _skip_extra(bits, channels)
    except _UnclearError:
        return JpegXlHeader(FrameSize(rows, columns, 0, depth), "unclear")
    xyb = bool(bits.u(1))
    size = FrameSize(rows, columns, _colours(bits) + channels, depth)
    if xyb:
        return JpegXlHeader(size, "some")
    try:
        return JpegXlHeader(size, _frame_loss(bits, extra_fields=extra_fields))
    except _UnclearError:
        return JpegXlHeader(size, "unclear")


def _codestream(data: Buffer) -> bytes:
    """The beginning of the codestream after its signature, bare or in boxes; encoders cut it where they like."""
    found = bytes(data[:_READ_AT_MOST])
    if found.startswith(CONTAINER):
        try:
            found = b"".join(_parts(data))
        except error as broken:
            raise CodestreamError("its JPEG XL boxes are cut off") from broken
    if not found.startswith(SIGNATURE):
        raise CodestreamError("it is no JPEG XL stream")
    return found[len(SIGNATURE) :]


def _parts(data: Buffer) -> Iterator[bytes]:
    """What its boxes hold of the codestream, no more than is needed (ISO/IEC 18181-2)."""
    position, wanted = 0, _READ_AT_MOST
    while position < len(data) and wanted > 0:
        length, kind = unpack_from(">L4s", data, position)
        at = position + _BOX
        if length == 1:
            length, at = unpack_from(">Q", data, at)[0], position + _LARGE_BOX
        end = len(data) if length == 0 else position + length
        if end < at:
            raise CodestreamError("its JPEG XL boxes are damaged")
        if kind in {b"jxlc", b"jxlp"}:
            at += _INDEX if kind == b"jxlp" else 0
            part = bytes(data[at : min(end, at + wanted)])
            wanted -= len(part)
            yield part
        position = end


def _size(bits: _Bits) -> tuple[int, int]:
    small = bits.u(1)
    rows = 8 * (bits.u(5) + 1) if small else bits.u32(_SIDES)
    ratio = bits.u(3)
    if ratio:
        wide, high = _RATIOS[ratio - 1]
        return rows, rows * wide // high
    return rows, 8 * (bits.u(5) + 1) if small else bits.u32(_SIDES)


def _extra_fields(bits: _Bits) -> None:
    bits.u(3)  # orientation
    if bits.u(1):
        _size(bits)
    if bits.u(1) or bits.u(1):
        raise CodestreamError("it has a preview or is an animation")


def _skip_extra(bits: _Bits, channels: int) -> None:
    for _ in range(channels):
        if not bits.u(1):  # anything but plain transparency
            raise _UnclearError


def _depth(bits: _Bits) -> int:
    if not bits.u(1):
        return bits.u32(_BITS)
    depth = bits.u32(_FLOAT_BITS)
    bits.u(4)
    return depth


def _colours(bits: _Bits) -> int:
    """How many colours; an ICC profile is coded in a way that is not read here, and then nothing after it is."""
    if bits.u(1):
        return 3
    profile = bits.u(1)
    space = bits.u32(_ENUM)
    count = 1 if space == _GREY else 3
    if profile:
        bits.unreadable = True
        return count
    if space != _XYB and bits.u32(_ENUM) == _CUSTOM:
        _points(bits, 1)
    if space not in {_GREY, _XYB} and bits.u32(_ENUM) == _CUSTOM:
        _points(bits, 3)
    if space != _XYB:
        if bits.u(1):
            bits.u(24)
        else:
            bits.u32(_ENUM)
    bits.u32(_ENUM)
    return count


def _points(bits: _Bits, count: int) -> None:
    for _ in range(2 * count):
        bits.u32(_POINT)


def _frame_loss(bits: _Bits, *, extra_fields: bool) -> Loss:
    if bits.unreadable:
        raise _UnclearError
    if extra_fields and not bits.u(1):
        bits.u(16 + 16 + 1 + 16)  # tone mapping
    if bits.u(2) or not bits.u(1):  # extensions, or a transform of its own
        raise _UnclearError
    bits.align()
    if bits.u(1):  # all_default: VarDCT
        return "some"
    bits.u(2)
    return "none" if bits.u(1) else "some"
