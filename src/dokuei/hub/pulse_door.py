"""Where pulses meet the hub: each gateway's own, joined, read as readers read, answered with a sealed document."""

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
from dokuei.hub.gateways.model import Gateway
from dokuei.hub.gateways.pulses import Pulses
from dokuei.hub.neighbours import asked_study
from dokuei.hub.order_door import content_of
from dokuei.hub.own_door import ReadersDoor
from dokuei.hub.reports.sealing import Sealer
from dokuei.hub.requests.placing import Author
from dokuei.hub.requests.service import RequestsService
from dokuei.transfer.pulses import (
    PULSE_DOCUMENT_PATH,
    PULSE_FRAME_PATH,
    PULSE_PATH,
    PULSE_RECEIPT_PATH,
    PULSE_REQUEST_PATH,
    FrameWanted,
    Pulse,
    PulseBegin,
    pulse_uid,
)

_STORED = "application/octet-stream; transfer-syntax=*"
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


@dataclass(frozen=True)
class Parts:
    """What of the hub a pulse goes through."""

    pulses: Pulses
    archive: ArchiveService
    requests: RequestsService
    documents: Documents
    door: ReadersDoor

    def match(self, gateway: Gateway) -> None:
        """Join the test patient's request with her study."""
        order, study_instance_uid = self.pulses.order(gateway)
        study = asked_study(self.archive.study_summary(gateway.site_id, study_instance_uid))
        author = Author(gateway.actor, gateway.name)
        self.requests.trial.match(gateway.site_id, content_of(order), study, source="hl7", author=author)

    def frame(self, gateway: Gateway, wanted: FrameWanted) -> bytes:
        """The only frame of the test image, by WADO-RS over the door that readers come in by."""
        secret = self.pulses.lend(gateway, wanted)
        at = f"/sites/{gateway.site_id}/dicom-web/studies/{wanted.study_instance_uid}"
        path = f"{at}/series/{wanted.series_instance_uid}/instances/{wanted.sop_instance_uid}/frames/1"
        return self.door.get(path, token=secret, accept=_STORED)


def routes(parts: Parts, authenticated: Callable[[Request], Awaitable[Caller]]) -> APIRouter:
    """What a gateway asks for a pulse, on the gateways' listener."""
    pulses, documents = parts.pulses, parts.documents
    router = APIRouter(tags=["gateway"])
    known = Annotated[Caller, Depends(authenticated)]

    @router.post(PULSE_PATH)
    async def begin(caller: known) -> JSONResponse:
        """Expect the caller's test patient."""
        told = PulseBegin.read(caller.body)
        await run_in_threadpool(pulses.begin, caller.gateway, told.study_instance_uid)
        return JSONResponse({})

    @router.post(PULSE_REQUEST_PATH)
    async def request(caller: known) -> JSONResponse:
        """Join request and study."""
        await run_in_threadpool(parts.match, caller.gateway)
        return JSONResponse({})

    @router.post(PULSE_FRAME_PATH)
    async def frame(caller: known) -> Response:
        """The frame as a reader's browser gets it."""
        data = await run_in_threadpool(parts.frame, caller.gateway, FrameWanted.read(caller.body))
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
