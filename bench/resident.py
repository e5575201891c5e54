"""Resident memory of our programs as the kernel counts it: every process of each, shared pages counted in each."""

import threading
from collections import defaultdict
from pathlib import Path

from tests.makers.home import Home

_LOOK_SECONDS = 0.25


class Watch:
    """The largest resident size of each program while something runs."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._peak: dict[str, float] = defaultdict(float)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> dict[str, int]:
        """The peaks in MB."""
        self._stop.set()
        self._thread.join()
        return {name: round(value) for name, value in self._peak.items()}

    def _watch(self) -> None:
        while not self._stop.wait(_LOOK_SECONDS):
            for name, value in resident_mb(self._home).items():
                self._peak[name] = max(self._peak[name], value)


def resident_mb(home: Home) -> dict[str, int]:
    """MB by program, children included."""
    tree = _children()
    return {
        program: round(sum(_resident(pid) for root in home.pids().get(program, []) for pid in _family(root, tree)))
        for program in ("gateway", "hub")
    }


def family(root: int) -> list[int]:
    """A process and all below it."""
    return _family(root, _children())


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
