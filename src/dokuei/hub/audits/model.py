"""What an auditor asks and gets, and the monthly review; pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from dokuei.dicom.audit_events import Group
from dokuei.errors import ConflictError, RequestError

JST: Final = ZoneInfo("Asia/Tokyo")
DUE_AFTER: Final = timedelta(days=14)
LONGEST_NOTE: Final = 2000
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Asked:
    """Which entries are wanted: from ``first`` until before ``last``; ``site_ids`` None is the whole trail."""

    first: datetime | None = None
    last: datetime | None = None
    actor: str | None = None
    subjects: tuple[str, ...] | None = None
    site_ids: frozenset[str] | None = None
    group: Group | None = None


@dataclass(frozen=True)
class PatientShown:
    """A patient as the archive knows them now; empty where it tells nothing."""

    patient_id: str = ""
    alphabetic: str = ""
    ideographic: str = ""
    phonetic: str = ""
    study_date: str = ""

    @property
    def name(self) -> str:
        """The name as it is written in lists: kanji before letters before kana."""
        return (self.ideographic or self.alphabetic or self.phonetic).replace("^", " ").strip()


@dataclass(frozen=True)
class KnownStudy:
    """A study that was looked for by its patient's number or its own."""

    site_id: str
    study_instance_uid: str
    patient: PatientShown


@dataclass(frozen=True)
class Actor:
    """Who did it: the number or name they sign in by, and the name they are called by; both may be empty."""

    actor: str
    user_name: str = ""
    display_name: str = ""


@dataclass(frozen=True)
class Line:
    """One entry with its names resolved."""

    sequence: int
    at: datetime
    actor: Actor
    event: str
    group: Group
    site_id: str
    site_name: str
    subject: str
    subject_name: str
    is_study: bool
    patient: PatientShown | None
    details: str


@dataclass(frozen=True)
class Page:
    """Some entries, the newest first; ``before`` is where the next page begins, None at the end."""

    lines: tuple[Line, ...]
    before: int | None


@dataclass(frozen=True)
class Check:
    """One walk along the chain."""

    began_at: datetime
    ended_at: datetime
    entries: int
    head: str
    broken_at: int | None
    why: str
    anchors: int


@dataclass(frozen=True)
class Sent:
    """How far the outer repository has been told, and what stopped it."""

    sequence: int = 0
    sent_at: datetime | None = None
    failed_at: datetime | None = None
    error: str = ""


@dataclass(frozen=True)
class Anomaly:
    """Something that a reviewer wants explained; tracked until it is closed with the explanation."""

    anomaly_id: str
    month: str
    sequence: int | None
    text: str
    noted_at: datetime
    noted_by: str
    resolution: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None


@dataclass(frozen=True)
class Review:
    """One month's review (LOG-05); ``shown`` is the canonical text that the reviewer was shown last."""

    month: str
    opened_at: datetime
    due_at: datetime
    shown: str | None = None
    shown_to: str | None = None
    signed_at: datetime | None = None
    signed_by: str | None = None
    method: str | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)

    def is_overdue(self, moment: datetime) -> bool:
        """Whether it should have been signed by now."""
        return self.signed_at is None and moment > self.due_at


def span_of(month: str) -> tuple[datetime, datetime]:
    """A month's beginning and end, where Japan's clocks stand.

    Raises:
        RequestError: not YYYY-MM.
    """
    read = _MONTH.fullmatch(month)
    if read is None or read[1] == "0000":
        raise RequestError("a month is YYYY-MM", phase="reading a month")
    first = date(int(read[1]), int(read[2]), 1)
    return _midnight(first), _midnight(next_month(first))


def next_month(day: date) -> date:
    """The first day of the month after."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def months_to_review(*, begun_at: datetime, moment: datetime, latest: str | None) -> tuple[str, ...]:
    """The months that are over and have no review yet: those after the latest one, at first the last month alone."""
    present = moment.astimezone(JST).date().replace(day=1)
    if latest is None:
        month = max((present - timedelta(days=1)).replace(day=1), begun_at.astimezone(JST).date().replace(day=1))
    else:
        month = next_month(date.fromisoformat(f"{latest}-01"))
    found = []
    while month < present:
        found.append(f"{month:%Y-%m}")
        month = next_month(month)
    return tuple(found)


def review_document(
    *,
    month: str,
    counts: Mapping[str, int],
    failures: Mapping[str, int],
    check: Check | None,
    anomalies: tuple[Anomaly, ...],
    reviewer: Mapping[str, str],
) -> dict[str, Any]:
    """What a reviewer stands for: the month in figures, the state of its chain, and every anomaly as it is now."""
    first, last = span_of(month)
    return {
        "kind": "dokuei-audit-review",
        "month": month,
        "from": first.isoformat(),
        "until": last.isoformat(),
        "entries": sum(counts.values()),
        "groups": dict(counts),
        "failures": dict(failures),
        "chain": None
        if check is None
        else {
            "checked_at": check.ended_at.isoformat(),
            "entries": check.entries,
            "head": check.head,
            "broken_at": check.broken_at,
            "why": check.why,
        },
        "anomalies": [
            {
                "anomaly_id": one.anomaly_id,
                "month": one.month,
                "sequence": one.sequence,
                "text": one.text,
                "resolution": one.resolution,
            }
            for one in anomalies
        ],
        "reviewer": dict(reviewer),
    }


def checked_note(text: str) -> str:
    """What somebody wrote, without the blanks around it.

    Raises:
        RequestError: nothing, or more than anybody reads.
    """
    said = text.strip()
    if not said or len(said) > LONGEST_NOTE:
        raise RequestError(f"write 1 to {LONGEST_NOTE} characters", phase="noting an anomaly")
    return said


def demand_open(review: Review) -> None:
    """Nothing, while it is not signed.

    Raises:
        ConflictError: it is signed, and stays as it was.
    """
    if review.signed_at is not None:
        raise ConflictError("this month's review is signed", phase="reviewing the audit trail")


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=JST).astimezone(UTC)
