"""A process that finds and reads one large value and says its length and how far its memory grew."""

import sys
from pathlib import Path

import numpy as np

from dokuei.dicom.bulk import find_bulk
from dokuei.dicom.intake import intake

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.makers.objects import image, save


def resident() -> int:
    """The most memory that this process ever held, in bytes."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM"))


def main(folder: Path) -> None:
    """Code an object, then read its pixel data in pieces."""
    cells = np.tile(np.random.default_rng(1).integers(0, 4000, (1400, 1400), np.uint16), (60, 1, 1))
    source = save(folder / "source.dcm", image(cells, number_of_frames=60))
    del cells
    intake(source, folder / "coded.dcm")
    Path("/proc/self/clear_refs").write_text("5")
    before = resident()
    found = find_bulk(folder / "coded.dcm", "7FE00010")
    length = sum(len(piece) for piece in found.pieces(0, found.length))
    sys.stdout.write(f"{length} {resident() - before}\n")


main(Path(sys.argv[1]))
