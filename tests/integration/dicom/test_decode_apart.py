"""Forged frames and what they cost: a process that decodes, and nothing else."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from struct import pack

import imagecodecs
import numpy as np
import pytest

from dokuei.dicom import decode_apart, decoders, uids
from dokuei.dicom.codestream import CodestreamError
from dokuei.dicom.decode import decode_lossy, decode_twice
from dokuei.dicom.decode_apart import DESCRIBING
from dokuei.dicom.elements import PIXEL_DATA, Element
from dokuei.dicom.intake import intake
from dokuei.dicom.pixels import PixelDescription
from tests.makers.objects import Cells, image, noise, save_encoded

SIDE = 4096


def poison(path: Path) -> Path:
    """A small frame that says it is large: two of the lossless JPEG decoders read and write beyond their memory."""
    cells = noise((64, 64))
    frame = bytearray(imagecodecs.ljpeg_encode(cells, bitspersample=12))
    at = frame.find(b"\xff\xc3")
    frame[at + 5 : at + 9] = pack(">HH", SIDE, SIDE)
    data_set = image(cells, BitsStored=12, Rows=SIDE, Columns=SIDE)
    return save_encoded(path, data_set, [bytes(frame)], uids.JPEG_LOSSLESS_SV1)


def _description(cells: Cells, bits: int = 12) -> PixelDescription:
    values = dict.fromkeys(DESCRIBING, 0) | {
        "rows": cells.shape[0],
        "columns": cells.shape[1],
        "samples": 1,
        "bits_allocated": cells.dtype.itemsize * 8,
        "bits_stored": bits,
        "number_of_frames": 1,
        "encapsulated": True,
        "photometric": "MONOCHROME2",
    }
    return PixelDescription(element=Element(PIXEL_DATA, "OB", 0, 0, 0, 0, undefined=True), **values)  # type: ignore[arg-type] # of mixed types


def _jpeg(cells: Cells) -> bytes:
    return bytes(imagecodecs.jpeg8_encode(cells, lossless=True, bitspersample=12, predictor=1))


def _children() -> list[int]:
    own = os.getpid()
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
            command = (status.parent / "cmdline").read_text()
        except OSError:
            continue
        if f"PPid:\t{own}\n" in text and ("decode_child" in command or "State:\tZ" in text):
            found.append(int(status.parent.name))
    return found


def test_a_frame_that_breaks_its_decoder_is_kept_and_says_so(tmp_path: Path) -> None:
    """IMG-01: in its source encoding, and this program goes on."""
    coded = intake(poison(tmp_path / "poison.dcm"), tmp_path / "coded.dcm")
    assert (coded.proof, coded.reason) == ("kept", "its decoder broke on it")
    assert coded.transfer_syntax_uid == uids.JPEG_LOSSLESS_SV1
    good = noise((64, 64))
    assert np.array_equal(decode_twice(_jpeg(good), _description(good), uids.JPEG_LOSSLESS_SV1), good)
    assert len(_children()) <= 2, "the dead ones are collected"


def test_several_threads_have_their_own_cells() -> None:
    frames = [noise((100, 120), seed=seed) for seed in range(12)]
    wrong: list[int] = []

    def work(number: int) -> None:
        cells = frames[number]
        for _ in range(5):
            found = decode_twice(_jpeg(cells), _description(cells), uids.JPEG_LOSSLESS_SV1)
            if not np.array_equal(found, cells):
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(frames))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []
    assert len(_children()) <= 4


def test_an_idle_process_that_was_ended_from_outside_is_replaced() -> None:
    cells = noise((64, 64))
    decode_twice(_jpeg(cells), _description(cells), uids.JPEG_LOSSLESS_SV1)
    for child in _children():
        os.kill(child, signal.SIGKILL)
    found = decode_twice(_jpeg(cells), _description(cells), uids.JPEG_LOSSLESS_SV1)
    assert np.array_equal(found, cells)


def test_a_decoder_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = noise((3000, 3000))
    monkeypatch.setattr(decode_apart, "_SECONDS", 0.001)
    monkeypatch.setattr(decode_apart, "_SECONDS_PER_MEGABYTE", 0.0)
    with pytest.raises(CodestreamError, match="too long"):
        decode_twice(_jpeg(cells), _description(cells), uids.JPEG_LOSSLESS_SV1)


def test_no_decoder_outlives_a_program_that_was_killed() -> None:
    script = (
        "import sys, time\n"
        "from tests.integration.dicom.test_decode_apart import _children, _description, _jpeg\n"
        "from tests.makers.objects import noise\n"
        "from dokuei.dicom.decode import decode_twice\n"
        "cells = noise((64, 64))\n"
        "decode_twice(_jpeg(cells), _description(cells), '1.2.840.10008.1.2.4.70')\n"
        "print(*_children(), flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        children = [int(one) for one in program.stdout.readline().split()]
        assert children
        program.kill()
    deadline = time.monotonic() + 20
    while any(_decodes(child) for child in children):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _decodes(process: int) -> bool:
    try:
        return "decode_child" in Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return False


@pytest.mark.parametrize("error", [MemoryError, IndexError, TypeError])
def test_whatever_a_decoder_raises_is_about_the_frame(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_data: bytes, _: PixelDescription) -> None:
        raise error

    cells = noise((8, 8))
    monkeypatch.setitem(decoders.DECODERS, uids.RLE, (broken, broken))
    with pytest.raises(CodestreamError, match=error.__name__):
        decoders.twice(b"", _description(cells), uids.RLE)


def test_a_jpeg_xl_frame_larger_than_the_object_is_never_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its decoder would make room for all of it first."""
    large = np.zeros((3000, 3000), dtype="u1")
    small = _description(noise((64, 64), bits=8, dtype="u1"), 8)
    monkeypatch.setattr(decode_apart, "decode", lambda *_: pytest.fail("it was decoded"))
    for decode, syntax in ((decode_twice, uids.JPEG_XL_LOSSLESS), (decode_lossy, uids.JPEG_XL)):
        for container in (False, True):
            frame = bytes(imagecodecs.jpegxl_encode(large, lossless=True, effort=1, usecontainer=container))
            with pytest.raises(CodestreamError, match="3000 x 3000"):
                decode(frame, small, syntax)
