"""What nobody-signed-in may ask of the whole hub: over real HTTP where memory and the wire matter."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from dokuei.hub.limits import LARGEST_ATTEMPT, LARGEST_FILE, LARGEST_JSON
from dokuei.hub.prepare import prepare_hub
from dokuei.settings import read_settings
from tests.makers.peers import free_port
from tests.makers.whole_hub import WholeHub, whole_hub

PASSKEY = "/api/v1/sign-in/passkey"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHub]:
    with whole_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


def _json_of(size: int) -> bytes:
    return b'{"credential":{"x":"' + b"a" * (size - 23) + b'"}}'


@pytest.mark.parametrize(
    ("path", "largest"),
    [
        (PASSKEY, LARGEST_ATTEMPT),
        ("/api/v1/enrolments/passkey", LARGEST_ATTEMPT),
        ("/api/v1/people", LARGEST_JSON),
        ("/api/v1/worklist/0/messages/attachments", LARGEST_FILE),
    ],
)
def test_a_body_beyond_what_a_door_needs_is_refused_as_a_problem(hub: WholeHub, path: str, largest: int) -> None:
    with hub.client(hub.token("kita")) as client:
        for body in (_json_of(largest + 1), iter([_json_of(largest), b" "])):  # announced, and not
            answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code == 413, answer.text
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["type"] == "urn:dokuei:problem:too-large"
            assert "content-security-policy" in answer.headers
        within = client.post(path, content=_json_of(largest), headers={"Content-Type": "application/json"})
        assert within.status_code != 413


def test_images_are_not_held_to_the_size_of_a_form(hub: WholeHub) -> None:
    """A study is larger than any JSON body: STOW-RS takes it as it streams in."""
    with hub.client(hub.token("kita")) as client:
        body = b"--b\r\nContent-Type: application/dicom\r\n\r\n" + bytes(LARGEST_JSON + 1) + b"\r\n--b--\r\n"
        kind = 'multipart/related; type="application/dicom"; boundary=b'
        answer = client.post("/sites/kita/dicom-web/studies", content=body, headers={"Content-Type": kind})
    assert answer.status_code not in {413, 500}, answer.text


def test_attempts_without_end_are_told_to_wait_and_nobody_else_is(tmp_path: Path) -> None:
    """AUTH-10: the doors that stand open to everybody cannot be kept busy from one address."""
    with whole_hub(tmp_path) as hub, hub.client() as client:
        answers = [client.get("/api/v1/enrolments", headers={"X-Dokuei-Enrolment": "x"}) for _ in range(400)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        assert answers[100].status_code == 404
        assert int(refused[0].headers["retry-after"]) >= 1
        assert refused[0].json()["type"] == "urn:dokuei:problem:too-often"
        assert client.get("/api/v1/session").status_code == 401
        assert client.get("/api/v1/health").status_code == 200


@contextmanager
def _readers_process(folder: Path) -> Iterator[tuple[int, int]]:
    """The readers' listener in a process of its own: its port and its process id."""
    environment = {"DOKUEI_HUB__HOST": "localhost", "DOKUEI_HUB__PORT": str(free_port())}
    settings = read_settings(folder, environment=environment)
    prepare_hub(settings)
    command = [sys.executable, "-m", "dokuei", "hub", "serve-readers", "--home", str(folder)]
    with subprocess.Popen(command, env={**os.environ, **environment}) as process:
        try:
            _wait_for(settings.hub.port)
            yield settings.hub.port, process.pid
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            httpx.get(f"http://localhost:{port}/api/v1/health", trust_env=False)
        except httpx.HTTPError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return


def _largest_memory(pid: int) -> int:
    """Bytes that a process held at most (VmHWM of proc(5))."""
    line = next(one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) << 10


def test_a_body_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    """A stranger's 150 MB are refused at the door, announced or not; the process stays as large as it was."""
    with _readers_process(tmp_path) as (port, pid):
        before = _largest_memory(pid)
        for announced in (True, False):
            assert _status_of_flood(port, announced=announced) in {413, None}
        assert _largest_memory(pid) - before < 60 << 20
        _wait_for(port)


def test_strangers_who_each_hold_back_the_end_of_a_body_do_not_fill_the_memory(tmp_path: Path) -> None:
    """Forty of them with 11 MB of a form each: whoever is not known is told so before that is kept."""
    with _readers_process(tmp_path) as (port, pid), ExitStack() as open_ones:
        before = _largest_memory(pid)
        head = (
            "POST /api/v1/requests HTTP/1.1\r\nHost: localhost\r\nX-Dokuei-Request: 1\r\nCookie: dokuei_session=x\r\n"
        )
        for number in range(40):
            stream = open_ones.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            length = f"Content-Length: {12 << 20}\r\n\r\n" if number % 2 else "Transfer-Encoding: chunked\r\n\r\n"
            stream.sendall((head + length).encode())
            with suppress(OSError):  # told before it was all sent, as it should be
                for _ in range(11):
                    stream.sendall(b"a" * (1 << 20) if number % 2 else b"100000\r\n" + b"a" * (1 << 20) + b"\r\n")
        _wait_for(port)
        assert _largest_memory(pid) - before < 100 << 20


def _status_of_flood(port: int, *, announced: bool) -> int | None:
    """The answer to 150 MB; None where the hub hung up before it could be read."""
    line = f"POST {PASSKEY} HTTP/1.1\r\nHost: localhost\r\nX-Dokuei-Request: 1\r\nContent-Type: application/json\r\n"
    length = f"Content-Length: {150 << 20}\r\n\r\n" if announced else "Transfer-Encoding: chunked\r\n\r\n"
    piece = b"a" * (1 << 20)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as stream:
        stream.sendall((line + length).encode())
        try:
            for _ in range(150):
                stream.sendall(piece if announced else b"100000\r\n" + piece + b"\r\n")
        except OSError:
            pass  # refused before it was all sent, as it should be
        try:
            answer = stream.recv(12)
        except OSError:
            return None
    return int(answer[9:12]) if answer else None
