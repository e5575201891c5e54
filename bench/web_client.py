"""A keep-alive HTTP client that costs little: one thread, epoll, as many connections as asked, no parsing to spare."""

import selectors
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

_BUFFER = 1 << 20
_END_OF_HEAD = b"\r\n\r\n"
_LAST_CHUNK = b"\r\n0\r\n\r\n"


@dataclass(frozen=True)
class Target:
    """A server as the client reaches it; ``headers`` go with every request."""

    base: str
    headers: dict[str, str] = field(default_factory=dict)
    ca: Path | None = None


@dataclass(frozen=True)
class Measured:
    """Latencies in ms of every answer, its wall time in s, and the bytes of all bodies."""

    latencies: tuple[float, ...]
    seconds: float
    size: int

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: float) -> float:
        """A percentile of the latencies in ms."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))]


class Connection:
    """One connection with at most one request under way."""

    def __init__(self, target: Target) -> None:
        parts = urlsplit(target.base)
        self.host, self.port, self.prefix = parts.hostname or "", parts.port or 80, parts.path.rstrip("/")
        plain = socket.create_connection((self.host, self.port), 30)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock: socket.socket = plain
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=target.ca)
            self.sock = context.wrap_socket(plain, server_hostname=self.host)
        self.sock.setblocking(False)
        self._head = "".join(f"{name}: {value}\r\n" for name, value in target.headers.items())
        self._received = bytearray()
        self._body_at = 0
        self._size: int | None = None
        self._count = 0
        self.started = 0.0
        self.status = 0
        self.keep = False

    def send(self, path: str, headers: dict[str, str]) -> None:
        """Begin a request; it is small enough to go out at once."""
        extra = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        request = f"GET {self.prefix}{path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n{self._head}{extra}\r\n"
        self._received.clear()
        self._body_at, self._size, self._count = 0, None, 0
        self.started = time.perf_counter()
        self.sock.setblocking(True)
        self.sock.sendall(request.encode())
        self.sock.setblocking(False)

    def receive(self, buffer: bytearray) -> bool:
        """Take what has come; whether the answer is whole."""
        view = memoryview(buffer)
        while True:
            try:
                length = self.sock.recv_into(view)
            except (BlockingIOError, ssl.SSLWantReadError):
                return False
            if not length:
                raise ConnectionError("the server closed the connection")
            if self._take(view[:length]):
                return True

    def body(self) -> bytes:
        """The last answer's body, where it was kept (chunks are taken apart)."""
        data = bytes(self._received[self._body_at :])
        return data if self._size is not None else _unchunked(data)

    @property
    def body_size(self) -> int:
        """Bytes of the last answer's body."""
        return self._size if self._size is not None else self._count

    def _take(self, data: memoryview) -> bool:
        if self._body_at and self._size is not None and not self.keep:
            self._count += len(data)
            return self._count >= self._size
        self._received += data
        if not self._body_at:
            end = self._received.find(_END_OF_HEAD)
            if end < 0:
                return False
            self._body_at = end + len(_END_OF_HEAD)
            self._read_head(bytes(self._received[:end]).lower())
        self._count = len(self._received) - self._body_at
        if self._size is None:
            return self._received.endswith(_LAST_CHUNK) or bytes(self._received[self._body_at :]) == _LAST_CHUNK[2:]
        return self._count >= self._size

    def _read_head(self, head: bytes) -> None:
        self.status = int(head.split(b" ", 2)[1])
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name == b"content-length":
                self._size = int(value)

    def close(self) -> None:
        """Give the connection back."""
        self.sock.close()


def get(target: Target, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes, float]:
    """One request on a new connection: status, body, and seconds from the request to the last byte."""
    connection = Connection(target)
    connection.keep = True
    connection.send(path, headers or {})
    buffer = bytearray(_BUFFER)
    with selectors.DefaultSelector() as selector:
        selector.register(connection.sock, selectors.EVENT_READ)
        while not connection.receive(buffer):
            selector.select(30)
    seconds = time.perf_counter() - connection.started
    connection.close()
    return connection.status, connection.body(), seconds


def load(target: Target, paths: Sequence[str], headers: dict[str, str], *, connections: int) -> Measured:
    """All paths, each connection taking the next one when its answer is whole."""
    waiting = iter(paths)
    latencies: list[float] = []
    size = 0
    buffer = bytearray(_BUFFER)
    opened = [Connection(target) for _ in range(connections)]
    with selectors.DefaultSelector() as selector:
        begin = time.perf_counter()
        busy = 0
        for connection in opened:
            busy += _next(connection, waiting, headers)
            selector.register(connection.sock, selectors.EVENT_READ, connection)
        while busy:
            for key, _ in selector.select(30):
                one: Connection = key.data
                if not one.receive(buffer):
                    continue
                if one.status not in {200, 206}:
                    raise SystemExit(f"{target.base} answered {one.status}")
                latencies.append((time.perf_counter() - one.started) * 1000)
                size += one.body_size
                busy -= 1 - _next(one, waiting, headers)
        seconds = time.perf_counter() - begin
    for connection in opened:
        connection.close()
    return Measured(tuple(latencies), seconds, size)


def _next(connection: Connection, waiting: Iterator[str], headers: dict[str, str]) -> int:
    path = next(waiting, None)
    if path is None:
        return 0
    connection.send(path, headers)
    return 1


def _unchunked(data: bytes) -> bytes:
    parts: list[bytes] = []
    at = 0
    while True:
        end = data.index(b"\r\n", at)
        length = int(data[at:end].split(b";")[0], 16)
        if not length:
            return b"".join(parts)
        parts.append(data[end + 2 : end + 2 + length])
        at = end + 2 + length + 2
