"""How much of the line to the hub a gateway may take, and when."""

import re
from itertools import combinations
from typing import Annotated, Final, Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, StringConstraints, field_validator, model_validator

from dokuei.settings.section import Section

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEK: Final[tuple[Weekday, ...]] = get_args(Weekday)
DAY_MINUTES: Final = 24 * 60
WEEK_MINUTES: Final = 7 * DAY_MINUTES
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")
_TimeOfDay = Annotated[str, StringConstraints(max_length=5)]
Span = tuple[int, int]


class BandwidthLimit(Section):
    """Hours in which less than the whole line may be taken."""

    days: tuple[Weekday, ...] = Field(_WEEK, description="Days on which it begins: mon, tue … sun.", min_length=1)
    begin: _TimeOfDay = Field("00:00", description="From then on (HH:MM).")
    end: _TimeOfDay = Field("24:00", description="Until then (HH:MM); earlier than begin: on the next day.")
    mbit_per_second: float = Field(
        description="What all uploads take together; a pause would look like a line that is down.", ge=0.1, le=100_000
    )

    @field_validator("begin", "end")
    @classmethod
    def _is_time(cls, value: str) -> str:
        if not _CLOCK.fullmatch(value):
            raise ValueError(f"{value!r} is no time of day: write HH:MM, from 00:00 to 24:00")
        return value

    @model_validator(mode="after")
    def _is_some_time(self) -> Self:
        if self.begin == "24:00":
            raise ValueError("a limit begins at 00:00 of the next day, not at 24:00")
        if self.begin == self.end:
            raise ValueError("begin and end are the same: for a whole day write 00:00 and 24:00")
        return self

    @property
    def spans(self) -> tuple[Span, ...]:
        """Minutes of the week (from Monday 00:00) in which it holds, each [first, last); Sunday night is in two."""
        begin, end = _minutes(self.begin), _minutes(self.end)
        length = end - begin if end > begin else end + DAY_MINUTES - begin
        found: list[Span] = []
        for day in sorted({_WEEK.index(one) for one in self.days}):
            first = day * DAY_MINUTES + begin
            last = first + length
            found.append((first, min(last, WEEK_MINUTES)))
            if last > WEEK_MINUTES:
                found.append((0, last - WEEK_MINUTES))
        return tuple(found)

    def __str__(self) -> str:
        """As it is named where two do not go together."""
        return f"{'/'.join(self.days)} {self.begin}-{self.end}"


class SendingSettings(Section):
    """How the line to the hub is filled."""

    streams: int = Field(
        4, description="Most uploads side by side; another is opened only where more arrives by it.", ge=1, le=8
    )
    limits: tuple[BandwidthLimit, ...] = Field((), description="Hours with less than the whole line; else all of it.")
    urgent_exempt: bool = Field(default=True, description="Urgent studies have the whole line at any hour.")
    time_zone: str = Field("Asia/Tokyo", description="Where the hospital's clocks stand (IANA), for the hours.")

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{value!r} is no time zone; write one of the IANA names, as Asia/Tokyo") from None
        return value

    @model_validator(mode="after")
    def _never_two_at_once(self) -> Self:
        for one, other in combinations(self.limits, 2):
            if any(a[0] < b[1] and b[0] < a[1] for a in one.spans for b in other.spans):
                raise ValueError(f"two limits hold at the same time: {one} and {other}")
        return self


def _minutes(time_of_day: str) -> int:
    hours, _, minutes = time_of_day.partition(":")
    return int(hours) * 60 + int(minutes)
