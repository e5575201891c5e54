"""When a long-running command ends: on SIGTERM or SIGINT, or when the supervisor that started it is gone."""

import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

_LOOK_SECONDS = 0.5


def stop_event(*, parent: int | None = None, on_stop: Callable[[], None] = lambda: None) -> threading.Event:
    """An event that is set when this process shall end.

    A supervisor killed with SIGKILL cannot stop its children: they notice by themselves, so that no
    orphan keeps a port or a lock.
    """
    event = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        event.set()
        on_stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    end_with_parent(parent)
    return event


def end_with_parent(parent: int | None) -> None:
    """Send this process a SIGTERM when its supervisor is gone; nothing to do without one."""
    if parent is not None:
        threading.Thread(target=_watch, args=(parent,), name="parent-watch", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
