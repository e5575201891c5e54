"""A listener of the hub has its port alone."""

import gc
import os
import signal
import socket
import threading
import time
from contextlib import ExitStack, closing, suppress

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from dokuei.errors import ConfigurationError
from dokuei.hub.problems import OuterDoor
from dokuei.hub.serve import Listener, open_listener, serve, spare_collector
from tests.makers.asgi import AsgiTransport, asgi_portal
from tests.makers.peers import free_port


def test_whoever_comes_second_is_told_and_takes_no_request_of_the_first() -> None:
    with closing(open_listener("localhost", 0)) as first:
        port = first.getsockname()[1]
        with pytest.raises(ConfigurationError, match="in use"):
            open_listener("localhost", port)
        with closing(socket.socket()) as sharer:
            sharer.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            with pytest.raises(OSError, match="in use"):
                sharer.bind(("127.0.0.1", port))


def test_the_server_itself_does_not_share_its_port() -> None:
    port = free_port()
    refused: list[bool] = []

    def ask_and_end() -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                httpx.get(f"http://127.0.0.1:{port}/", trust_env=False, timeout=5)
            except httpx.HTTPError:
                time.sleep(0.05)
                continue
            try:
                open_listener("localhost", port).close()
            except ConfigurationError:
                refused.append(True)
            break
        os.kill(os.getpid(), signal.SIGTERM)

    asker = threading.Thread(target=ask_and_end)
    asker.start()
    serve(_breaks, Listener("localhost", port))
    asker.join()
    assert refused == [True]


@pytest.mark.parametrize(("option", "value"), [(25, 128 << 10), (44, 1_000)], ids=["NOTSENT_LOWAT", "RTO_MAX_MS"])
def test_every_connection_is_held_to_little_unsent_and_short_pauses(option: int, value: int) -> None:
    with closing(open_listener("localhost", 0)) as listener:
        try:
            assert listener.getsockopt(socket.IPPROTO_TCP, option) == value
        except OSError:
            pytest.skip("this kernel does not know the option")
        listener.setblocking(True)
        with closing(socket.create_connection(listener.getsockname())), closing(listener.accept()[0]) as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, option) == value


def test_whoever_holds_many_connections_open_takes_no_others_place() -> None:
    port = free_port()
    answered: list[int] = []

    def crowd_and_ask() -> None:
        with ExitStack() as held:
            while not answered:
                with suppress(httpx.HTTPError):
                    answered.append(httpx.get(f"http://127.0.0.1:{port}/", trust_env=False, timeout=5).status_code)
            for _ in range(700):
                held.enter_context(socket.create_connection(("127.0.0.1", port), 5)).sendall(b"GET / HTT")
            answered.append(httpx.get(f"http://127.0.0.1:{port}/", trust_env=False, timeout=5).status_code)
        os.kill(os.getpid(), signal.SIGTERM)

    asker = threading.Thread(target=crowd_and_ask)
    asker.start()
    serve(_breaks, Listener("localhost", port))
    asker.join()
    assert answered == [500, 500], "this application answers so"


def test_an_application_that_cannot_begin_answers_with_a_problem() -> None:
    """What breaks before the application's own handlers stand is an RFC 9457 problem, not a bare 500."""
    with asgi_portal() as portal:
        client = httpx.Client(transport=AsgiTransport(OuterDoor(_breaks), portal), base_url="http://localhost")
        answer = client.get("/api/v1/session")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "no table" not in answer.text


def test_an_answer_over_thousands_of_rows_is_not_stopped_to_look_for_cycles() -> None:
    before = gc.get_threshold()
    stops: list[str] = []

    def note(phase: str, _info: dict[str, int]) -> None:
        stops.append(phase)

    try:
        spare_collector()
        assert gc.get_freeze_count() > 0, "what stands is not walked through"
        gc.callbacks.append(note)
        rows = [{"row": [number]} for number in range(5000)]
        gc.callbacks.remove(note)
        assert len(rows) == 5000
        assert not stops
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


async def _breaks(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    raise RuntimeError("no table person")
