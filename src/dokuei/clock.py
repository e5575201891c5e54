"""The only reader of time, so that one place decides which clock a record carries."""

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment as an aware UTC datetime (records never carry local time)."""
    return datetime.now(UTC)


def today(time_zone: str) -> date:
    """The day that people of this zone write now: in Japan's mornings, UTC still has the one before."""
    return now().astimezone(ZoneInfo(time_zone)).date()


def monotonic() -> float:
    """Seconds on a clock that never jumps, for durations and timeouts."""
    return time.monotonic()
