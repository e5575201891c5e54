"""Measuring over real sockets, and what the kernel knows of one."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from dokuei.line.measure import measure
from dokuei.line.tcp_info import Counters, of_peer, of_socket, worst_loss


@dataclass
class SocketWay:
    """A peer that answers with so many bytes; what it is asked for stands in eight bytes before."""

    connection: socket.socket

    def ping(self) -> None:
        self._ask(0, 1, lambda _: None)

    def down(self, size: int, arrived: Callable[[int], None]) -> None:
        self._ask(0, size, arrived)

    def up(self, size: int) -> None:
        self._ask(size, 1, lambda _: None)

    def counters(self) -> tuple[Counters | None, Counters | None]:
        return of_socket(self.connection), of_peer(*self.connection.getsockname())

    def _ask(self, sent: int, wanted: int, arrived: Callable[[int], None]) -> None:
        self.connection.sendall(sent.to_bytes(8) + wanted.to_bytes(8) + bytes(sent))
        while wanted:
            piece = self.connection.recv(min(wanted, 65_536))
            assert piece
            wanted -= len(piece)
            arrived(len(piece))


def _answer(connection: socket.socket) -> None:
    with connection, connection.makefile("rb") as asked:
        while head := asked.read(16):
            left = int.from_bytes(head[:8])
            while left:
                left -= len(asked.read(min(left, 65_536)))
            connection.sendall(bytes(int.from_bytes(head[8:])))


@contextmanager
def _opened() -> Iterator[SocketWay]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        connection = socket.create_connection(server.getsockname())
        answering, _ = server.accept()
    thread = threading.Thread(target=_answer, args=(answering,), daemon=True)
    thread.start()
    with connection:
        yield SocketWay(connection)
    thread.join(10)


def test_a_line_is_measured_both_ways_with_what_both_ends_know() -> None:
    """NET-20: throughput, round trip, jitter, loss and path MTU, within 15 seconds."""
    shares: list[float] = []
    found = measure(_opened, shares.append)
    assert found.down_bits > 50e6
    assert found.up_bits > 50e6
    assert 0 < found.round_trip_ms < 100
    assert found.loss is not None
    assert found.loss < 0.01
    assert found.path_mtu is not None
    assert found.path_mtu >= 576
    assert found.seconds < 15
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_way_that_breaks_is_no_measurement() -> None:
    @contextmanager
    def broken() -> Iterator[SocketWay]:
        with _opened() as way:
            way.connection.shutdown(socket.SHUT_WR)
            yield way

    with pytest.raises((AssertionError, OSError)):
        measure(broken)


def test_a_server_finds_the_connection_that_it_did_not_open_itself() -> None:
    with _opened() as way:
        own, seen = way.counters()
        assert own is not None
        assert seen is not None
        assert own.connection.split("-") == list(reversed(seen.connection.split("-")))
    assert of_peer("127.0.0.1", 1) is None


def test_loss_is_of_one_connection_and_of_enough_segments() -> None:
    before = Counters("a", 1_000, 10, 5.0, 1500)
    assert Counters("a", 2_000, 40, 5.0, 1500).loss_since(before) == pytest.approx(0.03)
    assert Counters("b", 2_000, 40, 5.0, 1500).loss_since(before) is None
    assert Counters("a", 1_050, 40, 5.0, 1500).loss_since(before) is None
    assert worst_loss(None, 0.01, 0.03) == pytest.approx(0.03)
    assert worst_loss(None, None) is None
