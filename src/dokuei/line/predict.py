"""How long a case takes over a line, from the click on its row: what the page does, in figures.

The page (viewer/src/images: fetcher, transfers, queue) asks for the case, then for what its images are, then for
frames. Large frames come by themselves, as many side by side as are looked at, each with pictures on its way; of small
ones every frame's quarter comes first, many in one answer, three answers under way. All share one connection.
"""

from dataclasses import dataclass
from typing import Final

from dokuei.line.measured import Measured
from dokuei.line.sizes import LARGE, StudySize

SIDE_BY_SIDE: Final = 6
BEHIND: Final = 3
"""Transfers at once, while something on the screen is lacking and afterwards (fetcher.ts)."""
SHOWN: Final = 4
"""Mammograms on the screen when a case opens (hanging/mammography.ts)."""
TOGETHER_SECONDS: Final = 0.25
LEAST_TOGETHER: Final = 64_000
MOST_TOGETHER: Final = 6_000_000
SOON_SECONDS: Final = 4.0
"""What one answer holds, and when small frames come whole at once (transfers.ts)."""
TURNS: Final = 3
"""Questions of which each waits for the answer before: the case, what its images are, the first frame."""
ABOUT_BYTES: Final = 20_000
ABOUT_FRAME_BYTES: Final = 60
"""What is told of a case before its first frame, and of each of its frames."""
SENT_AGAIN_SECONDS: Final = 0.2
"""A lost last segment is sent again after so long at least (RFC 9002's and Linux's least timeout)."""


@dataclass(frozen=True)
class Machine:
    """What the reader's own machine takes: to open the room, and bytes that its workers decode and prove a second."""

    page_seconds: float = 0.4
    bytes_per_second: float = 20e6


@dataclass(frozen=True)
class Times:
    """Seconds until the first picture, until every frame is there at a quarter, until all are whole and proved."""

    first: float
    scrollable: float
    whole: float


def predict(size: StudySize, line: Measured, machine: Machine | None = None) -> Times:
    """What somebody who opens such a study waits."""
    machine = machine or Machine()
    opened = machine.page_seconds + TURNS * _turn(line)
    opened += (ABOUT_BYTES + ABOUT_FRAME_BYTES * size.frames) / line.down_bytes
    if size.frame_bytes >= LARGE:
        first, scrollable, tail = _alone(size)
        rate = line.down_bytes
    else:
        rate = _rate_together(line)
        first, scrollable, tail = _together(size, rate)
    whole = max(size.bytes / rate, size.bytes / machine.bytes_per_second) + tail / machine.bytes_per_second
    first_seconds = opened + first / rate + first / machine.bytes_per_second
    scrollable_seconds = opened + scrollable / rate + min(scrollable, tail) / machine.bytes_per_second
    return Times(first_seconds, max(scrollable_seconds, first_seconds), opened + whole)


def _turn(line: Measured) -> float:
    """A question and its answer, and now and then one of their segments twice."""
    seconds = line.round_trip_ms / 1000
    return seconds + 2 * (line.loss or 0.0) * max(SENT_AGAIN_SECONDS, 2 * seconds)


def _alone(size: StudySize) -> tuple[float, float, float]:
    """Bytes until the first picture and until all have a quarter, and of how many the end waits for the decoder.

    What comes side by side shares the line, so that its first pictures come together; so do the last frames.
    """
    frame = size.frame_bytes
    shown = min(size.frames, SHOWN)
    last = min(size.frames, SHOWN if size.frames <= SHOWN else BEHIND)
    first = min(size.frames, SIDE_BY_SIDE) * frame * size.first_share
    scrollable = size.bytes - last * frame * (1 - size.coarse_share)
    return first, max(scrollable, shown * frame * size.coarse_share), last * frame


def _together(size: StudySize, rate: float) -> tuple[float, float, float]:
    """The same where many frames come in one answer: coarse ones first, unless all come soon."""
    soon = size.bytes / rate <= SOON_SECONDS
    scrollable = size.bytes if soon else size.bytes * size.coarse_share
    return size.frame_bytes, scrollable, 2 * size.frame_bytes


def _rate_together(line: Measured) -> float:
    """Three answers under way fill a line, unless it is so far that they end before the next is asked for."""
    answer = min(max(line.down_bytes * TOGETHER_SECONDS, LEAST_TOGETHER), MOST_TOGETHER)
    return min(line.down_bytes, BEHIND * answer / (line.round_trip_ms / 1000 + answer / line.down_bytes))
