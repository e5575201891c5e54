"""Cases over HTTP."""

from dataclasses import asdict
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.worklist.model import (
    Finalisation,
    ImagesState,
    PatientWaits,
    PerformedState,
    Priority,
    ReaderChanged,
    ReadingRole,
    RequestKind,
    RequestState,
    Status,
)
from dokuei.hub.worklist.prior_ledgers import PriorLedger


class NameOut(BaseModel):
    """A person's name in its three groups."""

    alphabetic: str
    ideographic: str
    phonetic: str


class PriorOut(BaseModel):
    """Another study of the same patient."""

    study_instance_uid: str
    study_date: str
    modalities: list[str]
    study_description: str


class AwaitedPriorOut(BaseModel):
    """An earlier study that the hospital's PACS has and that has not arrived, and why where that is known."""

    study_instance_uid: str
    study_date: str
    modalities: list[str]
    study_description: str
    state: Literal["exists", "requested", "refused"]
    reason: str


class PriorLedgerOut(BaseModel):
    """What the hospital's PACS says of earlier studies; ``others`` counts answers that named another patient."""

    state: Literal["waiting", "answered", "failing"]
    at: datetime
    reason: str
    others: int
    awaited: list[AwaitedPriorOut]


class LockOut(BaseModel):
    """Who reads a case."""

    person_id: str
    display_name: str


class ReadingOut(BaseModel):
    """One reading of a case and who has it."""

    role: ReadingRole
    reader: LockOut | None
    signed_at: datetime | None


class OfferOut(BaseModel):
    """A reading that is offered to somebody; the note is for the two alone."""

    role: ReadingRole
    giver: LockOut
    taker: LockOut
    note: str
    offered_at: datetime
    delegates: bool


class DeferralOut(BaseModel):
    """Until when a case is put off, why, and by whom."""

    until: datetime
    reason: str
    display_name: str


class WaitingOut(BaseModel):
    """Why the patient is still there, and since when."""

    why: PatientWaits
    since: datetime


class FinalisationOut(BaseModel):
    """Whether a technologist stands for the images, where the site uses that: who said what last, and when."""

    state: Literal["not_used", "open", "finalised", "reopened"]
    display_name: str = ""
    at: datetime | None = None
    instances: int = 0
    note: str = ""


def ledger_out(ledger: PriorLedger | None) -> PriorLedgerOut | None:
    """What the PACS has from before, where its gateway has told anything."""
    if ledger is None:
        return None
    awaited = [AwaitedPriorOut(**asdict(one)) for one in ledger.awaited]
    return PriorLedgerOut(state=ledger.state, at=ledger.at, reason=ledger.reason, others=ledger.others, awaited=awaited)


def finalisation_out(
    said: Finalisation | None, names: dict[str, str], *, finalises: bool, holds: bool
) -> FinalisationOut:
    """How the images stand; ``holds``: what was said last is of the objects that are here."""
    if not finalises:
        return FinalisationOut(state="not_used")
    if said is None:
        return FinalisationOut(state="open")
    return FinalisationOut(
        state="finalised" if holds else "reopened",
        display_name=names.get(said.person_id or "", ""),
        at=said.at,
        instances=said.instances,
        note=said.note,
    )


class ItemOut(BaseModel):
    """A case as lists and pages show it to one person.

    ``locked_by`` is who stands between that person and the case, ``my_role`` the reading that is theirs or free for
    them.
    """

    worklist_item_id: str
    site_id: str
    site_name: str
    status: Status
    priority: Priority
    study_instance_uid: str
    patient_id: str
    patient_name: NameOut
    patient_birth_date: str
    patient_sex: str
    study_date: str
    study_time: str
    study_description: str
    modalities: list[str]
    accession_number: str
    number_of_series: int
    number_of_instances: int
    declared_instances: int | None
    performed: PerformedState
    performed_instances: int | None
    arrived_instances: int
    images_state: ImagesState
    images_after_signature: bool
    arrived_at: datetime
    due_at: datetime | None
    report_status: str | None
    request_state: RequestState
    request_reason: str
    request_kind: RequestKind
    assigned_to: str | None
    locked_by: LockOut | None
    my_role: ReadingRole | None
    readings: list[ReadingOut]
    offer: OfferOut | None
    deferral: DeferralOut | None
    waiting: WaitingOut | None
    finalisation: FinalisationOut
    unread_messages: int
    open_question: bool
    awaiting_approval: bool
    priors: list[PriorOut]
    prior_ledger: PriorLedgerOut | None
    prior_only: bool


class AtGatewayOut(BaseModel):
    """What the hospital's gateway told last of the study."""

    gateway_id: str
    name: str
    state: str
    error: str
    left_bytes: int
    done_at: str
    """When all will be here, as the gateway reckons; empty where it cannot tell."""


class SignedForOut(BaseModel):
    """The gateway's signed manifest of what it proved."""

    instances: int
    verified: bool
    at: datetime


class HeldOut(BaseModel):
    """A part in reading the case: who has it since when, and when it was signed."""

    role: str
    display_name: str
    claimed_at: datetime | None
    signed_at: datetime | None


class BackOut(BaseModel):
    """One object of the report on its way into the hospital, and how each of its systems stands with it."""

    kind: str
    delivered_at: datetime | None
    error: str
    stamps: int
    places: dict[str, str]


class ReaderChangeOut(BaseModel):
    """A reading that left its reader's hands: by whom it was held, and whose it is from then on, if anybody's."""

    role: ReadingRole
    kind: ReaderChanged
    from_name: str
    to_name: str
    at: datetime


class WayOut(BaseModel):
    """How far a case has come; what the hub does not know is null or empty."""

    gateway: AtGatewayOut | None
    signed_for: SignedForOut | None
    first_received_at: datetime
    last_received_at: datetime
    held: list[HeldOut]
    changes: list[ReaderChangeOut]
    back: list[BackOut]


class WorklistOut(BaseModel):
    """Cases as they were at a time by the hub's clock, and how many stand in each status."""

    items: list[ItemOut]
    counts: dict[str, int]
    as_of: datetime


class CaseThreadOut(BaseModel):
    """What waits in one case's thread for the asker."""

    worklist_item_id: str
    unread_messages: int
    open_question: bool


class WorklistChangesOut(BaseModel):
    """Cases that look different, and every thread in which something waits: in the others nothing does."""

    items: list[ItemOut]
    threads: list[CaseThreadOut]
    as_of: datetime


class PriorityIn(Shape):
    """How a case stands in the queue."""

    priority: Priority


class RoleIn(Shape):
    """Which reading role; without one, the first that is free, or one's own."""

    role: ReadingRole | None = None


class CaseSearchIn(Shape):
    """What somebody types to find a case."""

    text: str = Field(max_length=200)
