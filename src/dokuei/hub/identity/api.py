"""The HTTP door of identity; other slices take ``require`` from here."""

from collections.abc import Callable
from typing import Annotated, Any

import anyio
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Request, Response

from dokuei.clock import monotonic
from dokuei.errors import NotSignedInError
from dokuei.hub.identity import api_enrolment, api_people, api_qualifications, api_rights, api_rules, api_security
from dokuei.hub.identity.api_shapes import (
    CredentialIn,
    OpenSessionOut,
    PasskeyOptionsIn,
    PasswordIn,
    SessionOut,
    SubstituteIn,
    open_session_out,
    session_out,
)
from dokuei.hub.identity.binding import checked_key
from dokuei.hub.identity.guard import (
    BACKGROUND_HEADER,
    DEVICE_KEY_HEADER,
    REQUEST_HEADER,
    SESSION_COOKIE,
    anybody,
    demand_own_page,
    principal,
    private,
    require,
    require_in_centre,
)
from dokuei.hub.identity.model import Principal
from dokuei.hub.identity.service import IdentityService
from dokuei.hub.identity.sign_in import Where

__all__ = [
    "BACKGROUND_HEADER",
    "REQUEST_HEADER",
    "SESSION_COOKIE",
    "anybody",
    "demand_own_page",
    "principal",
    "private",
    "require",
    "require_in_centre",
    "routes",
]

Anybody = Annotated[Principal, Depends(anybody)]

_FAILURE_SECONDS = 0.6
_JUDGED_AT_ONCE = 4


def routes(identity: IdentityService) -> APIRouter:
    """Sign-in, session, enrolment and people."""
    router = APIRouter()
    router.include_router(_sign_in_routes(identity))
    router.include_router(_session_routes(identity))
    router.include_router(api_enrolment.routes(identity.enrolments))
    router.include_router(api_people.routes(identity.people))
    router.include_router(api_qualifications.routes(identity.qualifications))
    router.include_router(api_rights.routes(identity))
    router.include_router(api_security.routes(identity))
    router.include_router(api_rules.routes(identity))
    return router


def _sign_in_routes(identity: IdentityService) -> APIRouter:
    router = APIRouter(
        prefix="/api/v1/sign-in", tags=["sign-in"], dependencies=[Depends(demand_own_page), Depends(private)]
    )
    limiter = CapacityLimiter(_JUDGED_AT_ONCE)

    @router.post("/password")
    async def password(request: Request, response: Response, typed: PasswordIn) -> SessionOut:
        """Sign in with password and code."""
        where = _where(request)

        def judge() -> str:
            return identity.sign_in.password(
                user_name=typed.user_name, password=typed.password, code=typed.totp_code, where=where
            )

        return await _signed_in(identity, request, response, await _evenly(judge, limiter))

    @router.post("/passkey/options")
    def passkey_options(_who: PasskeyOptionsIn | None = None) -> dict[str, Any]:
        """Options for ``navigator.credentials.get``: the same for everybody."""
        return identity.sign_in.passkey_options()

    @router.post("/passkey")
    async def passkey(request: Request, response: Response, answer: CredentialIn) -> SessionOut:
        """Sign in with a key."""
        where = _where(request)

        def judge() -> str:
            return identity.sign_in.passkey(answer.credential, where=where)

        return await _signed_in(identity, request, response, await _evenly(judge, limiter))

    @router.post("/substitute")
    async def substitute(request: Request, response: Response, given: SubstituteIn) -> SessionOut:
        """Sign in with the two codes of a substitute, or of the emergency account."""
        where = _where(request)

        def judge() -> str:
            return identity.sign_in.substitute(
                user_name=given.user_name, first_code=given.first_code, second_code=given.second_code, where=where
            )

        return await _signed_in(identity, request, response, await _evenly(judge, limiter))

    return router


def _session_routes(identity: IdentityService) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["session"], dependencies=[Depends(private)])

    @router.get("/session")
    def session(me: Anybody) -> SessionOut:
        """Who is signed in."""
        return _session_out(identity, me)

    @router.post("/sign-out", status_code=204, dependencies=[Depends(demand_own_page)])
    def sign_out(request: Request) -> Response:
        """End this session; also where it has ended already."""
        secret = request.cookies.get(SESSION_COOKIE)
        if secret:
            identity.sign_in.sign_out(secret)
        response = Response(status_code=204)
        response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")
        return response

    @router.get("/sessions")
    def sessions(me: Anybody) -> list[OpenSessionOut]:
        """My open sessions, here and on other machines."""
        return [
            open_session_out(open_session, current=me.session_id)
            for open_session in identity.access.sessions(me.person_id or "")
        ]

    @router.delete("/sessions/{session_id}", status_code=204)
    def end(me: Anybody, session_id: str) -> Response:
        """End one of my sessions."""
        identity.access.end_session(session_id, person_id=me.person_id or "", actor=me.actor, because="ended remotely")
        return Response(status_code=204)

    return router


async def _evenly(judge: Callable[[], str], limiter: CapacityLimiter) -> str:
    """Judge beside the event loop; a failure takes the same time whoever was named (AUTH-09)."""
    started = monotonic()
    try:
        return await to_thread.run_sync(judge, limiter=limiter)
    except NotSignedInError:
        await anyio.sleep(max(0.0, started + _FAILURE_SECONDS - monotonic()))
        raise


async def _signed_in(identity: IdentityService, request: Request, response: Response, secret: str) -> SessionOut:
    response.set_cookie(
        SESSION_COOKIE, secret, path="/", httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )
    me = await to_thread.run_sync(lambda: identity.access.just_opened(secret))
    return await to_thread.run_sync(lambda: _session_out(identity, me))


def _session_out(identity: IdentityService, me: Principal) -> SessionOut:
    return session_out(identity.myself(me), me, idle_lock_seconds=identity.idle_lock_seconds)


def _where(request: Request) -> Where:
    return Where(
        address=request.client.host if request.client else "",
        user_agent=request.headers.get("user-agent", ""),
        device_key=checked_key(request.headers.get(DEVICE_KEY_HEADER, "")),
    )
