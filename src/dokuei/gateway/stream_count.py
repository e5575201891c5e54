"""How many uploads run side by side: one more is kept where more arrives by it, one less where as much does.

One connection alone does not fill every line: some lose packets, some share out the line by connections.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final, Literal

_WORTH_IT: Final = 1.15
_AS_GOOD: Final = 0.95
_LONGEST_REST: Final = 600.0
Way = Literal["", "more", "less"]


@dataclass
class StreamCount:
    """Told what has arrived; ``wanted`` is how many uploads there should be now.

    Seconds: ``settle`` is what a new connection needs to find its rate, ``watch`` how long a rate is measured, ``rest``
    what passes after a try that was in vain; it doubles with each.
    """

    most: int
    settle: float = 1.5
    watch: float = 3.0
    rest: float = 30.0
    wanted: int = 1
    _trying: Way = ""
    _in_vain: Way = ""
    _before: float = 0.0
    _since: float | None = None
    _counted: int = 0
    _not_before: float = 0.0
    _rests: float = 0.0

    def look(self, at: float, *, arrived: int, full: bool) -> None:
        """Decide anew, often: ``arrived`` counts bytes ever, ``full`` says that nothing but the line holds them up."""
        if not full or self._since is None:
            self._since, self._counted = at + self.settle, arrived
            return
        if at < self._since:
            self._counted = arrived
            return
        if at - self._since < self.watch:
            return
        rate = (arrived - self._counted) / (at - self._since)
        self._since = None
        if self._trying:
            self._judge(at, rate)
        elif at >= self._not_before:
            self._try(at, rate)

    def _try(self, at: float, rate: float) -> None:
        """More first; once that was in vain, one less and one more by turns: a line changes."""
        way: Way = "less" if self._in_vain == "more" and self.wanted > 1 else "more"
        if way == "more" and self.wanted >= self.most:
            self._rest(at, "more")
            return
        self._before, self._trying = rate, way
        self.wanted += 1 if way == "more" else -1

    def _judge(self, at: float, rate: float) -> None:
        way, self._trying = self._trying, ""
        least = self._before * (_WORTH_IT if way == "more" else _AS_GOOD)
        if rate < least:
            self.wanted += -1 if way == "more" else 1
            self._rest(at, way)
        elif way == "more":
            self._in_vain, self._rests = "", 0.0

    def _rest(self, at: float, way: Way) -> None:
        self._in_vain = way
        self._rests = min(_LONGEST_REST, 2 * self._rests or self.rest)
        self._not_before = at + self._rests


@dataclass
class Flow:
    """Whether anything arrives: how little comes over a line that is away says nothing of the line."""

    silent_after: float = 1.0
    _arrived: int = 0
    _at: float = float("-inf")

    def goes(self, at: float, *, arrived: int) -> bool:
        """Whether something arrived in the last second."""
        if arrived != self._arrived:
            self._arrived, self._at = arrived, at
        return at - self._at < self.silent_after


@dataclass
class Rate:
    """Bytes a second over the last seconds; ``line`` is the rate when nothing but the line held them up."""

    seconds: float = 10.0
    least_seconds: float = 3.0
    line: float | None = None
    _samples: deque[tuple[float, int]] = field(default_factory=deque)
    _full_since: float | None = None

    def note(self, at: float, *, arrived: int, full: bool) -> float:
        """What it is now; told as often as ``StreamCount`` is."""
        self._samples.append((at, arrived))
        while at - self._samples[0][0] > self.seconds:
            self._samples.popleft()
        self._full_since = (at if self._full_since is None else self._full_since) if full else None
        if self._full_since is not None and at - self._full_since >= self.least_seconds:
            self.line = self._since(max(self._full_since, at - self.seconds), at, arrived)
        return self._since(at - self.seconds, at, arrived)

    def _since(self, begin: float, at: float, arrived: int) -> float:
        first_at, first = next((sample for sample in self._samples if sample[0] >= begin), (at, arrived))
        return (arrived - first) / (at - first_at) if at > first_at else 0.0
