"""What was made lately and may be wanted again: bounded by weight, the longest unused goes first."""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


@dataclass
class Recent(Generic[K, V]):
    """A cache for one process; safe between threads."""

    capacity: int
    _held: OrderedDict[K, tuple[V, int]] = field(default_factory=OrderedDict, repr=False)
    _weight: int = field(default=0, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def get(self, key: K) -> V | None:
        """What is held under the key; it becomes the newest."""
        with self._lock:
            entry = self._held.get(key)
            if entry is None:
                return None
            self._held.move_to_end(key)
            return entry[0]

    def put(self, key: K, value: V, *, weight: int) -> None:
        """Hold a value; what weighs more than everything together is not held at all."""
        with self._lock:
            self._drop(key)
            if weight > self.capacity:
                return
            self._held[key] = (value, weight)
            self._weight += weight
            while self._weight > self.capacity:
                _, (_, gone) = self._held.popitem(last=False)
                self._weight -= gone

    def forget(self, key: K) -> None:
        """Let go of one entry."""
        with self._lock:
            self._drop(key)

    def _drop(self, key: K) -> None:
        _, weight = self._held.pop(key, (None, 0))
        self._weight -= weight
