"""Decoding in a process of its own, so that a forged frame kills that one and not the program.

The process is kept warm, ends by itself when nothing comes for a while or its parent is gone, and is replaced when
it dies. It is started anew and not forked: this program has threads. What it answers is counted and never executed.
"""

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
from dataclasses import fields
from struct import Struct
from typing import Final, Literal

import numpy as np

from dokuei.dicom.codestream import CodestreamError
from dokuei.dicom.pixels import Cells, PixelDescription
from dokuei.errors import StorageError

Verb = Literal["twice", "lossy"]

REQUEST: Final = Struct("<LQ")  # bytes of the question in JSON, and of the frame after it
ANSWER: Final = Struct("<cQ")  # CELLS or REFUSED, and the bytes after it
BEGUN: Final = b"b"
CELLS: Final = b"c"
REFUSED: Final = b"r"
LONGEST_REASON: Final = 1000
DESCRIBING: Final = tuple(field.name for field in fields(PixelDescription) if field.name != "element")

_AT_ONCE: Final = max(2, min(4, os.cpu_count() or 2))
_START_SECONDS: Final = 60.0
_SECONDS: Final = 20.0
_SECONDS_PER_MEGABYTE: Final = 1.0
_TRIES: Final = 2  # somebody may end a process from outside once; a frame that breaks its decoder breaks each
_SECRETS: Final = "DOKUEI_"


class _GoneError(Exception):
    """The process is of no use any more; ``begun`` tells whether it had the whole frame by then."""

    def __init__(self, *, begun: bool) -> None:
        super().__init__()
        self.begun = begun


class _Child:
    """One process that decodes, and the line to it; ``sound`` while nothing is left over from a request."""

    def __init__(self) -> None:
        self.sound = True
        self._line, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "dokuei.dicom.decode_child"],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    env={name: value for name, value in os.environ.items() if not name.startswith(_SECRETS)},
                    start_new_session=True,
                )
            except OSError as error:
                self._line.close()
                raise _unavailable() from error
        # Waits for its end from the beginning, so that no dead process stays in the table
        self._collector = threading.Thread(target=self._process.wait, name="decoder-collector", daemon=True)
        self._collector.start()

    def ask(self, question: bytes, data: bytes, description: PixelDescription) -> Cells:
        """The cells of one frame.

        Raises:
            CodestreamError: it cannot be decoded, or not in time.
            _GoneError: the process died.
        """
        begun, self.sound = False, False
        try:
            self._line.settimeout(_START_SECONDS)
            self._line.sendall(REQUEST.pack(len(question), len(data)) + question)
            self._line.sendall(data)
            begun = self._take(len(BEGUN)) == BEGUN
            self._line.settimeout(_SECONDS + _SECONDS_PER_MEGABYTE * (description.frame_bytes >> 20))
            return self._answer(description)
        except TimeoutError as error:
            if begun:
                raise CodestreamError("its decoder took too long over it") from error
            raise _GoneError(begun=False) from error
        except OSError as error:
            raise _GoneError(begun=begun) from error

    def _answer(self, description: PixelDescription) -> Cells:
        kind, length = ANSWER.unpack(self._take(ANSWER.size))
        if kind == REFUSED and length <= LONGEST_REASON:
            reason = self._take(length).decode("utf-8", "replace")
            self.sound = True
            raise CodestreamError(reason)
        cells: Cells = np.empty(description.shape, dtype=description.dtype)
        if kind != CELLS or length != cells.nbytes:
            raise ConnectionAbortedError
        self._fill(cells.data.cast("B"))
        self.sound = True
        return cells

    def _take(self, count: int) -> bytearray:
        taken = bytearray(count)
        self._fill(memoryview(taken))
        return taken

    def _fill(self, room: memoryview) -> None:
        while room:
            count = self._line.recv_into(room)
            if not count:
                raise ConnectionResetError
            room = room[count:]

    def close(self) -> None:
        """End it, whatever it is at."""
        self.leave()
        self._process.kill()
        self._collector.join()

    def leave(self) -> None:
        """Let go of the line, whose other end then ends by itself."""
        self._line.close()


class _Children:
    """The processes that wait for work, and a place for as many at once as there are processors."""

    def __init__(self) -> None:
        self._idle: list[_Child] = []
        self._renew()

    def _renew(self) -> None:
        self._lock = threading.Lock()
        self.places = threading.BoundedSemaphore(_AT_ONCE)

    def take(self) -> _Child:
        """The one that worked last, so that those beyond need may end."""
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return _Child()

    def give_back(self, child: _Child) -> None:
        """For the next frame, unless something is left over from this one."""
        if not child.sound:
            child.close()
            return
        with self._lock:
            self._idle.append(child)

    def close(self) -> None:
        """End them all."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.close()

    def forked(self) -> None:
        """In a forked process: the lines belong to the other one, and who held the locks is not here."""
        while self._idle:
            self._idle.pop().leave()
        self._renew()


_children: Final = _Children()
atexit.register(_children.close)
os.register_at_fork(after_in_child=_children.forked)


def decode(verb: Verb, data: bytes, description: PixelDescription, syntax_uid: str) -> Cells:
    """The cells of one frame, by the function of this name in ``decoders``.

    Raises:
        CodestreamError: it cannot be decoded, or its decoder breaks or hangs.
        StorageError: no process for decoding can be had now.
    """
    told = {name: getattr(description, name) for name in DESCRIBING}
    question = json.dumps([verb, syntax_uid, told]).encode()
    broken = absent = 0
    with _children.places:
        while True:
            child = _children.take()
            try:
                return child.ask(question, data, description)
            except _GoneError as gone:
                broken, absent = broken + gone.begun, absent + (not gone.begun)
                if broken == _TRIES:
                    raise CodestreamError("its decoder broke on it") from gone
                if absent > _AT_ONCE + _TRIES:
                    raise _unavailable() from gone
            finally:
                _children.give_back(child)


def _unavailable() -> StorageError:
    return StorageError(
        "no process for decoding could be started",
        phase="decoding",
        remedy="look for its reason in the log of this program; it is tried again by itself",
    )
