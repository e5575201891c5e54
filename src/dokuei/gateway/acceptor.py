"""One receiving process: takes connections from the shared listeners, one thread for each.

It is forked from ``receiver`` with its listeners, so that the kernel hands each connection to whichever process waits,
and ends with it: a receiver killed with SIGKILL leaves nobody on the port.
"""

import multiprocessing
import selectors
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from types import FrameType
from typing import Final

import structlog

from dokuei.clock import monotonic
from dokuei.gateway.commitment import Commitment
from dokuei.gateway.commitment_heard import Promises
from dokuei.gateway.keep import Keeper
from dokuei.gateway.receive import Receiving
from dokuei.gateway.receive_association import ARTIM_SECONDS, Association
from dokuei.gateway.receive_negotiation import Doorkeeper
from dokuei.gateway.receive_tls import server_context
from dokuei.gateway.receive_wire import Wire
from dokuei.gateway.spool import Spool
from dokuei.gateway.steps.find import Worklist
from dokuei.gateway.steps.perform import Performing
from dokuei.settings import Settings
from dokuei.storage.db import open_database, sqlite_url

_MAXIMUM_ASSOCIATIONS: Final = 64
_STOP_SECONDS: Final = 4.0
_log = structlog.get_logger()


@dataclass(frozen=True)
class Listeners:
    """The open ports that all acceptors share."""

    plain: socket.socket | None
    secure: socket.socket | None


@dataclass
class Acceptor:
    """The listeners of one process and its associations."""

    service: Receiving
    doorkeeper: Doorkeeper
    plain: socket.socket | None
    secure: socket.socket | None
    context: ssl.SSLContext | None
    _associations: dict[threading.Thread, Association] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, wake: socket.socket) -> None:
        """Accept until something is written to ``wake``, then let every association finish its object."""
        with selectors.DefaultSelector() as selector:
            for listener in self._listeners():
                listener.setblocking(False)
                selector.register(listener, selectors.EVENT_READ)
            selector.register(wake, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in selector.select()]
                if wake in ready:
                    break
                for listener in self._listeners():
                    if listener in ready:
                        self._accept(listener)
        self._stop()

    def _listeners(self) -> Iterable[socket.socket]:
        return [listener for listener in (self.plain, self.secure) if listener is not None]

    def _accept(self, listener: socket.socket) -> None:
        try:
            connection, address = listener.accept()
        except OSError:
            return  # another process was faster, or the peer is gone
        thread = threading.Thread(
            target=self._serve, args=(connection, address[0], listener is self.secure), daemon=True, name="association"
        )
        thread.start()

    def _serve(self, connection: socket.socket, address: str, secure: bool) -> None:  # noqa: FBT001 - a thread's target
        try:
            connection.setblocking(True)
            if secure and self.context is not None:
                connection.settimeout(ARTIM_SECONDS)
                connection = self.context.wrap_socket(connection, server_side=True)
        except OSError as error:
            _log.warning("association.tls-failed", address=address, why=str(error))
            connection.close()
            return
        thread = threading.current_thread()
        with self._lock:
            full = len(self._associations) >= _MAXIMUM_ASSOCIATIONS
            doorkeeper = replace(self.doorkeeper, full=full, in_clear=not secure)
            association = Association(Wire(connection), address, doorkeeper, self.service)
            self._associations[thread] = association
        try:
            association.run()
        finally:
            with self._lock:
                self._associations.pop(thread, None)

    def _stop(self) -> None:
        for listener in self._listeners():
            listener.close()
        with self._lock:
            running = dict(self._associations)
        for association in running.values():
            association.stop()
        deadline = monotonic() + _STOP_SECONDS
        for thread in running:
            thread.join(max(0.0, deadline - monotonic()))


def accept(settings: Settings, listeners: Listeners, ready: Connection) -> None:
    """Serve in a process of its own until SIGTERM or until the receiver is gone."""
    wake, waker = socket.socketpair()

    def stop(_signal: int | None = None, _frame: FrameType | None = None) -> None:
        waker.send(b"\0")

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the receiver gets it too, and stops us
    threading.Thread(target=watch_parent, args=(stop,), daemon=True, name="parent-watch").start()
    folder = settings.home / "gateway"
    database = open_database(sqlite_url(folder / "gateway.sqlite"))
    spool = Spool(database, folder)
    with closing(database), Keeper(spool, keep_free=settings.gateway.keep_free_mb << 20) as keeper:
        acceptor = Acceptor(
            Receiving(
                keeper,
                Commitment(spool),
                Worklist(database, settings.gateway.worklist),
                Performing(database),
                Promises(database, settings.gateway.pacs.ae_title if settings.gateway.pacs else ""),
                settings.gateway.ae_title,
            ),
            Doorkeeper(settings.gateway.ae_title, settings.gateway.peers, host=settings.gateway.host),
            listeners.plain,
            listeners.secure,
            None if listeners.secure is None else server_context(settings),
        )
        ready.send_bytes(b"1")
        ready.close()
        acceptor.run(wake)


def watch_parent(stop: Callable[[], None]) -> None:
    """End with the process that forked this one."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        stop()
