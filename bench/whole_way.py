"""The whole way of a 1,500-image breast MRI: from the first byte of C-STORE to "viewable at the hub, all proved".

python bench/run.py whole_way
"""

import tempfile
import time
from pathlib import Path
from typing import Any

from pydicom import dcmread

from bench.modality import send, wait_until_proved
from bench.resident import Watch
from dokuei.phantom import cases
from tests.makers.home import Home, running_home


def run(*, quick: bool = False) -> dict[str, Any]:
    """Send, wait, and watch the memory of both programs on the way."""
    with tempfile.TemporaryDirectory(prefix="dokuei-bench-") as folder:
        images = list(cases.make(Path(folder) / "cases", cases=["dynamic-mri"]).files)
        rounds = []
        for number in range(1 if quick else 3):
            with running_home(Path(folder) / f"home-{number}") as home:
                rounds.append(_one_way(home, images))
        return {
            "what": "storescu, one association, TCP_NODELAY, to every frame proved at the hub; a new home each round",
            "command": "python bench/run.py whole_way",
            "images": len(images),
            "rounds": rounds,
        }


def _one_way(home: Home, images: list[Path]) -> dict[str, Any]:
    study = dcmread(images[0], specific_tags=["StudyInstanceUID"]).StudyInstanceUID
    watch = Watch(home)
    with home.client() as client:
        started = time.monotonic()
        acknowledged = send(home, images)
        wait_until_proved(client, study, len(images))
        proved = time.monotonic() - started
    return {
        "acknowledged_s": round(acknowledged, 2),
        "proved_at_hub_s": round(proved, 2),
        "peak_mb": watch.stop(),
        "bytes": _bytes(home, images),
    }


def _bytes(home: Home, images: list[Path]) -> dict[str, Any]:
    stored = sum(file.stat().st_size for file in (home.folder / "hub" / "blobs" / "archive").rglob("*.dcm"))
    source = sum(file.stat().st_size for file in images)
    return {"source": source, "stored": stored, "ratio": round(source / stored, 2)}
