"""A small forward proxy as hospitals have them: CONNECT only, with a password, to allowed destinations."""

import base64
import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_PORTION = 65536


@dataclass
class ConnectProxy:
    """Tunnels ``CONNECT host:port`` to loopback; everything else is refused."""

    user: str = "clinic"
    password: str = "it's/secret@1"
    allowed: tuple[str, ...] = ()
    port: int = 0
    asked: list[str] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    _listener: socket.socket = field(default_factory=socket.socket)
    _threads: list[threading.Thread] = field(default_factory=list)
    _open: set[socket.socket] = field(default_factory=set)

    def start(self) -> None:
        self._listener.bind(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._listener.listen(16)
        self._threads.append(threading.Thread(target=self._accept, daemon=True))
        self._threads[0].start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(near,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, near: socket.socket) -> None:
        self._open.add(near)
        with near:
            head = b""
            while b"\r\n\r\n" not in head:
                if not (data := near.recv(_PORTION)):
                    return
                head += data
            first, *rest = head.split(b"\r\n\r\n")[0].decode().split("\r\n")
            status = self._judge(first, {name.lower(): value for name, value in (r.split(": ", 1) for r in rest)})
            if status != 200:
                self.refused.append(status)
                near.sendall(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode())
                return
            host, port = first.split()[1].rsplit(":", 1)
            self.asked.append(f"{host}:{port}")
            with socket.create_connection((host, int(port))) as far:
                self._open.add(far)
                near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=_relay, args=(far, near), daemon=True)
                back.start()
                _relay(near, far)
                back.join()
                self._open.discard(far)
        self._open.discard(near)

    def _judge(self, first: str, headers: dict[str, str]) -> int:
        method, target, _ = first.split()
        expected = "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        if headers.get("proxy-authorization") != expected:
            return 407
        if method != "CONNECT" or target not in self.allowed:
            return 403
        return 200


def _relay(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(_PORTION):
            sink.sendall(data)
    for one in (source, sink):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


@contextmanager
def connect_proxy(*allowed: str) -> Iterator[ConnectProxy]:
    """A running proxy that lets through to these destinations only."""
    proxy = ConnectProxy(allowed=allowed)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.close()
