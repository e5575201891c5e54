"""The centre's rules and where somebody reads, over HTTP."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from dokuei.errors import NotSignedInError
from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.identity.guard import SESSION_COOKIE, anybody, demand_own_page, private, require_in_centre
from dokuei.hub.identity.model import CentreRules, PasswordForm, Permission, Principal
from dokuei.hub.identity.places import Place
from dokuei.hub.identity.rules import (
    LONGEST_DORMANT_DAYS,
    LONGEST_IDLE_MINUTES,
    LONGEST_PASSWORD_DAYS,
    LONGEST_PASSWORD_DEMANDED,
)
from dokuei.hub.identity.service import IdentityService

Administrator = Annotated[Principal, Depends(require_in_centre(Permission.ADMINISTER))]
Anybody = Annotated[Principal, Depends(anybody)]


class CentreRulesShape(Shape):
    """What holds for passwords, for pages that nobody works at, and for accounts that nobody uses."""

    password_form: PasswordForm
    password_length: int = Field(ge=1, le=LONGEST_PASSWORD_DEMANDED)
    password_days: int = Field(ge=1, le=LONGEST_PASSWORD_DAYS)
    idle_lock_minutes: int = Field(ge=1, le=LONGEST_IDLE_MINUTES)
    dormant_days: int = Field(ge=1, le=LONGEST_DORMANT_DAYS)


class PlaceIn(Shape):
    """Where I read."""

    place: Literal["facility", "remote"]


class PlaceOut(BaseModel):
    """Where I read, as reports that I sign will say; empty: nobody has said so."""

    place: Literal["", "facility", "remote"]


class ChallengeOut(BaseModel):
    """What this device's key signs next."""

    challenge: str


def routes(identity: IdentityService) -> APIRouter:
    """The routes of rules, places and proofs."""
    router = APIRouter(prefix="/api/v1", dependencies=[Depends(private)])

    @router.get("/centre-rules", tags=["centre"])
    def present(_by: Administrator) -> CentreRulesShape:
        """What holds now."""
        return _shape(identity.rules.present())

    @router.put("/centre-rules", tags=["centre"])
    def put(by: Administrator, wanted: CentreRulesShape) -> CentreRulesShape:
        """What holds from now on."""
        return _shape(identity.rules.put(CentreRules(**wanted.model_dump()), actor=by.actor))

    @router.get("/session/place", tags=["session"])
    def place(me: Anybody) -> PlaceOut:
        """Where I read."""
        return PlaceOut(place=_place(identity.places.of(me)))

    @router.put("/session/place", tags=["session"])
    def state(me: Anybody, told: PlaceIn) -> PlaceOut:
        """I say where I read."""
        return PlaceOut(place=_place(identity.places.state(me, Place(told.place))))

    @router.post("/session/challenge", tags=["session"], dependencies=[Depends(demand_own_page)])
    def challenge(request: Request) -> ChallengeOut:
        """What the key of this device signs, so that the cookie opens something; it opens nothing itself."""
        secret = request.cookies.get(SESSION_COOKIE)
        if not secret:
            raise NotSignedInError("not signed in", phase="checking access", remedy="sign in")
        return ChallengeOut(challenge=identity.access.challenge(secret))

    return router


def _shape(rules: CentreRules) -> CentreRulesShape:
    return CentreRulesShape(**{name: getattr(rules, name) for name in CentreRules.__dataclass_fields__})


def _place(place: Place) -> Literal["", "facility", "remote"]:
    return place.value
