"""What somebody should look at, and the ways in for bad days: alerts, substitutes, the emergency account."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from dokuei.clock import now
from dokuei.hub.identity.alerts import Alert
from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.identity.guard import anybody, private, require_in_centre
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.service import IdentityService
from dokuei.hub.identity.substitutes import LONGEST_HOURS

Administrator = Annotated[Principal, Depends(require_in_centre(Permission.ADMINISTER))]
Anybody = Annotated[Principal, Depends(anybody)]
Hours = Annotated[int, Field(ge=1, le=LONGEST_HOURS)]


class AlertOut(Shape):
    """One thing that happened."""

    alert_id: str
    at: datetime
    kind: str
    person_id: str
    display_name: str
    session_id: str | None
    address: str
    device: str
    more: str
    seen_at: datetime | None


class SubstituteRequestIn(Shape):
    """For whom, why, for how long, and whether the key is in other hands."""

    person_id: str = Field(max_length=32)
    reason: str = Field(min_length=1, max_length=500)
    hours: Hours = 12
    lost: bool = False


class EmergencyIn(Shape):
    """Why, and for how long."""

    reason: str = Field(min_length=1, max_length=500)
    hours: Hours = 8


class SubstituteCodeOut(Shape):
    """One half, shown once."""

    substitute_id: str
    code: str


class EmergencyOut(Shape):
    """Both halves for the emergency account, shown once."""

    substitute_id: str
    first_code: str
    second_code: str
    expires_at: datetime


class SubstituteOut(Shape):
    """Who asked, who issued, and until when."""

    substitute_id: str
    kind: Literal["substitute", "emergency"]
    person_id: str
    display_name: str
    reason: str
    requested_by: str
    requested_at: datetime
    issued_by: str
    state: Literal["waiting", "open", "over"]
    expires_at: datetime
    used_at: datetime | None
    mine: bool


def routes(identity: IdentityService) -> APIRouter:
    """The routes of alerts, substitutes and the emergency account."""
    router = APIRouter(prefix="/api/v1", dependencies=[Depends(private)])
    router.include_router(_alert_routes(identity))
    router.include_router(_substitute_routes(identity))
    router.include_router(_emergency_routes(identity))
    return router


def _alert_routes(identity: IdentityService) -> APIRouter:
    router = APIRouter(tags=["alerts"])

    @router.get("/session/alerts")
    def mine(me: Anybody) -> list[AlertOut]:
        """What happened to my account."""
        return _alerts(identity, identity.alerts.mine(me.person_id or ""))

    @router.post("/session/alerts/{alert_id}/seen", status_code=204)
    def acknowledge(me: Anybody, alert_id: str) -> Response:
        """I have seen it."""
        identity.alerts.acknowledge(alert_id, person_id=me.person_id or "")
        return Response(status_code=204)

    @router.get("/alerts")
    def every(_by: Administrator) -> list[AlertOut]:
        """What administrators look into."""
        return _alerts(identity, identity.alerts.every())

    @router.post("/alerts/{alert_id}/settled", status_code=204)
    def settle(by: Administrator, alert_id: str) -> Response:
        """I have looked into it."""
        identity.alerts.settle(alert_id, actor=by.actor)
        return Response(status_code=204)

    return router


def _substitute_routes(identity: IdentityService) -> APIRouter:
    router = APIRouter(prefix="/substitutes", tags=["substitutes"])
    substitutes = identity.substitutes

    @router.get("")
    def every(by: Administrator) -> list[SubstituteOut]:
        """The latest, open or over."""
        return _substitutes(identity, by)

    @router.post("", status_code=201)
    def ask(by: Administrator, wanted: SubstituteRequestIn) -> SubstituteCodeOut:
        """The first half, for a person whose key is lost or broken."""
        asked = substitutes.ask(
            wanted.person_id, reason=wanted.reason, hours=wanted.hours, lost=wanted.lost, actor=by.actor
        )
        return SubstituteCodeOut(substitute_id=asked.substitute_id, code=asked.code)

    @router.post("/{substitute_id}/issue", status_code=201)
    def issue(by: Administrator, substitute_id: str) -> SubstituteCodeOut:
        """The second half, from another administrator."""
        return SubstituteCodeOut(substitute_id=substitute_id, code=substitutes.issue(substitute_id, actor=by.actor))

    @router.post("/{substitute_id}/end", status_code=204)
    def end(by: Administrator, substitute_id: str) -> Response:
        """Before its hours are over; its sessions end with it."""
        substitutes.end(substitute_id, actor=by.actor)
        return Response(status_code=204)

    return router


def _emergency_routes(identity: IdentityService) -> APIRouter:
    router = APIRouter(tags=["substitutes"])

    @router.post("/emergency", status_code=201)
    def emergency(by: Administrator, wanted: EmergencyIn) -> EmergencyOut:
        """Let the emergency account work for some hours."""
        opened = identity.substitutes.open_emergency(reason=wanted.reason, hours=wanted.hours, actor=by.actor)
        return EmergencyOut(
            substitute_id=opened.substitute_id,
            first_code=opened.first_code,
            second_code=opened.second_code,
            expires_at=opened.expires_at,
        )

    return router


def _alerts(identity: IdentityService, found: tuple[Alert, ...]) -> list[AlertOut]:
    names = identity.people.names({one.person_id for one in found if one.person_id})
    return [
        AlertOut(
            alert_id=one.alert_id,
            at=one.at,
            kind=one.kind,
            person_id=one.person_id or "",
            display_name=names.get(one.person_id or "", ""),
            session_id=one.session_id,
            address=str(one.details.get("address", "")),
            device=str(one.details.get("user_agent", "")),
            more=str(one.details.get("reason", one.details.get("key", ""))),
            seen_at=one.seen_at,
        )
        for one in found
    ]


def _substitutes(identity: IdentityService, by: Principal) -> list[SubstituteOut]:
    found, moment = identity.substitutes.every(), now()
    actors = {actor.removeprefix("person:") for one in found for actor in (one.requested_by, one.issued_by or "")}
    names = identity.people.names(actors | {one.person_id for one in found})
    return [
        SubstituteOut(
            substitute_id=one.substitute_id,
            kind="emergency" if one.kind == "emergency" else "substitute",
            person_id=one.person_id,
            display_name=names.get(one.person_id, ""),
            reason=one.reason,
            requested_by=names.get(one.requested_by.removeprefix("person:"), one.requested_by),
            requested_at=one.requested_at,
            issued_by=names.get((one.issued_by or "").removeprefix("person:"), one.issued_by or ""),
            state="over" if not one.is_open(moment) else "waiting" if one.issued_at is None else "open",
            expires_at=one.expires_at,
            used_at=one.used_at,
            mine=one.requested_by == by.actor,
        )
        for one in found
    ]
