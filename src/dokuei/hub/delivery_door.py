"""Where reports meet gateways: each gateway sees its own site's deliveries and no others."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from dokuei.hub.gateways.api import Caller
from dokuei.hub.reports.service import ReportsService
from dokuei.transfer.deliveries import (
    DELIVERIES_PATH,
    DELIVERY_OBJECT_PATH,
    DELIVERY_RECEIPT_PATH,
    ObjectWanted,
    Receipt,
    WaitingObject,
    WaitingObjects,
)


def routes(reports: ReportsService, authenticated: Callable[[Request], Awaitable[Caller]]) -> APIRouter:
    """What a gateway asks of reports, on the gateways' listener."""
    router = APIRouter(tags=["gateway"])
    known = Annotated[Caller, Depends(authenticated)]

    @router.post(DELIVERIES_PATH)
    async def waiting(caller: known) -> JSONResponse:
        """What waits for the caller's site."""
        found = await run_in_threadpool(reports.pending_deliveries, caller.gateway.site_id)
        objects = [
            WaitingObject(
                delivery_id=one.delivery_id,
                kind=one.kind,
                study_instance_uid=one.study_instance_uid,
                sop_class_uid=one.sop_class_uid,
                sop_instance_uid=one.sop_instance_uid,
                sha256=one.sha256,
                size=one.size,
            )
            for one in found
        ]
        return JSONResponse(WaitingObjects(objects=objects).model_dump())

    @router.post(DELIVERY_OBJECT_PATH)
    async def one_object(caller: known) -> Response:
        """An object's bytes."""
        wanted = ObjectWanted.read(caller.body)
        _, data = await run_in_threadpool(reports.read_delivery, caller.gateway.site_id, wanted.delivery_id)
        return Response(data, media_type="application/dicom")

    @router.post(DELIVERY_RECEIPT_PATH)
    async def receipt(caller: known) -> JSONResponse:
        """What the PACS said."""
        await run_in_threadpool(_note, reports, caller, Receipt.read(caller.body))
        return JSONResponse({})

    return router


def _note(reports: ReportsService, caller: Caller, receipt: Receipt) -> None:
    site_id = caller.gateway.site_id
    if receipt.state == "stored":
        reports.mark_delivered(
            site_id, receipt.delivery_id, actor=caller.gateway.actor, destination=receipt.destination
        )
    else:
        reports.note_delivery_failure(site_id, receipt.delivery_id, error=receipt.error)
