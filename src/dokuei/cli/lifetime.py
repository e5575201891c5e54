"""When a long-running command ends: on SIGTERM or SIGINT, without its supervisor, or for a newer certificate."""

import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

import structlog

from dokuei.errors import DokueiError
from dokuei.storage.pki import CertificateFiles

_LOOK_SECONDS = 0.5
_LOOK_FOR_ANOTHER_SECONDS = 3600.0
_log = structlog.get_logger()


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


def end_when_renewed(current: Callable[[], CertificateFiles | None], *, parent: int | None) -> None:
    """Send this process a SIGTERM when its certificate is another one; the supervisor starts it again with that.

    A server keeps the certificate that it began with: one that runs through its last month would lose everybody.
    ``current`` renews what is due, and says where it lies. Without a supervisor nobody would start it again.
    """
    files = current()
    if files is not None and parent is not None:
        began_with = files.certificate.read_bytes()
        threading.Thread(
            target=_look_for_another, args=(current, began_with), name="certificate-watch", daemon=True
        ).start()


def _look_for_another(current: Callable[[], CertificateFiles | None], began_with: bytes) -> None:
    while True:
        time.sleep(_LOOK_FOR_ANOTHER_SECONDS)
        try:
            files = current()
            is_another = files is not None and files.certificate.read_bytes() != began_with
        except (DokueiError, OSError) as error:
            _log.error("certificate.unreadable", why=str(error))
            continue
        if is_another:
            _log.info("certificate.renewed")
            os.kill(os.getpid(), signal.SIGTERM)
            return


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
