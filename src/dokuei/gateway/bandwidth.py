"""What of the line may be taken at an hour, how that is kept over all uploads, and when so much will be there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from dokuei.clock import monotonic, now
from dokuei.settings.sending import DAY_MINUTES, BandwidthLimit, SendingSettings
from dokuei.transfer.protocol import PIECE_BYTES

_BYTES_PER_MBIT = 1_000_000 / 8
_AHEAD = timedelta(days=8)
_BURST_SECONDS = 0.1  # so even that a call beside it on the same line hears nothing of it
_LEAST_PIECE_BYTES = 8 * 1024


@dataclass(frozen=True)
class Stretch:
    """A time in which one limit holds, in bytes a second; None: the whole line."""

    begin: datetime
    end: datetime
    limit: float | None


@dataclass(frozen=True)
class Schedule:
    """The limits by weekday and hour, where the hospital's clocks stand."""

    limits: tuple[BandwidthLimit, ...]
    zone: ZoneInfo

    @classmethod
    def of(cls, settings: SendingSettings) -> "Schedule":
        """The schedule that a gateway's settings name."""
        return cls(settings.limits, ZoneInfo(settings.time_zone))

    def limit_at(self, at: datetime) -> float | None:
        """Bytes a second that all uploads together may take then; None: the whole line."""
        local = at.astimezone(self.zone)
        minute = local.weekday() * DAY_MINUTES + local.hour * 60 + local.minute
        for limit in self.limits:
            if any(first <= minute < last for first, last in limit.spans):
                return limit.mbit_per_second * _BYTES_PER_MBIT
        return None

    def ahead(self, at: datetime) -> Iterator[Stretch]:
        """What holds from then on, for a week and a day."""
        begin = at
        for change in [*self._changes(at), at + _AHEAD]:
            yield Stretch(begin, change, self.limit_at(begin))
            begin = change

    def _changes(self, at: datetime) -> list[datetime]:
        """Every moment at which a limit begins or ends, an hour that comes twice or never (daylight) included."""
        midnight = datetime.combine(at.astimezone(self.zone).date(), time())
        minutes = {minute for limit in self.limits for span in limit.spans for minute in span}
        moments = set()
        for day in (midnight + timedelta(days=number) for number in range(_AHEAD.days + 1)):
            first = day.weekday() * DAY_MINUTES
            for minute in (one - first for one in minutes if first <= one < first + DAY_MINUTES):
                local = (day + timedelta(minutes=minute)).replace(tzinfo=self.zone)
                moments |= {local.replace(fold=fold).astimezone(at.tzinfo) for fold in (0, 1)}
        return sorted(one for one in moments if at < one < at + _AHEAD)


def done_at(schedule: Schedule, at: datetime, size: float, *, line_rate: float) -> datetime | None:
    """When so many bytes will be there over a line that carries ``line_rate`` a second; None: not within a week."""
    for stretch in schedule.ahead(at):
        rate = line_rate if stretch.limit is None else min(line_rate, stretch.limit)
        seconds = size / rate if rate > 0 else float("inf")
        if stretch.begin.timestamp() + seconds <= stretch.end.timestamp():
            return stretch.begin + timedelta(seconds=seconds)
        size -= rate * (stretch.end - stretch.begin).total_seconds()
    return None


class Bucket:
    """Tokens for all uploads together: what has been taken is paid for by the time that passes.

    Not locked: whoever holds the queue asks.
    """

    def __init__(self, schedule: Schedule, *, urgent_exempt: bool) -> None:
        self.schedule = schedule
        self._urgent_exempt = urgent_exempt
        self._limit: float | None = None
        self._looked_at: float | None = None
        self._paid_until = 0.0
        self._waited = False

    def piece_bytes(self, *, urgent: bool) -> int:
        """How much may be sent now: nothing where all tokens are spent, and small pieces where they come slowly."""
        limit = self._heed_schedule()
        if limit is None or (urgent and self._urgent_exempt):
            return PIECE_BYTES
        if monotonic() < self._paid_until:
            self._waited = True
            return 0
        return max(_LEAST_PIECE_BYTES, min(PIECE_BYTES, int(limit * _BURST_SECONDS)))

    def spend(self, size: int, *, urgent: bool) -> None:
        """So many bytes have been sent."""
        if self._limit is None or (urgent and self._urgent_exempt):
            return
        self._paid_until = max(self._paid_until, monotonic() - _BURST_SECONDS) + size / self._limit

    def take_waited(self) -> bool:
        """Whether anything had to wait for tokens since this was asked last: then the line could have carried more."""
        waited, self._waited = self._waited, False
        return waited

    def _heed_schedule(self) -> float | None:
        """What holds this second."""
        at = monotonic()
        if self._looked_at is None or at - self._looked_at >= 1.0:
            self._looked_at, self._limit = at, self.schedule.limit_at(now())
        return self._limit
