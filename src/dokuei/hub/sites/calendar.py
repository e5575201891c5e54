"""Working days: when something is due that a hospital wants so many of its own working days after its images came."""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from holidays import country_holidays

TIME_OF_DAY = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
HOLIDAYS = "holidays"

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONGEST_CLOSURE = 366


def unknown_days(closed_on: str) -> tuple[str, ...]:
    """What in a list of closed days is none: weekdays, ``holidays`` (Japan's), ``MM-DD`` of each year, ISO dates.

    A list that closes every weekday is wrong as a whole.
    """
    named = _named(closed_on)
    unknown = tuple(one for one in named if one not in {*_WEEKDAYS, HOLIDAYS} and not _is_day(one))
    return unknown or (tuple(named) if set(_WEEKDAYS) <= set(named) else ())


def due_after(moment: datetime, *, days: int, at: str, closed_on: str, zone: ZoneInfo) -> datetime:
    """The time of day ``at``, ``days`` working days after a moment; 0 is the same day while that time is to come.

    Raises:
        ValueError: no working day within a year.
    """
    hour, minute = (int(part) for part in at.split(":"))
    closed = frozenset(_named(closed_on))
    local = moment.astimezone(zone)
    day = local.date()
    if days == 0 and (is_closed(day, closed) or local.time() > time(hour, minute)):
        days = 1
    for _ in range(days):
        day = _next_working_day(day, closed)
    return datetime.combine(day, time(hour, minute), tzinfo=zone)


def is_closed(day: date, closed: frozenset[str]) -> bool:
    """Whether a day does not count."""
    names = {_WEEKDAYS[day.weekday()], day.isoformat(), day.isoformat()[5:]}
    return bool(names & closed) or (HOLIDAYS in closed and day in _national_holidays(day.year))


def is_working_day(day: date, closed_on: str) -> bool:
    """Whether a day counts, of a list of closed days."""
    return not is_closed(day, frozenset(_named(closed_on)))


def _next_working_day(day: date, closed: frozenset[str]) -> date:
    for _ in range(_LONGEST_CLOSURE):
        day += timedelta(days=1)
        if not is_closed(day, closed):
            return day
    raise ValueError("no working day within a year")


@lru_cache(maxsize=64)
def _national_holidays(year: int) -> frozenset[date]:
    """Of the Act on National Holidays, with the days that make up for a Sunday and those between two."""
    return frozenset(country_holidays("JP", years=year))


def _named(closed_on: str) -> list[str]:
    return [one.strip().lower() for one in closed_on.split(",") if one.strip()]


def _is_day(text: str) -> bool:
    """A leap year lets 02-29 be a day."""
    try:
        date.fromisoformat(text if len(text) > len("MM-DD") else f"2000-{text}")
    except ValueError:
        return False
    return re.fullmatch(r"(?:\d{4}-)?\d{2}-\d{2}", text) is not None
