"""What is to be sent, in the order in which it matters: the most urgent object has the next piece."""

import hashlib
import heapq
import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dokuei.clock import monotonic
from dokuei.errors import StorageError
from dokuei.gateway.bandwidth import Bucket
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
    lane: "Lane | None" = field(default=None, repr=False, compare=False)

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
    def flying(self) -> int:
        """Bytes that were sent and are not confirmed."""
        return self.offset - self.confirmed

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


class Lane:
    """One upload's side of the queue (see ``transfer.line.Source``): it reads what it sends with a file of its own."""

    def __init__(self, queue: "SendQueue", wanted: Callable[[], bool]) -> None:
        self._queue = queue
        self._open: tuple[str, int] | None = None
        self.wanted = wanted
        self.idle_since = monotonic()
        self.hub_has_ended = False

    def take(self) -> bytes | None:
        """The next piece."""
        return self._queue.take(self)

    def on_event(self, event: UploadEvent) -> None:
        """What the hub says meanwhile."""
        self._queue.on_event(event, self)

    def wait(self, seconds: float) -> bool:
        """Wait for something to send; whether there is."""
        return self._queue.wait(self, seconds)

    def cut(self) -> list[Sending]:
        """The upload has ended: what it carried and was not judged has to be offered again."""
        return self._queue.cut(self)

    def read(self, one: Sending, size: int) -> bytes:
        """The next bytes of an object.

        Raises:
            FileNotFoundError: its file is gone.
        """
        if self._open is None or self._open[0] != one.sha256:
            self.close()
            self._open = (one.sha256, os.open(one.path, os.O_RDONLY))
        return os.pread(self._open[1], min(size, one.size - one.offset), one.offset)

    def close(self) -> None:
        """Let the open file go."""
        if self._open is not None:
            os.close(self._open[1])
            self._open = None


class SendQueue:
    """Filled by one thread (offers) and emptied by others (uploads); survives cuts by being offered anew.

    An object's pieces go over the lane that has begun it, so that they arrive in their order; all lanes together have
    no more on the way than a cut may cost, and each has its share of that.
    """

    def __init__(
        self,
        stop: threading.Event,
        *,
        bucket: Bucket | None = None,
        window: int = WINDOW_BYTES,
        idle_seconds: float = _IDLE_SECONDS,
    ) -> None:
        self._stop = stop
        self._lock = threading.Lock()
        self._filled = threading.Condition(self._lock)
        self._objects: dict[str, Sending] = {}
        self._heap: list[tuple[int, int, str]] = []
        self._bucket = bucket
        self._window = window
        self._idle_seconds = idle_seconds
        self._flying: dict[Lane, int] = {}
        self._arrived = 0
        self._judged: list[tuple[Sending, UploadEvent]] = []
        self._lost: list[Sending] = []

    def lane(self, wanted: Callable[[], bool] = lambda: True) -> Lane:
        """One more upload's side, for as long as it is wanted."""
        return Lane(self, wanted)

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

    @property
    def unsent(self) -> int:
        """How many of them have bytes that nobody has sent yet."""
        with self._lock:
            return sum(not one.all_sent for one in self._objects.values())

    @property
    def arrived(self) -> int:
        """How many bytes the hub has confirmed ever."""
        with self._lock:
            return self._arrived

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

    # --- the threads that upload ---------------------------------------------------------------------------------

    def wait(self, lane: Lane, seconds: float) -> bool:
        """Wait for something that this lane may send; whether there is."""
        with self._filled:
            lane.hub_has_ended = False
            if not lane.wanted() or self._next(lane) is None:
                self._filled.wait(seconds)
            lane.idle_since = monotonic()
            return self._next(lane) is not None and lane.wanted() and not self._stop.is_set()

    def take(self, lane: Lane) -> bytes | None:
        """The next piece for a lane (see ``transfer.line.Source``)."""
        with self._lock:
            self._flying.setdefault(lane, 0)
            if self._stop.is_set() or lane.hub_has_ended or (not lane.wanted() and self._has_left(lane)):
                return None
            one = self._next(lane) if lane.wanted() else None
            if one is None:
                return self._pause(lane)
            lane.idle_since = monotonic()
            flying = self._flying[lane]
            if one.priority < self._most_urgent() or (flying and flying + PIECE_BYTES + HEAD_BYTES > self._share(lane)):
                return b""
            return self._piece(lane, one)

    def on_event(self, event: UploadEvent, lane: Lane) -> None:
        """What the hub says meanwhile."""
        with self._lock:
            lane.hub_has_ended = lane.hub_has_ended or event.event == "end"
            one = self._objects.get(event.sha256)
            if one is None:
                return
            if event.event == "stored":
                self._landed(one, min(event.end, one.offset) - one.confirmed)
            elif event.event == "judged":
                self._landed(one, one.flying)
                del self._objects[event.sha256]
                self._judged.append((one, event))

    def cut(self, lane: Lane | None = None) -> list[Sending]:
        """An upload has ended, or all are to: what it carried and was not judged has to be offered again."""
        with self._lock:
            left = [one for one in self._objects.values() if lane is None or one.lane is lane]
            for one in left:
                del self._objects[one.sha256]
            for ended in list(self._flying) if lane is None else [lane]:
                self._flying.pop(ended, None)
            if lane is not None:
                lane.close()
        return left

    # --- inside the lock -----------------------------------------------------------------------------------------

    def _next(self, lane: Lane) -> Sending | None:
        """The most urgent object that no other lane has begun."""
        elsewhere = []
        found = None
        while self._heap and found is None:
            priority, _, sha256 = self._heap[0]
            one = self._objects.get(sha256)
            if one is None or one.all_sent or one.priority != -priority:
                heapq.heappop(self._heap)
            elif one.lane is lane or one.lane is None:
                found = one
            else:
                elsewhere.append(heapq.heappop(self._heap))
        for entry in elsewhere:
            heapq.heappush(self._heap, entry)
        return found

    def _most_urgent(self) -> int:
        """What is less urgent gives way, also to what another lane carries: both would share the line otherwise."""
        return max(one.priority for one in self._objects.values() if not one.all_sent)

    def _share(self, lane: Lane) -> int:
        """What a lane may have on the way: as much as each other; of what is urgent, all that the others leave."""
        urgent = self._most_urgent()
        if urgent <= 0:
            return self._window // len(self._flying)
        sends = {one.lane for one in self._objects.values() if not one.all_sent and one.priority == urgent} | {lane}
        held = sum(flying for other, flying in self._flying.items() if other not in sends)
        return (self._window - held) // len(sends - {None})

    def _pause(self, lane: Lane) -> bytes | None:
        carries = any(one.lane is lane for one in self._objects.values())
        return None if not carries and monotonic() - lane.idle_since > self._idle_seconds else b""

    def _has_left(self, lane: Lane) -> bool:
        """A lane that is not wanted any more ends once nothing of it flies; what it has begun another carries on."""
        begun = [one for one in self._objects.values() if one.lane is lane]
        if any(one.flying or one.all_sent for one in begun):
            return False
        for one in begun:
            one.lane = None
        return True

    def _piece(self, lane: Lane, one: Sending) -> bytes:
        size = PIECE_BYTES if self._bucket is None else self._bucket.piece_bytes(urgent=one.priority > 0)
        if not size:
            return b""
        try:
            data = lane.read(one, size)
        except FileNotFoundError:
            data = b""
        if not data and one.offset < one.size:
            self._flying[lane] -= one.flying
            del self._objects[one.sha256]
            self._lost.append(one)
            return b""
        made = piece(one.sha256, one.offset, data)
        one.lane = lane
        one.offset += len(data)
        self._flying[lane] += len(data)
        one.all_sent = one.offset == one.size
        if self._bucket is not None:
            self._bucket.spend(len(made), urgent=one.priority > 0)
        return made

    def _landed(self, one: Sending, arrived: int) -> None:
        if arrived > 0:
            one.confirmed += arrived
            self._arrived += arrived
            if one.lane in self._flying:
                self._flying[one.lane] -= arrived
