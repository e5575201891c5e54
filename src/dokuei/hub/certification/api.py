"""The certification over HTTP: everybody may see whether there is one, administrators record it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from dokuei.hub.certification.model import LONGEST_HOLDER, LONGEST_NUMBER, LONGEST_VERSION
from dokuei.hub.certification.service import Certifications
from dokuei.hub.identity.api import private, require_in_centre
from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.identity.model import Permission, Principal

Administrator = Annotated[Principal, Depends(require_in_centre(Permission.ADMINISTER))]


class StandingOut(BaseModel):
    """What every page says of itself, before anybody has signed in too."""

    version: str
    in_evaluation: bool
    number: str
    holder: str


class CertificationIn(Shape):
    """What the certificate says."""

    number: str = Field(min_length=1, max_length=LONGEST_NUMBER)
    holder: str = Field(min_length=1, max_length=LONGEST_HOLDER)
    version: str = Field(min_length=1, max_length=LONGEST_VERSION)


class CertificationOut(BaseModel):
    """One that was recorded."""

    certification_id: str
    number: str
    holder: str
    version: str
    recorded_at: datetime
    withdrawn_at: datetime | None
    covers: bool


def routes(certifications: Certifications) -> APIRouter:
    """The routes of the certification."""
    router = APIRouter(prefix="/api/v1", tags=["certification"])

    @router.get("/standing")
    def standing() -> StandingOut:
        """Whether this version is certified; nothing here is about anybody."""
        present = certifications.present()
        return StandingOut(
            version=certifications.running_version,
            in_evaluation=present is None,
            number=present.number if present else "",
            holder=present.holder if present else "",
        )

    @router.get("/certifications", dependencies=[Depends(private)])
    def every(_by: Administrator) -> list[CertificationOut]:
        """All that were ever recorded."""
        return _out(certifications)

    @router.post("/certifications", status_code=201, dependencies=[Depends(private)])
    def record(by: Administrator, read: CertificationIn) -> list[CertificationOut]:
        """Record one."""
        certifications.record(number=read.number, holder=read.holder, version=read.version, actor=by.actor)
        return _out(certifications)

    @router.post("/certifications/{certification_id}/withdrawal", status_code=204, dependencies=[Depends(private)])
    def withdraw(by: Administrator, certification_id: str) -> Response:
        """Bring the notice back."""
        certifications.withdraw(certification_id, actor=by.actor)
        return Response(status_code=204)

    return router


def _out(certifications: Certifications) -> list[CertificationOut]:
    return [
        CertificationOut(
            certification_id=one.certification_id,
            number=one.number,
            holder=one.holder,
            version=one.version,
            recorded_at=one.recorded_at,
            withdrawn_at=one.withdrawn_at,
            covers=one.covers(certifications.running_version),
        )
        for one in certifications.every()
    ]
