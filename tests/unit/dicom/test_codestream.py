"""What encoded frames say about themselves."""

import contextlib

import imagecodecs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokuei.dicom.codestream import RPCL, CodestreamError, FrameSize, read_jpeg, read_jpeg2000
from tests.makers.objects import noise


def test_a_jpeg_2000_header_says_size_depth_and_whether_it_is_reversible() -> None:
    cells = noise((40, 50), bits=16)
    for reversible in (True, False):
        data = imagecodecs.jpeg2k_encode(cells, level=0 if reversible else 40, reversible=reversible, codecformat="j2k")
        header = read_jpeg2000(bytes(data))
        assert header.size == FrameSize(40, 50, 1, 16)
        assert header.reversible == reversible
        assert not header.high_throughput
        assert header.resolution_ends(len(data)) == ()


def test_a_jp2_file_around_a_codestream_is_looked_through() -> None:
    data = imagecodecs.jpeg2k_encode(noise((40, 50), bits=16), level=0, codecformat="jp2")
    assert read_jpeg2000(bytes(data)).size == FrameSize(40, 50, 1, 16)


def test_a_high_throughput_header_says_order_and_colour_transform() -> None:
    header = read_jpeg2000(bytes(imagecodecs.htj2k_encode(noise((40, 50, 3), bits=8, dtype="u1"), reversible=True)))
    assert header.high_throughput
    assert (header.progression, header.colour_transform) == (RPCL, True)
    assert header.depths == ((8, False),) * 3


@pytest.mark.parametrize("bits", [8, 12])
def test_a_jpeg_header_says_its_size(bits: int) -> None:
    cells = noise((40, 50), bits=bits, dtype="u1" if bits == 8 else "<u2")
    data = imagecodecs.jpeg8_encode(cells, lossless=True, bitspersample=bits)
    assert read_jpeg(bytes(data)).size == FrameSize(40, 50, 1, bits)
    assert read_jpeg(bytes(imagecodecs.jpegls_encode(cells))).size.rows == 40


@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\x4f\xff\x51\x00\x29", b"\xff\xd8\xff", b"\xff\x4f"]))
def test_any_bytes_are_read_or_refused(data: bytes, start: bytes) -> None:
    for read in (read_jpeg, read_jpeg2000):
        with contextlib.suppress(CodestreamError):
            read(start + data)
