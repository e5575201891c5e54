"""The listener for the hospital's orders: a process of its own beside the acceptors, one thread for a connection."""

import shutil
import signal
import socket
import ssl
import threading
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from types import FrameType
from typing import Final

import structlog

from dokuei.clock import monotonic
from dokuei.errors import Hl7Error
from dokuei.gateway import contract
from dokuei.gateway.acceptor import watch_parent
from dokuei.gateway.mllp import CutError, TooLongError, Wire
from dokuei.gateway.orders import Orders
from dokuei.gateway.pulse_order import own_order_number
from dokuei.gateway.receive_tls import server_context
from dokuei.settings import Settings
from dokuei.storage.db import open_database, sqlite_url

MESSAGE_BYTES: Final = 4 << 20
MOST_CONNECTIONS: Final = 64
_IDLE_SECONDS: Final = 3600.0
_MESSAGE_SECONDS: Final = 60.0
_HANDSHAKE_SECONDS: Final = 10.0
_DRAIN_SECONDS: Final = 10.0
_STOP_SECONDS: Final = 3.0
_LOOK_SECONDS: Final = 0.2
_log = structlog.get_logger()


@dataclass(frozen=True)
class Times:
    """How long a connection may say nothing, and a message may take to come, in seconds."""

    idle: float = _IDLE_SECONDS
    message: float = _MESSAGE_SECONDS


@dataclass
class _Talk:
    """One connection; ``since`` is when it last had something to say, ``busy`` while a message is in hand."""

    connection: socket.socket
    since: float
    busy: bool = False


@dataclass
class Listener:
    """The open port and its connections."""

    orders: Orders
    listener: socket.socket
    context: ssl.SSLContext | None = None
    times: Times = Times()
    _talks: dict[threading.Thread, _Talk] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, stop: threading.Event) -> None:
        """Take connections until the stop, then let each finish the message in hand."""
        self.listener.settimeout(_LOOK_SECONDS)
        while not stop.is_set():
            try:
                connection, address = self.listener.accept()
            except TimeoutError:
                continue
            except OSError:
                stop.wait(_LOOK_SECONDS)  # out of descriptors, or the peer is gone already
                continue
            self._begin(connection, address[0])
        self._finish()

    def _begin(self, connection: socket.socket, address: str) -> None:
        """Where all places are taken, whoever has been silent longest gives way: its sender connects again."""
        thread = threading.Thread(target=self._serve, args=(connection, address), daemon=True, name="orders")
        with self._lock:
            if len(self._talks) >= MOST_CONNECTIONS:
                silent = [talk for talk in self._talks.values() if not talk.busy]
                given_way = min(silent, key=lambda talk: talk.since, default=None)
                _log.warning("orders.full", given_way=given_way is not None)
                _hang_up((given_way or _Talk(connection, 0.0)).connection)
                if given_way is None:
                    connection.close()
                    return
            self._talks[thread] = _Talk(connection, monotonic())
        thread.start()

    def _serve(self, connection: socket.socket, address: str) -> None:
        thread = threading.current_thread()
        try:
            with connection:
                self._talk(self._secured(connection), address, self._talks[thread])
        except OSError as error:
            _log.info("orders.line_lost", address=address, why=type(error).__name__)
        except Exception:  # noqa: BLE001 - the outer door of this thread
            _log.exception("orders.broke")
        finally:
            with self._lock:
                self._talks.pop(thread, None)

    def _secured(self, connection: socket.socket) -> socket.socket:
        connection.settimeout(_HANDSHAKE_SECONDS)
        return connection if self.context is None else self.context.wrap_socket(connection, server_side=True)

    def _talk(self, connection: socket.socket, address: str, talk: _Talk) -> None:
        with closing(connection):
            talk.connection = connection
            wire = Wire(connection, MESSAGE_BYTES, self.times.idle, self.times.message)
            while True:
                try:
                    message = wire.receive()
                except CutError as cut:
                    self._refuse(wire, cut, address)
                    return
                if message is None:
                    return
                talk.busy = True
                wire.send(self.orders.take(message, peer_address=address))
                talk.busy, talk.since = False, monotonic()

    def _refuse(self, wire: Wire, cut: CutError, address: str) -> None:
        """A message without an end is kept as far as it came, and its sender is told where it can still hear."""
        long = isinstance(cut, TooLongError)
        what = f"a message of more than {MESSAGE_BYTES >> 20} MB" if long else "a message that was cut off"
        error = Hl7Error(what, remedy="send it again, whole", location="MSH", condition=207 if long else 100)
        wire.send(self.orders.refuse(cut.begun, error, peer_address=address))
        if isinstance(cut, TooLongError) and not cut.ended:
            wire.drain(_DRAIN_SECONDS)

    def _finish(self) -> None:
        self.listener.close()
        deadline = monotonic() + _STOP_SECONDS
        with self._lock:
            running = dict(self._talks)
        for talk in running.values():
            if not talk.busy:
                _hang_up(talk.connection)
        for thread in running:
            thread.join(max(0.0, deadline - monotonic()))


def listen(settings: Settings, listener: socket.socket, ready: Connection) -> None:
    """Serve in a process of its own until SIGTERM or until the receiver is gone."""
    stop = threading.Event()

    def end(_signal: int | None = None, _frame: FrameType | None = None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the receiver gets it too, and stops us
    threading.Thread(target=watch_parent, args=(end,), daemon=True, name="parent-watch").start()
    hl7 = settings.gateway.hl7
    folder, keep_free = settings.home / "gateway", settings.gateway.keep_free_mb << 20
    database = open_database(sqlite_url(folder / "gateway.sqlite"))
    with closing(database):
        orders = Orders(
            database,
            hl7,
            has_room=lambda: shutil.disk_usage(folder).free >= keep_free,
            contract=lambda: contract.known(settings.home),
            pulse_number=lambda: own_order_number(settings.home),
        )
        door = Listener(orders, listener, server_context(settings) if hl7.serves_tls else None)
        ready.send_bytes(b"1")
        ready.close()
        door.run(stop)


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        connection.close()
