"""What an MR header costs beside the codec: read at the door, walked at intake, made JSON; pydicom in the same run.

python bench/run.py headers
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydicom import Dataset, dcmread

from dokuei.dicom.admit import admission
from dokuei.dicom.dicom_json import to_json
from dokuei.dicom.intake import intake
from dokuei.dicom.meta import parse_meta
from dokuei.dicom.read import read_identity
from tests.makers.objects import image, noise, save

_SYNTAX = "1.2.840.10008.1.2.1"
_IDENTITY = ["SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "PatientID", "Modality"]


def run(*, quick: bool = False) -> dict[str, Any]:
    """Medians in ms."""
    times = 30 if quick else 300
    with tempfile.TemporaryDirectory(prefix="dokuei-bench-") as name:
        path, target = save(Path(name) / "mr.dcm", _mr()), Path(name) / "coded.dcm"
        coded, data = intake(path, target), path.read_bytes()
        _, start = parse_meta(data, len(data))
        view = memoryview(data)[start:]

        def walked() -> None:
            with admission(path) as admitted:
                assert admitted.description is not None  # noqa: S101 - it is an image

        ours: dict[str, Callable[[], object]] = {
            "identity at the door": lambda: read_identity(view, _SYNTAX),
            "walk and admission": walked,
            "DICOM JSON": lambda: to_json(target, coded, bulk_data_uri="bulk"),
        }
        theirs: dict[str, Callable[[], object]] = {
            "identity at the door": lambda: dcmread(path, stop_before_pixels=True, specific_tags=_IDENTITY),
            "walk and admission": lambda: list(dcmread(path).iterall()),
            "DICOM JSON": lambda: dcmread(path, stop_before_pixels=True).to_json_dict(),
        }
        rows = {name: (_median(ours[name], times), _median(theirs[name], times)) for name in ours}
    return {
        "what": "an MR header of 180 elements before 512 x 512 cells, one thread, medians in ms",
        "command": "python bench/run.py headers",
        "rows": {name: {"dokuei_ms": round(a, 3), "pydicom_ms": round(b, 3)} for name, (a, b) in rows.items()},
    }


def _median(work: Callable[[], object], times: int) -> float:
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found)


def _mr() -> Dataset:
    data_set = image(noise((512, 512)), BitsStored=12)
    for number in range(60):
        data_set.add_new(0x00191000 + number, "DS", [1.5, 2.5])
        data_set.add_new(0x00181000 + 2 * number, "LO", "a value")
    data_set.add_new(0x00190010, "LO", "MAKER")
    return data_set
