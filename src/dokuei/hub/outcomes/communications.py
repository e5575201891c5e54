"""Non-routine communication of a finding: who told whom, when, how, whether it was read back; pure.

After the ACR Practice Parameter for Communication of Diagnostic Imaging Findings and the categories of the ACR
Actionable Reporting Work Group: 1 within minutes and by voice, 2 within hours, 3 within days.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from dokuei.errors import ConflictError, ForbiddenError, RequestError
from dokuei.hub.outcomes.model import Grade, Limits, Mark

LONGEST_RECIPIENT: Final = 200
MOST_TELLINGS: Final = 100
_AHEAD: Final = timedelta(minutes=5)
_TELLING: Final = "recording who was told"
_ACKNOWLEDGING: Final = "acknowledging a communication"


class Method(StrEnum):
    """How somebody was told."""

    TELEPHONE = "telephone"
    IN_PERSON = "in_person"
    SECURE_MESSAGE = "secure_message"

    @property
    def verbal(self) -> bool:
        """Whether it was said and heard."""
        return self is not Method.SECURE_MESSAGE


class CommunicationState(StrEnum):
    """How far a communication is; only a person of the hospital ends it."""

    UNTOLD = "untold"
    TOLD = "told"
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True)
class Telling:
    """Who told whom at the hospital, when, how, and whether the listener repeated what was said."""

    person_id: str
    recipient: str
    method: Method
    at: datetime
    read_back: bool


@dataclass(frozen=True)
class Escalated:
    """An overdue communication was put before somebody; ``step`` counts the limits that have passed."""

    step: int
    person_id: str
    at: datetime


@dataclass(frozen=True)
class Communication:
    """A finding that must reach a person; ``opened`` is by whom, when and what must be told, ``due_at`` until when."""

    communication_id: str
    worklist_item_id: str
    site_id: str
    study_instance_uid: str
    grade: Grade
    opened: Mark
    due_at: datetime
    tellings: tuple[Telling, ...] = ()
    acknowledged: Mark | None = None
    escalated: tuple[Escalated, ...] = ()

    @property
    def state(self) -> CommunicationState:
        """What was delivered or opened in the hospital's systems counts for nothing here."""
        if self.acknowledged is not None:
            return CommunicationState.ACKNOWLEDGED
        told = any(counts(one, grade=self.grade) for one in self.tellings)
        return CommunicationState.TOLD if told else CommunicationState.UNTOLD

    def step(self, *, moment: datetime) -> int:
        """How many of its limits have passed without an acknowledgement; 0: it is in time."""
        if self.acknowledged is not None or moment < self.due_at:
            return 0
        return 1 + (moment - self.due_at) // (self.due_at - self.opened.at)


def counts(telling: Telling, *, grade: Grade) -> bool:
    """Whether this telling is enough: a finding of minutes is said by voice and read back."""
    return grade is not Grade.MINUTES or (telling.method.verbal and telling.read_back)


def due_at(opened_at: datetime, grade: Grade, limits: Limits) -> datetime:
    """Until when a communication must be acknowledged; its limit stays what it was when it was opened."""
    return opened_at + limits.of(grade)


def checked_telling(telling: Telling, known: Communication, *, moment: datetime) -> Telling:
    """What a reader says of a telling, if it can be so.

    Raises:
        RequestError: nobody was told, or not at a time that has been.
        ConflictError: so many are recorded already.
    """
    recipient = telling.recipient.strip()
    if not recipient or len(recipient) > LONGEST_RECIPIENT or not recipient.isprintable():
        raise RequestError(f"who was told is named in one line of at most {LONGEST_RECIPIENT} letters", phase=_TELLING)
    if telling.at.tzinfo is None or telling.at > moment + _AHEAD:
        raise RequestError("the telling is in the future, or its time names no zone", phase=_TELLING)
    if telling.read_back and not telling.method.verbal:
        raise RequestError("only what was said can be read back", phase=_TELLING)
    if len(known.tellings) >= MOST_TELLINGS:
        raise ConflictError(f"more than {MOST_TELLINGS} tellings of one finding", phase=_TELLING)
    return replace(telling, recipient=recipient)


def demand_acknowledgeable(known: Communication, *, person_id: str) -> None:
    """A finding is acknowledged once, after it was told, and by somebody else than who told it.

    Raises:
        ConflictError: it is acknowledged already, or nobody was told as its grade demands.
        ForbiddenError: by who opened it or told it.
    """
    if known.state is CommunicationState.ACKNOWLEDGED:
        raise ConflictError("this is acknowledged already", phase=_ACKNOWLEDGING, remedy="load the case again")
    if person_id in {known.opened.person_id, *(one.person_id for one in known.tellings)}:
        raise ForbiddenError("who told a finding does not acknowledge it", phase=_ACKNOWLEDGING)
    if known.state is CommunicationState.UNTOLD:
        if known.grade is Grade.MINUTES:
            raise ConflictError(
                "nobody was told by voice and read it back",
                phase=_ACKNOWLEDGING,
                remedy="speak to the reader, who records the call",
            )
        raise ConflictError(
            "nobody was told yet", phase=_ACKNOWLEDGING, remedy="wait until the reader has recorded who was told"
        )
