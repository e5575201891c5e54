"""What a JPEG XL stream says of itself, however it is boxed."""

from struct import pack
from typing import Any

import imagecodecs
import pytest

from dokuei.dicom.codestream import CodestreamError, FrameSize
from dokuei.dicom.jpeg_xl import CONTAINER, read_jpeg_xl
from tests.makers.objects import noise

SHAPES: dict[str, tuple[tuple[int, ...], int]] = {
    "grey": ((40, 50), 8),
    "grey, 16 bit": ((641, 480), 16),
    "small": ((8, 16), 8),
    "colour": ((1000, 1500, 3), 8),
    "colour with transparency": ((40, 50, 4), 8),
}
HOW: list[tuple[dict[str, Any], str]] = [({"lossless": True}, "none"), ({"distance": 2.0}, "some")]


def _encoded(shape: str, **how: Any) -> bytes:
    size, bits = SHAPES[shape]
    return bytes(imagecodecs.jpegxl_encode(noise(size, bits=bits, dtype="u1" if bits == 8 else "<u2"), **how))


def _box(kind: bytes, content: bytes) -> bytes:
    return pack(">L", 8 + len(content)) + kind + content


@pytest.mark.parametrize("container", [False, True])
@pytest.mark.parametrize(("how", "loss"), HOW)
@pytest.mark.parametrize("shape", SHAPES)
def test_its_size_and_its_loss_stand_in_its_headers(
    shape: str,
    how: dict[str, Any],
    loss: str,
    container: bool,  # noqa: FBT001 - a case
) -> None:
    size, bits = SHAPES[shape]
    header = read_jpeg_xl(_encoded(shape, usecontainer=container, **how))
    assert header.size == FrameSize(size[0], size[1], size[2] if len(size) > 2 else 1, bits)
    assert header.loss == loss


@pytest.mark.parametrize("cut", [2, 3, 7, 40])
def test_a_header_cut_into_boxes_is_put_together(cut: int) -> None:
    """As encoders write it that keep the JPEG it was made from."""
    bare = _encoded("grey", lossless=True, usecontainer=False)
    first, rest = _box(b"jxlp", bytes(4) + bare[:cut]), _box(b"jxlp", b"\x80\0\0\1" + bare[cut:])
    assert read_jpeg_xl(CONTAINER + first + _box(b"jbrd", bytes(99)) + rest) == read_jpeg_xl(bare)


def test_what_is_no_jpeg_xl_or_cut_off_says_so() -> None:
    bare = _encoded("grey", lossless=True, usecontainer=False)
    boxed = CONTAINER + _box(b"jxlc", bare)
    damaged = CONTAINER + pack(">L4s", 5, b"jxlc") + bare
    for broken in (b"", b"abc", bare[:4], CONTAINER, CONTAINER + b"\0\0", boxed[:24], damaged):
        with pytest.raises(CodestreamError):
            read_jpeg_xl(broken)
