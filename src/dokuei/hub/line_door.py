"""Where gateways measure their line to the hub, on their own listener, and hear what it is fit for."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from dokuei.hub.gateways.api import Caller
from dokuei.hub.lines.api import MeteredResponse
from dokuei.hub.lines.meter import demand_size
from dokuei.hub.lines.model import Check
from dokuei.hub.lines.service import LinesService
from dokuei.line.measured import Measured
from dokuei.line.tcp_info import of_peer
from dokuei.transfer.lines import (
    LINE_CHECK_PATH,
    LINE_CONNECTION_PATH,
    LINE_DOWN_PATH,
    LINE_PING_PATH,
    LINE_UP_PATH,
    LineBytesWanted,
    LineCounters,
    LineKindVerdict,
    LineMeasurement,
    LineVerdict,
)


def routes(lines: LinesService, authenticated: Callable[[Request], Awaitable[Caller]]) -> APIRouter:
    """What a gateway asks to measure by."""
    router = APIRouter(tags=["gateway"])
    known = Annotated[Caller, Depends(authenticated)]

    @router.post(LINE_PING_PATH)
    async def ping(_caller: known) -> JSONResponse:
        """Nothing, there and back."""
        return JSONResponse({})

    @router.post(LINE_DOWN_PATH)
    async def down(caller: known) -> Response:
        """So many bytes that nothing can pack."""
        size = demand_size(LineBytesWanted.read(caller.body).bytes)
        return MeteredResponse(lines.meter, caller.gateway.actor, size)

    @router.post(LINE_UP_PATH)
    async def up(caller: known) -> JSONResponse:
        """Take bytes, and keep none."""
        with lines.meter.turn(caller.gateway.actor, demand_size(len(caller.body))):
            return JSONResponse({})

    @router.post(LINE_CONNECTION_PATH)
    async def connection(request: Request, _caller: known) -> JSONResponse:
        """What the hub's own end of this connection knows."""
        seen = None
        if request.client is not None:
            seen = await run_in_threadpool(of_peer, request.client.host, request.client.port)
        told = LineCounters() if seen is None else LineCounters(known=True, **vars(seen))
        return JSONResponse(told.model_dump())

    @router.post(LINE_CHECK_PATH)
    async def check(request: Request, caller: known) -> JSONResponse:
        """Judge and keep a measurement."""
        gateway, found = caller.gateway, LineMeasurement.read(caller.body)
        kept = await run_in_threadpool(
            lines.checking.record_gateway,
            gateway.gateway_id,
            gateway.name,
            Measured(**found.model_dump()),
            site_id=gateway.site_id,
            address=request.client.host if request.client else "",
        )
        return JSONResponse(_verdict(kept).model_dump(mode="json"))

    return router


def _verdict(kept: Check) -> LineVerdict:
    kinds = [LineKindVerdict(kind=one.kind, verdict=one.verdict, whole_seconds=one.large.whole) for one in kept.judged]
    return LineVerdict(at=kept.at, verdict=kept.verdict, kinds=kinds)
