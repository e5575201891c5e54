"""Coded objects for those who cannot decode them: pixel-identical Explicit VR Little Endian (PS3.5 A.2)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from dokuei.dicom import meta, uids
from dokuei.dicom.coded import CodedInstance
from dokuei.dicom.content import ContentDigest, explicit_header
from dokuei.dicom.elements import PIXEL_DATA
from dokuei.dicom.icons import IconDecoder
from dokuei.dicom.lossy import lossy_elements
from dokuei.dicom.pixels import CHUNK, PHOTOMETRIC, PLANAR, Cells, PixelDescription, native_chunks
from dokuei.dicom.pixels import native_frame as native_frame_bytes
from dokuei.dicom.rewrite import NativeIcon, explicit_head
from dokuei.dicom.stored import Stored, open_stored
from dokuei.errors import NotAcceptableError, NotFoundError

_PIXEL_GROUP: Final = 0x7FE00000
_LAST_TAG: Final = 0xFFFFFFFF
LARGEST_VALUE: Final = 0xFFFFFFFE
_BY_PIXEL: Final = explicit_head(PLANAR, "US", 2) + b"\0\0"
_RGB: Final = explicit_head(PHOTOMETRIC, "CS", 4) + b"RGB "
_BYTE: Final = 8
_PIECE: Final = CHUNK


def to_explicit_little_endian(path: Path, coded: CodedInstance) -> Iterator[bytes]:
    """The Part 10 file that the modality could have sent natively, in pieces, a frame at a time.

    Raises:
        NotAcceptableError: its frames cannot be decoded here (video, retired lossy processes).
        ProofError: a stored frame is not what it was.
    """
    with open_stored(path) as stored:
        data_set = stored.data_set
        _check_length(stored)
        overrides = data_set.overrides | _native_overrides(stored, coded)
        icons = _icons(stored, coded)
        yield meta.build_meta(
            sop_class_uid=coded.sop_class_uid,
            sop_instance_uid=coded.sop_instance_uid,
            transfer_syntax_uid=uids.EXPLICIT_LITTLE,
            application_entities={tag: meta.text_of(data_set.source.meta, tag) for tag in meta.CARRIED},
        )
        for piece in explicit_header(data_set, overrides, 0, _PIXEL_GROUP - 1, icons=icons):
            yield bytes(piece)
        yield from _pixel_element(stored)
        for piece in explicit_header(data_set, overrides, _PIXEL_GROUP, _LAST_TAG, icons=icons):
            yield bytes(piece)


def decode_frame(path: Path, coded: CodedInstance, number: int) -> Cells:
    """The cells of frame ``number`` (from 1): rows x columns, or rows x columns x samples.

    Raises:
        NotFoundError: there is no such frame.
        NotAcceptableError: it cannot be decoded here.
        ProofError: the stored frame is not what it was.
    """
    _check_number(coded, number)
    with open_stored(path) as stored:
        return stored.cells(number)


def native_frame(path: Path, coded: CodedInstance, number: int) -> bytes:
    """The cells of frame ``number`` as ``to_explicit_little_endian`` holds them; single bits start a byte."""
    _check_number(coded, number)
    with open_stored(path) as stored:
        return _native_bytes(stored, stored.described(), number)


def _check_number(coded: CodedInstance, number: int) -> None:
    if not 1 <= number <= len(coded.frames):
        raise NotFoundError(f"the object has {len(coded.frames)} frames and no frame {number}", phase="decoding")


def _icons(stored: Stored, coded: CodedInstance) -> NativeIcon | None:
    """Icons inside a kept object are still encoded like its frames; one pass finds them."""
    if stored.encoded is None or coded.proof != "kept":
        return None
    ContentDigest(stored.data_set)
    return IconDecoder(stored.data_set.source.syntax, lossy=stored.arrived_lossy).native


def _native_overrides(stored: Stored, coded: CodedInstance) -> dict[int, bytes]:
    """What decoding changes in the header: colour becomes RGB by pixel, and loss is declared."""
    description = stored.description
    if description is None or stored.encoded is None:
        return {}
    overrides: dict[int, bytes] = {}
    if stored.decoded_to_rgb:
        overrides[PHOTOMETRIC] = _RGB
    if description.samples > 1 and stored.arrived_lossy:
        overrides[PLANAR] = _BY_PIXEL
    if coded.lossy is not None:
        overrides |= lossy_elements(stored.data_set, coded.lossy)
    return overrides


def _check_length(stored: Stored) -> None:
    """Before the first byte: what cannot be written to its end is not begun."""
    description = stored.description
    if description is None or stored.encoded is None:
        return
    if (description.frame_bits * description.number_of_frames + 7) // 8 > LARGEST_VALUE:
        raise NotAcceptableError(
            "its native form is larger than a data element can be",
            phase="decoding",
            remedy="Ask for its frames one by one.",
        )


def _pixel_element(stored: Stored) -> Iterator[bytes]:
    description, data_set = stored.description, stored.data_set
    if description is None:
        if PIXEL_DATA in data_set.by_tag:
            yield explicit_head(PIXEL_DATA, "OW", 0)
        return
    element = description.element
    if stored.encoded is None:
        yield explicit_head(element.tag, element.vr, element.end - element.value)
    else:
        length = (description.frame_bits * description.number_of_frames + 7) // 8
        yield explicit_head(PIXEL_DATA, "OW" if description.bits_allocated > _BYTE else "OB", length + length % 2)
    yield from pixel_data(stored)


def native_length(stored: Stored) -> int:
    """Bytes of ``pixel_data``."""
    description = stored.described()
    if stored.encoded is None:
        return description.element.end - description.element.value
    length = (description.frame_bits * description.number_of_frames + 7) // 8
    return length + length % 2


def pixel_data(stored: Stored, *, first: int = 0, length: int | None = None) -> Iterator[bytes]:
    """The value of the pixel data in Explicit VR Little Endian, padded, in pieces; or a span of it.

    Raises:
        NotAcceptableError: its frames cannot be decoded here.
        ProofError: a frame is not what it was.
    """
    description = stored.description
    if description is None:
        return
    wanted = native_length(stored) - first if length is None else length
    if stored.encoded is None:
        yield from _span(_native_pieces(stored, description, first, wanted), first % _PIECE, wanted)
    elif description.bits_allocated == 1:
        yield from _span(_padded(_packed(stored, description), description), first, wanted)
    else:
        frame, skip = divmod(first, description.frame_bytes)
        yield from _span(_padded(_whole(stored, description, frame), description), skip, wanted)


def _native_pieces(stored: Stored, description: PixelDescription, first: int, length: int) -> Iterator[bytes]:
    """Pieces from the one that holds byte ``first``, once the frames that are touched have been checked."""
    last_bit = max(first + length, 1) * _BYTE - 1
    stored.check_native_frames(first * _BYTE // description.frame_bits + 1, last_bit // description.frame_bits + 1)
    for piece in native_chunks(stored.data_set, description, after=first - first % _PIECE):
        yield bytes(piece)


def _span(pieces: Iterator[bytes], skip: int, length: int) -> Iterator[bytes]:
    """``length`` bytes after the first ``skip``; nothing is made beyond them."""
    while length > 0:
        piece = next(pieces, b"")
        if not piece:
            return
        wanted = piece[skip : skip + length] if skip or length < len(piece) else piece
        skip = max(0, skip - len(piece))
        length -= len(wanted)
        if wanted:
            yield wanted


def _padded(pieces: Iterator[bytes], description: PixelDescription) -> Iterator[bytes]:
    yield from pieces
    if (description.frame_bits * description.number_of_frames + 7) // 8 % 2:
        yield b"\0"


def _whole(stored: Stored, description: PixelDescription, after: int) -> Iterator[bytes]:
    for number in range(after + 1, description.number_of_frames + 1):
        yield _native_bytes(stored, description, number)


def _packed(stored: Stored, description: PixelDescription) -> Iterator[bytes]:
    """Single bits run on from frame to frame (PS3.5 8.1.1)."""
    rest = np.empty(0, dtype=np.uint8)
    for number in range(1, description.number_of_frames + 1):
        bits = np.concatenate((rest, stored.cells(number).ravel()))
        whole = len(bits) // _BYTE * _BYTE
        yield np.packbits(bits[:whole], bitorder="little").tobytes()
        rest = bits[whole:]
    yield np.packbits(rest, bitorder="little").tobytes()


def _native_bytes(stored: Stored, description: PixelDescription, number: int) -> bytes:
    """One frame's cells in the planes that the source had; lossy colour by pixel."""
    if stored.encoded is None:
        return bytes(native_frame_bytes(stored.data_set, description, number - 1))
    cells = stored.cells(number)
    if description.bits_allocated == 1:
        return np.packbits(cells, bitorder="little").tobytes()
    if description.planar == 1 and description.samples > 1 and not stored.arrived_lossy:
        cells = np.ascontiguousarray(cells.transpose(2, 0, 1))
    return cells.tobytes()
