"""Where pulses meet the hub: each gateway's own, read back as readers read, and answered with a sealed document."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated
from zoneinfo import ZoneInfo

import typst
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from dokuei.clock import now
from dokuei.dicom.health_document import health_document
from dokuei.errors import ConfigurationError
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.gateways.api import Caller
from dokuei.hub.gateways.pulses import Pulses
from dokuei.hub.reports.sealing import Sealer
from dokuei.transfer.pulses import (
    PULSE_DOCUMENT_PATH,
    PULSE_FRAME_PATH,
    PULSE_PATH,
    PULSE_RECEIPT_PATH,
    FrameWanted,
    Pulse,
    PulseBegin,
    pulse_uid,
)

_REASON = "動作確認文書（報告書ではない） / System test document, not a report"
_PAGE = '#set page(paper: "a4")\n= SYSTEM TEST, NOT A REPORT\nThis document belongs to no patient. Made {at}.'


@dataclass(frozen=True)
class Documents:
    """Makes the sealed document; a time stamp is spared: it would be asked for every few minutes."""

    sealer: Sealer
    time_zone: str

    def make(self, gateway_id: str) -> bytes:
        """One document, under the fixed UIDs of this gateway's test patient."""
        at = now().astimezone(ZoneInfo(self.time_zone))
        page = _PAGE.format(at=at.isoformat(timespec="seconds"))
        pdf = typst.Compiler(page.encode()).compile(format="pdf")
        if not isinstance(pdf, bytes):
            raise ConfigurationError("typst made no document", phase="taking a pulse")
        sealed = replace(self.sealer, reason=_REASON, time_stamp_url="").seal(pdf)
        return health_document(sealed.data, study_instance_uid=pulse_uid(gateway_id, "document"), made_at=at)


def routes(
    pulses: Pulses,
    archive: ArchiveService,
    documents: Documents,
    authenticated: Callable[[Request], Awaitable[Caller]],
) -> APIRouter:
    """What a gateway asks for a pulse, on the gateways' listener."""
    router = APIRouter(tags=["gateway"])
    known = Annotated[Caller, Depends(authenticated)]

    @router.post(PULSE_PATH)
    async def begin(caller: known) -> JSONResponse:
        """Expect the caller's test patient."""
        told = PulseBegin.read(caller.body)
        await run_in_threadpool(pulses.begin, caller.gateway, told.study_instance_uid)
        return JSONResponse({})

    @router.post(PULSE_FRAME_PATH)
    async def frame(caller: known) -> Response:
        """The frame as WADO-RS gives it, by the index that readers' frames come from."""
        wanted = FrameWanted.read(caller.body)
        await run_in_threadpool(pulses.demand_own, caller.gateway, wanted)
        file = await archive.frames.find(
            caller.gateway.site_id, wanted.study_instance_uid, wanted.series_instance_uid, wanted.sop_instance_uid
        )
        data = await archive.frames.read(file, *file.place(1))
        return Response(data, media_type="application/octet-stream")

    @router.post(PULSE_DOCUMENT_PATH)
    async def document(caller: known) -> Response:
        """A sealed document for the hospital's PACS."""
        made = await run_in_threadpool(documents.make, caller.gateway.gateway_id)
        return Response(made, media_type="application/dicom")

    @router.post(PULSE_RECEIPT_PATH)
    async def receipt(caller: known) -> JSONResponse:
        """What came of it."""
        await run_in_threadpool(pulses.end, caller.gateway, Pulse.read(caller.body))
        return JSONResponse({})

    return router
