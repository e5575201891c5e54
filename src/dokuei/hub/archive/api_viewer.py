"""The viewer's own document of a study, and what staff has to decide on."""

import gzip
from functools import partial
from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from dokuei.hub.archive.api_access import At, at_named_site, not_modified, note_access, takes_gzip
from dokuei.hub.archive.displays import Displayed
from dokuei.hub.archive.rejections import FrameRejection
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.archive.viewer_shapes import ObjectPedigree, StudyImages
from dokuei.hub.identity.model import Permission

_Uid = Annotated[str, Field(pattern=r"^[0-9.]{1,64}$")]
_Digest = Annotated[str, Field(pattern="^([0-9a-f]{64})?$")]


class ViewerEvent(BaseModel):
    """What a reading room tells of a frame that it would not show."""

    kind: Literal["frame.rejected"]
    study_instance_uid: str
    sop_instance_uid: str
    frame: int = Field(ge=1, lt=2**31)
    expected: _Digest
    found: _Digest
    detail: str = Field(max_length=1000)


class DisplayIn(BaseModel):
    """How many frames of each series were on the screen whole and proved, since the case was opened."""

    study_instance_uid: _Uid
    series: dict[_Uid, Annotated[int, Field(ge=0, lt=2**31)]] = Field(max_length=10_000)


def viewer_routes(service: ArchiveService) -> APIRouter:
    """What the pages ask for beside DICOMweb."""
    router = APIRouter(prefix="/api/v1/sites/{site_id}", tags=["images"])
    here = Annotated[At, Depends(at_named_site(Permission.READ_IMAGES))]

    @router.get("/studies/{study}/images", responses={200: {"model": StudyImages}})
    async def images(request: Request, at: here, study: str) -> Response:
        """Series, objects and frames of a study with what is known of each one's truth, and the ledger."""
        document = await to_thread.run_sync(service.viewer_documents.of_study, at.site_id, study)
        await note_access(service, at, study)
        packed = takes_gzip(request)
        etag = f'"{document.etag}{"-gzip" if packed else ""}"'
        headers = {"ETag": etag, "Cache-Control": at.until_changed, "Vary": "Accept-Encoding"}
        if not_modified(request, etag):
            return Response(status_code=304, headers=headers)
        if packed:
            headers["Content-Encoding"] = "gzip"
            return Response(document.gzipped, headers=headers, media_type="application/json")
        return Response(gzip.decompress(document.gzipped), headers=headers, media_type="application/json")

    @router.get("/studies/{study}/objects/{sop_instance}/pedigree", responses={200: {"model": ObjectPedigree}})
    async def pedigree(at: here, study: str, sop_instance: str) -> JSONResponse:
        """What an object came as, what was made of it, who signed for it, who brought it, and when."""
        found = await to_thread.run_sync(service.viewer_documents.pedigree, at.site_id, study, sop_instance)
        return JSONResponse(found, headers={"Cache-Control": at.until_changed})

    @router.post("/viewer-events", status_code=204)
    async def viewer_event(at: here, told: ViewerEvent) -> None:
        """A frame whose pixels were not those that were proved: kept in the trail."""
        rejection = FrameRejection(**told.model_dump(exclude={"kind"}))
        await to_thread.run_sync(partial(service.note_rejection, at.site_id, rejection, actor=at.principal.actor))

    @router.post("/displays", status_code=204)
    async def display(at: here, told: DisplayIn) -> None:
        """Which series of a study were on the screen, and how far: kept in the trail (LOG-11)."""
        displayed = Displayed(told.study_instance_uid, told.series)
        await to_thread.run_sync(partial(service.note_display, at.site_id, displayed, actor=at.principal.actor))

    @router.get("/quarantine")
    async def quarantine(at: here) -> list[dict[str, Any]]:
        """Objects that came under a UID that was taken, waiting for somebody to decide."""
        waiting = await to_thread.run_sync(service.quarantined, at.site_id)
        return [{name: value for name, value in one.items() if name != "blob_key"} for one in waiting]

    return router
