"""When each study will be at the hub: by what is left of it and before it, the line's rate and the schedule ahead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dokuei.gateway.bandwidth import Schedule, done_at
from dokuei.gateway.sending_tables import Left, SendingNow
from dokuei.settings import SendingSettings
from dokuei.transfer.dial import congestion_control
from dokuei.transfer.protocol import SendingReport


@dataclass(frozen=True)
class LineKnown:
    """What is known of the line: by sending over it, and bytes a second as the last check of it found."""

    now: SendingNow | None = None
    checked: float | None = None

    def rate(self, schedule: Schedule, at: datetime) -> float | None:
        """What it carries: as sending found, else as a check did, else as fast as it goes now, else as it may."""
        if self.now is not None and self.now.line_bytes_per_second:
            return float(self.now.line_bytes_per_second)
        if self.checked:
            return self.checked
        if self.now is not None and self.now.is_fresh(at) and self.now.bytes_per_second:
            return float(self.now.bytes_per_second)
        return schedule.limit_at(at)


@dataclass(frozen=True)
class Estimate:
    """``left`` bytes of a study; ``done_at`` is None where nobody can tell, or later than within a week."""

    left: int
    done_at: datetime | None


def estimates(
    studies: Sequence[Left], line: LineKnown, settings: SendingSettings, *, at: datetime, reached: bool
) -> dict[str, Estimate]:
    """An estimate for each study, in the order in which they are sent; ``reached`` is whether the hub answers now."""
    schedule = Schedule.of(settings)
    rate = line.rate(schedule, at) if reached else None
    free = Schedule((), schedule.zone)
    found: dict[str, Estimate] = {}
    begin: datetime | None = at
    for study in studies:
        ruled_by = free if study.urgent and settings.urgent_exempt else schedule
        if begin is not None:
            begin = None if rate is None else done_at(ruled_by, begin, study.size, line_rate=rate)
        found[study.study_instance_uid] = Estimate(study.size, begin)
    return found


def sending_now(now: SendingNow | None, settings: SendingSettings, *, at: datetime) -> SendingReport:
    """How fast all uploads go together, and what the hours allow."""
    fresh = now if now is not None and now.is_fresh(at) else SendingNow(at)
    held, *later = Schedule.of(settings).ahead(at)
    until = next((one.begin for one in later if one.limit != held.limit), None)
    return SendingReport(
        bytes_per_second=max(0, fresh.bytes_per_second),
        streams=fresh.streams,
        limit_bytes_per_second=None if held.limit is None else round(held.limit),
        limit_until="" if until is None else until.isoformat(),
        congestion=congestion_control(),
    )
