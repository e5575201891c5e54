"""What the kernel knows of a connection and no page can see: segments sent again, round trip, path MTU (TCP_INFO)."""

import os
import socket
import stat
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_BYTES: Final = 224
_PMTU, _RTT, _SENT_AGAIN, _SENT, _TWICE = 60, 68, 100, 156, 216
_U32: Final = struct.Struct("@I")
_MICROSECONDS: Final = 1000.0
_LEAST_SEGMENTS: Final = 100
"""Of fewer, one lost segment would be a percent and more."""
_MAPPED: Final = "::ffff:"
_OWN_FILES: Final = Path("/proc/self/fd")


@dataclass(frozen=True)
class Counters:
    """Of one connection since it was opened; ``connection`` tells it apart from another of the same two machines."""

    connection: str
    sent: int
    sent_again: int
    round_trip_ms: float
    path_mtu: int

    def loss_since(self, before: "Counters") -> float | None:
        """The share of segments that were lost since; None where too few were sent, or over another connection."""
        sent = self.sent - before.sent
        if self.connection != before.connection or sent < _LEAST_SEGMENTS:
            return None
        return min(max(self.sent_again - before.sent_again, 0) / sent, 1.0)


def of_socket(connection: socket.socket) -> Counters | None:
    """What this end knows; None where the kernel does not tell (not Linux, or an old one)."""
    try:
        told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _BYTES)
        near, far = connection.getsockname(), connection.getpeername()
    except (AttributeError, OSError):
        return None
    return None if len(told) < _BYTES else _counters(told, f"{near[1]}-{far[1]}")


def of_peer(host: str, port: int | str) -> Counters | None:
    """Of the connection that this process holds with a peer: a server hands requests on without their socket.

    Granian says the port as text.
    """
    if not _OWN_FILES.is_dir():
        return None
    for file in _OWN_FILES.iterdir():
        found = _socket(int(file.name), host, int(port))
        if found is not None:
            with found:
                return of_socket(found)
    return None


def _socket(number: int, host: str, port: int) -> socket.socket | None:
    """A copy of this open file, if it is the connection with that peer; others are only looked at."""
    try:
        if not stat.S_ISSOCK(os.fstat(number).st_mode):
            return None
        copy = socket.socket(fileno=os.dup(number))
    except OSError:
        return None  # closed meanwhile
    if _is_with(copy, host, port):
        return copy
    copy.close()
    return None


def _is_with(connection: socket.socket, host: str, port: int) -> bool:
    if connection.family not in {socket.AF_INET, socket.AF_INET6} or connection.type != socket.SOCK_STREAM:
        return False
    try:
        address, at = connection.getpeername()[:2]
    except OSError:
        return False  # one that listens
    return at == port and str(address).removeprefix(_MAPPED) == host.removeprefix(_MAPPED)


def _counters(told: bytes, connection: str) -> Counters:
    def at(place: int) -> int:
        return int(_U32.unpack_from(told, place)[0])

    return Counters(
        connection=connection,
        sent=at(_SENT),
        sent_again=max(at(_SENT_AGAIN) - at(_TWICE), 0),
        round_trip_ms=at(_RTT) / _MICROSECONDS,
        path_mtu=at(_PMTU),
    )


def worst_loss(*found: float | None) -> float | None:
    """The worse of both ways, as far as they are known."""
    known = [one for one in found if one is not None]
    return max(known) if known else None


def least_mtu(*found: Counters | None) -> int | None:
    """The smallest that either end has learnt."""
    known = [one.path_mtu for one in found if one is not None and one.path_mtu]
    return min(known) if known else None
