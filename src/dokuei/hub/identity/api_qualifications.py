"""Readers' qualifications over HTTP: an administrator records them, each reader sees their own."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from dokuei.errors import NotFoundError
from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.identity.guard import anybody, private, require, require_in_centre
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.qualification import MOST_SPECIALITIES, Lack, ReaderProfile, Speciality
from dokuei.hub.identity.qualifications import Qualifications
from dokuei.hub.identity.signing_certificate import LARGEST_CERTIFICATE, SigningCertificate, given_certificate

Administrator = Annotated[Principal, Depends(require_in_centre(Permission.ADMINISTER))]
Anybody = Annotated[Principal, Depends(anybody)]
Signer = Annotated[Principal, Depends(require(Permission.SIGN_REPORT))]
Grade = Literal["", "AS", "A", "B", "C", "D"]


class SpecialityShape(Shape):
    """A board's speciality and its last day."""

    name: str = Field(min_length=1, max_length=100)
    until: date | None = None


class ProfileIn(Shape):
    """What an administrator has seen the papers of."""

    licence_number: str = Field("", max_length=40)
    licence_until: date | None = None
    specialities: list[SpecialityShape] = Field(default_factory=list, max_length=MOST_SPECIALITIES)
    mammography_grade: Grade = ""
    mammography_until: date | None = None


class SigningCertificateIn(Shape):
    """The certificate of a physician's card, and whether somebody compared the name on it with their papers."""

    pem: str = Field(min_length=1, max_length=LARGEST_CERTIFICATE)
    compared: bool = False


class OwnCertificateIn(Shape):
    """The certificate of one's own card."""

    pem: str = Field(min_length=1, max_length=LARGEST_CERTIFICATE)


class CertificateConfirmationIn(Shape):
    """Which certificate was looked at, and whether somebody compared the name on it with the physician's papers."""

    fingerprint: str = Field(pattern="^[0-9a-f]{64}$")
    compared: bool = False


class SigningCertificateOut(BaseModel):
    """Whose certificate it is, what it vouches for, and until when."""

    fingerprint: str
    name: str
    issuer: str
    licence_number: str
    roles: list[str]
    valid_until: datetime


class ProfileOut(ProfileIn):
    """A reader's qualification, and what of it stands in the way of signing today."""

    lacks: list[Lack]
    certificate: SigningCertificateOut | None
    offered: SigningCertificateOut | None
    """What its holder says is their certificate; it signs nothing before it is confirmed."""


class CertificateOfferOut(BaseModel):
    """Whose certificate waits to be confirmed, and since when."""

    person_id: str
    offered_at: datetime


def routes(qualifications: Qualifications) -> APIRouter:
    """The routes of qualifications."""
    router = APIRouter(prefix="/api/v1", tags=["qualifications"], dependencies=[Depends(private)])
    _own_routes(router, qualifications)
    _office_routes(router, qualifications)
    _offer_routes(router, qualifications)
    return router


def _own_routes(router: APIRouter, qualifications: Qualifications) -> None:
    @router.get("/session/profile")
    def mine(me: Anybody) -> ProfileOut:
        """My own qualification."""
        return _out(qualifications, me.person_id or "", qualifications.of(me.person_id or ""))

    @router.put("/session/signing-certificate")
    def offer(me: Signer, given: OwnCertificateIn) -> ProfileOut:
        """This is the certificate of my card; it signs nothing before an administrator has confirmed it."""
        person_id = _person(me)
        qualifications.offer(person_id, given_certificate(given.pem), actor=me.actor)
        return _out(qualifications, person_id, qualifications.of(person_id))

    @router.delete("/session/signing-certificate", status_code=204)
    def take_back(me: Signer) -> Response:
        """What I offered waits no longer."""
        qualifications.decline(_person(me), actor=me.actor)
        return Response(status_code=204)


def _office_routes(router: APIRouter, qualifications: Qualifications) -> None:
    @router.get("/people/{person_id}/profile")
    def profile(_by: Administrator, person_id: str) -> ProfileOut:
        """Somebody's qualification."""
        return _out(qualifications, person_id, qualifications.known(person_id))

    @router.put("/people/{person_id}/profile")
    def record(by: Administrator, person_id: str, seen: ProfileIn) -> ProfileOut:
        """Put what is known now in place of what was there."""
        profile = ReaderProfile(
            licence_number=seen.licence_number.strip(),
            licence_until=seen.licence_until,
            specialities=tuple(Speciality(one.name.strip(), one.until) for one in seen.specialities),
            mammography_grade=seen.mammography_grade,
            mammography_until=seen.mammography_until,
        )
        return _out(qualifications, person_id, qualifications.record(person_id, profile, actor=by.actor))

    @router.put("/people/{person_id}/signing-certificate")
    def bind(by: Administrator, person_id: str, given: SigningCertificateIn) -> ProfileOut:
        """This is the certificate of their card from now on."""
        certificate = given_certificate(given.pem)
        qualifications.bind(person_id, certificate, compared=given.compared, actor=by.actor)
        return _out(qualifications, person_id, qualifications.known(person_id))

    @router.delete("/people/{person_id}/signing-certificate", status_code=204)
    def unbind(by: Administrator, person_id: str) -> Response:
        """Nothing is signed with their card any more."""
        qualifications.unbind(person_id, actor=by.actor)
        return Response(status_code=204)


def _offer_routes(router: APIRouter, qualifications: Qualifications) -> None:
    path = "/people/{person_id}/signing-certificate/offer"

    @router.get("/certificate-offers")
    def waiting(_by: Administrator) -> list[CertificateOfferOut]:
        """Certificates that wait for an administrator."""
        return [
            CertificateOfferOut(person_id=one.person_id, offered_at=one.offered_at) for one in qualifications.waiting()
        ]

    @router.post(path)
    def confirm(by: Administrator, person_id: str, seen: CertificateConfirmationIn) -> ProfileOut:
        """What they offered is their certificate from now on."""
        qualifications.confirm(person_id, expected_fingerprint=seen.fingerprint, compared=seen.compared, actor=by.actor)
        return _out(qualifications, person_id, qualifications.known(person_id))

    @router.delete(path, status_code=204)
    def decline(by: Administrator, person_id: str) -> Response:
        """It is not."""
        qualifications.decline(person_id, actor=by.actor)
        return Response(status_code=204)


def _person(me: Principal) -> str:
    """Who it is; a program's token is nobody.

    Raises:
        NotFoundError: it is one.
    """
    if me.person_id is None:
        raise NotFoundError("nothing here", phase="checking access")
    return me.person_id


def certificate_out(certificate: SigningCertificate) -> SigningCertificateOut:
    """A certificate over HTTP."""
    return SigningCertificateOut(
        fingerprint=certificate.fingerprint,
        name=certificate.name,
        issuer=certificate.issuer,
        licence_number=certificate.licence_number,
        roles=list(certificate.roles),
        valid_until=certificate.valid_until,
    )


def _out(qualifications: Qualifications, person_id: str, profile: ReaderProfile) -> ProfileOut:
    certificate, offered = qualifications.certificate(person_id), qualifications.offered(person_id)
    return ProfileOut(
        licence_number=profile.licence_number,
        licence_until=profile.licence_until,
        specialities=[SpecialityShape(name=one.name, until=one.until) for one in profile.specialities],
        mammography_grade=profile.mammography_grade,
        mammography_until=profile.mammography_until,
        lacks=list(profile.lacks(today=qualifications.access.today, grade_needed=False)),
        certificate=None if certificate is None else certificate_out(certificate),
        offered=None if offered is None else certificate_out(offered),
    )
