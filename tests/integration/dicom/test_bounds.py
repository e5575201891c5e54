"""What intake costs: memory that does not grow with frames, documents and videos."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.makers.objects import element, identity, image, item, noise, part10, save, save_encoded

ROWS, COLUMNS, FRAMES = 2457, 1996, 14

_MEASURED = """
import json, re, sys
from pathlib import Path
from dokuei.dicom.intake import intake
from dokuei.dicom.native import to_explicit_little_endian
from dokuei.dicom.prove import prove
from dokuei.dicom.render import render_frame
peak = lambda: int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
source, target = map(Path, sys.argv[1:])
before = peak()
coded = intake(source, target)
prove(target, coded)
render_frame(target, coded, 3, longest_side=300)
size = sum(len(piece) for piece in to_explicit_little_endian(target, coded))
print(json.dumps([peak() - before, coded.proof, len(coded.frames), size]))
"""


def _tomosynthesis(path: Path) -> None:
    """Written piece by piece, so that the test does not need what it forbids."""
    data_set = image(noise((2, 2), bits=10), BitsStored=10)
    data_set.Rows, data_set.Columns, data_set.NumberOfFrames = ROWS, COLUMNS, FRAMES
    del data_set.PixelData
    save(path, data_set)
    frame = np.cumsum(noise((ROWS, COLUMNS), bits=1), axis=1).astype("<u2") & 0x3FF
    with path.open("ab") as file:
        file.write(element(0x7FE00010, "OW", b"", FRAMES * frame.nbytes))
        for number in range(FRAMES):
            file.write(np.roll(frame, number).tobytes())


def test_memory_does_not_grow_with_the_frames_of_a_tomosynthesis(tmp_path: Path) -> None:
    source = tmp_path / "dbt.dcm"
    _tomosynthesis(source)
    command: list[str | Path] = [sys.executable, "-c", _MEASURED, source, tmp_path / "coded.dcm"]
    run = subprocess.run(command, check=True, capture_output=True)
    grown, proof, frames, size = json.loads(run.stdout)
    assert (proof, frames) == ("proved", FRAMES)
    assert size > FRAMES * ROWS * COLUMNS * 2
    assert grown < 110, grown


def _document(path: Path) -> None:
    """200 MB that are no pixels."""
    first, last = identity()
    path.write_bytes(part10(first + last + element(0x00420011, "OB", b"", 200 << 20)))
    with path.open("ab") as file:
        for _ in range(200):
            file.write(bytes(1 << 20))


def _video(path: Path) -> None:
    """200 MB in one fragment."""
    data_set = image(noise((48, 64, 3), bits=8, dtype="u1"), NumberOfFrames=900)
    save_encoded(path, data_set, [bytes(2)], "1.2.840.10008.1.2.4.102")
    head = path.read_bytes()[:-18]
    path.write_bytes(head + item(b"", 200 << 20)[:8])
    with path.open("ab") as file:
        for _ in range(200):
            file.write(bytes(1 << 20))
        file.write(b"\xfe\xff\xdd\xe0\0\0\0\0")


_KEPT = """
import json, re, sys
from pathlib import Path
from dokuei.dicom.intake import intake
from dokuei.dicom.prove import prove
peak = lambda: int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
source, target = map(Path, sys.argv[1:])
before = peak()
coded = intake(source, target)
prove(target, coded)
print(json.dumps([peak() - before, coded.proof, coded.size]))
"""


@pytest.mark.parametrize(("write", "proof"), [(_document, "no-pixels"), (_video, "kept")])
def test_memory_does_not_grow_with_documents_and_videos(
    write: Callable[[Path], None], proof: str, tmp_path: Path
) -> None:
    write(tmp_path / "large.dcm")
    command: list[str | Path] = [sys.executable, "-c", _KEPT, tmp_path / "large.dcm", tmp_path / "coded.dcm"]
    run = subprocess.run(command, check=True, capture_output=True)
    grown, found, size = json.loads(run.stdout)
    assert found == proof
    assert size > 200 << 20
    assert grown < 80, grown
