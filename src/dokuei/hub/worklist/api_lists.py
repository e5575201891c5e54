"""The lists of cases over HTTP: the whole, what has changed since, and what somebody looks for."""

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from dokuei.clock import now
from dokuei.hub.identity.api import private
from dokuei.hub.identity.api_shapes import Moment
from dokuei.hub.identity.model import Principal
from dokuei.hub.worklist.api import Viewer, items_out
from dokuei.hub.worklist.api_shapes import CaseSearchIn, CaseThreadOut, WorklistChangesOut, WorklistOut
from dokuei.hub.worklist.listing import Lists
from dokuei.hub.worklist.model import Status
from dokuei.hub.worklist.service import Listing, WorklistService
from dokuei.hub.worklist.threads import Threads


def list_routes(service: WorklistService, threads: Threads) -> APIRouter:
    """The routes of the lists; before those of one case, whose id could be any word."""
    lists = Lists(service)
    router = APIRouter(prefix="/api/v1/worklist", tags=["worklist"], dependencies=[Depends(private)])

    def whole(me: Principal, listing: Listing) -> WorklistOut:
        return WorklistOut(
            items=items_out(me, service, threads, listing), counts=listing.counts, as_of=listing.as_of or now()
        )

    @router.get("")
    def listed(
        me: Viewer,
        status: Annotated[Status | None, Query()] = None,
        site_id: Annotated[str | None, Query(max_length=64)] = None,
        modality: Annotated[str | None, Query(pattern="^[A-Z]{2,16}$")] = None,
        reader: Annotated[Literal["me"] | None, Query()] = None,
    ) -> WorklistOut:
        """Open cases in the order in which they wait, then those finished last; ``reader``: those the asker reads."""
        listing = lists.list(me, status=status, site_id=site_id or None, modality=modality, mine=reader is not None)
        return whole(me, listing)

    @router.get("/changes")
    def changes(me: Viewer, since: Moment) -> WorklistChangesOut:
        """Cases that look different since ``as_of`` of an earlier answer; some that do not may be among them."""
        listing = lists.changed(me, since)
        return WorklistChangesOut(
            items=items_out(me, service, threads, listing),
            threads=[
                CaseThreadOut(worklist_item_id=item_id, **asdict(state)) for item_id, state in threads.every(me).items()
            ],
            as_of=listing.as_of or now(),
        )

    @router.post("/search")
    def search(me: Viewer, wanted: CaseSearchIn) -> WorklistOut:
        """The latest cases, however old, in which every word is found; a name stands in no address."""
        return whole(me, lists.found(me, wanted.text))

    return router
