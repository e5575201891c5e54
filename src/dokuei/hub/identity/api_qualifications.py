"""Readers' qualifications over HTTP: an administrator records them, each reader sees their own."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import Field

from dokuei.clock import now
from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.identity.guard import anybody, private, require_in_centre
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.qualification import MOST_SPECIALITIES, Lack, ReaderProfile, Speciality
from dokuei.hub.identity.qualifications import Qualifications

Administrator = Annotated[Principal, Depends(require_in_centre(Permission.ADMINISTER))]
Anybody = Annotated[Principal, Depends(anybody)]
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


class ProfileOut(ProfileIn):
    """A reader's qualification, and what of it stands in the way of signing today."""

    lacks: list[Lack]


def routes(qualifications: Qualifications) -> APIRouter:
    """The routes of qualifications."""
    router = APIRouter(prefix="/api/v1", tags=["qualifications"], dependencies=[Depends(private)])

    @router.get("/session/profile")
    def mine(me: Anybody) -> ProfileOut:
        """My own qualification."""
        return _out(qualifications.of(me.person_id or ""))

    @router.get("/people/{person_id}/profile")
    def profile(_by: Administrator, person_id: str) -> ProfileOut:
        """Somebody's qualification."""
        return _out(qualifications.known(person_id))

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
        return _out(qualifications.record(person_id, profile, actor=by.actor))

    return router


def _out(profile: ReaderProfile) -> ProfileOut:
    return ProfileOut(
        licence_number=profile.licence_number,
        licence_until=profile.licence_until,
        specialities=[SpecialityShape(name=one.name, until=one.until) for one in profile.specialities],
        mammography_grade=profile.mammography_grade,
        mammography_until=profile.mammography_until,
        lacks=list(profile.lacks(today=now().date(), grade_needed=False)),
    )
