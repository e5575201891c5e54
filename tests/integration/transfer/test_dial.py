"""The way to the hub over real sockets: a silent line is asked often, and what is closed is tried again."""

import contextlib
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest

from dokuei.errors import PeerRefusedError, UnreachableError
from dokuei.transfer.dial import Address, congestion_control, connect, secure


@pytest.fixture
def listener() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0), backlog=0)


def _address(listener: socket.socket) -> Address:
    return Address("127.0.0.1", listener.getsockname()[1])


def _asking(listener: socket.socket) -> int:
    """How many connections to it are being asked for (SYN_SENT)."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[2].endswith(f":{listener.getsockname()[1]:04X}") and row[3] == "02" for row in rows)


def test_whoever_waits_is_through_a_moment_after_the_line_is_back(listener: socket.socket) -> None:
    """A listener that is full answers no SYN; TCP alone would ask it after 1 s and then ever more seldom."""
    full = []
    with listener, contextlib.ExitStack() as kept:
        for _ in range(3):
            full.append(kept.enter_context(socket.socket()))
            full[-1].setblocking(False)
            full[-1].connect_ex(listener.getsockname())
        time.sleep(0.1)
        asked = _asking(listener)
        found: list[float] = []

        def dial() -> None:
            with connect(_address(listener), None):
                found.append(time.monotonic())

        waiting = threading.Thread(target=dial)
        waiting.start()
        time.sleep(1.2)
        assert not found, "nobody lets it in"
        assert _asking(listener) >= asked + 3, "after 0, 0.5 and 1 s"
        for one in full:
            one.close()
        back = time.monotonic()
        while waiting.is_alive():
            kept.enter_context(listener.accept()[0])
            waiting.join(0.05)
        assert found[0] - back < 1.0
        assert _asking(listener) < asked + 3, "the others are given up"


def test_an_address_that_cannot_be_reached_takes_no_time_from_another(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name with an address of IPv6 in a hospital without IPv6: the other is asked for as long as ever."""
    closed = socket.create_server(("127.0.0.1", 0))
    nobody = closed.getsockname()
    closed.close()
    kinds = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
    both = [(*kinds, nobody), (*kinds, listener.getsockname())]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with listener, contextlib.ExitStack() as kept:
        for _ in range(3):
            one = kept.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        through = threading.Event()

        def dial() -> None:
            with connect(Address("hub.test", 443), None):
                through.set()

        waiting = threading.Thread(target=dial)
        waiting.start()
        time.sleep(1.5)
        while waiting.is_alive():
            kept.enter_context(listener.accept()[0])
            waiting.join(0.05)
        assert through.is_set()


def test_a_port_that_is_closed_is_said_at_once(listener: socket.socket) -> None:
    address = _address(listener)
    listener.close()
    begin = time.monotonic()
    with pytest.raises(UnreachableError, match="refused"):
        connect(address, None)
    assert time.monotonic() - begin < 0.5


@pytest.mark.parametrize(("answer", "error"), [(b"", UnreachableError), (b"HTTP/1.1 400 No\r\n\r\n", PeerRefusedError)])
def test_a_line_closed_in_the_greeting_is_away_and_one_without_tls_is_not_the_hub(
    listener: socket.socket, answer: bytes, error: type[Exception]
) -> None:
    """What stands before the hub may let in and close as long as the line behind it is away."""

    def close() -> None:
        near, _ = listener.accept()
        with near:
            near.recv(10_000)
            near.sendall(answer)

    with listener:
        thread = threading.Thread(target=close)
        thread.start()
        with pytest.raises(error):
            secure(connect(_address(listener), None), ssl.create_default_context(), _address(listener))
        thread.join(5)


def test_what_paces_connections_is_known(listener: socket.socket) -> None:
    with listener, connect(_address(listener), None) as connection:
        name = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16)
    assert name.partition(b"\0")[0].decode() == congestion_control() != ""
