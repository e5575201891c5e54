"""HTJ2K Lossless RPCL, over bits, signs, sizes and colours, in two decoders."""

import imagecodecs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from dokuei.dicom.codestream import RPCL, CodestreamError, read_jpeg2000
from dokuei.dicom.transcode import decode_frame, decode_preview, decompositions, depth_in_use, encode_frame
from tests.makers.objects import Cells, noise


@st.composite
def _cells(draw: st.DrawFn) -> tuple[Cells, int]:
    """Cells and their Bits Stored; some reach beyond it, as padding and overlays do."""
    signed, colour = draw(st.booleans()), draw(st.integers(0, 3)) == 0
    wide = signed or draw(st.booleans())
    stored = draw(st.integers(1, 16 if wide else 8))
    reach = draw(st.sampled_from([stored, 16 if wide else 8]))
    low, high = (-(1 << (reach - 1)), (1 << (reach - 1)) - 1) if signed else (0, (1 << reach) - 1)
    shape = (draw(st.integers(1, 90)), draw(st.integers(1, 90)), *((3,) if colour else ()))
    dtype = np.dtype("<i2" if signed else "<u2" if wide else "u1")
    cells = draw(arrays.arrays(dtype, shape, elements=st.integers(low, high), fill=st.integers(low, high)))
    return cells, stored


@settings(deadline=None, max_examples=150)
@given(_cells(), st.booleans())
def test_every_cell_comes_back_in_both_decoders(made: tuple[Cells, int], transform: bool) -> None:  # noqa: FBT001 - drawn
    cells, stored = made
    encoded = encode_frame(cells, bits_stored=stored, colour_transform=transform and cells.ndim == 3)
    assert np.array_equal(decode_frame(encoded.data, cells.dtype), cells)
    assert np.array_equal(imagecodecs.jpeg2k_decode(encoded.data, planar=False), cells)


@pytest.mark.parametrize("bits", range(1, 17))
@pytest.mark.parametrize("signed", [True, False])
def test_noise_in_every_depth_comes_back(bits: int, signed: bool) -> None:  # noqa: FBT001 - a case
    cells = noise((70, 133), bits=bits, dtype="<i2" if signed else "<u2", seed=bits)
    assert np.array_equal(decode_frame(encode_frame(cells, bits_stored=bits).data, cells.dtype), cells)


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (2000, 3), (65, 64), (2100, 70), (512, 512)])
def test_the_codestream_is_as_the_standard_wants_it(shape: tuple[int, int]) -> None:
    """PS3.5 10.18: RPCL, TLM, reversible, base of at most 64; each resolution is a tile-part of its own."""
    encoded = encode_frame(noise(shape), bits_stored=12)
    header = read_jpeg2000(encoded.data)
    assert (header.progression, header.reversible, header.high_throughput) == (RPCL, True, True)
    assert header.depths == ((12, False),)
    assert max(shape) / (1 << header.levels) <= 64
    assert len(header.tile_parts) == header.levels + 1 == len(encoded.resolution_ends)
    assert encoded.resolution_ends[-1] == len(encoded.data)
    assert list(encoded.resolution_ends) == sorted(set(encoded.resolution_ends))


def test_a_prefix_that_ends_with_a_resolution_decodes_to_that_resolution() -> None:
    cells = noise((300, 200)) // 4 + np.arange(200, dtype="<u2") * 10
    encoded = encode_frame(cells, bits_stored=12)
    for skip in range(1, 5):
        prefix = encoded.data[: encoded.resolution_ends[-1 - skip]]
        assert np.array_equal(decode_preview(prefix, skip), decode_preview(encoded.data, skip))


@pytest.mark.parametrize("dtype", ["u1", "<u2", "<i2"])
def test_a_preview_is_clipped_and_never_wraps(dtype: str) -> None:
    bits = 8 if dtype == "u1" else 16
    ends = np.array([np.iinfo(dtype).min, np.iinfo(dtype).max], dtype=dtype)
    cells = ends[(noise((128, 128), bits=8) > 128).astype(int)]
    preview = decode_preview(encode_frame(cells, bits_stored=bits).data, 2)
    assert preview.shape == (32, 32)
    assert preview.min() >= ends[0]
    assert preview.max() <= ends[1]
    assert abs(float(preview.mean()) - float(cells.mean())) < 0.1 * (float(ends[1]) - float(ends[0]))


def test_the_declared_depth_covers_what_is_used() -> None:
    assert depth_in_use(np.array([[0, 4095]], "<u2"), 12) == 12
    assert depth_in_use(np.array([[0, 65535]], "<u2"), 12) == 16
    assert depth_in_use(np.array([[0, 0]], "<u2"), 1) == 1
    assert depth_in_use(np.array([[-2048, 2047]], "<i2"), 12) == 12
    assert depth_in_use(np.array([[-2049, 0]], "<i2"), 12) == 13
    assert depth_in_use(np.array([[-1, 0]], "<i2"), 4) == 9


@pytest.mark.parametrize(("side", "levels"), [(1, 5), (2048, 5), (2049, 6), (4096, 6), (4097, 7), (65535, 10)])
def test_the_base_is_at_most_64(side: int, levels: int) -> None:
    assert decompositions(1, side) == levels


def test_a_codestream_that_is_none_is_refused() -> None:
    with pytest.raises(CodestreamError):
        decode_frame(b"\xff\x4f\xff\x51" + bytes(100), np.dtype("<u2"))
    with pytest.raises(CodestreamError):
        decode_preview(bytes(100), 1)
