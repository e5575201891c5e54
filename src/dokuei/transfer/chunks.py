"""Pieces of objects on one stream: any object from any offset, so that an urgent one can step in between.

A piece is a head (SHA-256 of the coded file, offset, length; big endian) and its bytes. The reader hands bytes on as
they come, before a piece is whole, and keeps nothing but an unfinished head.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from dokuei.errors import RequestError
from dokuei.transfer.protocol import PIECE_BYTES

_HEAD = struct.Struct(">32sQI")
HEAD_BYTES = _HEAD.size


@dataclass(frozen=True)
class Fragment:
    """Some bytes of an object; empty where only the object's end is pointed at."""

    sha256: str
    offset: int
    data: memoryview


def piece(sha256: str, offset: int, data: bytes) -> bytes:
    """One piece as it goes on the stream (at most ``PIECE_BYTES`` of data)."""
    return _HEAD.pack(bytes.fromhex(sha256), offset, len(data)) + data


class PieceReader:
    """Takes the stream apart, in whatever portions it arrives."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._sha256 = ""
        self._offset = 0
        self._left = 0

    def feed(self, arrived: bytes) -> Iterator[Fragment]:
        """The fragments in a portion of the stream.

        Raises:
            RequestError: a piece claims more than a piece may hold.
        """
        view = memoryview(arrived)
        while view:
            if self._left:
                data, view = view[: self._left], view[self._left :]
                self._left -= len(data)
                yield Fragment(self._sha256, self._offset, data)
                self._offset += len(data)
                continue
            missing = HEAD_BYTES - len(self._head)
            self._head += view[:missing]
            view = view[missing:]
            if len(self._head) == HEAD_BYTES:
                self._begin()
                if not self._left:
                    yield Fragment(self._sha256, self._offset, memoryview(b""))

    def _begin(self) -> None:
        digest, self._offset, self._left = _HEAD.unpack(self._head)
        self._head.clear()
        self._sha256 = digest.hex()
        if self._left > PIECE_BYTES:
            raise RequestError("a piece larger than agreed", phase="reading an upload")
