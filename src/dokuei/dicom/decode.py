"""A frame in another encoding as cells: its sizes are checked first, and what decodes it may break alone.

Decoders that are written in C and were never meant for forged streams run in a process of their own, which is
replaced when it dies. Only plain and deflated frames are decoded in this one.
"""

from typing import Final

from dokuei.dicom import decode_apart, decoders, uids
from dokuei.dicom.codestream import CodestreamError, FrameSize, read_jpeg, read_jpeg2000
from dokuei.dicom.decoders import DECODERS, JPEG_2000, JPEG_XL, LOSSLESS_JPEG, LOSSY_JPEG
from dokuei.dicom.jpeg_xl import read_jpeg_xl
from dokuei.dicom.pixels import Cells, PixelDescription

_LAST_MARKER: Final = b"\xff\xd9"
_PADDING_AT_MOST: Final = 16
_JPEG: Final = LOSSY_JPEG | LOSSLESS_JPEG | {uids.JPEG_LS_LOSSLESS, uids.JPEG_LS_NEAR}
_HERE: Final = frozenset({uids.ENCAPSULATED_UNCOMPRESSED, uids.DEFLATED_FRAMES})
_WIDTHS: Final = frozenset({1, 8, 16, 32, 64})


def decode_twice(data: bytes, description: PixelDescription, syntax_uid: str) -> Cells:
    """The cells of a losslessly encoded frame, as two decoders see them where two exist.

    Raises:
        CodestreamError: it cannot be decoded, is of another size, decoders disagree, or one broke on it.
        StorageError: no process for decoding can be had now.
    """
    if syntax_uid not in DECODERS:
        raise CodestreamError("no decoder here reads it")
    check_size(data, description, syntax_uid)
    _check_end(data, syntax_uid)
    if syntax_uid in _HERE:
        return decoders.twice(data, description, syntax_uid)
    return decode_apart.decode("twice", data, description, syntax_uid)


def decode_lossy(data: bytes, description: PixelDescription, syntax_uid: str) -> Cells:
    """The cells of a frame that came lossy, colour as RGB, for clients that cannot decode it themselves.

    Raises:
        CodestreamError: no decoder here reads it, or it broke on it.
        StorageError: no process for decoding can be had now.
    """
    check_size(data, description, syntax_uid)
    return decode_apart.decode("lossy", data, description, syntax_uid)


def _check_end(data: bytes, syntax_uid: str) -> None:
    """A stream without its last marker was cut off, and some decoders fill up what is missing in silence."""
    if syntax_uid in JPEG_2000 | _JPEG and data.rfind(_LAST_MARKER, -_PADDING_AT_MOST) < 0:
        raise CodestreamError("its frame is cut off")


def check_size(data: bytes, description: PixelDescription, syntax_uid: str) -> None:
    """Compare what a frame declares with what the object says, before a decoder makes room for it."""
    if description.bits_allocated not in _WIDTHS:
        raise CodestreamError(f"{description.bits_allocated} bits allocated, which no decoder gives")
    found: FrameSize | None = None
    if syntax_uid in JPEG_2000:
        found = read_jpeg2000(data).size
    elif syntax_uid in _JPEG:
        found = read_jpeg(data).size
    elif syntax_uid in JPEG_XL:
        found = read_jpeg_xl(data).size
    if found is None:
        return
    samples = found.samples or description.samples
    if (found.rows, found.columns, samples) != (description.rows, description.columns, description.samples):
        raise CodestreamError(
            f"its frame is {found.rows} x {found.columns} x {found.samples} and its header says otherwise"
        )
    if found.bits > description.bits_allocated:
        raise CodestreamError(f"its frame has {found.bits} bits and its header allocates fewer")
