"""A body that hardly comes ends its connection behind TLS too, where the server itself has no limit for it."""

import os
import signal
import socket
import ssl
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from dokuei.hub import pace, serve
from dokuei.hub.serve import Listener
from dokuei.storage.pki import open_authority, server_certificate
from tests.makers.peers import free_port

_HEAD = b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"


async def _reads(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads a whole body, and says nothing to whoever hangs up."""
    if scope["type"] != "http":
        return
    while (message := await receive())["type"] == "http.request":
        if not message.get("more_body"):
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return


def _stalled(port: int, authority: Path) -> bytes:
    context = ssl.create_default_context(cafile=authority)
    deadline = time.monotonic() + 30
    while True:
        try:
            plain = socket.create_connection(("127.0.0.1", port), 20)
            break
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    with closing(context.wrap_socket(plain, server_hostname="localhost")) as connection:
        connection.sendall(_HEAD + b"x")
        answer = b""
        while piece := connection.recv(4096):  # until the server closes it: the test's own limit is 20 s
            answer += piece
        return answer


def test_a_stalled_body_behind_tls_is_answered_and_its_connection_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "BodyPace", lambda app: pace.BodyPace(app, seconds=0.5))
    authority, port = open_authority(tmp_path), free_port()
    files = server_certificate(authority, "hub", host_names=())
    answers: list[bytes] = []

    def stall_and_end() -> None:
        try:
            answers.append(_stalled(port, authority.certificate_file))
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    asker = threading.Thread(target=stall_and_end)
    asker.start()
    serve.serve(_reads, Listener("localhost", port, files.certificate, files.private_key))
    asker.join()
    assert b" 408 " in answers[0].partition(b"\r\n")[0]
