"""Non-routine communication over HTTP: what must reach a person, who was told, and who of the hospital has it."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, Field

from dokuei.clock import now
from dokuei.hub.identity.api import private, require
from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.outcomes.communicating import Communicating, Communications
from dokuei.hub.outcomes.communications import LONGEST_RECIPIENT, Communication, CommunicationState, Method, Telling
from dokuei.hub.outcomes.model import LONGEST_NOTE, Grade, Mark

Viewer = Annotated[Principal, Depends(require(Permission.READ_REPORT))]
Hospital = Annotated[Principal, Depends(require(Permission.ACKNOWLEDGE_REPORT))]
Reader = Annotated[Principal, Depends(require(Permission.SIGN_REPORT))]


class CommunicationIn(Shape):
    """What must reach a person, and how soon: 1 within minutes and by voice, 2 within hours, 3 within days."""

    communication_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    grade: Literal[1, 2, 3]
    finding: str = Field(max_length=LONGEST_NOTE)


class TellingIn(Shape):
    """Whom I told, when, how, and whether they read it back."""

    recipient: str = Field(max_length=LONGEST_RECIPIENT)
    method: Method
    at: AwareDatetime
    read_back: bool


class AcknowledgedIn(Shape):
    """What I say about it; may be empty."""

    note: str = Field(default="", max_length=LONGEST_NOTE)


class SaidOut(BaseModel):
    """Who did something, when, and what they wrote about it."""

    person_id: str
    display_name: str
    at: datetime
    note: str


class TellingOut(BaseModel):
    """Who told whom, when, how, and whether it was read back."""

    person_id: str
    display_name: str
    recipient: str
    method: Method
    at: datetime
    read_back: bool


class UrgedOut(BaseModel):
    """Before whom an overdue communication was put, and when; ``step`` counts the limits that had passed."""

    person_id: str
    display_name: str
    at: datetime
    step: int


class CommunicationOut(BaseModel):
    """A finding that must reach a person, until when, and how far that is."""

    communication_id: str
    worklist_item_id: str
    site_id: str
    site_name: str
    patient_name: str
    study_date: str
    grade: Literal[1, 2, 3]
    state: CommunicationState
    overdue: bool
    opened: SaidOut
    due_at: datetime
    tellings: list[TellingOut]
    acknowledged: SaidOut | None
    escalated: list[UrgedOut]


class CommunicationsOut(BaseModel):
    """Communications, what is due first."""

    items: list[CommunicationOut]


def routes(communicating: Communicating) -> APIRouter:
    """The routes of non-routine communication."""
    router = APIRouter(prefix="/api/v1", tags=["outcomes"], dependencies=[Depends(private)])
    base = "/worklist/{worklist_item_id}/communications"

    @router.get("/outcomes/communications")
    def waiting(me: Viewer) -> CommunicationsOut:
        """What nobody of the hospitals has acknowledged yet, at all my sites."""
        return _out(communicating.waiting(me))

    @router.get(base)
    def of_case(me: Viewer, worklist_item_id: str) -> CommunicationsOut:
        """All communications about a case."""
        return _out(communicating.of_case(me, worklist_item_id))

    @router.post(base)
    def opened(me: Reader, worklist_item_id: str, wanted: CommunicationIn) -> CommunicationsOut:
        """A finding must reach a person: its timer begins."""
        return _out(
            communicating.open(
                me,
                worklist_item_id,
                communication_id=wanted.communication_id,
                grade=Grade(wanted.grade),
                finding=wanted.finding,
            )
        )

    @router.post(f"{base}/{{communication_id}}/told")
    def told(me: Reader, worklist_item_id: str, communication_id: str, said: TellingIn) -> CommunicationsOut:
        """I have told somebody of the hospital."""
        telling = Telling(me.person_id or "", said.recipient, said.method, said.at, said.read_back)
        return _out(communicating.told(me, worklist_item_id, communication_id, telling))

    @router.post(f"{base}/{{communication_id}}/acknowledged")
    def acknowledged(
        me: Hospital, worklist_item_id: str, communication_id: str, said: AcknowledgedIn
    ) -> CommunicationsOut:
        """We have it: the timer ends."""
        return _out(communicating.acknowledge(me, worklist_item_id, communication_id, note=said.note))

    return router


def _out(found: Communications) -> CommunicationsOut:
    return CommunicationsOut(items=[_one(one, found) for one in found.items])


def _said(mark: Mark, found: Communications) -> SaidOut:
    name = found.names.get(mark.person_id, "")
    return SaidOut(person_id=mark.person_id, display_name=name, at=mark.at, note=mark.note)


def _one(one: Communication, found: Communications) -> CommunicationOut:
    facts = found.cases.get(one.worklist_item_id)
    return CommunicationOut(
        communication_id=one.communication_id,
        worklist_item_id=one.worklist_item_id,
        site_id=one.site_id,
        site_name=found.sites.get(one.site_id, one.site_id),
        patient_name="" if facts is None else facts.patient_name,
        study_date="" if facts is None else facts.study_date,
        grade=one.grade.value,
        state=one.state,
        overdue=one.step(moment=now()) > 0,
        opened=_said(one.opened, found),
        due_at=one.due_at,
        tellings=[
            TellingOut(
                person_id=told.person_id,
                display_name=found.names.get(told.person_id, ""),
                recipient=told.recipient,
                method=told.method,
                at=told.at,
                read_back=told.read_back,
            )
            for told in one.tellings
        ],
        acknowledged=None if one.acknowledged is None else _said(one.acknowledged, found),
        escalated=[
            UrgedOut(
                person_id=told.person_id,
                display_name=found.names.get(told.person_id, ""),
                at=told.at,
                step=told.step,
            )
            for told in one.escalated
        ],
    )
