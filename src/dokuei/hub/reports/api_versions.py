"""Every signed version of a case's report, so that the old one can be read beside the new one (REC-03)."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from dokuei.hub.identity.api import private, require
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.reports.service import ReportsService

Viewer = Annotated[Principal, Depends(require(Permission.READ_REPORT))]


class VersionOut(BaseModel):
    """What one signed version says, as far as two of them are compared by eye."""

    number: int
    status: str
    display_name: str
    qualification: str
    signed_at: datetime
    findings: str
    impression: str
    category_right: str
    category_left: str
    fields: list[str]


def routes(service: ReportsService) -> APIRouter:
    """The one route."""
    router = APIRouter(
        prefix="/api/v1/worklist/{worklist_item_id}/report", tags=["reports"], dependencies=[Depends(private)]
    )

    @router.get("/versions")
    def versions(me: Viewer, worklist_item_id: str) -> list[VersionOut]:
        """All signed versions, the first one first; each stays as it was."""
        return [
            VersionOut(
                number=one.signed.number,
                status=one.signed.status,
                display_name=one.signed.signature.display_name,
                qualification=one.qualification,
                signed_at=one.signed.signature.signed_at,
                findings=one.content.findings,
                impression=one.content.impression,
                category_right=one.content.category_right,
                category_left=one.content.category_left,
                fields=list(one.fields),
            )
            for one in service.signed_versions(me, worklist_item_id)
        ]

    return router
