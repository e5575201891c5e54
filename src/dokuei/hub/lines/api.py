"""Lines over HTTP: bytes to measure by, and what became of the measurements (NET-20)."""

from typing import Annotated, Any, Final

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from dokuei.hub.identity.api import anybody, private, require, require_in_centre
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.lines.api_shapes import (
    LineCheckOut,
    LineConnectionOut,
    LineCountersOut,
    LineLimitsIn,
    LineLimitsOut,
    LineMeasuredShape,
    LineReceivedOut,
    LineStandingOut,
    check_out,
    limits_out,
    standing_out,
)
from dokuei.hub.lines.meter import Meter, demand_size, pieces
from dokuei.hub.lines.service import LinesService
from dokuei.line.measure import LARGEST_ROUND
from dokuei.line.tcp_info import of_peer

Looking = Annotated[Principal, Depends(require(Permission.READ_IMAGES))]
Anybody = Annotated[Principal, Depends(anybody)]
Seeing = Annotated[Principal, Depends(require(Permission.READ_GATEWAYS))]
Administrator = Annotated[Principal, Depends(require_in_centre(Permission.ADMINISTER))]
_BYTES: Final = "application/octet-stream"
_BODY: Final[dict[str, Any]] = {"content": {_BYTES: {"schema": {"type": "string", "format": "binary"}}}}


class MeteredResponse(StreamingResponse):
    """So many bytes; the caller's turn lasts until the last of them is sent, or nobody wants them any more."""

    def __init__(self, meter: Meter, caller: str, size: int) -> None:
        headers = {"Cache-Control": "no-store", "Content-Length": str(size)}
        super().__init__(pieces(size), headers=headers, media_type=_BYTES)
        self._meter, self._caller, self._size = meter, caller, size

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._meter.turn(self._caller, self._size):
            await super().__call__(scope, receive, send)


def routes(service: LinesService) -> APIRouter:
    """The routes of lines."""
    router = APIRouter(prefix="/api/v1", tags=["lines"], dependencies=[Depends(private)])
    _measuring_routes(router, service.meter)
    _check_routes(router, service)
    _limit_routes(router, service)
    return router


def _measuring_routes(router: APIRouter, meter: Meter) -> None:
    @router.get("/line/ping", status_code=204)
    async def ping(_me: Looking) -> Response:
        """Nothing, there and back."""
        return Response(status_code=204)

    @router.get("/line/connection")
    async def connection(request: Request, _me: Looking) -> LineConnectionOut:
        """What the hub's own end of this connection knows: loss and path MTU, which no page can see."""
        known = None
        if request.client is not None:
            known = await to_thread.run_sync(of_peer, request.client.host, request.client.port)
        return LineConnectionOut(counters=None if known is None else LineCountersOut.model_validate(known))

    @router.get("/line/down", response_class=StreamingResponse, responses={200: _BODY})
    async def down(me: Looking, size: Annotated[int, Query(alias="bytes", ge=1, le=LARGEST_ROUND)]) -> Response:
        """So many bytes that nothing can pack."""
        return MeteredResponse(meter, me.actor, size)

    @router.post("/line/up", openapi_extra={"requestBody": {"required": True, **_BODY}})
    async def up(request: Request, me: Looking) -> LineReceivedOut:
        """Take bytes, and keep none."""
        size = len(await request.body())
        with meter.turn(me.actor, demand_size(size)):
            return LineReceivedOut(bytes=size)


def _check_routes(router: APIRouter, service: LinesService) -> None:
    checking = service.checking

    @router.post("/line/checks", status_code=201)
    def record(request: Request, me: Looking, found: LineMeasuredShape) -> LineCheckOut:
        """Have a measurement judged, and kept."""
        return check_out(checking.record(me, found.measured(), address=_address(request)))

    @router.get("/line/checks")
    def own(me: Looking) -> list[LineCheckOut]:
        """What I measured, the latest first."""
        return [check_out(one) for one in checking.own(me)]

    @router.get("/session/line")
    def standing(request: Request, me: Anybody) -> LineStandingOut:
        """What the line of this device is known to be worth."""
        return standing_out(checking.standing(me, address=_address(request)))

    @router.get("/lines")
    def at_sites(me: Seeing) -> list[LineCheckOut]:
        """What was measured of lines over which images of my sites go, the latest first."""
        return [check_out(one) for one in checking.at_sites(me)]


def _limit_routes(router: APIRouter, service: LinesService) -> None:
    def _out() -> LineLimitsOut:
        return limits_out(service.limiting.present(), service.sizing.sizes())

    @router.get("/line-limits")
    def limits(_me: Seeing) -> LineLimitsOut:
        """How long a reader may wait for each kind of study, and what such studies weigh here."""
        return _out()

    @router.put("/line-limits")
    def put(by: Administrator, wanted: LineLimitsIn) -> LineLimitsOut:
        """How long from now on."""
        service.limiting.put(wanted.limits(), actor=by.actor, name=by.display_name)
        return _out()


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
