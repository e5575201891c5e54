"""A report that waits for its physician's certificate: the page's routes, and the desk program's.

The desk program has no session: the one-time code that the page showed is its right to be here.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from dokuei.errors import RequestError
from dokuei.hub.identity.api import private, require
from dokuei.hub.identity.api_qualifications import SigningCertificateOut, certificate_out
from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.reports.awaited import Waiting
from dokuei.hub.reports.service import ReportsService

Signer = Annotated[Principal, Depends(require(Permission.SIGN_REPORT))]
_LONGEST = 40_000


class AwaitingOut(BaseModel):
    """What a report waits for; ``code`` is there once, when it was made, ``refused`` is why the last try failed."""

    version_digest: str
    expires_at: datetime
    refused: str
    code: str
    certificate: SigningCertificateOut


class DeskCodeIn(Shape):
    """The code that the page shows."""

    code: str = Field(min_length=1, max_length=40)


class DeskSignatureIn(DeskCodeIn):
    """What the card signed: CMS in DER, as base64."""

    cms: str = Field(min_length=1, max_length=_LONGEST)


class ToSignOut(BaseModel):
    """What is about to be signed, as far as its reader needs to know it again."""

    kind: str
    number: int
    site: str
    study_date: str
    modalities: list[str]
    reader: str
    version_digest: str
    fingerprint: str
    document_digest: str
    expires_at: datetime


def routes(service: ReportsService) -> APIRouter:
    """The routes of waiting reports."""
    router = APIRouter(tags=["reports"], dependencies=[Depends(private)])
    _page_routes(router, service)
    _desk_routes(router, service)
    return router


def _page_routes(router: APIRouter, service: ReportsService) -> None:
    path = "/api/v1/worklist/{worklist_item_id}/report/signature/certificate"

    @router.post(path)
    def again(me: Signer, worklist_item_id: str) -> AwaitingOut:
        """Another code for the desk program; the one before opens nothing any more."""
        return awaiting_out(service.code_again(me, worklist_item_id))

    @router.delete(path, status_code=204)
    def cancel(me: Signer, worklist_item_id: str) -> Response:
        """Wait no longer; the draft is as it was."""
        service.cancel_waiting(me, worklist_item_id)
        return Response(status_code=204)


def _desk_routes(router: APIRouter, service: ReportsService) -> None:
    @router.post("/api/v1/desk/signature/open")
    def opened(given: DeskCodeIn) -> ToSignOut:
        """What a code is for."""
        found = service.presenting.open(given.code)
        return ToSignOut(
            kind=found.kind,
            number=found.number,
            site=found.site,
            study_date=found.study_date,
            modalities=list(found.modalities),
            reader=found.reader,
            version_digest=found.version_digest,
            fingerprint=found.fingerprint,
            document_digest=found.document_digest.hex(),
            expires_at=found.expires_at,
        )

    @router.post("/api/v1/desk/signature")
    def present(given: DeskSignatureIn) -> SigningCertificateOut:
        """Hold what the card signed against everything; the answer is whose certificate was taken."""
        try:
            cms = base64.b64decode(given.cms, validate=True)
        except (binascii.Error, ValueError) as error:
            raise RequestError("this is no base64", phase="signing with a certificate") from error
        return certificate_out(service.presenting.present(given.code, cms).certificate)


def awaiting_out(waiting: Waiting) -> AwaitingOut:
    """What a report waits for, over HTTP."""
    return AwaitingOut(
        version_digest=waiting.version_digest,
        expires_at=waiting.expires_at,
        refused=waiting.refused,
        code=waiting.code,
        certificate=SigningCertificateOut.model_validate_json(waiting.certificate),
    )


def evidence_out(evidence: Mapping[str, str]) -> SigningCertificateOut | None:
    """Whose certificate signed a version too, as the signature's evidence has it."""
    kept = evidence.get("certificate")
    return None if kept is None else SigningCertificateOut.model_validate_json(kept)
