import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dokuei.cli.supervise import Part, Supervisor


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    """A supervisor whose parts are a small program of the test instead of ``python -m dokuei``."""
    program = tmp_path / "dokuei_part.sh"
    program.write_text("#!/bin/sh\ntrap 'exit 0' TERM\nwhile :; do sleep 0.05; done\n")
    program.chmod(0o755)
    supervisor = Supervisor(tmp_path, program=[str(program)])
    yield supervisor
    supervisor.stop()


def _eventually(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def test_a_killed_part_is_started_again(supervisor: Supervisor) -> None:
    supervisor.start(Part("hub", "readers", ()))
    threading.Thread(target=supervisor.watch, daemon=True).start()
    first = supervisor.pids()["hub"][0]
    os.kill(first, signal.SIGKILL)
    _eventually(lambda: supervisor.pids()["hub"][0] != first and not supervisor.dead())


def test_stopping_ends_every_part_in_time(supervisor: Supervisor) -> None:
    for name in ("readers", "worker"):
        supervisor.start(Part("hub", name, ()))
    time.sleep(0.2)
    started = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - started < 5
    assert supervisor.dead() == ["readers", "worker"]


def test_a_log_that_has_grown_long_begins_anew_and_the_one_before_is_kept(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    log, before = tmp_path / "logs" / "hub-readers.log", tmp_path / "logs" / "hub-readers.log.1"
    log.parent.mkdir()
    log.write_bytes(b"x" * 10_000_000)
    supervisor.start(Part("hub", "readers", ()))
    assert not before.exists()
    log.write_bytes(b"x" * 10_000_001)
    supervisor.start(Part("hub", "readers", ()))
    assert before.stat().st_size == 10_000_001
    assert log.stat().st_size < 1000
