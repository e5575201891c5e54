"""A TCP relay that counts what goes to the hub, and cuts, holds back or slows the line when the test says so."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_PORTION = 65536
_BUFFER = 262_144  # as a line's modem has; loopback alone would swallow tens of megabytes before it slows the sender


@dataclass
class Cutter:
    """Relays from ``port`` to ``target``; everything it decides can be changed while it runs."""

    target: int
    port: int = 0
    to_hub: int = 0
    cut_at: int | None = None
    refuse: bool = False
    hold: bool = False
    bytes_per_second: float = 0.0
    connections: int = 0
    cuts: int = 0
    opened_at: list[float] = field(default_factory=list)
    _open: set[socket.socket] = field(default_factory=set)
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _listener: socket.socket = field(default_factory=socket.socket)

    def start(self) -> None:
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        self._listener.bind(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hold = False
        self.cut()
        for thread in self._threads:
            thread.join(5)

    def cut(self) -> None:
        """Reset everything that is open."""
        with self._lock:
            opened = list(self._open)
        for one in opened:
            with contextlib.suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self.refuse:
                near.close()
                continue
            self.connections += 1
            self.opened_at.append(time.monotonic())
            try:
                far = socket.create_connection(("127.0.0.1", self.target), timeout=5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            with self._lock:
                self._open |= {near, far}
            thread = threading.Thread(target=self._both_ways, args=(near, far), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _both_ways(self, near: socket.socket, far: socket.socket) -> None:
        down = threading.Thread(target=self._relay, args=(far, near, False), daemon=True)
        down.start()
        self._relay(near, far, True)
        down.join()
        with self._lock:
            self._open -= {near, far}
        near.close()
        far.close()

    def _relay(self, source: socket.socket, sink: socket.socket, upward: bool) -> None:  # noqa: FBT001 - a thread's argument
        try:
            while data := source.recv(_PORTION):
                while self.hold:
                    time.sleep(0.02)
                if upward:
                    self.to_hub += len(data)
                    if self.cut_at is not None and self.to_hub >= self.cut_at:
                        self.cut_at = None
                        self.cuts += 1
                        self.cut()
                        return
                    if self.bytes_per_second:
                        time.sleep(len(data) / self.bytes_per_second)
                sink.sendall(data)
        except OSError:
            pass
        finally:
            for one in (source, sink):
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)


@contextmanager
def cutter(target: int) -> Iterator[Cutter]:
    """A relay to a port of loopback."""
    relay = Cutter(target)
    relay.start()
    try:
        yield relay
    finally:
        relay.close()
