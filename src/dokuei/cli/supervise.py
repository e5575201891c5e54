"""Keeping a set of child processes alive, and stopping them all in time."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dokuei.clock import monotonic

_STOP_SECONDS = 7.0
_LOOK_SECONDS = 0.2
_RESTART_WAITS = (0.1, 0.5, 1.0, 2.0, 5.0)
_STEADY_SECONDS = 30.0
_LOG_BYTES = 10_000_000


@dataclass(frozen=True)
class Part:
    """One child: which program it belongs to (``gateway`` or ``hub``) and the ``dokuei`` command that is it."""

    program: str
    name: str
    command: Sequence[str]


@dataclass
class _Running:
    part: Part
    process: subprocess.Popen[bytes]
    started: float
    restarts: int = 0
    restart_at: float | None = None


@dataclass
class Supervisor:
    """Starts parts in order, restarts those that die, stops all on request; they inherit the descriptors named."""

    home: Path
    program: Sequence[str] = (sys.executable, "-m", "dokuei")
    environment: Mapping[str, str] = field(default_factory=dict)
    inherited: Sequence[int] = ()
    on_change: Callable[[], None] = lambda: None
    _running: list[_Running] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def start(self, part: Part) -> None:
        """Start one part; its output goes to ``logs/<program>-<name>.log``."""
        self._running.append(_Running(part, self._spawn(part), monotonic()))

    def pids(self) -> dict[str, list[int]]:
        """Process ids by program, as ``endpoints.json`` carries them."""
        found: dict[str, list[int]] = {}
        for running in self._running:
            found.setdefault(running.part.program, []).append(running.process.pid)
        return found

    def dead(self) -> list[str]:
        """Names of parts that are not running at this moment."""
        return [r.part.name for r in self._running if r.process.poll() is not None]

    def request_stop(self) -> None:
        """Ask ``watch`` to come back; safe in a signal handler."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether a stop has been asked for."""
        return self._stop.is_set()

    def watch(self) -> None:
        """Restart what dies, with growing waits, until a stop is asked for."""
        while not self._stop.wait(_LOOK_SECONDS):
            for running in self._running:
                self._revive(running)

    def stop(self) -> None:
        """SIGTERM to all at once, SIGKILL to what is still there after seven seconds."""
        self._stop.set()
        for running in reversed(self._running):
            if running.process.poll() is None:
                running.process.send_signal(signal.SIGTERM)
        deadline = monotonic() + _STOP_SECONDS
        for running in self._running:
            try:
                running.process.wait(max(0.05, deadline - monotonic()))
            except subprocess.TimeoutExpired:
                running.process.kill()
                running.process.wait()

    def _revive(self, running: _Running) -> None:
        if running.process.poll() is None:
            if running.restarts and monotonic() - running.started > _STEADY_SECONDS:
                running.restarts = 0
            return
        if running.restart_at is None:
            running.restart_at = monotonic() + _RESTART_WAITS[min(running.restarts, len(_RESTART_WAITS) - 1)]
        elif monotonic() >= running.restart_at:
            running.process = self._spawn(running.part)
            running.started, running.restart_at = monotonic(), None
            running.restarts += 1
            self.on_change()

    def _spawn(self, part: Part) -> subprocess.Popen[bytes]:
        logs = self.home / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        file = logs / f"{part.program}-{part.name}.log"
        _turn_over(file)
        with file.open("ab") as log:
            return subprocess.Popen(
                [*self.program, *part.command, "--home", str(self.home), "--parent", str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment},
                start_new_session=True,
                pass_fds=self.inherited,
            )


def _turn_over(log: Path) -> None:
    """A log that has grown long begins anew, and the one before is kept."""
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
