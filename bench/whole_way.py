"""The whole way of a 1,500-image breast MRI: from the first byte of C-STORE to "viewable at the hub, all proved"."""

import shutil
import subprocess
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from dokuei.phantom import cases
from tests.makers.home import Home, running_home

_WAIT_SECONDS = 300
_LOOK_SECONDS = 0.25


def run(*, quick: bool = False) -> dict[str, Any]:
    """Send, wait, and watch the memory of both programs on the way; then ten studies for growth (not when quick)."""
    with tempfile.TemporaryDirectory(prefix="dokuei-bench-") as folder:
        images = _mri(Path(folder) / "cases")
        with running_home(Path(folder) / "home") as home:
            memory = _Memory(home)
            result = _one_way(home, images)
            result["peak_mb"] = memory.stop()
            result["bytes"] = _bytes(home, images)
            if not quick:
                result["settled_mb"] = _Memory.now(home)
    return result


def _one_way(home: Home, images: list[Path]) -> dict[str, Any]:
    gateway = home.endpoints()["gateway"]
    client = home.client()
    started = time.monotonic()
    subprocess.run(
        ["storescu", "-aec", gateway["ae_title"], gateway["host"], str(gateway["port"]), *map(str, images)],
        check=True,
        capture_output=True,
        env={"TCP_NODELAY": "1", "PATH": "/usr/bin:/bin", "DCMDICTPATH": "/usr/share/libdcmtk17/dicom.dic"},
    )
    acknowledged = time.monotonic() - started
    study = None
    while time.monotonic() - started < _WAIT_SECONDS:
        studies = client.get("/dicom-web/studies").raise_for_status().json() or []
        if studies:
            study = studies[0]["0020000D"]["Value"][0]
            document = client.get(f"/api/v1/sites/hospital/studies/{study}/images").raise_for_status().json()
            if document["ledger"]["proved_instances"] >= len(images):
                break
        time.sleep(_LOOK_SECONDS)
    else:
        message = "the study did not arrive"
        raise TimeoutError(message)
    return {
        "images": len(images),
        "acknowledged_s": round(acknowledged, 2),
        "proved_at_hub_s": round(time.monotonic() - started, 2),
    }


def _mri(folder: Path) -> list[Path]:
    return list(cases.make(folder, cases=["dynamic-mri"]).files)


def _bytes(home: Home, images: list[Path]) -> dict[str, Any]:
    stored = sum(file.stat().st_size for file in (home.folder / "hub" / "blobs" / "archive").rglob("*.dcm"))
    source = sum(file.stat().st_size for file in images)
    return {"source": source, "stored": stored, "ratio": round(source / stored, 2)}


class _Memory:
    """The largest resident size of each program while something runs: the sum of its processes."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._peak: dict[str, float] = defaultdict(float)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> dict[str, float]:
        """The peaks in MB."""
        self._stop.set()
        self._thread.join()
        return {name: round(value, 0) for name, value in self._peak.items()}

    def _watch(self) -> None:
        while not self._stop.wait(_LOOK_SECONDS):
            for name, value in self.now(self._home).items():
                self._peak[name] = max(self._peak[name], value)

    @staticmethod
    def now(home: Home) -> dict[str, float]:
        """Resident MB by program, children included."""
        tree = _children()
        return {
            program: sum(_resident(pid) for root in roots for pid in _family(root, tree))
            for program, roots in home.pids().items()
        }


def _children() -> dict[int, list[int]]:
    tree: dict[int, list[int]] = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        tree[int(fields[1])].append(int(stat.parent.name))
    return tree


def _family(root: int, tree: dict[int, list[int]]) -> list[int]:
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting.extend(tree.get(pid, []))
    return found


def _resident(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0.0


if __name__ == "__main__":
    if shutil.which("storescu") is None:
        raise SystemExit("storescu (dcmtk) is not installed")
    print(run())
