"""Reading requests over HTTP: placed in the portal, reconciled with studies, read beside the images."""

import re
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from dokuei.errors import RequestError
from dokuei.hub.identity.api import private, require
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.requests.api_papers import papers_routes
from dokuei.hub.requests.api_shapes import (
    BecauseIn,
    MatchIn,
    NewRequestIn,
    ProposalsOut,
    RequestIn,
    RequestOut,
    RequestSearchIn,
    RequestsOut,
    proposal_out,
    request_out,
    requests_out,
)
from dokuei.hub.requests.model import State
from dokuei.hub.requests.service import RequestsService, Shown

Viewer = Annotated[Principal, Depends(require(Permission.READ_REQUEST))]
Placer = Annotated[Principal, Depends(require(Permission.PLACE_REQUEST))]
Reconciler = Annotated[Principal, Depends(require(Permission.RECONCILE))]
_TAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')
_PATH = "/api/v1/requests/{request_id}"
_BYTES: dict[str, Any] = {"content": {kind: {} for kind in ("application/pdf", "image/png", "image/jpeg")}}


@dataclass(frozen=True)
class Sent:
    """A document as it came."""

    data: bytes
    name: str
    media_type: str


async def _sent(
    request: Request,
    name: Annotated[str, Query(max_length=200)] = "",
    content_type: Annotated[str, Header(max_length=200)] = "",
) -> Sent:
    return Sent(await request.body(), name, content_type)


def routes(service: RequestsService) -> APIRouter:
    """The routes of reading requests."""
    router = APIRouter(tags=["requests"], dependencies=[Depends(private)])
    _placing_routes(router, service)
    _reconciling_routes(router, service)
    _attachment_routes(router, service)
    router.include_router(papers_routes(service))

    @router.get("/api/v1/worklist/{worklist_item_id}/request")
    def of_case(me: Viewer, worklist_item_id: str, response: Response) -> RequestOut:
        """The request that a case answers."""
        return _out(service.of_case(me, worklist_item_id), response)

    return router


def _placing_routes(router: APIRouter, service: RequestsService) -> None:
    @router.get("/api/v1/requests")
    def listed(
        me: Viewer,
        site_id: Annotated[str | None, Query(max_length=64)] = None,
        state: Annotated[State | None, Query()] = None,
    ) -> RequestsOut:
        """The latest requests."""
        return requests_out(service.list(me, site_id=site_id or None, state=state))

    @router.post("/api/v1/requests/search")
    def search(me: Viewer, wanted: RequestSearchIn) -> RequestsOut:
        """The latest requests, however old, of one patient or in which every word is found."""
        site_id, state = wanted.site_id or None, wanted.state
        return requests_out(
            service.list(me, site_id=site_id, state=state, text=wanted.text, patient_id=wanted.patient_id)
        )

    @router.post("/api/v1/requests", status_code=201)
    def place(me: Placer, asked: NewRequestIn, response: Response) -> RequestOut:
        """Ask for a reading."""
        placed = service.placing.place(me, asked.site_id, asked.content(), source="portal")
        return _out(service.show(placed), response)

    @router.get(_PATH)
    def one(me: Viewer, request_id: str, response: Response) -> RequestOut:
        """One request."""
        return _out(service.one(me, request_id), response)

    @router.put(_PATH)
    def change(
        me: Placer,
        request_id: str,
        asked: RequestIn,
        response: Response,
        if_match: Annotated[str | None, Header(max_length=40)] = None,
    ) -> RequestOut:
        """Ask in other words; ``If-Match`` names the version that was loaded."""
        version = _version(if_match)
        changed = service.placing.change(me, request_id, asked.content(), expected_version=version)
        return _out(service.show(changed), response)

    @router.post(f"{_PATH}/cancel")
    def cancel(me: Placer, request_id: str, why: BecauseIn, response: Response) -> RequestOut:
        """Take a request back."""
        return _out(service.show(service.placing.cancel(me, request_id, why.because)), response)


def _reconciling_routes(router: APIRouter, service: RequestsService) -> None:
    @router.get(f"{_PATH}/studies")
    def studies(me: Reconciler, request_id: str) -> ProposalsOut:
        """Studies for a match by hand."""
        return ProposalsOut(items=[proposal_out(one) for one in service.reconciling.studies(me, request_id)])

    @router.post(f"{_PATH}/match")
    def match(me: Reconciler, request_id: str, chosen: MatchIn, response: Response) -> RequestOut:
        """Say which study is meant."""
        matched = service.reconciling.match(me, request_id, chosen.study_instance_uid)
        return _out(service.show(matched), response)

    @router.post(f"{_PATH}/unmatch")
    def unmatch(me: Reconciler, request_id: str, why: BecauseIn, response: Response) -> RequestOut:
        """Say that another study is meant."""
        return _out(service.show(service.reconciling.unmatch(me, request_id, why.because)), response)

    @router.post(f"{_PATH}/resolve")
    def resolve(me: Reconciler, request_id: str, why: BecauseIn, response: Response) -> RequestOut:
        """Say that request and images belong together all the same."""
        return _out(service.show(service.reconciling.resolve(me, request_id, why.because)), response)


def _attachment_routes(router: APIRouter, service: RequestsService) -> None:
    @router.post(
        f"{_PATH}/attachments",
        status_code=201,
        openapi_extra={"requestBody": {"required": True, **_BYTES}},
    )
    def attach(me: Placer, request_id: str, response: Response, sent: Annotated[Sent, Depends(_sent)]) -> RequestOut:
        """Add a document or a picture."""
        attached = service.attaching.attach(me, request_id, sent.data, name=sent.name, media_type=sent.media_type)
        return _out(service.show(attached), response)

    @router.get(f"{_PATH}/attachments/{{number}}", response_class=Response, responses={200: _BYTES})
    def attachment(me: Viewer, request_id: str, number: Annotated[int, Path(ge=1, le=1000)]) -> Response:
        """One document's bytes, as what it is."""
        known, data = service.attaching.attached(me, request_id, number)
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": f"inline; filename*=UTF-8''{quote(known.name, safe='')}",
        }
        return Response(data, media_type=known.media_type, headers=headers)


def _version(if_match: str | None) -> int:
    found = _TAG.fullmatch((if_match or "").strip())
    if found is None:
        raise RequestError(
            "If-Match must name the version that was loaded",
            phase="changing a request",
            remedy="load it again",
        )
    return int(found.group(1))


def _out(shown: Shown, response: Response) -> RequestOut:
    response.headers["ETag"] = f'"{shown.request.version}"'
    return request_out(shown)
