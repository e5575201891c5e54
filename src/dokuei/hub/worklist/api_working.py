"""Readings that change hands, cases that are put off, and patients who are still there, over HTTP."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from dokuei.hub.identity.api import private, require
from dokuei.hub.identity.api_shapes import Moment, Shape
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.worklist.api import Reader, Viewer, items_out, routes
from dokuei.hub.worklist.api_filters import filter_routes
from dokuei.hub.worklist.api_finalisation import finalisation_routes
from dokuei.hub.worklist.api_links import link_routes
from dokuei.hub.worklist.api_lists import list_routes
from dokuei.hub.worklist.api_shapes import ItemOut
from dokuei.hub.worklist.filters import Filters
from dokuei.hub.worklist.handing import LONGEST_NOTE, Handing
from dokuei.hub.worklist.lanes import LONGEST_REASON, Lanes
from dokuei.hub.worklist.model import PatientWaits, ReadingRole
from dokuei.hub.worklist.service import Listing, WorklistService
from dokuei.hub.worklist.threads import Threads
from dokuei.hub.worklist.way import Ways

Administrator = Annotated[Principal, Depends(require(Permission.ADMINISTER))]
Asker = Annotated[Principal, Depends(require(Permission.PLACE_REQUEST))]


class OfferIn(Shape):
    """To whom a reading is offered, and what they should know."""

    to_person_id: str = Field(min_length=1, max_length=32)
    note: str = Field("", max_length=LONGEST_NOTE)
    delegates: bool = False


class CaseReaderOut(BaseModel):
    """Somebody who may be given a reading."""

    person_id: str
    display_name: str


class DeferIn(Shape):
    """Until when a case is put off, and why."""

    until: Moment
    reason: str = Field(min_length=1, max_length=LONGEST_REASON)


class WaitingIn(Shape):
    """Why the patient is kept: the images may have to be taken again, or more views are wanted."""

    why: PatientWaits


class TakeAwayIn(Shape):
    """Which reading is taken away, and why."""

    role: ReadingRole = ReadingRole.SOLE
    reason: str = Field(min_length=1, max_length=LONGEST_NOTE)


class HeldReadingOut(BaseModel):
    """A reading in somebody's hands; nothing of the patient."""

    worklist_item_id: str
    site_id: str
    site_name: str
    study_date: str
    role: ReadingRole
    display_name: str
    claimed_at: datetime


class HeldReadingsOut(BaseModel):
    """Readings in hand, the longest first."""

    items: list[HeldReadingOut]


def held_routes(service: WorklistService) -> APIRouter:
    """What administrators see and do; stands before the routes of single cases."""
    router = APIRouter(prefix="/api/v1/worklist", tags=["worklist"], dependencies=[Depends(private)])
    handing = Handing(service)

    @router.get("/held")
    def held(me: Administrator, site_id: Annotated[str | None, Query(max_length=64)] = None) -> HeldReadingsOut:
        """Which readings are in whose hands."""
        found, names = handing.held(me, site_id or None)
        sites = service.site_names()
        return HeldReadingsOut(
            items=[
                HeldReadingOut(
                    worklist_item_id=one.worklist_item_id,
                    site_id=one.site_id,
                    site_name=sites.get(one.site_id, one.site_id),
                    study_date=one.study_date,
                    role=one.role,
                    display_name=names.get(one.person_id, ""),
                    claimed_at=one.claimed_at,
                )
                for one in found
            ]
        )

    @router.post("/{worklist_item_id}/take-away", status_code=204)
    def take_away(me: Administrator, worklist_item_id: str, wanted: TakeAwayIn) -> None:
        """Free a reading that its reader cannot give back."""
        handing.take_away(me, worklist_item_id, wanted.role, wanted.reason)

    return router


def working_routes(service: WorklistService, threads: Threads) -> APIRouter:
    """What readers and hospitals do with a case besides reading it."""
    router = APIRouter(prefix="/api/v1/worklist/{worklist_item_id}", tags=["worklist"], dependencies=[Depends(private)])

    def out(me: Principal, listing: Listing) -> ItemOut:
        return items_out(me, service, threads, listing)[0]

    _hand_over_routes(router, Handing(service), out)
    lanes = Lanes(service)

    @router.put("/deferral")
    def defer(me: Reader, worklist_item_id: str, wanted: DeferIn) -> ItemOut:
        """Put a case off; it comes back by itself."""
        return out(me, lanes.defer(me, worklist_item_id, wanted.until, wanted.reason))

    @router.delete("/deferral")
    def bring_back(me: Reader, worklist_item_id: str) -> ItemOut:
        """Let it wait with the others again."""
        return out(me, lanes.bring_back(me, worklist_item_id))

    @router.put("/waiting")
    def keep_patient(me: Asker, worklist_item_id: str, told: WaitingIn) -> ItemOut:
        """The patient is still there: this case comes first."""
        return out(me, lanes.keep_patient(me, worklist_item_id, told.why))

    @router.delete("/waiting")
    def let_patient_go(me: Viewer, worklist_item_id: str) -> ItemOut:
        """Nobody waits any more; who reads there may say so too."""
        return out(me, lanes.keep_patient(me, worklist_item_id, None))

    return router


def _hand_over_routes(router: APIRouter, handing: Handing, out: Callable[[Principal, Listing], ItemOut]) -> None:
    @router.get("/readers")
    def readers(me: Reader, worklist_item_id: str) -> list[CaseReaderOut]:
        """Who may be given my reading of this case."""
        found = handing.readers(me, worklist_item_id)
        return [CaseReaderOut(person_id=one.person_id, display_name=one.display_name) for one in found]

    @router.post("/hand-over")
    def offer(me: Reader, worklist_item_id: str, wanted: OfferIn) -> ItemOut:
        """Offer my reading to somebody; it stays mine until they take it."""
        return out(me, _offered(handing, me, worklist_item_id, wanted))

    @router.post("/hand-over/accept")
    def accept(me: Reader, worklist_item_id: str) -> ItemOut:
        """Take what was offered to me."""
        return out(me, handing.take(me, worklist_item_id))

    @router.delete("/hand-over")
    def decline(me: Reader, worklist_item_id: str) -> ItemOut:
        """Give back what was offered to me, or take back what I offered."""
        return out(me, handing.decline(me, worklist_item_id))


def _offered(handing: Handing, me: Principal, item_id: str, wanted: OfferIn) -> Listing:
    return handing.offer(me, item_id, wanted.to_person_id, wanted.note, delegates=wanted.delegates)


def worklist_routes(service: WorklistService, ways: Ways, threads: Threads) -> tuple[APIRouter, ...]:
    """Every route of the worklist, in the order in which a request is held against them."""
    return (
        held_routes(service),
        list_routes(service, threads),
        routes(service, ways, threads),
        working_routes(service, threads),
        finalisation_routes(service, threads),
        link_routes(service),
        filter_routes(Filters(service.database)),
    )
