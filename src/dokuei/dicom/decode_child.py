"""The process in which frames are decoded: ``python -m dokuei.dicom.decode_child`` with the line as its input.

It ends when the other end of the line is closed (also by SIGKILL) or nothing comes for a minute, so that the memory
of large frames goes back. Signals to end are for its parent.
"""

import contextlib
import json
import resource
import signal
import socket
from collections.abc import Callable
from typing import Final

import numpy as np

from dokuei.dicom import decoders
from dokuei.dicom.codestream import CodestreamError
from dokuei.dicom.decode_apart import ANSWER, BEGUN, CELLS, LONGEST_REASON, REFUSED, REQUEST
from dokuei.dicom.elements import PIXEL_DATA, Element
from dokuei.dicom.pixels import Cells, PixelDescription

_IDLE_SECONDS: Final = 60.0
_MEMORY_BYTES: Final = 4 << 30
_Decode = Callable[[bytes, PixelDescription, str], Cells]
_VERBS: Final[dict[str, _Decode]] = {"twice": decoders.twice, "lossy": decoders.lossy}
_ELEMENT: Final = Element(PIXEL_DATA, "OB", 0, 0, 0, 0, undefined=True)


def main() -> None:
    """Decode one frame after the other."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for limit, value in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, _MEMORY_BYTES)):
        with contextlib.suppress(OSError, ValueError):  # a lower limit is in force, or the system knows none
            resource.setrlimit(limit, (value, value))
    with socket.socket(fileno=0) as line:
        while True:
            line.settimeout(_IDLE_SECONDS)
            try:
                first = line.recv(1)
            except TimeoutError:
                return
            line.settimeout(None)
            if not first or not _serve(line, first):
                return


def _serve(line: socket.socket, first: bytes) -> bool:
    """Read one request and answer it; whether the parent is still there."""
    head = first + _take(line, REQUEST.size - len(first))
    if len(head) < REQUEST.size:
        return False
    asked, length = REQUEST.unpack(head)
    question, data = _take(line, asked), bytes(_take(line, length))
    if len(question) < asked or len(data) < length:
        return False
    try:
        line.sendall(BEGUN)
        verb, syntax_uid, told = json.loads(question)
        description = PixelDescription(element=_ELEMENT, **told)
        _answer(line, _VERBS[verb], data, description, syntax_uid)
    except ConnectionError:
        return False
    return True


def _answer(line: socket.socket, decode: _Decode, data: bytes, description: PixelDescription, syntax_uid: str) -> None:
    try:
        found = decode(data, description, syntax_uid)
        cells: Cells = np.ascontiguousarray(found, dtype=description.dtype)
    except (CodestreamError, MemoryError) as error:
        reason = str(error) or "there is no memory to decode it"
        raw = reason.encode()[:LONGEST_REASON]
        line.sendall(ANSWER.pack(REFUSED, len(raw)) + raw)
        return
    line.sendall(ANSWER.pack(CELLS, cells.nbytes))
    line.sendall(cells.data.cast("B"))


def _take(line: socket.socket, count: int) -> bytearray:
    """So many bytes, or fewer where the line ends before."""
    taken, at = bytearray(count), 0
    with memoryview(taken) as room:
        while at < count:
            got = line.recv_into(room[at:])
            if not got:
                break
            at += got
    return taken if at == count else taken[:at]


if __name__ == "__main__":
    main()
