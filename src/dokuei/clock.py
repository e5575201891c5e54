"""The only reader of time, so that one place decides which clock a record carries."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The present moment as an aware UTC datetime (records never carry local time)."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds on a clock that never jumps, for durations and timeouts."""
    return time.monotonic()
