"""Minimal lower layer protocol (HL7 v2.5 implementation guide C.4): messages between a start and an end block."""

import socket
from dataclasses import dataclass, field
from typing import Final

from dokuei.clock import monotonic

START: Final = b"\x0b"
END: Final = b"\x1c"
_RETURN: Final = b"\r"
_PIECE: Final = 1 << 16


class CutError(Exception):
    """The sender fell silent or hung up in the middle of a message; ``begun`` is what came of it."""

    def __init__(self, begun: bytes) -> None:
        super().__init__()
        self.begun = begun


class TooLongError(CutError):
    """More than is taken; where it has not ``ended``, more of it is on its way."""

    def __init__(self, begun: bytes, *, ended: bool = False) -> None:
        super().__init__(begun)
        self.ended = ended


@dataclass
class Wire:
    """One connection's messages; ``most`` is the longest in bytes, the times are in seconds."""

    connection: socket.socket
    most: int
    idle_seconds: float
    message_seconds: float
    _buffer: bytearray = field(default_factory=bytearray)

    def receive(self) -> bytes | None:
        """The next message without its blocks; ``None`` where the other side has nothing more to say.

        Raises:
            CutError: a message that does not come to its end.
        """
        deadline = monotonic() + (self.message_seconds if self._buffer.strip() else self.idle_seconds)
        begun = bool(self._buffer.strip())
        while True:
            message = self._whole()
            if message is not None:
                return message
            if len(self._buffer) > self.most:
                raise TooLongError(self._begun())
            piece = self._piece(deadline)
            if not piece:
                if self._buffer.strip():
                    raise CutError(self._begun())
                return None
            self._buffer += piece
            if not begun and self._buffer.strip():
                begun, deadline = True, monotonic() + self.message_seconds

    def send(self, message: bytes) -> None:
        """A message with its blocks around it."""
        self.connection.settimeout(self.message_seconds)
        self.connection.sendall(START + message + END + _RETURN)

    def drain(self, seconds: float) -> None:
        """Read what is still on its way to nowhere, so that closing does not take our answer away with it."""
        deadline = monotonic() + seconds
        self._buffer.clear()
        while (piece := self._piece(deadline)) and END not in piece:
            pass

    def _whole(self) -> bytes | None:
        """Up to the end block; a start block in the middle means that its sender began anew."""
        end = self._buffer.find(END)
        if end < 0:
            return None
        message = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        if self._buffer.startswith(_RETURN):
            del self._buffer[:1]
        message = message.rpartition(START)[2]
        if len(message) > self.most:
            raise TooLongError(message, ended=True)
        return message

    def _begun(self) -> bytes:
        return bytes(self._buffer).partition(START)[2] or bytes(self._buffer)

    def _piece(self, deadline: float) -> bytes:
        """Some bytes; none at the end of the time or of the connection."""
        left = deadline - monotonic()
        if left <= 0:
            return b""
        try:
            self.connection.settimeout(left)
            return self.connection.recv(_PIECE)
        except OSError:
            return b""
