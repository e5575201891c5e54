"""Reports over HTTP: a draft saved as one types, one confirmation screen, one signature."""

import re
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import BaseModel, Field

from dokuei.errors import RequestError
from dokuei.hub.identity.api import private, require
from dokuei.hub.identity.api_qualifications import SigningCertificateOut
from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.reports.api_awaiting import AwaitingOut, awaiting_out, evidence_out
from dokuei.hub.reports.api_shapes import (
    AnswerShape,
    CheckOut,
    FormOut,
    StructureShape,
    answer_in,
    check_out,
    form_out,
    structure_in,
    structure_out,
)
from dokuei.hub.reports.deciding import Proof
from dokuei.hub.reports.drafting import View
from dokuei.hub.reports.model import LONGEST_TEXT, MOST_IMAGES, Content, ImageRead
from dokuei.hub.reports.reading_version import read_version
from dokuei.hub.reports.seal_model import Revocation, SealLevel, SealState
from dokuei.hub.reports.service import ReportsService
from dokuei.hub.reports.signing import Begun
from dokuei.hub.reports.stages import LONGEST_REASON

Viewer = Annotated[Principal, Depends(require(Permission.READ_REPORT))]
Writer = Annotated[Principal, Depends(require(Permission.WRITE_REPORT))]
Signer = Annotated[Principal, Depends(require(Permission.SIGN_REPORT))]
ReadingRoleName = Annotated[Literal["", "sole", "first", "second", "arbiter"], Query()]
_TAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')


class ImageReadShape(Shape):
    """One frame (from 1) that was on the screen, with the digest that was proved there."""

    sop_instance_uid: str = Field(max_length=64)
    frame: int = Field(ge=1, le=1_000_000)
    digest: str = Field(pattern="^[0-9a-f]{64}$")


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


class SealOut(BaseModel):
    """How far a sealed file has come: PAdES level, document time stamps, when the next one is due, and revocations.

    ``revocation`` is what the issuers of its certificates have said of them; null where nobody has asked.
    """

    level: SealLevel
    stamps: int
    stamped_at: datetime | None
    renew_at: datetime | None
    last_error: str | None
    revocation: Revocation | None


class SignatureOut(BaseModel):
    """Who stood for a version."""

    number: int
    kind: str
    digest: str
    person_id: str
    display_name: str
    signed_at: datetime
    method: str
    time_stamp: str
    sr_time_stamp: str
    seal: SealOut
    pdf_sha256: str
    pdf_url: str
    certificate: SigningCertificateOut | None
    """The physician's own, where the site wants it."""


class DeliveryPlaceOut(BaseModel):
    """How one of the hospital's systems stands with an object: its PACS (objects, or pages), a folder, its HIS."""

    outlet: str
    state: str
    destination: str
    reason: str
    at: datetime


class DeliveryOut(BaseModel):
    """Whether the hospital has an object of the latest version; ``stamps``: how often it was stamped anew since."""

    kind: str
    sop_instance_uid: str
    delivered_at: datetime | None
    error: str
    stamps: int
    places: list[DeliveryPlaceOut]


class ComparedOut(BaseModel):
    """A prior that was on the screen."""

    study_instance_uid: str
    study_date: str
    modalities: list[str]


class CircumstanceOut(BaseModel):
    """One line in both languages."""

    label_ja: str
    label_en: str
    ja: str
    en: str


class ReportOut(BaseModel):
    """A case's report as this person may see it."""

    report_id: str
    role: str
    status: str
    version: int
    findings: str
    impression: str
    category_right: str
    category_left: str
    images_read: list[ImageReadShape]
    structure: StructureShape
    answers: list[AnswerShape]
    checks: list[CheckOut]
    circumstances: list[CircumstanceOut]
    """What stands around the latest signed version."""
    compared: list[ComparedOut]
    spoken_by: list[str]
    """Names of those for whom a speech engine wrote in the draft."""
    may_withdraw: bool
    updated_at: datetime | None
    author: str
    signatures: list[SignatureOut]
    deliveries: list[DeliveryOut]
    pdf_url: str | None
    awaiting: AwaitingOut | None
    """The certificate that my signature waits for."""


class BegunOut(BaseModel):
    """The confirmation screen: the exact text, its digest, and what is asked of the reader."""

    version_digest: str
    text: str
    document: dict[str, Any]
    method: Literal["passkey", "password"]
    options: dict[str, Any] | None
    synced_refused: bool
    certificate_needed: bool
    """Whether the physician's own certificate signs too, once the key was touched."""


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
        return _out(service.view(me, worklist_item_id, role), response)

    @router.get("/form")
    def form(me: Viewer, worklist_item_id: str) -> FormOut:
        """The lists that this case's report is made of."""
        return form_out(service.case(me, worklist_item_id), scale=service.scale, own=service.lists.offered())

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
        return _out(view, response)

    @router.post("/amendment")
    def amend(me: Signer, worklist_item_id: str, response: Response) -> ReportOut:
        """Begin a new version of a signed report."""
        return _out(service.amend(me, worklist_item_id), response)


def _signing_routes(router: APIRouter, service: ReportsService) -> None:
    @router.post("/signature/begin")
    def begin(me: Signer, worklist_item_id: str, wanted: BeginIn | None = None) -> BegunOut:
        """Freeze the version and show exactly what would be signed."""
        preliminary = wanted is not None and wanted.preliminary
        return _begun(service.begin_signature(me, worklist_item_id, preliminary=preliminary))

    @router.post("/signature")
    def sign(me: Signer, worklist_item_id: str, presented: SignIn, response: Response) -> ReportOut:
        """Sign what was shown; the answer is the report as it stands then."""
        proof = Proof(presented.credential, presented.password, presented.totp_code)
        view = service.sign_report(me, worklist_item_id, proof, expected_digest=presented.version_digest)
        return _out(view, response)

    @router.post("/withdrawal/begin")
    def begin_withdrawal(me: Signer, worklist_item_id: str, wanted: WithdrawIn) -> BegunOut:
        """Show exactly what would be signed to withdraw the report that stands."""
        return _begun(service.begin_withdrawal(me, worklist_item_id, reason=wanted.reason))

    @router.post("/withdrawal")
    def withdraw(me: Signer, worklist_item_id: str, presented: SignIn, response: Response) -> ReportOut:
        """Withdraw it; what stood stays readable, and everybody who got it hears of it."""
        proof = Proof(presented.credential, presented.password, presented.totp_code)
        view = service.withdraw(me, worklist_item_id, proof, expected_digest=presented.version_digest)
        return _out(view, response)

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


def _begun(begun: Begun) -> BegunOut:
    return BegunOut(
        version_digest=begun.digest,
        text=begun.text,
        document=dict(begun.document),
        method=begun.asked["method"],
        options=begun.asked.get("options"),
        synced_refused=bool(begun.asked.get("synced_refused")),
        certificate_needed=begun.certificate_needed,
    )


def _seal(time_stamp: str, state: SealState | None) -> SealOut:
    if state is None:
        level: Literal["B-B", "B-T"] = "B-T" if time_stamp == "stamped" else "B-B"
        return SealOut(level=level, stamps=0, stamped_at=None, renew_at=None, last_error=None, revocation=None)
    return SealOut(
        level=state.level,
        stamps=state.stamps,
        stamped_at=state.stamped_at,
        renew_at=state.renew_at,
        last_error=state.last_error,
        revocation=state.revocation,
    )


def _out(view: View, response: Response) -> ReportOut:
    response.headers["ETag"] = f'"{view.draft_version}"'
    base = f"/api/v1/worklist/{view.case.worklist_item_id}/report/pdf?role={view.case.role}"
    latest = view.versions[-1] if view.versions else None
    writing = view.draft is not None
    content = view.content
    author = view.draft.updated_by if view.draft else latest.signed.signature.person_id if latest else view.case.holder
    return ReportOut(
        report_id=view.report.report_id if view.report else "",
        role=view.case.role,
        status="draft" if writing or latest is None else latest.signed.status,
        version=view.draft_version,
        findings=content.findings,
        impression=content.impression,
        category_right=content.category_right,
        category_left=content.category_left,
        images_read=[
            ImageReadShape(sop_instance_uid=i.sop_instance_uid, frame=i.frame, digest=i.digest)
            for i in content.images_read
        ],
        structure=structure_out(content.structure),
        answers=[AnswerShape(check=one.check, about=one.about, reason=one.reason) for one in content.answers],
        checks=[check_out(one) for one in view.checks],
        circumstances=[
            CircumstanceOut(label_ja=one.label_ja, label_en=one.label_en, ja=one.ja, en=one.en)
            for one in (read_version(latest.signed).circumstances if latest else ())
        ],
        may_withdraw=view.may_withdraw,
        compared=[
            ComparedOut(
                study_instance_uid=one.study_instance_uid, study_date=one.study_date, modalities=list(one.modalities)
            )
            for one in content.compared
        ],
        spoken_by=[view.names[one] for one in (view.draft.spoken_by if view.draft else ()) if one in view.names],
        updated_at=view.draft.updated_at if view.draft else latest.signed.signature.signed_at if latest else None,
        author=view.names.get(author or "", latest.signed.signature.display_name if latest else ""),
        signatures=[
            SignatureOut(
                number=kept.signed.number,
                kind=kept.signed.kind,
                digest=kept.signed.digest,
                person_id=kept.signed.signature.person_id,
                display_name=kept.signed.signature.display_name,
                signed_at=kept.signed.signature.signed_at,
                method=kept.signed.signature.method,
                time_stamp=kept.sealed.time_stamp,
                sr_time_stamp=kept.sealed.sr_time_stamp,
                seal=_seal(kept.sealed.time_stamp, view.seals.get(kept.signed.number)),
                pdf_sha256=kept.sealed.pdf_sha256,
                pdf_url=f"{base}&number={kept.signed.number}",
                certificate=evidence_out(kept.signed.signature.evidence),
            )
            for kept in view.versions
        ],
        deliveries=[
            DeliveryOut(
                kind=d.kind,
                sop_instance_uid=d.sop_instance_uid,
                delivered_at=d.delivered_at,
                error=d.last_error or "",
                stamps=d.stamps,
                places=[DeliveryPlaceOut(**asdict(place)) for place in d.places],
            )
            for d in view.deliveries
        ],
        pdf_url=base if latest else None,
        awaiting=None if view.waiting is None else awaiting_out(view.waiting),
    )
