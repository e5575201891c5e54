"""What an object's pixels are, where its frames stand, and the digest of a frame (PS3.3 C.7.6.3, PS3.5 8)."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dokuei.dicom.dataset import PIXEL_REPRESENTATION, DataSet
from dokuei.dicom.elements import DOUBLE_PIXEL_DATA, FLOAT_PIXEL_DATA, PIXEL_DATA, Buffer, Element
from dokuei.dicom.rewrite import swap
from dokuei.errors import TooLargeError, TruncatedError, UnsupportedError

Cells = NDArray[Any]

ROWS: Final = 0x00280010
COLUMNS: Final = 0x00280011
SAMPLES: Final = 0x00280002
PHOTOMETRIC: Final = 0x00280004
PLANAR: Final = 0x00280006
FRAMES: Final = 0x00280008
BITS_ALLOCATED: Final = 0x00280100
BITS_STORED: Final = 0x00280101
HIGH_BIT: Final = 0x00280102

MAXIMUM_FRAME_BYTES: Final = 256 << 20
CHUNK: Final = 8 << 20
_SUBSAMPLED: Final = frozenset({"YBR_FULL_422", "YBR_PARTIAL_422"})
_NUMBERS: Final = frozenset({8, 16, 32, 64})
_FLOATS: Final = {FLOAT_PIXEL_DATA: 32, DOUBLE_PIXEL_DATA: 64}
_MISPLACED: Final = "The pixels cannot be understood: correct the object at the modality and send again."


@dataclass(frozen=True)
class PixelDescription:
    """How an object's cells are laid out; ``element`` is its pixel data."""

    element: Element
    rows: int
    columns: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    planar: int
    photometric: str
    number_of_frames: int
    floating: bool
    encapsulated: bool

    @property
    def frame_bits(self) -> int:
        """Bits of one native frame; chroma at half width counts two samples a pixel (PS3.3 C.7.6.3.1.2)."""
        samples = 2 if self.subsampled else self.samples
        return self.rows * self.columns * samples * self.bits_allocated

    @property
    def subsampled(self) -> bool:
        """Native 4:2:2 cells."""
        return not self.encapsulated and self.photometric in _SUBSAMPLED

    @property
    def frame_bytes(self) -> int:
        """Bytes of one native frame, the last one filled up."""
        return (self.frame_bits + 7) // 8

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows x columns, or rows x columns x samples."""
        return (self.rows, self.columns) if self.samples == 1 else (self.rows, self.columns, self.samples)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The little endian type of one cell; single bits are unpacked to bytes."""
        if self.bits_allocated == 1:
            return np.dtype(np.uint8)
        kind = "f" if self.floating else "i" if self.signed else "u"
        return np.dtype(f"<{kind}{self.bits_allocated // 8}")


def find_pixel_data(data_set: DataSet) -> Element | None:
    """The object's pixel data, integer or floating point; most SR, PR and KOS objects have none."""
    for tag in (PIXEL_DATA, FLOAT_PIXEL_DATA, DOUBLE_PIXEL_DATA):
        if tag in data_set.by_tag:
            return data_set.by_tag[tag]
    return None


def describe(data_set: DataSet, *, exactly: bool = False) -> PixelDescription | None:
    """What the pixels are, or None where there are none; ``exactly``: without what follows the last native frame.

    Raises:
        AdmissionError: sizes that are missing, make no sense or claim more bytes than are there.
    """
    element = find_pixel_data(data_set)
    if element is None or (element.end == element.value and not element.undefined):
        return None
    floating = element.tag in _FLOATS
    allocated = _FLOATS.get(element.tag) or data_set.integer(BITS_ALLOCATED)
    samples = data_set.integer(SAMPLES, 1)
    stored = allocated if floating else data_set.integer(BITS_STORED, allocated)
    description = PixelDescription(
        element=element,
        rows=data_set.integer(ROWS),
        columns=data_set.integer(COLUMNS),
        samples=samples,
        bits_allocated=allocated,
        bits_stored=stored if 0 < stored <= allocated else allocated,
        high_bit=data_set.integer(HIGH_BIT, stored - 1),
        signed=data_set.integer(PIXEL_REPRESENTATION, 0) == 1,
        planar=data_set.integer(PLANAR, 0) if samples > 1 else 0,
        photometric=data_set.text(PHOTOMETRIC) or ("RGB" if samples > 1 else "MONOCHROME2"),
        number_of_frames=max(1, data_set.integer(FRAMES, 1)),
        floating=floating,
        encapsulated=element.undefined,
    )
    _check_sizes(data_set, description)
    if exactly and not description.encapsulated:
        needed = (description.frame_bits * description.number_of_frames + 7) // 8
        end = min(element.end, element.value + needed + needed % 2)
        return replace(description, element=element._replace(end=end))
    return description


def _check_sizes(data_set: DataSet, description: PixelDescription) -> None:
    if min(description.rows, description.columns, description.samples, description.bits_allocated) <= 0:
        raise UnsupportedError("rows, columns, samples or bits are not above 0", phase="admission", remedy=_MISPLACED)
    if description.encapsulated != data_set.source.syntax.encapsulated:
        form = "encapsulated" if description.encapsulated else "native"
        raise UnsupportedError(
            f"the pixel data are {form}, which {data_set.source.syntax.name} does not allow",
            phase="admission",
            remedy=_MISPLACED,
        )
    video = data_set.source.syntax.kind == "video"
    if description.frame_bytes > MAXIMUM_FRAME_BYTES and not video:
        raise TooLargeError(
            f"a frame of {description.frame_bytes >> 20} MB", phase="admission", remedy="Ask the sender to tile it."
        )
    if description.encapsulated:
        return
    needed = (description.frame_bits * description.number_of_frames + 7) // 8
    there = description.element.end - description.element.value
    if there < needed:
        raise TruncatedError(
            f"{description.number_of_frames} frames need {needed} bytes of pixel data and {there} are there",
            phase="admission",
            remedy="The pixel data are cut off: send the object again from its source.",
        )


def native_frames(data_set: DataSet, description: PixelDescription) -> Iterator[Buffer]:
    """The native bytes of each frame in turn."""
    for index in range(description.number_of_frames):
        yield native_frame(data_set, description, index)


def native_frame(data_set: DataSet, description: PixelDescription, index: int) -> Buffer:
    """The native bytes of one frame (from 0), little endian, in the planes they came in; its bits start a byte."""
    base = description.element.value
    first_bit = index * description.frame_bits
    start, shift = base + first_bit // 8, first_bit % 8
    end = base + (first_bit + description.frame_bits + 7) // 8
    if shift or description.frame_bits % 8:
        return _realigned(data_set.source.pixels(start, end), shift, description.frame_bits)
    if data_set.source.encoding.little:
        return data_set.source.pixels(start, end)
    return _swapped(data_set, description, start, end)


def native_chunks(data_set: DataSet, description: PixelDescription, *, after: int = 0) -> Iterator[Buffer]:
    """The native value behind ``after`` bytes in little endian, piece by piece, with what follows its last frame."""
    element = description.element
    for start in range(element.value + after, element.end, CHUNK):
        end = min(start + CHUNK, element.end)
        if data_set.source.encoding.little or description.bits_allocated < 8:  # noqa: PLR2004 - bits have no order
            yield data_set.source.pixels(start, end)
        else:
            yield _swapped(data_set, description, start, end)


def _realigned(data: Buffer, shift: int, bits: int) -> bytes:
    """Bits of one frame that shares its first or last byte with its neighbours (PS3.5 8.1.1), the rest zero."""
    cells = np.unpackbits(np.frombuffer(data, dtype=np.uint8), bitorder="little")[shift : shift + bits]
    return np.packbits(cells, bitorder="little").tobytes()


def _swapped(data_set: DataSet, description: PixelDescription, start: int, end: int) -> bytes:
    """Big endian cells in little endian; 8 bit cells in OW stand in swapped pairs (PS3.5 8.1.1, 7.3)."""
    width = description.bits_allocated // 8
    if width > 1:
        return swap(bytes(data_set.source.pixels(start, end)), width)
    if description.element.vr != "OW":
        return bytes(data_set.source.pixels(start, end))
    base = description.element.value
    first, last = start - (start - base) % 2, end + (end - base) % 2
    pairs = swap(bytes(data_set.source.pixels(first, min(last, description.element.end))), 2)
    return pairs[start - first : start - first + end - start]


def to_cells(data: Buffer, description: PixelDescription) -> Cells:
    """Native bytes as cells, Planar Configuration 0."""
    flat = np.frombuffer(data, dtype=description.dtype)
    if description.samples == 1:
        return flat.reshape(description.rows, description.columns)
    if description.planar == 1:
        planes = flat.reshape(description.samples, description.rows, description.columns)
        return np.ascontiguousarray(planes.transpose(1, 2, 0))
    return flat.reshape(description.rows, description.columns, description.samples)


def frame_digest(cells: Cells | Buffer | Iterable[Buffer]) -> str:
    """Hex SHA-256 over a frame's cells as native bytes, or over its encoded bytes where it came lossy."""
    if not isinstance(cells, bytes | bytearray | memoryview | np.ndarray):
        digest = hashlib.sha256()
        for piece in cells:
            digest.update(piece)
        return digest.hexdigest()
    if isinstance(cells, np.ndarray):
        return hashlib.sha256(np.ascontiguousarray(cells).data.cast("B") if cells.size else b"").hexdigest()
    return hashlib.sha256(cells).hexdigest()


def native_digest(data: Buffer, description: PixelDescription) -> str:
    """The digest of a native frame's cells in Planar Configuration 0, whatever order they are kept in."""
    if description.planar == 1 and description.samples > 1 and description.bits_allocated in _NUMBERS:
        return frame_digest(to_cells(data, description))
    return frame_digest(data)
