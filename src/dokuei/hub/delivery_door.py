"""Where reports meet gateways: each gateway sees its own site's deliveries and no others."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from dokuei.hub.gateways.api import Caller
from dokuei.hub.reports.deliveries import DeliveryPlace
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


def routes(
    reports: ReportsService, authenticated: Callable[[Request], Awaitable[Caller]], *, hub_url: str = ""
) -> APIRouter:
    """What a gateway asks of reports, on the gateways' listener; ``hub_url`` is where people open them."""
    router = APIRouter(tags=["gateway"])
    known = Annotated[Caller, Depends(authenticated)]

    @router.post(DELIVERIES_PATH)
    async def waiting(caller: known) -> JSONResponse:
        """What waits for the caller's site."""
        objects = await run_in_threadpool(_waiting, reports, caller.gateway.site_id, hub_url)
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


def _waiting(reports: ReportsService, site_id: str, hub_url: str) -> list[WaitingObject]:
    """What can be told; what cannot (too large for any gateway) is noted beside it and holds nothing back."""
    objects = []
    for one in reports.pending_deliveries(site_id):
        try:
            link = f"{hub_url}/cases/{one.worklist_item_id}" if hub_url and one.worklist_item_id else ""
            more = {"version": one.number, "link": link}
            told = {name: getattr(one, name) for name in WaitingObject.model_fields.keys() - more.keys()} | more
            objects.append(WaitingObject.model_validate(told))
        except ValidationError as error:
            wrong = "; ".join(str(e["msg"]) for e in error.errors(include_input=False))
            reports.note_delivery_failure(site_id, one.delivery_id, error=f"cannot be delivered: {wrong}")
    return objects


def _note(reports: ReportsService, caller: Caller, receipt: Receipt) -> None:
    site_id, actor = caller.gateway.site_id, caller.gateway.actor
    places = tuple(DeliveryPlace(**one.model_dump()) for one in receipt.places)
    if receipt.state == "stored":
        reports.mark_delivered(
            site_id, receipt.delivery_id, actor=actor, destination=receipt.destination, places=places
        )
    else:
        reports.note_delivery_failure(site_id, receipt.delivery_id, error=receipt.error, actor=actor, places=places)
