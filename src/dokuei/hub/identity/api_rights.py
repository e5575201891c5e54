"""How rights come and go over HTTP: requests for roles, ends of accounts, the monthly list of dormant ones."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from dokuei.errors import ForbiddenError
from dokuei.hub.identity.api_shapes import GrantShape, Shape, grant_of
from dokuei.hub.identity.dormant import DormantMonth
from dokuei.hub.identity.guard import anybody, private, require_in_centre
from dokuei.hub.identity.model import Permission, Principal, RoleRequest
from dokuei.hub.identity.people import People
from dokuei.hub.identity.service import IdentityService

Administrator = Annotated[Principal, Depends(require_in_centre(Permission.ADMINISTER))]
Anybody = Annotated[Principal, Depends(anybody)]


class RoleRequestIn(Shape):
    """A role that somebody wants; without ``person_id`` it is for the asker."""

    grant: GrantShape
    department: str = Field(min_length=1, max_length=200)
    reason: str = Field("", max_length=500)
    manager: str = Field(max_length=64)
    ends_on: date | None = None
    person_id: str | None = Field(None, max_length=32)


class RoleRequestOut(Shape):
    """How far a request has come."""

    request_id: str
    person_id: str
    display_name: str
    grant: GrantShape
    ends_on: date | None
    department: str
    reason: str
    manager_id: str
    manager: str
    requested_by: str
    requested_at: datetime
    state: str
    decided_by: str
    decided_at: datetime | None
    confirmed_at: datetime | None


class DecisionIn(Shape):
    """Yes or no."""

    yes: bool


class EndIn(Shape):
    """The last day of an account; none: no end."""

    ends_on: date | None = None


class DormantAccountOut(Shape):
    """An account that could be used and is not."""

    person_id: str
    display_name: str
    user_name: str
    last_seen_at: datetime | None


class DormantMonthOut(Shape):
    """One month's list."""

    month: str
    made_at: datetime
    after_days: int
    accounts: list[DormantAccountOut]
    reviewed_at: datetime | None
    reviewed_by: str


def routes(identity: IdentityService) -> APIRouter:
    """The routes of rights."""
    router = APIRouter(prefix="/api/v1", dependencies=[Depends(private)])
    router.include_router(_asking_routes(identity))
    router.include_router(_deciding_routes(identity))
    router.include_router(_ending_routes(identity))
    return router


def _asking_routes(identity: IdentityService) -> APIRouter:
    router = APIRouter(tags=["role requests"])
    requests = identity.role_requests

    @router.get("/role-requests/mine")
    def mine(me: Anybody) -> list[RoleRequestOut]:
        """What I asked for, and what waits for my word."""
        return _listed(identity.people, requests.mine(me.person_id or ""))

    @router.post("/role-requests", status_code=201)
    def ask(me: Anybody, wanted: RoleRequestIn) -> list[RoleRequestOut]:
        """Ask for a role."""
        person_id = wanted.person_id or me.person_id or ""
        if person_id != me.person_id and Permission.ADMINISTER not in me.centre_permissions:
            raise ForbiddenError("only administrators ask for others", phase="asking for a role")
        requests.ask(
            person_id,
            grant_of(wanted.grant),
            department=wanted.department,
            reason=wanted.reason,
            manager=wanted.manager,
            ends_on=wanted.ends_on,
            actor=me.actor,
        )
        return _listed(identity.people, requests.mine(me.person_id or ""))

    @router.post("/role-requests/{request_id}/confirmation", status_code=204)
    def confirm(me: Anybody, request_id: str, word: DecisionIn) -> Response:
        """The department's manager confirms what was given, or takes it back."""
        requests.confirm(request_id, person_id=me.person_id or "", confirmed=word.yes)
        return Response(status_code=204)

    return router


def _deciding_routes(identity: IdentityService) -> APIRouter:
    router = APIRouter(tags=["role requests"])

    @router.get("/role-requests")
    def every(_by: Administrator) -> list[RoleRequestOut]:
        """All requests: those that wait first."""
        return _listed(identity.people, identity.role_requests.every())

    @router.post("/role-requests/{request_id}/decision", status_code=204)
    def decide(by: Administrator, request_id: str, word: DecisionIn) -> Response:
        """Give the role, or refuse it."""
        identity.role_requests.decide(request_id, given=word.yes, actor=by.actor)
        return Response(status_code=204)

    return router


def _ending_routes(identity: IdentityService) -> APIRouter:
    router = APIRouter(tags=["people"])

    @router.put("/people/{person_id}/end", status_code=204)
    def end(by: Administrator, person_id: str, last: EndIn) -> Response:
        """Let an account end with the contract."""
        identity.people.set_end(person_id, last.ends_on, actor=by.actor)
        return Response(status_code=204)

    @router.get("/dormant-accounts")
    def dormant(_by: Administrator) -> list[DormantMonthOut]:
        """The monthly lists; this month's is made where it is not."""
        identity.dormant.make()
        months = identity.dormant.months()
        names = _names(identity.people, {month.reviewed_by or "" for month in months})
        return [_month(month, names) for month in months]

    @router.post("/dormant-accounts/{month}/review", status_code=204)
    def review(by: Administrator, month: str) -> Response:
        """I have gone through a month's list."""
        identity.dormant.review(month, actor=by.actor)
        return Response(status_code=204)

    return router


def _month(month: DormantMonth, names: dict[str, str]) -> DormantMonthOut:
    return DormantMonthOut(
        month=month.month,
        made_at=month.made_at,
        after_days=month.after_days,
        accounts=[
            DormantAccountOut(
                person_id=one.person_id,
                display_name=one.display_name,
                user_name=one.user_name,
                last_seen_at=one.last_seen_at,
            )
            for one in month.accounts
        ],
        reviewed_at=month.reviewed_at,
        reviewed_by=names.get(month.reviewed_by or "", month.reviewed_by or ""),
    )


def _listed(people: People, found: tuple[RoleRequest, ...]) -> list[RoleRequestOut]:
    actors = {actor for one in found for actor in (one.requested_by, one.decided_by or "")}
    names = _names(people, actors | {f"person:{one.person_id}" for one in found})
    names |= _names(people, {f"person:{one.manager_id}" for one in found})
    return [
        RoleRequestOut(
            request_id=one.request_id,
            person_id=one.person_id,
            display_name=names.get(f"person:{one.person_id}", ""),
            grant=GrantShape(role=one.wanted.role, site_id=one.wanted.site_id),
            ends_on=one.ends_on,
            department=one.department,
            reason=one.reason,
            manager_id=one.manager_id,
            manager=names.get(f"person:{one.manager_id}", ""),
            requested_by=names.get(one.requested_by, one.requested_by),
            requested_at=one.requested_at,
            state=one.state,
            decided_by=names.get(one.decided_by or "", one.decided_by or ""),
            decided_at=one.decided_at,
            confirmed_at=one.confirmed_at,
        )
        for one in found
    ]


def _names(people: People, actors: set[str]) -> dict[str, str]:
    ids = {actor.removeprefix("person:") for actor in actors if actor.startswith("person:")}
    return {f"person:{person_id}": name for person_id, name in people.names(ids).items()}
