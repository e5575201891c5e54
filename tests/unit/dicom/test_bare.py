"""What stands beside the pixels goes, and every decoder sees the same cells as before."""

import zlib
from struct import pack

import imagecodecs
import numpy as np
import pytest

from dokuei.dicom import uids
from dokuei.dicom.bare import bare_frame
from dokuei.dicom.codestream import CodestreamError
from dokuei.dicom.elements import PIXEL_DATA, Element
from dokuei.dicom.pixels import Cells, PixelDescription
from tests.makers.objects import noise

NAME = b"YAMADA^HANAKO 0012345"
GREY = noise((24, 32), bits=8, dtype="u1")
COLOUR = noise((24, 32, 3), bits=8, dtype="u1")
DESCRIPTION = PixelDescription(
    element=Element(PIXEL_DATA, "OB", 0, 0, 0, 0, undefined=True),
    rows=24,
    columns=32,
    samples=1,
    bits_allocated=8,
    bits_stored=8,
    high_bit=7,
    signed=False,
    planar=0,
    photometric="MONOCHROME2",
    number_of_frames=1,
    floating=False,
    encapsulated=True,
)


def _bare(data: bytes, syntax: str = uids.JPEG_BASELINE) -> bytes:
    return bare_frame(data, DESCRIPTION, syntax)


def _segment(marker: int, payload: bytes) -> bytes:
    return pack(">HH", marker, len(payload) + 2) + payload


def _telling(jpeg: bytes) -> bytes:
    """A comment, Exif and a thumbnail behind the first marker, and bytes behind the last one."""
    thumbnail = _segment(0xFFE0, b"JFIF\0\1\1\0\0\1\0\1\1\7" + NAME)
    inside = thumbnail + _segment(0xFFFE, NAME) + _segment(0xFFE1, b"Exif\0\0" + NAME) + _segment(0xFFE8, NAME)
    return jpeg[:2] + inside + jpeg[2:] + NAME


@pytest.mark.parametrize("cells", [GREY, COLOUR])
def test_jpeg_keeps_its_cells_alone(cells: Cells) -> None:
    data = bytes(imagecodecs.jpeg8_encode(cells, level=80))
    bare = _bare(_telling(data))
    assert NAME[:6] not in bare
    assert len(bare) % 2 == 0
    assert bare.rstrip(b"\0").endswith(b"\xff\xd9")
    assert np.array_equal(imagecodecs.jpeg8_decode(bare), imagecodecs.jpeg8_decode(data))
    assert _bare(bare) == bare


@pytest.mark.parametrize("cells", [GREY, COLOUR])
def test_jpeg_ls_keeps_its_cells_alone(cells: Cells) -> None:
    """Its coded cells hold FF before bytes that are no marker."""
    data = bytes(imagecodecs.jpegls_encode(cells, level=2))
    bare = _bare(_telling(data), uids.JPEG_LS_NEAR)
    assert NAME[:6] not in bare
    assert np.array_equal(imagecodecs.jpegls_decode(bare), imagecodecs.jpegls_decode(data))


def test_jpeg_2000_keeps_its_cells_alone() -> None:
    data = bytes(imagecodecs.jpeg2k_encode(GREY, level=30, codecformat="j2k", reversible=False))
    at = data.index(b"\xff\x90")
    told = data[:at] + _segment(0xFF64, b"\0\1" + NAME) + data[at:] + NAME
    bare = _bare(told, uids.JPEG_2000)
    assert NAME[:6] not in bare
    assert len(bare) - len(data) in {len(NAME) + 6, len(NAME) + 7}
    assert np.array_equal(imagecodecs.jpeg2k_decode(bare), imagecodecs.jpeg2k_decode(data))


def test_the_comment_of_a_tile_part_is_blanked() -> None:
    data = bytes(imagecodecs.jpeg2k_encode(GREY, level=30, codecformat="j2k", reversible=False))
    at = data.index(b"\xff\x90")
    comment = _segment(0xFF64, b"\0\1" + NAME)
    length = int.from_bytes(data[at + 6 : at + 10], "big")
    part = data[at : at + 6] + pack(">L", length + len(comment)) + data[at + 10 : at + 12] + comment + data[at + 12 :]
    bare = _bare(data[:at] + part, uids.JPEG_2000)
    assert NAME[:6] not in bare
    assert np.array_equal(imagecodecs.jpeg2k_decode(bare), imagecodecs.jpeg2k_decode(data))


def test_frames_of_a_known_length_end_there() -> None:
    raw = GREY.tobytes()
    machine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    deflated = machine.compress(raw) + machine.flush()
    assert _bare(raw + NAME, uids.ENCAPSULATED_UNCOMPRESSED) == raw
    bare = _bare(deflated + NAME, uids.DEFLATED_FRAMES)
    assert NAME not in bare
    assert zlib.decompressobj(-zlib.MAX_WBITS).decompress(bare) == raw


def test_what_cannot_be_looked_through_is_refused() -> None:
    """RLE and JPEG XL do not say where they end; a JPEG without an end, or a codestream with more than tiles, lies."""
    jpeg = bytes(imagecodecs.jpeg8_encode(GREY))
    j2k = bytes(imagecodecs.jpeg2k_encode(GREY, codecformat="j2k"))
    for data, syntax in (
        (bytes(64) + NAME, uids.RLE),
        (bytes(imagecodecs.jpegxl_encode(GREY)), uids.JPEG_XL),
        (jpeg[:-2], uids.JPEG_BASELINE),
        (jpeg[:30], uids.JPEG_BASELINE),
        (j2k[:-2] + NAME, uids.JPEG_2000),
        (j2k[:60], uids.JPEG_2000),
        (b"", uids.JPEG_BASELINE),
    ):
        with pytest.raises(CodestreamError):
            _bare(data, syntax)
