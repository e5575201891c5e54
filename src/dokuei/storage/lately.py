"""What was put on record a moment ago: a page that asks again every few seconds is one act, not a thousand entries."""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from dokuei.clock import monotonic

HOUR: Final = 3600.0
MINUTE: Final = 60.0
_MOST_REMEMBERED: Final = 50_000


@dataclass(frozen=True)
class Lately:
    """One process's memory of which acts it noted within ``seconds``; kept only after the entry is durable."""

    seconds: float
    until: OrderedDict[tuple[str, ...], float] = field(default_factory=OrderedDict, repr=False)
    lock: Lock = field(default_factory=Lock, repr=False)

    def holds(self, *act: str) -> bool:
        """Whether this act was noted and the time is not over."""
        return self.until.get(act, 0.0) > monotonic()

    def number(self) -> int:
        """How many acts were noted whose time is not over."""
        with self.lock:
            while self.until and next(iter(self.until.values())) <= monotonic():
                self.until.popitem(last=False)
            return len(self.until)

    def keep(self, *act: str) -> None:
        """Remember that it was noted."""
        with self.lock:
            self.until.pop(act, None)
            self.until[act] = monotonic() + self.seconds
            if len(self.until) > _MOST_REMEMBERED:
                self.until.popitem(last=False)
