"""The server for this machine: bytes from files in order and whole, whatever the client does."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from dokuei.hub import plain_server
from dokuei.hub.archive.api_lane import PlacedAnswer
from dokuei.hub.archive.frames import FrameFile
from tests.makers.archive import free_port, served

_BYTES = bytes(range(256)) * 7000  # more than a connection takes at once
_WHOLE = b"start" + _BYTES[10:] + b"after"


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    answer = b"asked " + scope["path"].encode() + b" " + body
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(answer))]})
    await send({"type": "http.response.body", "body": answer})


class _Files:
    """What ``placed`` says of ``/file``; every other path is the application's."""

    def __init__(self, path: Path) -> None:
        self.asked = 0
        frame = FrameFile.__new__(FrameFile)
        object.__setattr__(frame, "path", str(path))
        head = [(b"content-type", b"image/jphc"), (b"content-length", b"%d" % len(_WHOLE))]
        self.answer = PlacedAnswer(200, head, frame, 10, len(_BYTES) - 10, b"start", b"after")

    def placed(self, path: str, headers: list[tuple[bytes, bytes]]) -> PlacedAnswer | None:
        assert all(name == name.lower() for name, _ in headers)
        self.asked += 1
        return self.answer if path == "/file" else None


@pytest.fixture
def files(tmp_path: Path) -> _Files:
    path = tmp_path / "object"
    path.write_bytes(_BYTES)
    return _Files(path)


@pytest.fixture
def port(files: _Files) -> Iterator[int]:
    number = free_port()
    with served(_app, port=number, placed=files.placed):
        yield number


def _get(path: str, *more: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *more, "", ""]).encode()


def _read(connection: socket.socket, wanted: int | None = None) -> bytes:
    """Bytes until the server closes, or until there are as many as wanted."""
    data = bytearray()
    while wanted is None or len(data) < wanted:
        piece = connection.recv(1 << 16)
        if not piece:
            break
        data += piece
    return bytes(data)


def _body(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def _connect(port: int, **options: Any) -> closing[socket.socket]:
    return closing(socket.create_connection(("127.0.0.1", port), 20, **options))


def test_a_file_and_what_the_application_says_come_in_the_order_they_were_asked_for(port: int) -> None:
    """Pipelining: a client may ask for more before it has read anything (RFC 9112 9.3.2)."""
    with _connect(port) as connection:  # what waits for an answer of the application is the application's, too
        paths = ["/file", "/one", "/file", "/file", "/two"]
        connection.sendall(b"".join(_get(path) for path in paths) + _get("/end", "Connection: close"))
        time.sleep(0.3)  # the first file does not fit: what follows must wait for its rest
        data = _read(connection)
    for path in [*paths, "/end"]:
        head, _, data = data.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK")
        expected = _WHOLE if data.startswith(b"start") else f"asked {path} ".encode()
        assert path == "/file" or expected != _WHOLE
        assert data.startswith(expected), path
        data = data[len(expected) :]
    assert not data


def test_a_client_that_reads_slowly_gets_the_whole_file(port: int) -> None:
    with _connect(port) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        connection.sendall(_get("/file"))
        time.sleep(0.2)
        answer = bytearray()
        while len(answer) < len(_WHOLE):
            answer += connection.recv(50_000)
            time.sleep(0.001)
        connection.sendall(_get("/next", "Connection: close"))
        answer += _read(connection)
    assert _body(bytes(answer)).startswith(_WHOLE)
    assert answer.endswith(b"asked /next ")


def test_a_body_with_the_request_is_passed_over_and_the_connection_goes_on(port: int) -> None:
    with _connect(port) as connection:
        connection.sendall(_get("/file", "Content-Length: 5") + b"hel")
        time.sleep(0.1)
        connection.sendall(b"lo" + _get("/next", "Connection: close"))
        answer = _read(connection)
    assert _body(answer).startswith(_WHOLE)
    assert answer.endswith(b"asked /next ")


@pytest.mark.parametrize("path", ["/file?a=1", "/fil%65", "/file\u00e9"])
def test_what_is_not_plainly_written_is_the_applications(files: _Files, port: int, path: str) -> None:
    with _connect(port) as connection:
        connection.sendall(_get(path, "Connection: close"))
        assert _WHOLE not in _read(connection)
    assert not files.asked


def test_other_methods_and_last_requests_are_the_applications(files: _Files, port: int) -> None:
    for request in (
        b"HEAD /file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"POST /file HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab",
        b"GET /file HTTP/1.0\r\n\r\n",
        _get("/file", "Connection: close"),
    ):
        with _connect(port) as connection:
            connection.sendall(request)
            assert _read(connection).startswith(b"HTTP/1.1 200 OK")
    assert not files.asked


def test_a_file_that_is_gone_is_the_applications(files: _Files, port: int) -> None:
    Path(files.answer.file.path or "").unlink()
    with _connect(port) as connection:
        connection.sendall(_get("/file") + _get("/end", "Connection: close"))
        assert b"asked /file " in _read(connection)


def test_a_file_that_is_too_short_ends_the_connection(files: _Files, port: int) -> None:
    """Its length was told already: an answer that looks whole must be whole."""
    Path(files.answer.file.path or "").write_bytes(_BYTES[:5000])
    with _connect(port) as connection:
        connection.sendall(_get("/file"))
        try:
            answer = _read(connection)
        except ConnectionResetError:
            return
        assert len(_body(answer)) < len(_WHOLE)


def test_a_large_file_is_read_by_the_application(files: _Files, port: int) -> None:
    """Who reads it from a slow disk must not keep the others waiting."""
    files.answer = replace(files.answer, length=plain_server._AT_ONCE_BYTES + 1)
    with _connect(port) as connection:
        connection.sendall(_get("/file", "Connection: close"))
        assert b"asked /file " in _read(connection)


def test_a_client_that_goes_away_in_the_middle_harms_nobody(port: int) -> None:
    for _ in range(20):
        with _connect(port) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.sendall(_get("/file") * 3)
    with _connect(port) as connection:
        connection.sendall(_get("/file"))
        head_and_body = _read(connection, len(_WHOLE))
        assert head_and_body.startswith(b"HTTP/1.1 200 OK")


def test_a_head_without_end_is_refused(port: int) -> None:
    with _connect(port) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: ")
        try:
            for _ in range(40):
                connection.sendall(b"x" * 4096)
                time.sleep(0.001)
            answer = _read(connection)
        except (ConnectionResetError, BrokenPipeError):
            return
        assert answer.startswith(b"HTTP/1.1 431")


def test_a_head_that_does_not_come_ends_the_connection(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_server, "_HEAD_SECONDS", 0.3)
    for begun in (b"", b"GET / HT", _get("/one") + b"GET /two HTTP/1.1\r\n"):
        with _connect(port) as connection:
            connection.sendall(begun)
            answer = _read(connection)  # until the server closes it: the test's own limit is 20 s
            assert answer.count(b"HTTP/1.1 200 OK") == begun.count(b"/one")


@pytest.mark.parametrize("drip", [b"", b"1\r\nx\r\n"], ids=["silent", "dripping"])
def test_a_body_that_hardly_comes_ends_the_connection(port: int, monkeypatch: pytest.MonkeyPatch, drip: bytes) -> None:
    monkeypatch.setattr(plain_server, "BODY_SECONDS", 0.3)
    with _connect(port) as connection:
        connection.sendall(b"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(3):
            time.sleep(0.05)
            connection.sendall(drip)
        assert b" 408 " in _read(connection).partition(b"\r\n")[0]


def test_a_body_that_comes_slowly_but_goes_on_is_taken(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_server, "BODY_SECONDS", 0.5)
    monkeypatch.setattr(plain_server, "BODY_BYTES", 1)
    with _connect(port) as connection:
        connection.sendall(b"POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 20\r\n\r\n")
        for _ in range(20):
            time.sleep(0.1)
            connection.sendall(b"x")
        assert _read(connection).endswith(b"x" * 20)


def test_what_is_no_http_is_refused_and_says_so(port: int) -> None:
    with _connect(port) as connection:
        connection.sendall(b"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
        assert b" 400 " in _read(connection).partition(b"\r\n")[0]


@pytest.mark.parametrize(
    "head",
    [
        b"GET /a HTTP/1.1",
        b"GET /a HTTP/1.1\r\nHost: a\r\nHost: b",
        b"GET /a HTTP/1.1\r\nHost: a\r\nHOST: a",
        b"GET /a HTTP/1.0\r\nHost: a\r\nHost: b",
        b"GET /file HTTP/1.1\r\nHost: a\r\nHost: b",
    ],
)
def test_a_request_for_no_host_or_for_two_is_refused(port: int, head: bytes) -> None:
    """RFC 9112 3.2: who stands in front may have meant another one."""
    with _connect(port) as connection:
        connection.sendall(head + b"\r\n\r\n")
        assert b" 400 " in _read(connection).partition(b"\r\n")[0]
    with _connect(port) as connection:
        connection.sendall(b"GET /a HTTP/1.0\r\n\r\n")
        assert b" 200 " in _read(connection).partition(b"\r\n")[0], "1.0 knows no Host"
