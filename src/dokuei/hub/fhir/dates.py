"""Dates in searches (R4 3.1.1.4.7): a value of any precision is the time from its first moment to the one after it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_VALUE: Final = re.compile(
    r"(?P<prefix>eq|ne|gt|lt|ge|le|sa|eb|ap)?"
    r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d)"
    r"(T(?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)(\.(?P<part>\d{1,6})\d*)?)?(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?"
)


@dataclass(frozen=True)
class Span:
    """A time that is sought or told, and how it is compared."""

    prefix: str
    begin: datetime
    end: datetime

    def bounds(self) -> tuple[datetime | None, datetime | None]:
        """The first moment that fits, and the first after it that does not; None where there is no such end."""
        if self.prefix in {"gt", "sa"}:
            return self.end, None
        if self.prefix == "ge":
            return self.begin, None
        if self.prefix in {"lt", "eb"}:
            return None, self.begin
        return (None, self.end) if self.prefix == "le" else (self.begin, self.end)

    def takes(self, there: "Span") -> bool:
        """Whether a time fits."""
        since, until = self.bounds()
        inside = (since is None or there.end > since) and (until is None or there.begin < until)
        return not inside if self.prefix == "ne" else inside


def span_of(text: str, zone: ZoneInfo) -> Span | None:
    """A value with its prefix; None where it is no date. A time without a zone is the centre's."""
    found = _VALUE.fullmatch(text.strip().replace(" ", "+"))
    if found is None:
        return None
    said = {name: int(found[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")}
    try:
        begin = datetime.fromisoformat(
            f"{said['year']:04}-{said['month'] or 1:02}-{said['day'] or 1:02}"
            f"T{said['hour']:02}:{said['minute']:02}:{said['second']:02}.{(found['part'] or '0').ljust(6, '0')}"
            f"{(found['zone'] or '').replace('Z', '+00:00')}"
        )
        begin = begin.replace(tzinfo=zone) if begin.tzinfo is None else begin
        end = _end(begin, found)
        return Span(found["prefix"] or "eq", begin.astimezone(UTC), end.astimezone(UTC))  # what no database holds fails
    except (ValueError, OverflowError):
        return None


def _end(begin: datetime, found: "re.Match[str]") -> datetime:
    if found["month"] is None:
        return begin.replace(year=begin.year + 1)
    if found["day"] is None:
        return begin.replace(year=begin.year + begin.month // 12, month=begin.month % 12 + 1)
    if found["hour"] is None:
        return begin + timedelta(days=1)
    if found["second"] is None:
        return begin + timedelta(minutes=1)
    if found["part"] is None:
        return begin + timedelta(seconds=1)
    return begin + timedelta(microseconds=10 ** (6 - len(found["part"])))
