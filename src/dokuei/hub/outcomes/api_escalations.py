"""Report managers over HTTP: whom a site names, and how many reports wait for whoever asks."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from dokuei.hub.identity.api import private, require
from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.outcomes.escalating import Escalations, NamedManager
from dokuei.hub.outcomes.model import LONGEST_WAIT_DAYS, MOST_HOURS, MOST_MINUTES, Limits, Manager

Administrator = Annotated[Principal, Depends(require(Permission.ADMINISTER))]
Viewer = Annotated[Principal, Depends(require(Permission.READ_REPORT))]
_USUAL = Limits()


class ReportManagerIn(Shape):
    """Whom a site names, after how many days an unread report is put before them, and the limits of communications."""

    site_id: str = Field(max_length=64)
    person_id: str | None = Field(max_length=32)
    unread_days: int = Field(ge=1, le=LONGEST_WAIT_DAYS)
    first_minutes: int = Field(default=_USUAL.first_minutes, ge=1, le=MOST_MINUTES)
    second_hours: int = Field(default=_USUAL.second_hours, ge=1, le=MOST_HOURS)
    third_days: int = Field(default=_USUAL.third_days, ge=1, le=LONGEST_WAIT_DAYS)


class CandidateOut(BaseModel):
    """Somebody who could answer for a site's unread reports."""

    person_id: str
    display_name: str


class ReportManagerOut(BaseModel):
    """Who answers for a site's unread reports; ``can_open`` is false while reports would be put before nobody."""

    site_id: str
    site_name: str
    person_id: str | None
    unread_days: int
    first_minutes: int
    second_hours: int
    third_days: int
    can_open: bool
    candidates: list[CandidateOut]


class EscalatedOut(BaseModel):
    """How many reports were put before me and are unread still."""

    waiting: int


def routes(escalations: Escalations) -> APIRouter:
    """The routes of report managers."""
    router = APIRouter(prefix="/api/v1/outcomes", tags=["outcomes"], dependencies=[Depends(private)])

    @router.get("/managers")
    def managers(
        me: Administrator, site_id: Annotated[str | None, Query(max_length=64)] = None
    ) -> list[ReportManagerOut]:
        """Who answers for unread reports at the sites that I administer."""
        names = escalations.site_names()
        return [_out(one, names) for one in escalations.managers(me, site_id or None)]

    @router.put("/managers")
    def name(me: Administrator, wanted: ReportManagerIn) -> ReportManagerOut:
        """Name somebody."""
        limits = Limits(wanted.first_minutes, wanted.second_hours, wanted.third_days)
        named = Manager(wanted.site_id, wanted.person_id, wanted.unread_days, limits)
        return _out(escalations.name(me, named), escalations.site_names())

    @router.get("/escalated")
    def escalated(me: Viewer) -> EscalatedOut:
        """How many reports wait for me."""
        return EscalatedOut(waiting=escalations.waiting(me))

    return router


def _out(one: NamedManager, names: dict[str, str]) -> ReportManagerOut:
    named = one.named
    return ReportManagerOut(
        site_id=named.site_id,
        site_name=names.get(named.site_id, named.site_id),
        person_id=named.person_id,
        unread_days=named.unread_days,
        **asdict(named.limits),
        can_open=one.can_open,
        candidates=[CandidateOut(person_id=key, display_name=name) for key, name in one.candidates.items()],
    )
