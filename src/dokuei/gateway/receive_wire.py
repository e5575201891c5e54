"""The bytes of one association: read in large pieces, answered in one write (PS3.8 9.3).

Two socket options decide the speed of a C-STORE: TCP_NODELAY sends our answer at once, and TCP_QUICKACK
acknowledges at once, so that a sender that left Nagle's algorithm on does not wait 40 ms for us. Linux
forgets TCP_QUICKACK after a while: it is set again before each read that may wait.
"""

import contextlib
import select
import socket
import ssl
import struct
from collections.abc import Callable
from typing import Final

from dokuei.errors import TransferError

_BUFFER_BYTES: Final = 1 << 18
_TCP_QUICKACK: Final = getattr(socket, "TCP_QUICKACK", None)

ASSOCIATE_RQ: Final = 0x01
P_DATA_TF: Final = 0x04
RELEASE_RQ: Final = 0x05
RELEASE_RP: Final = 0x06
ABORT: Final = 0x07


class ClosedError(TransferError):
    """The peer closed the connection, or sent nothing for too long."""

    code = "closed"


class Wire:
    """A blocking connection with a read buffer."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = memoryview(bytearray(_BUFFER_BYTES))
        self._start = 0
        self._end = 0
        connection.setblocking(True)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def wait_at_most(self, seconds: float) -> None:
        """How long a read or a write may stand still; in the kernel, so that it costs no call per read."""
        whole = int(seconds)
        interval = struct.pack("@ll", whole, int((seconds - whole) * 1_000_000))
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, interval)
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, interval)

    def exactly(self, length: int) -> memoryview:
        """The next few bytes; the view is good until the next read.

        Raises:
            ClosedError: they did not come.
        """
        while self._end - self._start < length:
            if self._start:
                rest = self._end - self._start
                self._buffer[:rest] = self._buffer[self._start : self._end]
                self._start, self._end = 0, rest
            self._end += self._receive(self._buffer[self._end :])
        piece = self._buffer[self._start : self._start + length]
        self._start += length
        return piece

    def pour(self, length: int, sink: Callable[[memoryview], object]) -> None:
        """Hand the next ``length`` bytes to ``sink`` as they come, never holding more than the buffer."""
        while length:
            if self._start == self._end:
                self._start, self._end = 0, self._receive(self._buffer)
            piece = self._buffer[self._start : min(self._end, self._start + length)]
            sink(piece)
            self._start += len(piece)
            length -= len(piece)

    def waiting(self) -> bool:
        """Whether the peer has said something that was not read yet; asks without waiting."""
        if self._start < self._end or (isinstance(self._connection, ssl.SSLSocket) and self._connection.pending()):
            return True
        readable, _, _ = select.select([self._connection], [], [], 0)
        return bool(readable)

    def send(self, data: bytes) -> None:
        """One message, one call."""
        try:
            self._connection.sendall(data)
        except (OSError, ssl.SSLError) as error:
            raise ClosedError("the peer took no answer", phase="answering") from error

    def close(self) -> None:
        """End the connection; nothing happens when it is gone already."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def _receive(self, room: memoryview) -> int:
        try:
            if _TCP_QUICKACK is not None:
                self._connection.setsockopt(socket.IPPROTO_TCP, _TCP_QUICKACK, 1)
            count = self._connection.recv_into(room)
        except (BlockingIOError, ssl.SSLWantReadError) as error:
            raise ClosedError("the peer sent nothing for too long", phase="receiving") from error
        except OSError as error:
            raise ClosedError("the connection broke", phase="receiving") from error
        if count == 0:
            raise ClosedError("the peer closed the connection", phase="receiving")
        return count


def abort_pdu(*, source: int, reason: int) -> bytes:
    """A-ABORT (PS3.8 9.3.8): source 0 is the service user, 2 the provider with its reason."""
    return struct.pack(">BxLxxBB", ABORT, 4, source, reason)


def release_reply() -> bytes:
    """A-RELEASE-RP (PS3.8 9.3.7)."""
    return struct.pack(">BxL4x", RELEASE_RP, 4)
