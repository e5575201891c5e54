"""Files in, coded and proved files out: every encoding, every shape of pixels."""

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.pixels.utils import pixel_array

from dokuei.dicom import coded_file, uids
from dokuei.dicom.intake import intake
from dokuei.dicom.native import decode_frame
from dokuei.errors import UnsupportedError
from tests.makers.objects import Cells, header, image, noise, save, save_encoded
from tests.makers.taken_in import as_native, htj2k, jpeg_2000, jpeg_lossless, raw_deflate, taken_in

NATIVE = [uids.EXPLICIT_LITTLE, uids.IMPLICIT_LITTLE, uids.EXPLICIT_BIG, uids.DEFLATED_LITTLE]
SHAPES: dict[str, dict[str, Any]] = {
    "12 bit": {"cells": noise((40, 50)), "BitsStored": 12},
    "16 bit": {"cells": noise((40, 50), bits=16)},
    "signed 16 bit": {"cells": noise((40, 50), bits=16, dtype="<i2")},
    "signed 12 bit": {"cells": noise((40, 50), bits=12, dtype="<i2"), "BitsStored": 12},
    "8 bit, odd length": {"cells": noise((5, 7), bits=8, dtype="u1")},
    "1 x 1": {"cells": noise((1, 1))},
    "padding beyond Bits Stored": {
        "cells": np.where(noise((40, 50)) > 4000, 65535, noise((40, 50))).astype("<u2"),
        "BitsStored": 12,
    },
    "overlay in the unused bits": {"cells": noise((40, 50)) | 0x8000, "BitsStored": 12},
    "High Bit 15": {"cells": noise((40, 50)) << 4, "BitsStored": 12, "HighBit": 15},
    "RGB": {"cells": noise((40, 50, 3), bits=8, dtype="u1")},
    "RGB 16 bit": {"cells": noise((40, 50, 3), bits=16)},
    "YBR_FULL": {"cells": noise((40, 50, 3), bits=8, dtype="u1"), "PhotometricInterpretation": "YBR_FULL"},
    "three frames": {"cells": noise((3, 40, 50)), "number_of_frames": 3, "BitsStored": 12},
    "three frames of odd length": {"cells": noise((3, 5, 7), bits=8, dtype="u1"), "number_of_frames": 3},
    "RGB in two frames": {"cells": noise((2, 40, 50, 3), bits=8, dtype="u1"), "number_of_frames": 2},
}


@pytest.mark.parametrize("transfer_syntax", NATIVE)
@pytest.mark.parametrize("shape", SHAPES)
def test_native_pixels_are_coded_proved_and_come_back_bit_for_bit(
    shape: str, transfer_syntax: str, tmp_path: Path
) -> None:
    """IMG-01 REC-11."""
    wanted = SHAPES[shape]["cells"]
    source = save(tmp_path / "source.dcm", image(**SHAPES[shape]), transfer_syntax)
    coded, target = taken_in(source, tmp_path)
    assert coded.proof == "proved"
    assert coded.transfer_syntax_uid == uids.HTJ2K_LOSSLESS_RPCL
    assert coded.source_transfer_syntax_uid == transfer_syntax
    frames = wanted if "number_of_frames" in SHAPES[shape] else wanted[np.newaxis]
    for number, (frame, cells) in enumerate(zip(coded.frames, frames, strict=True), 1):
        assert frame.digest == hashlib.sha256(cells.tobytes()).hexdigest()
        assert np.array_equal(decode_frame(target, coded, number), cells)
        assert frame.resolution_ends[-1] == frame.length
    native = as_native(target, coded)
    assert native.PixelData[: wanted.nbytes] == wanted.tobytes()
    assert native.PhotometricInterpretation == image(**SHAPES[shape]).PhotometricInterpretation
    by_openjpeg = np.asarray(pixel_array(target, raw=True))
    assert np.array_equal(by_openjpeg.reshape(wanted.shape), wanted)


@pytest.mark.parametrize("transfer_syntax", NATIVE)
def test_the_same_object_has_one_content_digest_in_every_native_encoding(transfer_syntax: str, tmp_path: Path) -> None:
    nested = header(PatientComments="x")
    data_set = image(noise((8, 9)), BitsStored=12, ReferencedStudySequence=[nested], WindowCenter=[40.5, 3])
    data_set.add_new(0x00091001, "UN", b"abcd")
    data_set.add_new(0x00090010, "LO", "MAKER")
    plain, _ = taken_in(save(tmp_path / "plain.dcm", data_set), tmp_path)
    other, _ = taken_in(save(tmp_path / "other.dcm", data_set, transfer_syntax), tmp_path)
    assert other.content_digest == plain.content_digest


def _change_pixels(data_set: pydicom.Dataset) -> None:
    data_set.PixelData = bytes(len(data_set.PixelData))


def _change_patient(data_set: pydicom.Dataset) -> None:
    data_set.PatientID = "7654321"


def _change_private(data_set: pydicom.Dataset) -> None:
    data_set.add_new(0x00090010, "LO", "MAKER")


@pytest.mark.parametrize("change", [_change_pixels, _change_patient, _change_private])
def test_another_content_has_another_digest(change: Callable[[pydicom.Dataset], None], tmp_path: Path) -> None:
    data_set = image(noise((8, 9)))
    first = intake(save(tmp_path / "a.dcm", data_set), tmp_path / "a")
    change(data_set)
    second = intake(save(tmp_path / "b.dcm", data_set), tmp_path / "b")
    assert first.content_digest != second.content_digest


ENCODERS: dict[str, Callable[[Cells], bytes]] = {
    uids.JPEG_LOSSLESS: jpeg_lossless,
    uids.JPEG_LOSSLESS_SV1: jpeg_lossless,
    uids.JPEG_LS_LOSSLESS: lambda cells: bytes(imagecodecs.jpegls_encode(cells)),
    uids.JPEG_2000_LOSSLESS: jpeg_2000,
    uids.JPEG_XL_LOSSLESS: lambda cells: bytes(imagecodecs.jpegxl_encode(cells, lossless=True)),
    uids.HTJ2K_LOSSLESS: htj2k,
    uids.HTJ2K_LOSSLESS_RPCL: htj2k,
    uids.ENCAPSULATED_UNCOMPRESSED: lambda cells: cells.tobytes(),
    uids.DEFLATED_FRAMES: raw_deflate,
}


@pytest.mark.parametrize(("fragments", "table"), [(1, True), (1, False), (3, True), (3, False)])
@pytest.mark.parametrize("transfer_syntax", ENCODERS)
def test_lossless_frames_are_coded_anew_from_any_number_of_fragments(
    transfer_syntax: str, fragments: int, table: Literal[True, False], tmp_path: Path
) -> None:
    cells = np.cumsum(noise((2, 48, 64), bits=5), axis=2, dtype="<u2")
    frames = [ENCODERS[transfer_syntax](frame) for frame in cells]
    data_set = image(cells, number_of_frames=2, BitsStored=12)
    source = save_encoded(tmp_path / "source.dcm", data_set, frames, transfer_syntax, fragments=fragments, table=table)
    coded, target = taken_in(source, tmp_path)
    starts_unknown = fragments > 1 and not table and not frames[0].startswith((b"\xff\xd8", b"\xff\x4f"))
    if starts_unknown:
        assert (coded.proof, coded.reason) == ("kept", "its frames cannot be told apart")
        return
    assert coded.proof == "proved", coded.reason
    for number, frame in enumerate(cells, 1):
        assert np.array_equal(decode_frame(target, coded, number), frame)
    native = intake(save(tmp_path / "native.dcm", image(cells, number_of_frames=2, BitsStored=12)), tmp_path / "n")
    assert coded.content_digest == native.content_digest


def test_rle_is_read_by_two_decoders_in_grey_and_in_colour(tmp_path: Path) -> None:
    for cells in (noise((30, 40)), noise((30, 40, 3), bits=8, dtype="u1")):
        data_set = pydicom.dcmread(save(tmp_path / "plain.dcm", image(cells)))
        data_set.compress(uids.RLE, generate_instance_uid=False)
        data_set.save_as(tmp_path / "rle.dcm")
        coded, target = taken_in(tmp_path / "rle.dcm", tmp_path)
        assert coded.proof == "proved"
        assert np.array_equal(decode_frame(target, coded, 1), cells)
        native = as_native(target, coded)
        assert np.array_equal(pixel_array(native, raw=True), cells)
        assert coded.content_digest == intake(tmp_path / "plain.dcm", tmp_path / "p").content_digest


def test_colour_by_plane_is_coded_by_pixel_and_comes_back_by_plane(tmp_path: Path) -> None:
    cells = noise((30, 40, 3), bits=8, dtype="u1")
    data_set = image(cells, PlanarConfiguration=1)
    data_set.PixelData = cells.transpose(2, 0, 1).tobytes()
    coded, target = taken_in(save(tmp_path / "source.dcm", data_set), tmp_path)
    assert coded.frames[0].digest == hashlib.sha256(cells.tobytes()).hexdigest()
    assert np.array_equal(pixel_array(target, raw=True), cells)
    native = as_native(target, coded)
    assert native.PlanarConfiguration == 1
    assert native.PixelData == data_set.PixelData


def test_what_coding_changes_is_recorded_and_undone(tmp_path: Path) -> None:
    """REC-13."""
    earlier = pydicom.Dataset()
    earlier.ModifyingSystem = "somebody else"
    cells = noise((30, 40, 3), bits=8, dtype="u1")
    data_set = image(cells, OriginalAttributesSequence=[earlier])
    source = save(tmp_path / "source.dcm", data_set)
    moment = datetime(2026, 4, 1, 10, 15, tzinfo=UTC)
    target = tmp_path / "coded.dcm"
    coded = intake(source, target, received_at=moment)
    stored = pydicom.dcmread(target)
    assert stored.PhotometricInterpretation == "YBR_RCT"
    before, record = stored.OriginalAttributesSequence
    assert before.ModifyingSystem == "somebody else"
    assert record.ModifiedAttributesSequence[0].PhotometricInterpretation == "RGB"
    assert record.AttributeModificationDateTime == "20260401101500.000000+0000"
    assert (record.ModifyingSystem, record.ReasonForTheAttributeModification) == ("dokuei", "COERCE")
    native = as_native(target, coded)
    assert native.PhotometricInterpretation == "RGB"
    assert [entry.ModifyingSystem for entry in native.OriginalAttributesSequence] == ["somebody else"]
    assert 0x7FF10010 not in native


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    source = save(tmp_path / "source.dcm", image(noise((30, 40, 3), bits=8, dtype="u1")))
    os.utime(source, (1_775_000_000, 1_775_000_000))
    first, second = intake(source, tmp_path / "a"), intake(source, tmp_path / "b")
    assert first == second
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_coded_file_taken_in_again_is_the_same_object(tmp_path: Path) -> None:
    first, target = taken_in(save(tmp_path / "s.dcm", image(noise((30, 40, 3), bits=8, dtype="u1"))), tmp_path)
    again = intake(target, tmp_path / "again")
    assert again.content_digest == first.content_digest
    assert [frame.digest for frame in again.frames] == [frame.digest for frame in first.frames]
    assert 0x7FF10011 not in pydicom.dcmread(tmp_path / "again")


def test_frames_beyond_four_gigabytes_stand_behind_an_extended_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coded_file, "_LARGEST_BASIC_TABLE", 0)
    cells = noise((3, 40, 50))
    coded, target = taken_in(save(tmp_path / "s.dcm", image(cells, number_of_frames=3)), tmp_path)
    stored = pydicom.dcmread(target)
    assert len(stored.ExtendedOffsetTable) == 24
    assert np.array_equal(pixel_array(stored, raw=True), cells)
    again, _ = taken_in(target.rename(tmp_path / "first.dcm"), tmp_path)
    assert again.content_digest == coded.content_digest
    assert "ExtendedOffsetTable" not in as_native(tmp_path / "first.dcm", coded)


@pytest.mark.parametrize(
    ("data_set", "reason"),
    [
        (image(noise((8, 9), bits=7, dtype="i1")), "signed 8 bit, which decoders widen"),
        (image(noise((8, 9), bits=20, dtype="<u4")), "32 bits allocated"),
        (image(noise((8, 9, 3), bits=8, dtype="u1"), PhotometricInterpretation="HSV"), "3 samples of HSV"),
        (image(noise((2, 8, 9)), number_of_frames=2, NumberOfFrames=1), "more pixel data than its frames need"),
    ],
)
def test_cells_that_decoders_would_not_give_back_stay_native(
    data_set: pydicom.Dataset, reason: str, tmp_path: Path
) -> None:
    coded, target = taken_in(save(tmp_path / "source.dcm", data_set, uids.IMPLICIT_LITTLE), tmp_path)
    assert (coded.proof, coded.reason) == ("kept", reason)
    assert coded.transfer_syntax_uid == uids.EXPLICIT_LITTLE
    assert pydicom.dcmread(target).PixelData == data_set.PixelData
    assert as_native(target, coded).PixelData == data_set.PixelData


@pytest.mark.parametrize("side", [8, 5])
@pytest.mark.parametrize("transfer_syntax", NATIVE)
def test_single_bits_stay_native_with_a_digest_of_each_frame(side: int, transfer_syntax: str, tmp_path: Path) -> None:
    bits = noise((3, side, side), bits=1, dtype="u1")
    data_set = image(bits, number_of_frames=3, BitsAllocated=1, BitsStored=1)
    data_set.PixelData = np.packbits(bits.ravel(), bitorder="little").tobytes()
    data_set.PixelData += b"\0" * (len(data_set.PixelData) % 2)
    coded, target = taken_in(save(tmp_path / "source.dcm", data_set, transfer_syntax), tmp_path)
    assert (coded.proof, coded.reason, coded.transfer_syntax_uid) == ("kept", "1 bit", uids.EXPLICIT_LITTLE)
    for number, (frame, cells) in enumerate(zip(coded.frames, bits, strict=True), 1):
        assert frame.digest == hashlib.sha256(np.packbits(cells.ravel(), bitorder="little").tobytes()).hexdigest()
        assert np.array_equal(decode_frame(target, coded, number), cells)
    assert as_native(target, coded).PixelData == data_set.PixelData


@pytest.mark.parametrize("side", [8, 5])
def test_single_bits_in_deflated_frames_stay_deflated(side: int, tmp_path: Path) -> None:
    bits = noise((3, side, side), bits=1, dtype="u1")
    frames = [raw_deflate(np.packbits(cells.ravel(), bitorder="little")) for cells in bits]
    data_set = image(bits, number_of_frames=3, BitsAllocated=1, BitsStored=1)
    coded, target = taken_in(save_encoded(tmp_path / "s.dcm", data_set, frames, uids.DEFLATED_FRAMES), tmp_path)
    assert (coded.proof, coded.transfer_syntax_uid) == ("kept", uids.DEFLATED_FRAMES)
    whole = np.packbits(bits.ravel(), bitorder="little").tobytes()
    assert as_native(target, coded).PixelData == whole + b"\0" * (len(whole) % 2)


def test_floating_point_pixels_stay_native(tmp_path: Path) -> None:
    cells = np.linspace(-1, 1, 72, dtype="<f4").reshape(8, 9)
    data_set = image(cells)
    del data_set.PixelData
    data_set.FloatPixelData = cells.tobytes()
    coded, target = taken_in(save(tmp_path / "source.dcm", data_set), tmp_path)
    assert (coded.proof, coded.reason) == ("kept", "floating point pixels")
    assert np.array_equal(decode_frame(target, coded, 1), cells)


def test_frames_that_do_not_decode_keep_their_source_encoding(tmp_path: Path) -> None:
    cells = noise((48, 64))
    frame = jpeg_2000(cells)
    for broken in (frame[: len(frame) // 8], frame[:-20], b"\0" * 100, jpeg_2000(noise((48, 65)))):
        source = save_encoded(tmp_path / "s.dcm", image(cells), [broken], uids.JPEG_2000_LOSSLESS)
        coded, target = taken_in(source, tmp_path)
        assert coded.proof == "kept"
        assert coded.reason
        assert coded.frames[0].digest_of == "encoded"
        assert coded.lossy is None
        assert target.exists()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the codec only prints some errors
def test_a_truncated_high_throughput_frame_is_not_believed(tmp_path: Path) -> None:
    cells = noise((200, 300))
    frame = htj2k(cells)
    source = save_encoded(tmp_path / "s.dcm", image(cells), [frame[: len(frame) // 2]], uids.HTJ2K_LOSSLESS)
    coded, _ = taken_in(source, tmp_path)
    assert coded.proof == "kept"


def test_an_icon_in_the_images_own_encoding_becomes_native(tmp_path: Path) -> None:
    cells, small = noise((48, 64), bits=8, dtype="u1"), noise((7, 9), bits=8, dtype="u1")
    icon = image(small)
    icon.PixelData = pydicom.encaps.encapsulate([jpeg_lossless(small)])
    icon["PixelData"].is_undefined_length = True
    data_set = image(cells, IconImageSequence=[icon])
    source = save_encoded(tmp_path / "s.dcm", data_set, [jpeg_lossless(cells)], uids.JPEG_LOSSLESS_SV1)
    coded, target = taken_in(source, tmp_path)
    assert coded.proof == "proved"
    stored = pydicom.dcmread(target).IconImageSequence[0]
    assert stored.PixelData == small.tobytes() + b"\0"


@pytest.mark.parametrize("transfer_syntax", NATIVE)
def test_objects_without_pixels_are_stored_explicitly(transfer_syntax: str, tmp_path: Path) -> None:
    data_set = header(ContentSequence=[header(ContentSequence=[header(TextValue="読影")])])
    data_set.SpecificCharacterSet = "ISO_IR 192"
    coded, target = taken_in(save(tmp_path / "source.dcm", data_set, transfer_syntax), tmp_path)
    assert (coded.proof, coded.frames) == ("no-pixels", ())
    stored = pydicom.dcmread(target)
    assert stored.ContentSequence[0].ContentSequence[0].TextValue == "読影"


def test_nothing_is_left_behind_when_an_object_is_refused(tmp_path: Path) -> None:
    source = save(tmp_path / "source.dcm", image(noise((8, 9))), "1.2.840.10008.1.2.1")
    data = source.read_bytes().replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.9\0")
    source.write_bytes(data)
    with pytest.raises(UnsupportedError):
        intake(source, tmp_path / "coded.dcm")
    assert not (tmp_path / "coded.dcm").exists()
