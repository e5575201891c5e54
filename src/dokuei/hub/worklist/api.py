"""The worklist over HTTP; polling is cheap, and does not keep a session from locking."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from dokuei.clock import now
from dokuei.hub.identity.api import private, require
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.worklist.api_shapes import FinalisationOut, finalisation_out
from dokuei.hub.worklist.model import (
    HandOver,
    ImagesState,
    PatientWaits,
    Priority,
    ReadingRole,
    RequestState,
    Status,
    WorklistItem,
)
from dokuei.hub.worklist.readings import holder_for, role_to_take
from dokuei.hub.worklist.service import Listing, WorklistService
from dokuei.hub.worklist.threads import Threads, ThreadState
from dokuei.hub.worklist.way import Way, Ways

Viewer = Annotated[Principal, Depends(require(Permission.READ_WORKLIST))]
Reader = Annotated[Principal, Depends(require(Permission.CLAIM_CASE))]


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


class DeferralOut(BaseModel):
    """Until when a case is put off, why, and by whom."""

    until: datetime
    reason: str
    display_name: str


class WaitingOut(BaseModel):
    """Why the patient is still there, and since when."""

    why: PatientWaits
    since: datetime


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
    arrived_instances: int
    images_state: ImagesState
    images_after_signature: bool
    arrived_at: datetime
    due_at: datetime | None
    report_status: str | None
    request_state: RequestState
    request_reason: str
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
    priors: list[PriorOut]


class AtGatewayOut(BaseModel):
    """What the hospital's gateway told last of the study."""

    gateway_id: str
    name: str
    state: str
    error: str


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
    """One object of the report on its way to the hospital's PACS."""

    kind: str
    delivered_at: datetime | None
    error: str


class WayOut(BaseModel):
    """How far a case has come; what the hub does not know is null or empty."""

    gateway: AtGatewayOut | None
    signed_for: SignedForOut | None
    first_received_at: datetime
    last_received_at: datetime
    held: list[HeldOut]
    back: list[BackOut]


class WorklistOut(BaseModel):
    """Cases and how many stand in each status."""

    items: list[ItemOut]
    counts: dict[str, int]


class PriorityIn(BaseModel):
    """How a case stands in the queue."""

    priority: Priority


class RoleIn(BaseModel):
    """Which reading role; without one, the first that is free, or one's own."""

    role: ReadingRole | None = None


def items_out(me: Principal, service: WorklistService, threads: Threads, listing: Listing) -> list[ItemOut]:
    """Cases as one person sees them."""
    sites, states = service.site_names(), threads.of(me, listing.items)
    finalising = service.contracts.finalising_sites({one.study.site_id for one in listing.items})
    return [
        _item(
            me, one, listing.names, sites, states.get(one.worklist_item_id), finalises=one.study.site_id in finalising
        )
        for one in listing.items
    ]


def routes(service: WorklistService, ways: Ways, threads: Threads) -> APIRouter:
    """The routes of the worklist."""
    router = APIRouter(prefix="/api/v1/worklist", tags=["worklist"], dependencies=[Depends(private)])

    def out(me: Principal, listing: Listing) -> list[ItemOut]:
        return items_out(me, service, threads, listing)

    @router.get("")
    def listed(
        me: Viewer,
        status: Annotated[Status | None, Query()] = None,
        site_id: Annotated[str | None, Query(max_length=64)] = None,
        modality: Annotated[str | None, Query(pattern="^[A-Z]{2,16}$")] = None,
        reader: Annotated[Literal["me"] | None, Query()] = None,
    ) -> WorklistOut:
        """Cases in the order in which they wait; ``reader``: those that the asker reads."""
        listing = service.list(me, status=status, site_id=site_id or None, modality=modality, mine=reader is not None)
        return WorklistOut(items=out(me, listing), counts=listing.counts)

    @router.get("/{worklist_item_id}")
    def one(me: Viewer, worklist_item_id: str) -> ItemOut:
        """One case."""
        return out(me, service.one(me, worklist_item_id))[0]

    @router.get("/{worklist_item_id}/way")
    def way(me: Viewer, worklist_item_id: str) -> WayOut:
        """How far one case has come."""
        listing = service.one(me, worklist_item_id)
        return _way(listing.items[0], ways.of(listing.items[0]), listing.names)

    @router.post("/{worklist_item_id}/claim")
    def claim(me: Reader, worklist_item_id: str, wanted: RoleIn | None = None) -> ItemOut:
        """Take a reading role."""
        return out(me, service.claim(me, worklist_item_id, wanted.role if wanted else None))[0]

    @router.post("/{worklist_item_id}/release")
    def release(me: Reader, worklist_item_id: str, given: RoleIn | None = None) -> ItemOut:
        """Give a reading role back."""
        return out(me, service.release(me, worklist_item_id, given.role if given else None))[0]

    @router.put("/{worklist_item_id}/priority")
    def prioritise(me: Reader, worklist_item_id: str, wanted: PriorityIn) -> ItemOut:
        """Move a case in the queue; what is still to come of an urgent one overtakes at the gateway."""
        return out(me, service.set_priority(me, worklist_item_id, wanted.priority))[0]

    return router


def _way(item: WorklistItem, way: Way, names: dict[str, str]) -> WayOut:
    return WayOut(
        gateway=None if way.gateway is None else AtGatewayOut(**asdict(way.gateway)),
        signed_for=None if way.signed_for is None else SignedForOut(**asdict(way.signed_for)),
        first_received_at=item.study.first_received_at,
        last_received_at=item.study.last_received_at,
        held=[
            HeldOut(
                role=held.role.value,
                display_name=names.get(held.person_id, ""),
                claimed_at=held.claimed_at,
                signed_at=held.signed_at,
            )
            for held in item.holdings
            if held.person_id is not None
        ],
        back=[BackOut(**asdict(one)) for one in way.back],
    )


def _item(
    me: Principal,
    one: WorklistItem,
    names: dict[str, str],
    sites: dict[str, str],
    thread: ThreadState | None,
    *,
    finalises: bool,
) -> ItemOut:
    study, thread = one.study, thread or ThreadState()
    holder = holder_for(one, me.person_id)
    taken: dict[str, Any] = {
        name: getattr(study, name)
        for name in (
            "site_id",
            "study_instance_uid",
            "patient_id",
            "patient_birth_date",
            "patient_sex",
            "study_date",
            "study_time",
            "study_description",
            "accession_number",
            "number_of_series",
            "number_of_instances",
            "declared_instances",
            "arrived_instances",
        )
    }
    return ItemOut(
        **taken,
        worklist_item_id=one.worklist_item_id,
        site_name=sites.get(study.site_id, study.site_id),
        status=one.status,
        priority=one.priority,
        patient_name=NameOut(
            alphabetic=study.patient_name.alphabetic,
            ideographic=study.patient_name.ideographic,
            phonetic=study.patient_name.phonetic,
        ),
        modalities=list(study.modalities),
        images_state=study.images_state(moment=now()),
        images_after_signature=one.images_after_signature,
        arrived_at=study.first_received_at,
        due_at=one.due_at,
        report_status=one.report_status,
        request_state=one.asked.state,
        request_reason=one.asked.reason,
        assigned_to=holder,
        locked_by=_named(holder, names),
        my_role=role_to_take(one, me.person_id or ""),
        readings=[
            ReadingOut(role=held.role, reader=_named(held.person_id, names), signed_at=held.signed_at)
            for held in one.holdings
        ],
        offer=_offer(me, one, names),
        deferral=_deferral(one, names),
        waiting=None if one.waiting is None else WaitingOut(why=one.waiting.why, since=one.waiting.since),
        finalisation=finalisation_out(one.finalisation, names, finalises=finalises, holds=one.images_finalised),
        unread_messages=thread.unread_messages,
        open_question=thread.open_question,
        priors=_priors(one),
    )


def _deferral(one: WorklistItem, names: dict[str, str]) -> DeferralOut | None:
    """While the case is put off; afterwards it is a case like others."""
    put_off = one.deferral
    if put_off is None or not one.is_deferred(moment=now()):
        return None
    return DeferralOut(until=put_off.until, reason=put_off.reason, display_name=names.get(put_off.person_id, ""))


def _priors(one: WorklistItem) -> list[PriorOut]:
    return [
        PriorOut(
            study_instance_uid=prior.study_instance_uid,
            study_date=prior.study_date,
            modalities=list(prior.modalities),
            study_description=prior.study_description,
        )
        for prior in one.priors
    ]


def _named(person_id: str | None, names: dict[str, str]) -> LockOut | None:
    return None if person_id is None else LockOut(person_id=person_id, display_name=names.get(person_id, ""))


def _offer(me: Principal, one: WorklistItem, names: dict[str, str]) -> OfferOut | None:
    """The offer that concerns the asker, else the first."""
    mine = [offer for offer in one.offers if _concerns(offer, me)]
    offer = next(iter((*mine, *one.offers)), None)
    if offer is None:
        return None
    giver, taker = (
        LockOut(person_id=person_id, display_name=names.get(person_id, ""))
        for person_id in (offer.from_person_id, offer.to_person_id)
    )
    note = offer.note if _concerns(offer, me) else ""
    return OfferOut(role=offer.role, giver=giver, taker=taker, note=note, offered_at=offer.offered_at)


def _concerns(offer: HandOver, me: Principal) -> bool:
    return me.person_id in {offer.from_person_id, offer.to_person_id}
