"""Reports over HTTP: a draft saved as one types, one confirmation screen, one signature."""

import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import Field

from dokuei.errors import RequestError
from dokuei.hub.identity.api import private, require
from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.reports.api_answers import BegunOut, ImageReadShape, ReportOut, begun_out, report_out
from dokuei.hub.reports.api_shapes import (
    LONGEST_WORD,
    AnswerShape,
    FormOut,
    StructureShape,
    answer_in,
    form_out,
    structure_in,
)
from dokuei.hub.reports.deciding import Proof
from dokuei.hub.reports.model import LONGEST_TEXT, MOST_IMAGES, Content, ImageRead
from dokuei.hub.reports.service import ReportsService
from dokuei.hub.reports.stages import LONGEST_REASON

Viewer = Annotated[Principal, Depends(require(Permission.READ_REPORT))]
Writer = Annotated[Principal, Depends(require(Permission.WRITE_REPORT))]
Signer = Annotated[Principal, Depends(require(Permission.SIGN_REPORT))]
ReadingRoleName = Annotated[Literal["", "sole", "first", "second", "arbiter"], Query()]
_TAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')


class DraftIn(Shape):
    """What a reader writes."""

    findings: str = Field("", max_length=LONGEST_TEXT)
    impression: str = Field("", max_length=LONGEST_TEXT)
    category_right: str = Field("", max_length=8)
    category_left: str = Field("", max_length=8)
    images_read: list[ImageReadShape] = Field(default_factory=list, max_length=MOST_IMAGES)
    structure: StructureShape = Field(default_factory=StructureShape)
    answers: list[AnswerShape] = Field(default_factory=list, max_length=200)
    priors_shown: list[Annotated[str, Field(max_length=64)]] = Field(default_factory=list, max_length=200)
    """Studies before this one that were on the screen."""
    spoken: bool = False
    """Whether a speech engine wrote some of it."""


class BeginIn(Shape):
    """Whether what is shown goes out as preliminary (速報), with the report still to be finished."""

    preliminary: bool = False


class WithdrawIn(Shape):
    """Why a report is withdrawn."""

    reason: str = Field(max_length=LONGEST_REASON)


class SignIn(Shape):
    """What a reader presents, and the digest of what they were shown."""

    version_digest: str = Field(pattern="^[0-9a-f]{64}$")
    credential: dict[str, Any] | None = None
    password: str = Field("", max_length=1000)
    totp_code: str = Field("", max_length=20)


def routes(service: ReportsService) -> APIRouter:
    """The routes of a case's report."""
    router = APIRouter(
        prefix="/api/v1/worklist/{worklist_item_id}/report", tags=["reports"], dependencies=[Depends(private)]
    )
    _writing_routes(router, service)
    _signing_routes(router, service)
    return router


def _writing_routes(router: APIRouter, service: ReportsService) -> None:
    @router.get("")
    def view(me: Viewer, worklist_item_id: str, response: Response, role: ReadingRoleName = "") -> ReportOut:
        """The report, or an empty one at version 0 where nothing is written.

        Without a role: one's own reading, else the one that leaves the centre.
        """
        return report_out(service.view(me, worklist_item_id, role), response)

    @router.get("/form")
    def form(me: Viewer, worklist_item_id: str, method: Annotated[str, Query(max_length=LONGEST_WORD)] = "") -> FormOut:
        """The lists that this case's report is made of; ``method`` where it is begun in one of several forms."""
        case = service.case(me, worklist_item_id)
        return form_out(case, method=method, scale=service.scale, own=service.lists.offered())

    @router.put("")
    def save(
        me: Writer,
        worklist_item_id: str,
        typed: DraftIn,
        response: Response,
        if_match: Annotated[str | None, Header(max_length=40)] = None,
    ) -> ReportOut:
        """Keep what was typed; ``If-Match`` names the version that it was typed over."""
        content = Content(
            findings=typed.findings,
            impression=typed.impression,
            category_right=typed.category_right,
            category_left=typed.category_left,
            images_read=tuple(ImageRead(i.sop_instance_uid, i.frame, i.digest) for i in typed.images_read),
            structure=structure_in(typed.structure),
            answers=tuple(answer_in(one) for one in typed.answers),
        )
        view = service.save(
            me,
            worklist_item_id,
            content,
            expected_version=_version(if_match),
            priors_shown=typed.priors_shown,
            spoken=typed.spoken,
        )
        return report_out(view, response)

    @router.post("/amendment")
    def amend(me: Signer, worklist_item_id: str, response: Response) -> ReportOut:
        """Begin a new version of a signed report."""
        return report_out(service.amend(me, worklist_item_id), response)


def _signing_routes(router: APIRouter, service: ReportsService) -> None:
    @router.post("/signature/begin")
    def begin(me: Signer, worklist_item_id: str, wanted: BeginIn | None = None) -> BegunOut:
        """Freeze the version and show exactly what would be signed."""
        preliminary = wanted is not None and wanted.preliminary
        return begun_out(service.begin_signature(me, worklist_item_id, preliminary=preliminary))

    @router.post("/signature")
    def sign(me: Signer, worklist_item_id: str, presented: SignIn, response: Response) -> ReportOut:
        """Sign what was shown; the answer is the report as it stands then."""
        proof = Proof(presented.credential, presented.password, presented.totp_code)
        view = service.sign_report(me, worklist_item_id, proof, expected_digest=presented.version_digest)
        return report_out(view, response)

    @router.post("/withdrawal/begin")
    def begin_withdrawal(me: Signer, worklist_item_id: str, wanted: WithdrawIn) -> BegunOut:
        """Show exactly what would be signed to withdraw the report that stands."""
        return begun_out(service.begin_withdrawal(me, worklist_item_id, reason=wanted.reason))

    @router.post("/withdrawal")
    def withdraw(me: Signer, worklist_item_id: str, presented: SignIn, response: Response) -> ReportOut:
        """Withdraw it; what stood stays readable, and everybody who got it hears of it."""
        proof = Proof(presented.credential, presented.password, presented.totp_code)
        view = service.withdraw(me, worklist_item_id, proof, expected_digest=presented.version_digest)
        return report_out(view, response)

    @router.get("/pdf", response_class=Response, responses={200: {"content": {"application/pdf": {}}}})
    def pdf(
        me: Viewer,
        worklist_item_id: str,
        number: Annotated[int | None, Query(ge=1, le=10_000)] = None,
        role: ReadingRoleName = "",
    ) -> Response:
        """The sealed document of the latest version, or of an earlier one by number."""
        kept, data = service.pdf(me, worklist_item_id, number=number, role=role)
        headers = {
            "Cache-Control": "no-store",
            "ETag": f'"{kept.sealed.pdf_sha256}"',
            "Content-Disposition": f'inline; filename="report-{kept.signed.report_id}-{kept.signed.number}.pdf"',
        }
        return Response(data, media_type="application/pdf", headers=headers)


def _version(if_match: str | None) -> int:
    found = _TAG.fullmatch((if_match or "").strip())
    if found is None:
        raise RequestError(
            "If-Match must name the version that was loaded",
            phase="saving a report",
            remedy='If-Match: "0" is the first',
        )
    return int(found.group(1))
