"""Files whose frames came with loss, or cannot be shown to be without: their bytes are kept, and it is said."""

from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from pydicom.pixels.utils import pixel_array

from dokuei.dicom import uids
from dokuei.dicom.native import decode_frame
from dokuei.errors import NotAcceptableError
from tests.makers.objects import Cells, image, noise, save_encoded
from tests.makers.taken_in import as_native, jpeg_2000, taken_in

LOSSY = {
    uids.JPEG_BASELINE: lambda cells: bytes(imagecodecs.jpeg8_encode(cells, level=80)),
    uids.JPEG_LS_NEAR: lambda cells: bytes(imagecodecs.jpegls_encode(cells, level=3)),
    uids.JPEG_XL: lambda cells: bytes(imagecodecs.jpegxl_encode(cells, level=80)),
    uids.JPEG_2000: lambda cells: bytes(
        imagecodecs.jpeg2k_encode(cells, level=30, reversible=False, codecformat="j2k")
    ),
    uids.HTJ2K: lambda cells: bytes(imagecodecs.htj2k_encode(cells, level=0.01, reversible=False)),
}


@pytest.mark.parametrize("transfer_syntax", LOSSY)
def test_what_came_lossy_keeps_its_bytes_and_is_marked(transfer_syntax: str, tmp_path: Path) -> None:
    """IMG-03."""
    cells = np.cumsum(noise((48, 64), bits=2), axis=1).astype("u1")
    frame = LOSSY[transfer_syntax](cells)
    source = save_encoded(tmp_path / "source.dcm", image(cells), [frame], transfer_syntax)
    coded, target = taken_in(source, tmp_path)
    assert (coded.proof, coded.transfer_syntax_uid) == ("kept", transfer_syntax)
    assert coded.reason.startswith("came as ")
    assert coded.frames[0].digest_of == "encoded"
    at = coded.frames[0]
    assert target.read_bytes()[at.offset : at.offset + at.length] == frame + b"\0" * (len(frame) % 2)
    assert coded.lossy is not None
    assert coded.lossy.methods[0].startswith("ISO_")
    native = as_native(target, coded)
    assert native.LossyImageCompression == "01"
    assert float(native.LossyImageCompressionRatio) == pytest.approx(coded.lossy.ratios[0], rel=1e-3)
    assert np.abs(pixel_array(native).astype(int) - cells).mean() < 12


def test_a_reversible_stream_in_a_lossy_transfer_syntax_is_lossless_only_if_the_header_says_so(tmp_path: Path) -> None:
    cells = noise((48, 64), bits=8, dtype="u1")
    for said, proof in (("00", "proved"), ("01", "kept"), (None, "kept")):
        data_set = image(cells)
        if said is not None:
            data_set.LossyImageCompression = said
        source = save_encoded(tmp_path / "source.dcm", data_set, [jpeg_2000(cells)], uids.JPEG_2000)
        assert taken_in(source, tmp_path)[0].proof == proof
    data_set = image(cells, LossyImageCompression="00")
    irreversible = LOSSY[uids.JPEG_2000](cells)
    source = save_encoded(tmp_path / "source.dcm", data_set, [irreversible], uids.JPEG_2000)
    assert taken_in(source, tmp_path)[0].reason == "came as JPEG 2000, coded with loss"


@pytest.mark.parametrize("transfer_syntax", ["1.2.840.10008.1.2.4.58", "1.2.840.10008.1.2.4.92"])
def test_lossless_encodings_without_a_decoder_are_kept_and_not_called_lossy(
    transfer_syntax: str, tmp_path: Path
) -> None:
    source = save_encoded(tmp_path / "s.dcm", image(noise((8, 9))), [b"\xff\xd8\xff\xd9"], transfer_syntax)
    coded, target = taken_in(source, tmp_path)
    assert (coded.proof, coded.reason, coded.lossy) == ("kept", "no decoder here reads it", None)
    with pytest.raises(NotAcceptableError):
        decode_frame(target, coded, 1)


MISLABELLED: dict[str, tuple[str, Callable[[Cells], bytes], str]] = {
    "JPEG": (uids.JPEG_LOSSLESS_SV1, lambda cells: bytes(imagecodecs.jpeg8_encode(cells, level=60)), "ISO_10918_1"),
    "JPEG-LS": (uids.JPEG_LS_LOSSLESS, lambda cells: bytes(imagecodecs.jpegls_encode(cells, level=5)), "ISO_14495_1"),
    "JPEG 2000": (uids.JPEG_2000_LOSSLESS, LOSSY[uids.JPEG_2000], "ISO_15444_1"),
    "Part 2": (uids.JPEG_2000_PART_2_LOSSLESS, LOSSY[uids.JPEG_2000], "ISO_15444_1"),
    "JPEG XL": (
        uids.JPEG_XL_LOSSLESS,
        lambda cells: bytes(imagecodecs.jpegxl_encode(cells, distance=3)),
        "ISO_18181_1",
    ),
    "HTJ2K": (uids.HTJ2K_LOSSLESS, LOSSY[uids.HTJ2K], "ISO_15444_15"),
    "HTJ2K RPCL": (uids.HTJ2K_LOSSLESS_RPCL, LOSSY[uids.HTJ2K], "ISO_15444_15"),
}


@pytest.mark.parametrize("coded_as", MISLABELLED)
def test_lossy_frames_under_a_lossless_label_are_never_called_proved(coded_as: str, tmp_path: Path) -> None:
    """IMG-03."""
    transfer_syntax, encode, method = MISLABELLED[coded_as]
    cells = np.cumsum(noise((48, 64), bits=2), axis=1).astype("u1")
    source = save_encoded(tmp_path / "source.dcm", image(cells), [encode(cells)], transfer_syntax)
    coded, target = taken_in(source, tmp_path)
    assert (coded.proof, coded.transfer_syntax_uid) == ("kept", transfer_syntax)
    assert coded.reason == f"labelled {uids.TRANSFER_SYNTAXES[transfer_syntax].name}, coded with loss"
    assert coded.lossy is not None
    assert coded.lossy.methods == (method,)
    if transfer_syntax != uids.JPEG_2000_PART_2_LOSSLESS:
        native = as_native(target, coded)
        assert (native.LossyImageCompression, native.LossyImageCompressionMethod) == ("01", method)
        assert np.abs(pixel_array(native).astype(int) - cells).mean() < 12


def test_one_lossy_frame_among_others_marks_the_object(tmp_path: Path) -> None:
    cells = np.cumsum(noise((2, 48, 64), bits=2), axis=2).astype("u1")
    frames = [bytes(imagecodecs.jpegls_encode(cells[0])), bytes(imagecodecs.jpegls_encode(cells[1], level=3))]
    data_set = image(cells, number_of_frames=2)
    coded, target = taken_in(save_encoded(tmp_path / "s.dcm", data_set, frames, uids.JPEG_LS_LOSSLESS), tmp_path)
    assert coded.proof == "kept"
    assert coded.lossy is not None
    assert np.array_equal(decode_frame(target, coded, 1), cells[0])


def test_jpeg_xl_that_does_not_show_that_it_is_lossless_is_kept_and_says_so(tmp_path: Path) -> None:
    """Transparency of an odd depth stands before what is read of its headers."""
    cells = noise((48, 64), bits=8, dtype="u1")
    frame = bytearray(imagecodecs.jpegxl_encode(cells, lossless=True, usecontainer=False))
    value = int.from_bytes(frame[:16], "little")
    at = 16 + 1 + 5 + 3 + 1 + 1 + 3 + 1  # signature, size, all_default, extra_fields, depth, modular buffers
    assert value >> at & 3 == 0, "no extra channels"
    frame[:16] = (value | 1 << at).to_bytes(16, "little")
    coded, _ = taken_in(save_encoded(tmp_path / "s.dcm", image(cells), [bytes(frame)], uids.JPEG_XL_LOSSLESS), tmp_path)
    assert (coded.proof, coded.lossy) == ("kept", None)
    assert coded.reason == "labelled JPEG XL Lossless, and its codestream does not show that it is"


def test_signed_jpeg_xl_is_kept(tmp_path: Path) -> None:
    cells = noise((8, 9), bits=16, dtype="<i2")
    frame = bytes(imagecodecs.jpegxl_encode(cells.view("<u2"), lossless=True))
    coded, _ = taken_in(save_encoded(tmp_path / "s.dcm", image(cells), [frame], uids.JPEG_XL_LOSSLESS), tmp_path)
    assert (coded.proof, coded.lossy) == ("kept", None)


def test_lossy_colour_is_handed_out_as_rgb(tmp_path: Path) -> None:
    cells = np.full((48, 64, 3), (200, 40, 90), dtype="u1")
    frame = bytes(imagecodecs.jpeg8_encode(cells, level=95))
    data_set = image(cells, PhotometricInterpretation="YBR_FULL_422")
    coded, target = taken_in(save_encoded(tmp_path / "s.dcm", data_set, [frame], uids.JPEG_BASELINE), tmp_path)
    native = as_native(target, coded)
    assert (native.PhotometricInterpretation, native.PlanarConfiguration) == ("RGB", 0)
    assert np.abs(pixel_array(native, raw=True).astype(int) - cells).max() < 6


def test_video_keeps_its_stream(tmp_path: Path) -> None:
    stream = [b"\0\0\0\x18ftypmp42" + bytes(500), b"more of it"]
    data_set = image(noise((48, 64, 3), bits=8, dtype="u1"), NumberOfFrames=25)
    coded, target = taken_in(save_encoded(tmp_path / "s.dcm", data_set, stream, "1.2.840.10008.1.2.4.102"), tmp_path)
    assert coded.proof == "kept"
    data = target.read_bytes()
    assert [data[at.offset : at.offset + at.length] for at in coded.frames] == stream
