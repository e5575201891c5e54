"""What is to be sent, in the order in which it matters: the most urgent object has the next piece."""

import hashlib
import heapq
import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dokuei.clock import monotonic
from dokuei.errors import StorageError
from dokuei.gateway.spool_view import Received
from dokuei.transfer.chunks import HEAD_BYTES, piece
from dokuei.transfer.protocol import PIECE_BYTES, WINDOW_BYTES, UploadEvent

_IDLE_SECONDS = 2.0


@dataclass
class Sending:
    """One object on its way; UIDs are those under which it was received."""

    sha256: str
    sop_instance_uid: str
    study_instance_uid: str
    path: Path
    size: int
    weight: int
    priority: int
    order: int
    offset: int
    confirmed: int = field(default=0)
    all_sent: bool = False

    @classmethod
    def of(cls, item: Received, offset: int) -> "Sending":
        """A coded object of the queue, from the offset that the hub asked for.

        Raises:
            StorageError: it was never coded.
        """
        if item.coded is None or item.coded_path is None:
            raise StorageError("an object that was never coded", phase="forwarding")
        return cls(
            sha256=item.coded.sha256,
            sop_instance_uid=item.sop_instance_uid,
            study_instance_uid=item.study_instance_uid,
            path=item.coded_path,
            size=item.coded.size,
            weight=item.size,
            priority=item.priority,
            order=item.id,
            offset=offset,
        )

    @property
    def is_spoilt(self) -> bool:
        """Whether the coded file here is not what it was: then it is made again from the original."""
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() != self.sha256
        except FileNotFoundError:
            return True

    @property
    def share_there(self) -> int:
        """How many of the received bytes the hub's part stands for."""
        return self.weight * self.confirmed // self.size


def portions(items: Sequence[Received], size: int) -> list[Sequence[Received]]:
    """So many at a time."""
    return [items[start : start + size] for start in range(0, len(items), size)]


class SendQueue:
    """Filled by one thread (offers) and emptied by another (the upload); survives cuts by being offered anew."""

    def __init__(
        self, stop: threading.Event, *, window: int = WINDOW_BYTES, idle_seconds: float = _IDLE_SECONDS
    ) -> None:
        self._stop = stop
        self._lock = threading.Lock()
        self._filled = threading.Condition(self._lock)
        self._objects: dict[str, Sending] = {}
        self._heap: list[tuple[int, int, str]] = []
        self._window = window
        self._idle_seconds = idle_seconds
        self._flying = 0
        self._idle_since = monotonic()
        self._judged: list[tuple[Sending, UploadEvent]] = []
        self._lost: list[Sending] = []
        self._open: tuple[str, int] | None = None
        self._hub_has_ended = False

    # --- the thread that offers ----------------------------------------------------------------------------------

    def add(self, objects: Iterable[Sending]) -> None:
        """More to send, each from the offset that the hub asked for."""
        with self._filled:
            for one in objects:
                one.confirmed = one.offset
                self._objects[one.sha256] = one
                heapq.heappush(self._heap, (-one.priority, one.order, one.sha256))
            self._filled.notify_all()

    def hurry(self, priorities: Mapping[str, int]) -> None:
        """Studies whose priority has changed while their objects wait here: the next piece is chosen anew."""
        with self._lock:
            for one in self._objects.values():
                if one.priority != (wanted := priorities.get(one.study_instance_uid, 0)):
                    one.priority = wanted
                    heapq.heappush(self._heap, (-wanted, one.order, one.sha256))

    def holds(self, sha256: str) -> bool:
        """Whether an object is queued or on its way."""
        with self._lock:
            return sha256 in self._objects

    @property
    def objects(self) -> int:
        """How many objects are queued or on their way."""
        with self._lock:
            return len(self._objects)

    def judged(self) -> list[tuple[Sending, UploadEvent]]:
        """What the hub has judged since the last call."""
        with self._lock:
            judged, self._judged = self._judged, []
        return judged

    def lost(self) -> list[Sending]:
        """Objects whose coded file is not what it should be any more."""
        with self._lock:
            lost, self._lost = self._lost, []
        return lost

    def there(self) -> dict[str, int]:
        """For each study under way, the received bytes that the hub has of objects not judged yet."""
        with self._lock:
            found: dict[str, int] = {}
            for one in self._objects.values():
                found[one.study_instance_uid] = found.get(one.study_instance_uid, 0) + one.share_there
        return found

    # --- the thread that uploads ---------------------------------------------------------------------------------

    def wait(self, seconds: float) -> bool:
        """Wait for something to send; whether there is."""
        with self._filled:
            self._hub_has_ended = False
            if not self._objects:
                self._filled.wait(seconds)
            self._idle_since = monotonic()
            return bool(self._objects) and not self._stop.is_set()

    def take(self) -> bytes | None:
        """The next piece (see ``transfer.line.Source``)."""
        with self._lock:
            if self._stop.is_set() or self._hub_has_ended:
                return None
            one = self._next()
            if one is None:
                return self._pause()
            self._idle_since = monotonic()
            if self._flying and self._flying + PIECE_BYTES + HEAD_BYTES > self._window:
                return b""
            return self._piece(one)

    def on_event(self, event: UploadEvent) -> None:
        """What the hub says meanwhile."""
        with self._lock:
            self._hub_has_ended = self._hub_has_ended or event.event == "end"
            one = self._objects.get(event.sha256)
            if one is None:
                return
            if event.event == "stored":
                arrived = min(event.end, one.offset) - one.confirmed
                if arrived > 0:
                    self._flying -= arrived
                    one.confirmed += arrived
            elif event.event == "judged":
                self._flying -= one.offset - one.confirmed
                del self._objects[event.sha256]
                self._judged.append((one, event))

    def cut(self) -> list[Sending]:
        """The upload has ended: everything not judged has to be offered again."""
        with self._lock:
            self._close_file()
            left = list(self._objects.values())
            self._objects.clear()
            self._heap.clear()
            self._flying = 0
        return left

    # --- inside the lock -----------------------------------------------------------------------------------------

    def _next(self) -> Sending | None:
        while self._heap:
            priority, _, sha256 = self._heap[0]
            one = self._objects.get(sha256)
            if one is not None and not one.all_sent and one.priority == -priority:
                return one
            heapq.heappop(self._heap)
        return None

    def _pause(self) -> bytes | None:
        idle = not self._objects and monotonic() - self._idle_since > self._idle_seconds
        return None if idle else b""

    def _piece(self, one: Sending) -> bytes:
        try:
            data = os.pread(self._descriptor(one), min(PIECE_BYTES, one.size - one.offset), one.offset)
        except FileNotFoundError:
            data = b""
        if not data and one.offset < one.size:
            del self._objects[one.sha256]
            self._flying -= one.offset - one.confirmed
            self._lost.append(one)
            return b""
        made = piece(one.sha256, one.offset, data)
        one.offset += len(data)
        self._flying += len(data)
        one.all_sent = one.offset == one.size
        return made

    def _descriptor(self, one: Sending) -> int:
        if self._open is not None and self._open[0] == one.sha256:
            return self._open[1]
        self._close_file()
        self._open = (one.sha256, os.open(one.path, os.O_RDONLY))
        return self._open[1]

    def _close_file(self) -> None:
        if self._open is not None:
            os.close(self._open[1])
            self._open = None
