"""The worklist over HTTP; polling is cheap, and does not keep a session from locking."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends

from dokuei.clock import now
from dokuei.hub.identity.api import private, require
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.worklist.api_shapes import (
    AtGatewayOut,
    BackOut,
    DeferralOut,
    HeldOut,
    ItemOut,
    LockOut,
    NameOut,
    OfferOut,
    PriorityIn,
    PriorOut,
    ReaderChangeOut,
    ReadingOut,
    RoleIn,
    SignedForOut,
    WaitingOut,
    WayOut,
    finalisation_out,
    ledger_out,
)
from dokuei.hub.worklist.model import (
    HandOver,
    ReaderChange,
    WorklistItem,
)
from dokuei.hub.worklist.readings import holder_for, role_to_take
from dokuei.hub.worklist.service import Listing, WorklistService
from dokuei.hub.worklist.threads import Threads, ThreadState
from dokuei.hub.worklist.way import Way, Ways

_OF_STUDY = (
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
    "performed",
    "performed_instances",
    "arrived_instances",
)
Viewer = Annotated[Principal, Depends(require(Permission.READ_WORKLIST))]
Reader = Annotated[Principal, Depends(require(Permission.CLAIM_CASE))]


def items_out(me: Principal, service: WorklistService, threads: Threads, listing: Listing) -> list[ItemOut]:
    """Cases as one person sees them."""
    sites, states = service.site_names(), threads.of(me, listing.items)
    ledgers = service.prior_ledgers(listing.items)
    finalising = service.contracts.finalising_sites({one.study.site_id for one in listing.items})
    return [
        _item(
            me, one, listing.names, sites, states.get(one.worklist_item_id), finalises=one.study.site_id in finalising
        ).model_copy(
            update={"prior_ledger": ledger_out(ledgers.get((one.study.site_id, one.study.study_instance_uid)))}
        )
        for one in listing.items
    ]


def routes(service: WorklistService, ways: Ways, threads: Threads) -> APIRouter:
    """The routes of the worklist."""
    router = APIRouter(prefix="/api/v1/worklist", tags=["worklist"], dependencies=[Depends(private)])

    def out(me: Principal, listing: Listing) -> list[ItemOut]:
        return items_out(me, service, threads, listing)

    @router.get("/{worklist_item_id}")
    def one(me: Viewer, worklist_item_id: str) -> ItemOut:
        """One case."""
        return out(me, service.one(me, worklist_item_id))[0]

    @router.get("/{worklist_item_id}/way")
    def way(me: Viewer, worklist_item_id: str) -> WayOut:
        """How far one case has come."""
        listing = service.one(me, worklist_item_id)
        changes = _changes(*service.reader_changes(worklist_item_id))
        return _way(listing.items[0], ways.of(listing.items[0]), listing.names, changes)

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


def _changes(changes: tuple[ReaderChange, ...], names: dict[str, str]) -> list[ReaderChangeOut]:
    return [
        ReaderChangeOut(
            role=one.role,
            kind=one.kind,
            from_name=names.get(one.from_person_id, ""),
            to_name=names.get(one.to_person_id or "", ""),
            at=one.at,
        )
        for one in changes
    ]


def _way(item: WorklistItem, way: Way, names: dict[str, str], changes: list[ReaderChangeOut]) -> WayOut:
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
        changes=changes,
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
    return ItemOut(
        **{name: getattr(study, name) for name in _OF_STUDY},
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
        request_kind=one.asked.kind,
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
        awaiting_approval=one.awaiting_approval,
        priors=_priors(one),
        prior_ledger=None,
        prior_only=one.prior_only,
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
    return OfferOut(
        role=offer.role,
        giver=giver,
        taker=taker,
        note=note,
        offered_at=offer.offered_at,
        delegates=offer.delegates,
    )


def _concerns(offer: HandOver, me: Principal) -> bool:
    return me.person_id in {offer.from_person_id, offer.to_person_id}
