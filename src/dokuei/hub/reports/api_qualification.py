"""Whether a reader may sign a case, said before they begin to write."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from dokuei.hub.identity.api import private, require
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.qualification import Lack
from dokuei.hub.reports.service import ReportsService

Writer = Annotated[Principal, Depends(require(Permission.WRITE_REPORT))]


class MaySignOut(BaseModel):
    """What stands between the asker and a signature on this case; nothing where ``lacks`` is empty."""

    lacks: list[Lack]
    grade_needed: bool


def routes(service: ReportsService) -> APIRouter:
    """The one route."""
    router = APIRouter(
        prefix="/api/v1/worklist/{worklist_item_id}/report", tags=["reports"], dependencies=[Depends(private)]
    )

    @router.get("/qualification")
    def may_sign(me: Writer, worklist_item_id: str) -> MaySignOut:
        """What I lack for signing this case."""
        lacks, grade_needed = service.lacks(me, worklist_item_id)
        return MaySignOut(lacks=list(lacks), grade_needed=grade_needed)

    return router
