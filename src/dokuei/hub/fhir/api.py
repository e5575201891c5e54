"""FHIR over HTTP: ``/fhir``, for programs with a token of the scope ``fhir`` and for nobody else."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, FastAPI, Request, Response

import dokuei
from dokuei.errors import FhirBodyError, FhirError, NotAcceptableError, NotFoundError, TooLargeError, UnsupportedError
from dokuei.hub.fhir.capability import capability_statement
from dokuei.hub.fhir.model import Resource, Shown
from dokuei.hub.fhir.names import FHIR_JSON
from dokuei.hub.fhir.outcomes import outcome, outcome_of
from dokuei.hub.fhir.placing import LATE, Answered
from dokuei.hub.fhir.reading import resource_of
from dokuei.hub.fhir.service import FhirService, site_of, tag_of
from dokuei.hub.identity.guard import private, require
from dokuei.hub.identity.model import Permission, Principal

Program = Annotated[Principal, Depends(require(Permission.USE_FHIR))]
_JSONS: Final = frozenset({FHIR_JSON, "application/json", "text/json", "json", "application/json+fhir"})
_ANY: Final = frozenset({"*/*", "application/*", ""})
_PDF: Final = "application/pdf"
_LARGEST: Final = 4 << 20
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Sent:
    """What came: body, query, and what the client prefers (RFC 7240)."""

    body: bytes
    pairs: tuple[tuple[str, str], ...]
    media_type: str
    if_match: str
    if_none_match: str
    if_none_exist: str
    prefer: frozenset[str]
    wants_pdf: bool


async def _sent(request: Request) -> Sent:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST:
            raise TooLargeError(f"the body is larger than {_LARGEST} bytes", phase="reading FHIR")
    headers = request.headers
    pairs = tuple(request.query_params.multi_items())
    wish = next((value for name, value in pairs if name == "_format"), "") or headers.get("accept", "")
    kinds = {one.partition(";")[0].strip().lower() for one in wish.replace(" fhir", "+fhir").split(",")}
    wants_pdf = request.url.path.startswith("/fhir/Binary/") and _PDF in kinds
    if not (kinds & (_JSONS | _ANY) or wants_pdf):
        raise NotAcceptableError(f"answers are {FHIR_JSON}", phase="reading FHIR", remedy="ask for JSON")
    return Sent(
        bytes(body),
        pairs,
        headers.get("content-type", "").partition(";")[0].strip().lower(),
        headers.get("if-match", ""),
        headers.get("if-none-match", ""),
        headers.get("if-none-exist", ""),
        frozenset(one.strip() for one in headers.get("prefer", "").replace(";", ",").split(",")),
        wants_pdf,
    )


What = Annotated[Sent, Depends(_sent)]


def routes(service: FhirService) -> APIRouter:
    """Everything below ``/fhir``."""
    router = APIRouter(prefix="/fhir", tags=["fhir"], dependencies=[Depends(private)], default_response_class=Response)
    _general_routes(router, service)
    _order_routes(router, service)
    _reading_routes(router, service)

    @router.api_route("/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    def nothing(me: Program, rest: str) -> Response:
        """What is not done here."""
        del me, rest
        raise NotFoundError("nothing here", phase="reading FHIR", remedy="see /fhir/metadata")

    return router


def answer_fhir_errors(app: FastAPI) -> None:
    """What is wrong with a FHIR body is told issue by issue; every other error passes the door of problems."""

    @app.exception_handler(FhirError)
    async def _wrong(_request: Request, error: FhirError) -> Response:
        return _json(outcome_of(error), error.http_status)


def _general_routes(router: APIRouter, service: FhirService) -> None:
    @router.get("/metadata")
    def metadata(me: Program, sent: What) -> Response:
        """What this server does."""
        del me, sent
        return _json(capability_statement(service.base, dokuei.__version__))

    @router.post("")
    def bundle(me: Program, sent: What) -> Response:
        """Several orders at once."""
        said = resource_of(_fhir_body(sent), ("Bundle",))
        return _json(service.placing.bundle(me, site_of(me), said))

    @router.get("/Binary/{resource_id}")
    def binary(me: Program, resource_id: str, sent: What) -> Response:
        """A sealed document, as itself or within JSON."""
        data = service.pdf(me, resource_id)
        if sent.wants_pdf:
            return Response(data, media_type=_PDF, headers={"Cache-Control": "no-store"})
        written = base64.b64encode(data).decode()
        return _json({"resourceType": "Binary", "id": resource_id, "contentType": _PDF, "data": written})


def _order_routes(router: APIRouter, service: FhirService) -> None:
    @router.post("/ServiceRequest")
    def create(me: Program, sent: What) -> Response:
        """Ask for a reading; the same number again changes what was asked, unless ``If-None-Exist`` finds it."""
        said = resource_of(_fhir_body(sent), ("ServiceRequest",))
        placed = service.placing.place(me, site_of(me), said, if_none_exist=sent.if_none_exist)
        return _placed(service, placed, sent)

    @router.put("/ServiceRequest/{resource_id}")
    def update(me: Program, resource_id: str, sent: What) -> Response:
        """Ask in other words, or take back; ``If-Match`` names the version that was seen."""
        said = resource_of(_fhir_body(sent), ("ServiceRequest",))
        placed = service.placing.place(me, site_of(me), said, request_id=resource_id, if_match=sent.if_match)
        return _placed(service, placed, sent)


def _reading_routes(router: APIRouter, service: FhirService) -> None:
    @router.get("/{kind}")
    def search(me: Program, kind: str, sent: What) -> Response:
        """What fits."""
        return _json(service.search(me, kind, sent.pairs, strict=_strict(sent)))

    @router.post("/{kind}/_search")
    def search_by_form(me: Program, kind: str, sent: What) -> Response:
        """The same with the parameters in the body, where no log of addresses has them."""
        if sent.media_type != _FORM:
            raise UnsupportedError(f"the parameters come as {_FORM}", phase="reading FHIR")
        return _json(service.search(me, kind, (*sent.pairs, *_form(sent)), strict=_strict(sent)))

    @router.get("/{kind}/{resource_id}")
    def read(me: Program, kind: str, resource_id: str, sent: What) -> Response:
        """One resource."""
        return _shown(service.read(me, kind, resource_id), sent)

    @router.get("/{kind}/{resource_id}/_history")
    def history(me: Program, kind: str, resource_id: str, sent: What) -> Response:
        """All its versions."""
        del sent
        return _json(service.history(me, kind, resource_id))

    @router.get("/{kind}/{resource_id}/_history/{version}")
    def one_version(me: Program, kind: str, resource_id: str, version: str, sent: What) -> Response:
        """One version."""
        return _shown(service.read(me, kind, resource_id, version), sent)


def _placed(service: FhirService, answered: Answered, sent: Sent) -> Response:
    shown, late = answered.shown, answered.after_signature
    address = f"{service.base}/ServiceRequest/{shown.key}/_history/{shown.version}"
    headers = {"Location": address, "ETag": tag_of(shown)}
    if late:
        headers["Warning"] = '299 - "the report was signed already"'
    if "return=minimal" in sent.prefer:
        return Response(status_code=answered.status, headers={**headers, "Cache-Control": "no-store"})
    told = [("business-rule", LATE, "")] if late else [("informational", answered.outcome, "")]
    if "return=OperationOutcome" in sent.prefer or (late and "return=representation" not in sent.prefer):
        severity = "warning" if late else "information"
        return _json(outcome(told, severity=severity), answered.status, headers)
    return _json(shown.resource, answered.status, headers)


def _shown(shown: Shown, sent: Sent) -> Response:
    tag = tag_of(shown)
    headers = {"ETag": tag}
    if changed := shown.resource.get("meta", {}).get("lastUpdated"):
        headers["Last-Modified"] = format_datetime(datetime.fromisoformat(changed).astimezone(UTC), usegmt=True)
    if tag in {one.strip() for one in sent.if_none_match.split(",")}:
        return Response(status_code=304, headers={**headers, "Cache-Control": "no-store"})
    return _json(shown.resource, 200, headers)


def _fhir_body(sent: Sent) -> bytes:
    if sent.media_type not in _JSONS:
        raise UnsupportedError(f"a resource comes as {FHIR_JSON}", phase="reading FHIR")
    return sent.body


def _form(sent: Sent) -> list[tuple[str, str]]:
    try:
        return parse_qsl(sent.body.decode("utf-8", "replace"), max_num_fields=500)
    except ValueError:
        raise FhirBodyError(("too-long", "more parameters than anybody needs", "")) from None


def _strict(sent: Sent) -> bool:
    return "handling=lenient" not in sent.prefer


def _json(resource: Resource, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    body = json.dumps(resource, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status, {**(headers or {}), "Cache-Control": "no-store"}, FHIR_JSON)
