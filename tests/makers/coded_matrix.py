"""Codestreams of every depth and sign with the digest of the cells that went in, for the browser's decoder to meet.

``python -m tests.makers.coded_matrix`` writes them where the viewer's tests read them.
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from dokuei.dicom.pixels import Cells, frame_digest
from dokuei.dicom.transcode import encode_frame

FIXTURE = Path(__file__).parents[2] / "viewer" / "src" / "images" / "decode" / "fixtures" / "matrix.json"
_DEPTHS = {8: (1, 4, 7, 8), 16: (1, 7, 8, 9, 10, 12, 14, 15, 16)}
_SMALL, _WIDE = (13, 17), (70, 65)


def matrix() -> list[dict[str, Any]]:
    """One row a case, as the viewer's test reads it."""
    return [_row(name, cells, stored) for name, cells, stored in _cases()]


def _cases() -> Iterator[tuple[str, Cells, int]]:
    random = np.random.default_rng(20261123)
    for allocated, depths in _DEPTHS.items():
        for stored in depths:
            for sign in "ui" if stored > 1 else "u":
                low, high = (-(1 << (stored - 1)), 1 << (stored - 1)) if sign == "i" else (0, 1 << stored)
                shape = _WIDE if (stored, sign) == (12, "u") else _SMALL
                cells = random.integers(low, high, shape).astype(f"{sign}{allocated // 8}")
                yield f"{stored} of {allocated} bits, {'signed' if sign == 'i' else 'unsigned'}", cells, stored
    padded = random.integers(0, 4096, _SMALL).astype("u2")
    padded[:3] = 65535
    yield "padding 65535 in 12 bits", padded, 12
    yield "one pixel", np.array([[4095]], "u2"), 12
    yield "RGB", random.integers(0, 256, (*_SMALL, 3)).astype("u1"), 8
    for shape in (_SMALL, (5, 40)):
        yield f"YBR of {shape[0]} rows", random.integers(0, 256, (*shape, 3)).astype("u1"), 8
    yield "YBR of 12 bits", random.integers(0, 4096, (*_SMALL, 3)).astype("u2"), 12


def _row(name: str, cells: Cells, stored: int) -> dict[str, Any]:
    coded = encode_frame(cells, bits_stored=stored, colour_transform=name == "RGB")
    return {
        "name": name,
        "rows": cells.shape[0],
        "columns": cells.shape[1],
        "samples": cells.shape[2] if cells.ndim > 2 else 1,
        "bits_allocated": cells.itemsize * 8,
        "bits_stored": stored,
        "signed": cells.dtype.kind == "i",
        "codestream": base64.b64encode(coded.data).decode(),
        "resolution_ends": list(coded.resolution_ends),
        "digest": frame_digest(cells),
    }


if __name__ == "__main__":
    FIXTURE.write_text(json.dumps(matrix(), indent=1) + "\n")
