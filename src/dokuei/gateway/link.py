"""Whether the hub can be reached, shared by everything that talks to it: waits grow, and end when one gets through."""

import random
import threading
from dataclasses import dataclass, field

from dokuei.clock import monotonic
from dokuei.errors import DokueiError, UnreachableError

_FIRST_SECONDS = 0.5
_JUST_SECONDS = 1.0


@dataclass
class Link:
    """The state of the way to the hub; ``ceiling`` is the longest wait in seconds, ``news`` is for the heartbeat.

    ``cuts`` counts uploads that broke: whoever kept another line open from before gives that one up too, because it
    would stay silent until TCP notices.
    """

    ceiling: float
    stop: threading.Event
    news: threading.Event = field(default_factory=threading.Event)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    cuts: int = 0
    _successes: int = 0
    _reached_at: float = float("-inf")
    _error: str = ""

    @property
    def error(self) -> str:
        """What is wrong now; empty while the hub answers."""
        with self._changed:
            return self._error

    def succeeded(self) -> None:
        """Somebody got through: nobody waits any longer."""
        with self._changed:
            self._successes += 1
            self._reached_at = monotonic()
            self._error = ""
            self._changed.notify_all()

    def wait_after(self, error: DokueiError, failures: int) -> None:
        """Wait before the next attempt: not at all the first time, then longer and longer, out of step with others.

        It ends when somebody gets through; not so where the hub was reached and refused: it would be asked at once.
        """
        with self._changed:
            self._error = str(error)
            seen, refused = self._successes, not isinstance(error, UnreachableError)
            seconds = pause(failures, ceiling=self.ceiling)
            if not refused and monotonic() - self._reached_at < _JUST_SECONDS:
                seconds = min(seconds, _FIRST_SECONDS)  # somebody got through while this attempt still hung
            self._changed.wait_for(
                lambda: self.stop.is_set() or not (refused or self._successes == seen), timeout=seconds
            )

    def broke(self) -> None:
        """An upload was cut: no line from before is to be trusted."""
        with self._changed:
            self.cuts += 1

    def wake(self) -> None:
        """End all waits, for a stop."""
        self.news.set()
        with self._changed:
            self._changed.notify_all()


def pause(failures: int, *, ceiling: float) -> float:
    """Seconds before attempt ``failures + 1``: 0, then 0.5, 1, 2 … with jitter, never above the ceiling."""
    if failures <= 1:
        return 0.0
    longest = min(_FIRST_SECONDS * 2.0 ** min(failures - 2, 30), ceiling)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, no secret
