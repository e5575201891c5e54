"""What one check of a line found."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import Final

BITS: Final = 8
LONGEST_SECONDS: Final = 15.0
"""Nobody waits longer for a check (NET-20)."""


@dataclass(frozen=True)
class Measured:
    """Bits a second both ways, round trips in ms idle and while the line is full, and what only a sender's TCP sees.

    ``loss`` is the share of segments that had to be sent again, ``path_mtu`` in bytes; None where nobody could see it.
    """

    down_bits: float
    up_bits: float
    round_trip_ms: float
    round_trip_loaded_ms: float
    jitter_ms: float
    loss: float | None = None
    path_mtu: int | None = None
    seconds: float = 0.0

    @property
    def down_bytes(self) -> float:
        """Bytes a second toward the reader."""
        return self.down_bits / BITS

    @property
    def up_bytes(self) -> float:
        """Bytes a second from there."""
        return self.up_bits / BITS


def jitter(round_trips: Sequence[float]) -> float:
    """How much one round trip differs from the next, on average (as RFC 3550 6.4.1, unsmoothed)."""
    return fmean(abs(a - b) for a, b in pairwise(round_trips)) if len(round_trips) > 1 else 0.0
