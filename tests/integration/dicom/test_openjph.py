"""The codec's first use, by two threads at once, in many fresh processes."""

import os
import subprocess
import sys
import threading

import imagecodecs  # noqa: F401 - loaded before the fork, so that a child's first act is the codec's first use
import numpy as np
from pydicom.encaps import encapsulate  # noqa: F401 - same

_PROCESSES = 100


def _first_frames() -> bool:
    """Whether each of two threads gets its own first frame back."""
    cells = np.random.default_rng(1).integers(0, 4096, (96, 96)).astype(np.uint16)
    start, sound = threading.Barrier(2), [False, False]

    def code(index: int) -> None:
        start.wait()
        from dokuei.dicom.transcode import decode_frame, encode_frame  # noqa: PLC0415 - what is tested

        sound[index] = np.array_equal(decode_frame(encode_frame(cells, bits_stored=12).data, cells.dtype), cells)

    threads = [threading.Thread(target=code, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return all(sound)


def test_two_threads_whose_first_frames_meet_in_the_codec_both_get_them_right() -> None:
    told = subprocess.run([sys.executable, __file__], check=True, capture_output=True, text=True)
    assert told.stdout.split() == [str(_PROCESSES), "0"], told.stderr[-2000:]


def _fork_many() -> None:
    wrong = 0
    for _ in range(_PROCESSES):
        child = os.fork()
        if child == 0:
            sound = False
            try:
                sound = _first_frames()
            finally:
                os._exit(not sound)
        wrong += os.waitpid(child, 0)[1] != 0
    sys.stdout.write(f"{_PROCESSES} {wrong}\n")


if __name__ == "__main__":
    _fork_many()
