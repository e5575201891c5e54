"""What a link in the hospital's information system asks, over HTTP: which case has this number."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from dokuei.hub.identity.api import private
from dokuei.hub.worklist.api import Viewer
from dokuei.hub.worklist.lookup import Lookup
from dokuei.hub.worklist.service import WorklistService


class CaseLinkOut(BaseModel):
    """A case that a link leads to; the number alone says nothing of the patient."""

    worklist_item_id: str
    site_name: str
    study_date: str
    modalities: list[str]
    study_description: str


def link_routes(service: WorklistService) -> APIRouter:
    """The one route."""
    router = APIRouter(prefix="/api/v1/case-links", tags=["worklist"], dependencies=[Depends(private)])
    lookup = Lookup(service)

    @router.get("")
    def find(
        me: Viewer,
        accession_number: Annotated[str, Query(max_length=64)] = "",
        study_instance_uid: Annotated[str, Query(max_length=64)] = "",
        site_id: Annotated[str, Query(max_length=64)] = "",
    ) -> list[CaseLinkOut]:
        """The cases under an accession number, or of a study, the latest first."""
        found = lookup.find(
            me, accession_number=accession_number, study_instance_uid=study_instance_uid, site_id=site_id
        )
        names = service.site_names()
        return [
            CaseLinkOut(
                worklist_item_id=one.worklist_item_id,
                site_name=names.get(one.study.site_id, one.study.site_id),
                study_date=one.study.study_date,
                modalities=list(one.study.modalities),
                study_description=one.study.study_description,
            )
            for one in found
        ]

    return router
