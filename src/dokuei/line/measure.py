"""Measuring a line as its traffic finds it, over whatever carries bytes there and back.

Each way is measured in rounds that grow until one lasts long enough to tell the line's rate from its beginning; what
is reported is the last round's. Round trips are measured before, and beside a round that fills the line.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from statistics import median
from typing import Final, Protocol

from dokuei.clock import monotonic
from dokuei.line.measured import BITS, LONGEST_SECONDS, Measured, jitter
from dokuei.line.tcp_info import Counters, least_mtu, worst_loss

Progress = Callable[[float], None]
Ends = tuple[Counters | None, Counters | None]

LARGEST_ROUND: Final = 32 << 20
LARGEST_SENT: Final = 8 << 20
_FIRST_ROUND: Final = 64 << 10
_GROWTH: Final = 8
_ENOUGH_SECONDS: Final = 1.5
_WANTED_SECONDS: Final = 2.5
_EACH_WAY_SECONDS: Final = 5.0
_PINGS: Final = 10
_MILLISECONDS: Final = 1000.0
_LEAST_SECONDS: Final = 1e-4


class Way(Protocol):
    """One connection to the hub, kept open."""

    def ping(self) -> None:
        """There and back, with nothing in it."""

    def down(self, size: int, arrived: Callable[[int], None]) -> None:
        """So many bytes that nothing can pack; ``arrived`` is told of each piece."""

    def up(self, size: int) -> None:
        """The same the other way; back when the hub has them all."""

    def counters(self) -> Ends:
        """What this end's kernel says of the connection, and what the hub's says."""


@dataclass
class _Round:
    """Bytes and when they came; the first piece starts the clock and counts for nothing."""

    first: float = 0.0
    last: float = 0.0
    bytes: int = 0
    begun: bool = False

    def arrived(self, count: int) -> None:
        self.last = monotonic()
        if self.begun:
            self.bytes += count
        else:
            self.begun, self.first = True, self.last

    @property
    def seconds(self) -> float:
        return max(self.last - self.first, _LEAST_SECONDS)


@dataclass(frozen=True)
class _Carried:
    """Bytes a second of the last round, and the share of its segments that were lost."""

    rate: float
    loss: float | None


@dataclass
class _Pinger:
    """Round trips on a connection of its own, for as long as the other one is busy."""

    way: Way
    stop: threading.Event = field(default_factory=threading.Event)
    found: list[float] = field(default_factory=list)

    def run(self) -> None:
        while not self.stop.is_set():
            self.found.append(_round_trip(self.way))
            self.stop.wait(0.05)


def measure(opened: Callable[[], AbstractContextManager[Way]], progress: Progress = lambda _: None) -> Measured:
    """Measure within ``LONGEST_SECONDS``; ``opened`` opens a connection each time it is called.

    Raises:
        DokueiError, OSError: whatever the way raises; half a measurement is none.
    """
    began = monotonic()
    with opened() as way, opened() as beside:
        idle = _idle(way, progress)
        down, loaded = _down(way, beside, progress)
        up = _up(way, idle, progress)
        ends = way.counters()
    progress(1.0)
    return Measured(
        down_bits=down.rate * BITS,
        up_bits=up.rate * BITS,
        round_trip_ms=median(idle),
        round_trip_loaded_ms=median(loaded or idle),
        jitter_ms=jitter(idle),
        loss=worst_loss(down.loss, up.loss),
        path_mtu=least_mtu(*ends),
        seconds=monotonic() - began,
    )


def _idle(way: Way, progress: Progress) -> list[float]:
    """The first opens what must be opened, and is not counted."""
    way.ping()
    found: list[float] = []
    until = monotonic() + LONGEST_SECONDS / 5
    while len(found) < _PINGS and (not found or monotonic() < until):
        found.append(_round_trip(way))
        progress(0.15 * len(found) / _PINGS)
    return found


def _down(way: Way, beside: Way, progress: Progress) -> tuple[_Carried, list[float]]:
    """What came, and round trips while it did."""
    beside.ping()
    pinger = _Pinger(beside)
    thread = threading.Thread(target=_quietly, args=(pinger.run,), daemon=True)
    thread.start()

    def bring(size: int) -> tuple[int, float]:
        came = _Round()
        way.down(size, came.arrived)
        return came.bytes, came.seconds

    try:
        carried = _grown(way, bring, LARGEST_ROUND, lambda share: progress(0.15 + 0.5 * share))
    finally:
        pinger.stop.set()
        thread.join(LONGEST_SECONDS)
    return carried, pinger.found


def _up(way: Way, idle: list[float], progress: Progress) -> _Carried:
    """What went; the answer's own way back is not counted."""
    answer = median(idle) / _MILLISECONDS

    def send(size: int) -> tuple[int, float]:
        began = monotonic()
        way.up(size)
        return size, max(monotonic() - began - answer, _LEAST_SECONDS)

    return _grown(way, send, LARGEST_SENT, lambda share: progress(0.65 + 0.35 * share))


def _grown(way: Way, transfer: Callable[[int], tuple[int, float]], largest: int, progress: Progress) -> _Carried:
    """The last round's; none begins that would last longer than is left."""
    began, size = monotonic(), _FIRST_ROUND
    while True:
        before = way.counters()
        count, seconds = transfer(size)
        rate, lost = count / seconds, _lost(before, way.counters())
        spent = monotonic() - began
        progress(min(spent / _EACH_WAY_SECONDS, 1.0))
        left = _EACH_WAY_SECONDS - spent
        if seconds >= _ENOUGH_SECONDS or size >= largest or left <= _ENOUGH_SECONDS / 2:
            return _Carried(rate, lost)
        size = min(size * _GROWTH, max(int(rate * min(_WANTED_SECONDS, left)), size * 2), largest)


def _lost(before: Ends, after: Ends) -> float | None:
    """Of whichever end sent; while a sender still looks for the line's rate it overfills it, and that is no loss."""
    pairs = zip(before, after, strict=True)
    return worst_loss(*(None if was is None or now is None else now.loss_since(was) for was, now in pairs))


def _round_trip(way: Way) -> float:
    began = monotonic()
    way.ping()
    return (monotonic() - began) * _MILLISECONDS


def _quietly(run: Callable[[], None]) -> None:
    """A connection that breaks beside the measurement ends its own part of it."""
    try:
        run()
    except Exception:  # noqa: BLE001 - the outer door of this thread
        return
