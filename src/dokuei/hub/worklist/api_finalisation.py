"""Images confirmed by a technologist, over HTTP."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from dokuei.hub.identity.api import private, require
from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.worklist.api import Viewer, items_out
from dokuei.hub.worklist.api_shapes import ItemOut
from dokuei.hub.worklist.finalising import LONGEST_REMARK, Finalising
from dokuei.hub.worklist.service import WorklistService
from dokuei.hub.worklist.threads import Threads

Technologist = Annotated[Principal, Depends(require(Permission.FINALISE_IMAGES))]


class LookedAtIn(Shape):
    """What a technologist stands for: each of these was looked at."""

    patient: Literal[True]
    laterality: Literal[True]
    views: Literal[True]
    count: Literal[True]


class FinaliseIn(Shape):
    """How many objects were looked at, for what, and what a reader should know."""

    instances: int = Field(ge=1, le=10_000_000)
    looked_at: LookedAtIn
    note: str = Field("", max_length=LONGEST_REMARK)


class ReopenIn(Shape):
    """Why confirmed images are not the ones to be read after all."""

    reason: str = Field(min_length=1, max_length=LONGEST_REMARK)


class FinalisationEntryOut(BaseModel):
    """One entry of the record; without a name, images came and reopened it."""

    act: Literal["finalised", "reopened"]
    display_name: str
    at: datetime
    instances: int
    note: str


def finalisation_routes(service: WorklistService, threads: Threads) -> APIRouter:
    """What technologists do with a case's images, and what is on record of that."""
    router = APIRouter(
        prefix="/api/v1/worklist/{worklist_item_id}/finalisation", tags=["worklist"], dependencies=[Depends(private)]
    )
    finalising = Finalising(service)

    @router.get("")
    def history(me: Viewer, worklist_item_id: str) -> list[FinalisationEntryOut]:
        """What was said of the images so far."""
        acts, names = finalising.history(me, worklist_item_id)
        return [
            FinalisationEntryOut(
                act=one.act,
                display_name=names.get(one.person_id or "", ""),
                at=one.at,
                instances=one.instances,
                note=one.note,
            )
            for one in acts
        ]

    @router.put("")
    def finalise(me: Technologist, worklist_item_id: str, wanted: FinaliseIn) -> ItemOut:
        """Confirm that these images are the ones to be read."""
        listing = finalising.finalise(me, worklist_item_id, instances=wanted.instances, note=wanted.note)
        return items_out(me, service, threads, listing)[0]

    @router.post("/reopen")
    def reopen(me: Technologist, worklist_item_id: str, why: ReopenIn) -> ItemOut:
        """Take that back."""
        listing = finalising.reopen(me, worklist_item_id, reason=why.reason)
        return items_out(me, service, threads, listing)[0]

    return router
