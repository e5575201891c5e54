"""The listener for gateways: client certificate and signed requests."""

import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from dokuei.errors import RequestError, TooLargeError
from dokuei.hub.gateways import trails
from dokuei.hub.gateways.model import Gateway
from dokuei.hub.gateways.service import GatewaysService
from dokuei.hub.gateways.stream import UploadResponse
from dokuei.transfer.manifest import SIGNATURE_HEADER
from dokuei.transfer.protocol import (
    AUTHORITY_PATH,
    BODY_BYTES,
    CERTIFICATE_PATH,
    ENROLMENT_PATH,
    HEARTBEAT_PATH,
    MANIFEST_PATH,
    OFFER_PATH,
    PROTOCOL_HEADER,
    UPLOAD_PATH,
    CertificateRequest,
    EnrolmentRequest,
    Heartbeat,
    Message,
    Offer,
    demand_protocol,
)
from dokuei.transfer.signing import Signed
from dokuei.transfer.trails import TRAIL_PATH, ToldTrail

_PHASE = "reading a message"


@dataclass(frozen=True)
class Caller:
    """A gateway that is known for certain, and the body that it signed."""

    gateway: Gateway
    body: bytes


def authenticated(service: GatewaysService) -> Callable[[Request], Awaitable[Caller]]:
    """A dependency for every route on the gateways' listener, other slices' too."""

    async def caller(request: Request) -> Caller:
        demand_protocol(request.headers.get(PROTOCOL_HEADER))
        body = await _whole_body(request)
        gateway = await run_in_threadpool(service.authenticate, _signed(request), body)
        return Caller(gateway, _unpacked(body, request.headers.get("content-encoding")))

    return caller


def routes(service: GatewaysService) -> APIRouter:
    """Everything that gateways call; served on a listener that asks for client certificates."""
    router = APIRouter(tags=["gateway"])
    known = Annotated[Caller, Depends(authenticated(service))]

    @router.get(AUTHORITY_PATH)
    def authority() -> Response:
        """The hub's CA certificate, which an enrolling gateway checks against its code."""
        return Response(service.authority.pem, media_type="application/x-pem-file")

    @router.post(ENROLMENT_PATH)
    async def enrol(request: Request) -> JSONResponse:
        """Turn a one-time code into a certificate."""
        demand_protocol(request.headers.get(PROTOCOL_HEADER))
        body = _unpacked(await _whole_body(request), request.headers.get("content-encoding"))
        return _json(await run_in_threadpool(service.enrol, EnrolmentRequest.read(body)))

    @router.post(CERTIFICATE_PATH)
    async def renew(caller: known) -> JSONResponse:
        """A new certificate for the enrolled key."""
        wanted = CertificateRequest.read(caller.body)
        return _json(await run_in_threadpool(service.renew, caller.gateway, wanted.request))

    @router.post(HEARTBEAT_PATH)
    async def heartbeat(caller: known) -> JSONResponse:
        """Hear how a gateway is."""
        return _json(await run_in_threadpool(service.hear, caller.gateway, Heartbeat.read(caller.body)))

    @router.post(TRAIL_PATH)
    async def tell_trail(caller: known) -> JSONResponse:
        """Hear what happened at the hospital's doors."""
        told = ToldTrail.read(caller.body)
        return _json(await run_in_threadpool(trails.hear, service.database, caller.gateway, told))

    @router.post(OFFER_PATH)
    async def offer(caller: known) -> JSONResponse:
        """Say what is lacking of the objects offered."""
        return _json(await run_in_threadpool(service.intake.take_offer, caller.gateway, Offer.read(caller.body)))

    @router.post(MANIFEST_PATH)
    async def close_study(request: Request, caller: known) -> JSONResponse:
        """Compare a signed manifest with what is stored and proved."""
        signature = _hex(request.headers.get(SIGNATURE_HEADER, ""))
        return _json(await run_in_threadpool(service.intake.close_study, caller.gateway, caller.body, signature))

    @router.post(UPLOAD_PATH)
    async def upload(request: Request) -> Response:
        """Take a stream of pieces; each object's digest was announced in a signed offer."""
        demand_protocol(request.headers.get(PROTOCOL_HEADER))
        gateway = await run_in_threadpool(service.authenticate, _signed(request), None)
        return UploadResponse(service, gateway, stopping=lambda: getattr(request.app.state, "stopping", False))

    return router


def _signed(request: Request) -> Signed:
    """The request as its sender signed it: the listener speaks TLS only."""
    host = request.headers.get("host", "")
    query = f"?{request.url.query}" if request.url.query else ""
    return Signed(request.method, f"https://{host}{request.url.path}{query}", dict(request.headers))


async def _whole_body(request: Request) -> bytes:
    body = bytearray()
    async for portion in request.stream():
        body += portion
        if len(body) > BODY_BYTES:
            raise TooLargeError("a message larger than agreed", phase=_PHASE)
    return bytes(body)


def _unpacked(body: bytes, encoding: str | None) -> bytes:
    if encoding is None:
        return body
    if encoding != "gzip":
        raise RequestError(f"content encoding {encoding!r:.40}", phase=_PHASE, remedy="send gzip or none")
    opening = zlib.decompressobj(wbits=31)
    try:
        plain = opening.decompress(body, BODY_BYTES)
    except zlib.error as error:
        raise RequestError("the body is not gzip", phase=_PHASE) from error
    if opening.unconsumed_tail or not opening.eof:
        raise TooLargeError("a message larger than agreed, or cut", phase=_PHASE)
    return plain


def _hex(value: str) -> bytes:
    try:
        return bytes.fromhex(value)
    except ValueError as error:
        raise RequestError("a signature that is not hex", phase=_PHASE) from error


def _json(message: Message) -> JSONResponse:
    return JSONResponse(message.model_dump())
