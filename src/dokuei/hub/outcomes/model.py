"""未読, 既読 and 対応済 of a signed version, with who and when; and findings that must not be overlooked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final

from dokuei.errors import RequestError

LONGEST_NOTE: Final = 2000
UNREAD_AFTER: Final = timedelta(days=3)
UNREAD_IMPORTANT_AFTER: Final = timedelta(days=1)
UNDONE_AFTER: Final = timedelta(days=14)
ESCALATED_AFTER_DAYS: Final = 7
LONGEST_WAIT_DAYS: Final = 30
MOST_MINUTES: Final = 24 * 60
MOST_HOURS: Final = 7 * 24
_LIMITING: Final = "setting limits of communications"


class State(StrEnum):
    """How far the hospital is with the version of a report that holds now."""

    UNREAD = "unread"
    READ = "read"
    DONE = "done"


class Overdue(StrEnum):
    """Why a report stands on the list of those that somebody must look after (報告書確認管理者)."""

    UNREAD = "unread"
    UNDONE = "undone"


class Ground(StrEnum):
    """Why a report must not stay unread: what it says, how it was wanted, what its reader said (JRS-12)."""

    CATEGORY = "category"
    URGENT = "urgent"
    IMPORTANT = "important"


class Grade(IntEnum):
    """How soon a finding must reach the hospital (ACR Actionable Reporting Work Group: categories 1, 2 and 3)."""

    MINUTES = 1
    HOURS = 2
    DAYS = 3


@dataclass(frozen=True)
class Limits:
    """How long a communication of each grade may stay unacknowledged at a site."""

    first_minutes: int = 60
    second_hours: int = 24
    third_days: int = 3

    def of(self, grade: Grade) -> timedelta:
        """The time that a communication of this grade has."""
        return {
            Grade.MINUTES: timedelta(minutes=self.first_minutes),
            Grade.HOURS: timedelta(hours=self.second_hours),
            Grade.DAYS: timedelta(days=self.third_days),
        }[grade]


@dataclass(frozen=True)
class Manager:
    """Who answers at a site for reports that nobody opens (報告書確認管理者), after how many days, and its limits."""

    site_id: str
    person_id: str | None = None
    unread_days: int = ESCALATED_AFTER_DAYS
    limits: Limits = Limits()


@dataclass(frozen=True)
class Escalation:
    """A version that stayed unread and was put before the site's report manager, once."""

    person_id: str
    at: datetime
    grounds: tuple[Ground, ...]


@dataclass(frozen=True)
class Mark:
    """Who did something, when, and what they wrote about it."""

    person_id: str
    at: datetime
    note: str = ""


@dataclass(frozen=True)
class Signed:
    """The version of a case's report that holds now."""

    worklist_item_id: str
    site_id: str
    study_instance_uid: str
    number: int
    signed_at: datetime


@dataclass(frozen=True)
class Outcome:
    """A signed version and what the hospital did with it.

    ``opened`` has each person once, the first first. ``important`` is why the reader wants it looked at at once
    (重要所見), of the case and not of a version: an amendment does not take it back.
    """

    signed: Signed
    opened: tuple[Mark, ...] = ()
    acted: Mark | None = None
    important: Mark | None = None
    escalated: Escalation | None = None
    called_at: datetime | None = None
    """When somebody at the hospital was last called about the case."""

    @property
    def state(self) -> State:
        """Done goes before read: somebody who acts has read."""
        if self.acted is not None:
            return State.DONE
        return State.READ if self.opened else State.UNREAD

    @property
    def uncalled(self) -> bool:
        """Whether a finding must not be overlooked, and nobody was called since: posting it alone is not telling."""
        if self.important is None or self.state is State.DONE:
            return False
        return self.called_at is None or self.called_at < min(self.important.at, self.signed.signed_at)

    def overdue(self, *, moment: datetime) -> Overdue | None:
        """What has stayed unread, and what is important and has stayed undone, for too long."""
        waited = moment - self.signed.signed_at
        if self.state is State.UNREAD:
            return Overdue.UNREAD if waited > (UNREAD_IMPORTANT_AFTER if self.important else UNREAD_AFTER) else None
        if self.state is State.READ and self.important is not None and waited > UNDONE_AFTER:
            return Overdue.UNDONE
        return None


def checked_note(text: str, *, demanded: bool) -> str:
    """What somebody wrote, without what no page can show.

    Raises:
        RequestError: nothing where something is demanded, too long, or letters that cannot be printed.
    """
    note = text.strip()
    wrong = None
    if demanded and not note:
        wrong = "a reason is missing"
    elif len(note) > LONGEST_NOTE:
        wrong = f"at most {LONGEST_NOTE} letters"
    elif not all(letter.isprintable() or letter in "\n\t　" for letter in note):
        wrong = "letters that cannot be printed"
    if wrong:
        raise RequestError(wrong, phase="noting what became of a report")
    return note


def checked_manager(manager: Manager) -> Manager:
    """Refuse a time after which nothing would be told any more.

    Raises:
        RequestError: less than a day, or more than a month.
    """
    if not 1 <= manager.unread_days <= LONGEST_WAIT_DAYS:
        raise RequestError(f"1 to {LONGEST_WAIT_DAYS} days", phase="naming a report manager")
    limits = manager.limits
    if not 1 <= limits.first_minutes <= MOST_MINUTES:
        raise RequestError(f"1 to {MOST_MINUTES} minutes", phase=_LIMITING)
    if not 1 <= limits.second_hours <= MOST_HOURS:
        raise RequestError(f"1 to {MOST_HOURS} hours", phase=_LIMITING)
    if not 1 <= limits.third_days <= LONGEST_WAIT_DAYS:
        raise RequestError(f"1 to {LONGEST_WAIT_DAYS} days", phase=_LIMITING)
    return manager


def in_order(outcomes: Iterable[Outcome], *, moment: datetime) -> tuple[Outcome, ...]:
    """What somebody must look after first: a call that is missing, overdue, important, not done; the oldest."""

    def need(one: Outcome) -> tuple[bool, bool, bool, bool, datetime]:
        done = one.state is State.DONE
        return (
            not one.uncalled,
            one.overdue(moment=moment) is None,
            done or one.important is None,
            done,
            one.signed.signed_at,
        )

    return tuple(sorted(outcomes, key=need))
