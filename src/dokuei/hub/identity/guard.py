"""The door in front of every route: somebody known, with the right to be here, or a uniform refusal."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from anyio import to_thread
from fastapi import Request, Response

from dokuei.errors import DokueiError, ForbiddenError, NotFoundError, NotSignedInError
from dokuei.hub.identity.access import Access, Kind
from dokuei.hub.identity.model import Permission, Principal

if TYPE_CHECKING:
    from dokuei.hub.identity.refusals import Refusals

SESSION_COOKIE = "dokuei_session"
REQUEST_HEADER = "X-Dokuei-Request"
BACKGROUND_HEADER = "X-Dokuei-Background"
PROOF_HEADER = "X-Dokuei-Proof"
LINK_COOKIE = "dokuei_link"
DEVICE_KEY_HEADER = "X-Dokuei-Device-Key"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class _HasAccess(Protocol):
    @property
    def access(self) -> Access: ...


def presented(request: Request) -> tuple[Kind, str]:
    """The credential that a request carries: a bearer token goes before a cookie (RFC 6750).

    With the cookie goes the proof that its device gives; where the session is bound, neither is worth anything alone.

    Raises:
        NotSignedInError: none.
        ForbiddenError: a cookie on a request that changes something, without the header that only our page sends.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return "token", token.strip()
    secret = request.cookies.get(SESSION_COOKIE)
    if not secret:
        raise NotSignedInError("not signed in", phase="checking access", remedy="sign in")
    demand_own_page(request)
    proof = _proof(request)
    return "session", f"{secret} {proof}" if proof else secret


def _proof(request: Request) -> str:
    """What the device says: in a header, or, where a link is followed, in a cookie that holds for its path alone."""
    told = request.headers.get(PROOF_HEADER, "")
    if told or request.method not in _SAFE_METHODS:
        return told
    for_link = request.cookies.get(LINK_COOKIE, "")
    return f"{for_link} {request.url.path}" if for_link else ""


def demand_own_page(request: Request) -> None:
    """Refuse a request that another site's page could have sent for its visitor (CSRF).

    Raises:
        ForbiddenError: it changes something and does not carry the header.
    """
    if request.method not in _SAFE_METHODS and request.headers.get(REQUEST_HEADER) != "1":
        raise ForbiddenError(f"the header {REQUEST_HEADER} is missing", phase="checking access")


def remembered(request: Request) -> Principal | None:
    """Who is behind the request, if that was looked up in the last seconds.

    Raises:
        NotSignedInError: no credential at all.
        ForbiddenError: the request could have been sent by another site's page.
    """
    identity: _HasAccess = request.app.state.identity
    kind, secret = presented(request)
    return identity.access.remembered(kind, secret, active=_active(request))


async def principal(request: Request) -> Principal:
    """Who is behind the request.

    Raises:
        NotSignedInError: nobody who is known.
        NotFoundError: somebody who is let in to one study, and this is not about it.
    """
    known = remembered(request)
    if known is None:
        identity: _HasAccess = request.app.state.identity
        kind, secret = presented(request)
        known = await to_thread.run_sync(lambda: identity.access.look_up(kind, secret, active=_active(request)))
    if known.only_study is not None and request.path_params.get("study") != known.only_study:
        raise NotFoundError("nothing here", phase="checking access")
    request.state.principal = known
    return known


async def note_refusal(request: Request, error: DokueiError) -> None:
    """Put a refusal on record: of somebody who is known, or of a token that nobody has.

    Where nothing was looked up (a page of another site, a session that has ended) there is nobody to name.
    """
    refusals: Refusals = request.app.state.identity.refusals
    known: Principal | None = getattr(request.state, "principal", None)
    if isinstance(error, ForbiddenError) and known is not None:
        route = getattr(request.scope.get("route"), "path", "")
        await to_thread.run_sync(refusals.of_known, known, f"{request.method} {route}", error.code)
    elif isinstance(error, NotSignedInError) and _shows_token(request):
        await to_thread.run_sync(refusals.of_stranger, request.client.host if request.client else "")


def _shows_token(request: Request) -> bool:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and bool(token)


def _active(request: Request) -> bool:
    return request.headers.get(BACKGROUND_HEADER) != "1"


def require(permission: Permission) -> Callable[[Request], Awaitable[Principal]]:
    """A FastAPI dependency: the principal, if it holds the permission (at the path's ``site_id``, if there is one).

    A site outside the principal's answers 404 exactly like an unknown one.
    """

    async def checked(request: Request) -> Principal:
        known = await principal(request)
        site_id = request.path_params.get("site_id")
        if site_id is not None:
            known.demand(permission, site_id)
        elif permission not in known.permissions:
            raise ForbiddenError(
                f"this needs the permission {permission.value}", phase="checking access", remedy="ask an administrator"
            )
        return known

    return checked


def require_in_centre(permission: Permission) -> Callable[[Request], Awaitable[Principal]]:
    """A FastAPI dependency for what belongs to no site: the permission must come from a role in the centre."""

    async def checked(request: Request) -> Principal:
        known = await principal(request)
        if permission not in known.centre_permissions:
            raise ForbiddenError(
                f"this needs the permission {permission.value} in the reading centre", phase="checking access"
            )
        return known

    return checked


async def private(response: Response) -> None:
    """A FastAPI dependency for answers about people: no cache on any disk keeps them (RFC 9111 5.2.2.5)."""
    response.headers["Cache-Control"] = "no-store"


async def anybody(request: Request) -> Principal:
    """A FastAPI dependency: any signed-in person, whatever the roles.

    Raises:
        NotFoundError: a program's token where a person is meant.
    """
    known = await principal(request)
    if known.person_id is None:
        raise NotFoundError("nothing here", phase="checking access")
    return known
