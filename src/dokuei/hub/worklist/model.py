"""What a case on the worklist is, who may take it, and what its state follows from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from dokuei.errors import ConflictError, ForbiddenError

Status = Literal["scheduled", "in_progress", "completed", "canceled"]
RequestState = Literal["none", "waiting", "proposed", "matched", "mismatch", "canceled"]
RequestKind = Literal["screening", "diagnostic", "second_reading", "consultation", ""]
PerformedState = Literal["", "in_progress", "completed", "discontinued"]
ImagesState = Literal["arriving", "complete", "problem"]

STATUSES: tuple[Status, ...] = ("scheduled", "in_progress", "completed", "canceled")
SETTLED_AFTER = timedelta(seconds=30)
STUCK_AFTER = timedelta(hours=1)
_NOT_IMAGES = frozenset({"SR", "PR", "KO", "DOC", "REG", "SEG", "RWV", "AU", "PLAN", "ANN", "FID", "CTPROTOCOL"})


class ReadingRole(StrEnum):
    """One reader's part in a case: a role is locked, never the case (第一読影, 第二読影, 最終判定)."""

    SOLE = "sole"
    FIRST = "first"
    SECOND = "second"
    ARBITER = "arbiter"


class Priority(StrEnum):
    """How a case stands in the queue."""

    ROUTINE = "routine"
    HIGH = "high"
    URGENT = "urgent"


@dataclass(frozen=True)
class Name:
    """The three component groups of a person's name (PS3.5 6.2.1.1)."""

    alphabetic: str = ""
    ideographic: str = ""
    phonetic: str = ""


class PatientWaits(StrEnum):
    """Why the patient is still there: the images may be taken again (N-1), or more views may be needed."""

    RETAKE = "retake"
    ADDITIONAL = "additional"


@dataclass(frozen=True)
class StudyFacts:
    """What the archive tells of a study.

    ``declared_instances`` is None where the sender counted nothing; ``more_to_come`` where a gateway has not signed
    for everything yet, or not everything that it signed for is here.
    """

    site_id: str
    study_instance_uid: str
    patient_id: str
    issuer_of_patient_id: str
    patient_name: Name
    patient_birth_date: str
    patient_sex: str
    study_date: str
    study_time: str
    study_description: str
    accession_number: str
    referring_physician: str
    modalities: tuple[str, ...]
    number_of_series: int
    number_of_instances: int
    declared_instances: int | None
    arrived_instances: int
    complete: bool
    more_to_come: bool
    first_received_at: datetime
    last_received_at: datetime
    performed: PerformedState = ""
    performed_instances: int | None = None
    """How many objects the modality counted, where it said so (MPPS)."""

    @property
    def to_be_read(self) -> bool:
        """Whether there is anything for a reader to look at."""
        return not self.modalities or bool(set(self.modalities) - _NOT_IMAGES)

    def images_state(self, *, moment: datetime) -> ImagesState:
        """Whether all images are here: a gateway says so itself; only who counts nothing is taken at its silence."""
        quiet = moment - self.last_received_at
        if self.declared_instances is None and not self.more_to_come:
            return "complete" if quiet > SETTLED_AFTER else "arriving"
        if self.complete:
            return "complete"
        return "problem" if quiet > STUCK_AFTER else "arriving"


@dataclass(frozen=True)
class Holding:
    """One reading role of a case and who has it."""

    role: ReadingRole
    person_id: str | None
    claimed_at: datetime | None = None
    signed_at: datetime | None = None
    awaiting_approval: bool = False


@dataclass(frozen=True)
class Prior:
    """Another study of the same patient at the same site."""

    study_instance_uid: str
    study_date: str
    modalities: tuple[str, ...]
    study_description: str


@dataclass(frozen=True)
class Asked:
    """What requests say of a case; ``reason`` is why it is a mismatch, ``priority`` and ``due_at`` what they want."""

    state: RequestState = "none"
    reason: str = ""
    priority: Priority | None = None
    due_at: datetime | None = None
    kind: RequestKind = ""


@dataclass(frozen=True)
class Deferral:
    """A case that somebody put off, for a reason; it comes back by itself."""

    until: datetime
    reason: str
    person_id: str


@dataclass(frozen=True)
class Standing:
    """How far a case has come, for whoever asked for it."""

    status: Status
    report_status: str | None
    deferral: Deferral | None


@dataclass(frozen=True)
class Waiting:
    """Somebody at the hospital keeps the patient until a reader has looked."""

    why: PatientWaits
    since: datetime


@dataclass(frozen=True)
class HandOver:
    """A reading that its reader offers to another; it stays theirs until the other takes it."""

    role: ReadingRole
    from_person_id: str
    to_person_id: str
    note: str
    offered_at: datetime
    delegates: bool = False
    """Whether the reader cannot finalise, so that the responsibility goes with it (代理確定, REC-06)."""


@dataclass(frozen=True)
class Delegated:
    """A reading that its reader could not finalise, and who decided that another does, and why."""

    from_person_id: str
    ordered_by: str
    reason: str
    at: datetime
    to_person_id: str | None = None


class ReaderChanged(StrEnum):
    """How a reading left its reader's hands."""

    HANDED_OVER = "handed_over"
    RELEASED = "released"
    TAKEN_AWAY = "taken_away"


@dataclass(frozen=True)
class ReaderChange:
    """A reading that is somebody else's from then on, or nobody's: the hospital is told (JRS-07)."""

    role: ReadingRole
    kind: ReaderChanged
    from_person_id: str
    to_person_id: str | None
    at: datetime


@dataclass(frozen=True)
class Finalisation:
    """What a technologist said of a study's images (検像); ``person_id`` is None where later images reopened it.

    ``instances`` is how many objects there were, ``note`` a comment, or why it was reopened.
    """

    act: Literal["finalised", "reopened"]
    person_id: str | None
    at: datetime
    instances: int
    note: str = ""


@dataclass(frozen=True)
class WorklistItem:
    """A case: a study, the roles in reading it, and its state.

    ``signed_instances`` is how much its report covers; ``due_at`` is what the request wants, else what the contract
    gives; ``held_before`` names everybody who ever had a role, since who saw a draft has seen an opinion;
    ``prior_only``: brought to be compared with, and read by nobody until somebody asks for it or takes it.
    """

    worklist_item_id: str
    study: StudyFacts
    status: Status
    priority: Priority
    due_at: datetime | None
    report_status: str | None
    holdings: tuple[Holding, ...]
    signed_instances: int | None = None
    priors: tuple[Prior, ...] = ()
    asked: Asked = Asked()
    held_before: frozenset[tuple[ReadingRole, str]] = frozenset()
    deferral: Deferral | None = None
    waiting: Waiting | None = None
    offers: tuple[HandOver, ...] = ()
    finalisation: Finalisation | None = None
    prior_only: bool = False

    @property
    def images_finalised(self) -> bool:
        """Whether a technologist stands for exactly the objects that are here."""
        said = self.finalisation
        return said is not None and said.act == "finalised" and said.instances == self.study.number_of_instances

    @property
    def awaiting_approval(self) -> bool:
        """Whether words of somebody who may not sign wait for a physician (REC-04)."""
        return any(held.awaiting_approval for held in self.holdings)

    @property
    def images_after_signature(self) -> bool:
        """Whether objects came that whoever signed could not have seen."""
        return self.signed_instances is not None and self.study.number_of_instances > self.signed_instances

    def holding(self, role: ReadingRole) -> Holding | None:
        """One role of this case."""
        return next((held for held in self.holdings if held.role is role), None)

    def offer(self, role: ReadingRole) -> HandOver | None:
        """Whom this role is offered to."""
        return next((one for one in self.offers if one.role is role), None)

    def is_deferred(self, *, moment: datetime) -> bool:
        """Whether the case is put off still."""
        return self.deferral is not None and moment < self.deferral.until


def status_of(holdings: Iterable[Holding], *, canceled: bool) -> Status:
    """A case's status follows from its roles: nobody yet, somebody, everybody done."""
    holdings = tuple(holdings)
    if canceled:
        return "canceled"
    if holdings and all(held.signed_at for held in holdings):
        return "completed"
    return "in_progress" if any(held.person_id for held in holdings) else "scheduled"


def demand_free(holding: Holding, *, person_id: str, names: Mapping[str, str]) -> None:
    """Refuse a role that another has, or that is done.

    Raises:
        ConflictError: with the name of who has it.
    """
    if holding.signed_at is not None:
        raise ConflictError("this reading is signed already", phase="claiming a case", remedy="amend the report")
    if holding.person_id not in {None, person_id}:
        who = names.get(holding.person_id or "", "another reader")
        raise ConflictError(f"{who} has this case", phase="claiming a case", remedy="ask for a hand-over")


def demand_mine(holding: Holding | None, *, person_id: str | None) -> Holding:
    """Refuse work on a role that somebody else, or nobody, has.

    Raises:
        ForbiddenError: claim it first.
    """
    if holding is None or person_id is None or holding.person_id != person_id:
        raise ForbiddenError("this case is not yours", phase="working on a case", remedy="claim it first")
    return holding


def events_of(known: WorklistItem | None, facts: StudyFacts) -> Iterator[str]:
    """What the trail must know of a case whose images have changed."""
    if known is None:
        yield "case.appeared"
        return
    if known.status == "canceled":
        yield "case.restored"
    if not known.images_after_signature and replace(known, study=facts).images_after_signature:
        yield "case.images-after-signature"
