"""What the routes of reports answer: a reading with its versions, where each has arrived, and what is to be signed."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from fastapi import Response
from pydantic import BaseModel, Field

from dokuei.hub.identity.api_qualifications import SigningCertificateOut
from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.reports.api_awaiting import AwaitingOut, awaiting_out, evidence_out
from dokuei.hub.reports.api_shapes import AnswerShape, CheckOut, StructureShape, check_out, structure_out
from dokuei.hub.reports.deliveries import Delivery
from dokuei.hub.reports.drafting import View
from dokuei.hub.reports.linked_images import links_of, name_of
from dokuei.hub.reports.reading_version import read_version
from dokuei.hub.reports.seal_model import KeptVersion, Revocation, SealLevel, SealState
from dokuei.hub.reports.signing import Begun


class ImageReadShape(Shape):
    """One frame (from 1) that was on the screen, with the digest that was proved there."""

    sop_instance_uid: str = Field(max_length=64)
    frame: int = Field(ge=1, le=1_000_000)
    digest: str = Field(pattern="^[0-9a-f]{64}$")


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


class LinkedImageOut(BaseModel):
    """A frame that findings are seen on: what the text calls it, and where its picture is."""

    ja: str
    en: str
    picture_url: str


class BegunOut(BaseModel):
    """The confirmation screen: the exact text, its digest, and what is asked of the reader."""

    version_digest: str
    text: str
    linked_images: list[LinkedImageOut]
    document: dict[str, Any]
    method: Literal["passkey", "password"]
    options: dict[str, Any] | None
    synced_refused: bool
    certificate_needed: bool
    """Whether the physician's own certificate signs too, once the key was touched."""


def begun_out(begun: Begun) -> BegunOut:
    """What the confirmation screen shows, and what it asks of the key."""
    return BegunOut(
        version_digest=begun.digest,
        text=begun.text,
        linked_images=[_linked(begun.document, one) for one in links_of(begun.document) if one["series_instance_uid"]],
        document=dict(begun.document),
        method=begun.asked["method"],
        options=begun.asked.get("options"),
        synced_refused=bool(begun.asked.get("synced_refused")),
        certificate_needed=begun.certificate_needed,
    )


def _linked(document: Mapping[str, Any], link: Mapping[str, Any]) -> LinkedImageOut:
    study = f"/sites/{quote(document['site']['site_id'])}/dicom-web/studies/{document['study']['study_instance_uid']}"
    instance = f"series/{link['series_instance_uid']}/instances/{link['sop_instance_uid']}"
    return LinkedImageOut(**name_of(link), picture_url=f"{study}/{instance}/frames/{link['frame']}/thumbnail")


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


def report_out(view: View, response: Response) -> ReportOut:
    """A reading as one person sees it; its version goes along as ETag."""
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
        signatures=[_signature(kept, view.seals.get(kept.signed.number), base) for kept in view.versions],
        deliveries=[_delivery(one) for one in view.deliveries],
        pdf_url=base if latest else None,
        awaiting=None if view.waiting is None else awaiting_out(view.waiting),
    )


def _signature(kept: KeptVersion, seal: SealState | None, base: str) -> SignatureOut:
    return SignatureOut(
        number=kept.signed.number,
        kind=kept.signed.kind,
        digest=kept.signed.digest,
        person_id=kept.signed.signature.person_id,
        display_name=kept.signed.signature.display_name,
        signed_at=kept.signed.signature.signed_at,
        method=kept.signed.signature.method,
        time_stamp=kept.sealed.time_stamp,
        sr_time_stamp=kept.sealed.sr_time_stamp,
        seal=_seal(kept.sealed.time_stamp, seal),
        pdf_sha256=kept.sealed.pdf_sha256,
        pdf_url=f"{base}&number={kept.signed.number}",
        certificate=evidence_out(kept.signed.signature.evidence),
    )


def _delivery(one: Delivery) -> DeliveryOut:
    return DeliveryOut(
        kind=one.kind,
        sop_instance_uid=one.sop_instance_uid,
        delivered_at=one.delivered_at,
        error=one.last_error or "",
        stamps=one.stamps,
        places=[DeliveryPlaceOut(**asdict(place)) for place in one.places],
    )
