"""The ASGI outer door: every error leaves the hub as an RFC 9457 problem, and none with patient data."""

from collections.abc import Awaitable, Callable

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dokuei.errors import AccessError, DokueiError, RequestError
from dokuei.hub.problem_words import in_both_languages

NoteRefusal = Callable[[Request, DokueiError], Awaitable[None]]

_log = structlog.get_logger()
_MEDIA_TYPE = "application/problem+json"


async def _on_no_record(_request: Request, _error: DokueiError) -> None:
    """Gateways' refusals are their own."""


def answer_with_problems(app: FastAPI, note_refusal: NoteRefusal = _on_no_record) -> None:
    """Register the handlers on an application; ``note_refusal`` puts on record who was refused what."""
    app.add_middleware(RefuseNul)

    @app.exception_handler(DokueiError)
    async def _known(request: Request, error: DokueiError) -> JSONResponse:
        if isinstance(error, AccessError):
            await note_refusal(request, error)
        if error.http_status >= 500:  # noqa: PLR2004 - the server error class of RFC 9110 15.6
            _log.error("request.failed", code=error.code, phase=error.phase)
        headers = {"WWW-Authenticate": "Bearer"} if error.http_status == 401 else None  # noqa: PLR2004 - RFC 9110 15.5.2
        return JSONResponse(in_both_languages(error.problem()), error.http_status, headers, _MEDIA_TYPE)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        wrong = "; ".join(f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors())
        problem = RequestError(wrong, phase="reading the request", remedy="see /openapi.json")
        return JSONResponse({**problem.problem(), "status": 422}, 422, media_type=_MEDIA_TYPE)

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> JSONResponse:
        body = {"type": "about:blank", "title": str(error.detail), "status": error.status_code}
        return JSONResponse(body, error.status_code, error.headers, _MEDIA_TYPE)

    @app.exception_handler(ClientDisconnect)
    async def _hung_up(request: Request, _error: ClientDisconnect) -> Response:
        _log.info("request.hung-up", method=request.method, route=_route(request))
        return Response(status_code=400)  # nobody reads it

    @app.exception_handler(Exception)
    async def _unknown(request: Request, error: Exception) -> JSONResponse:
        _log.error("request.broke", method=request.method, route=_route(request), exc_info=error)
        return _broken()


class OuterDoor:
    """Around the whole application: what breaks before its own handlers stand is a problem too, not a bare 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in the application's place where it could not begin to."""
        begun = False

        async def send_and_note(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            _log.error("request.broke", method=scope["method"], route="?", exc_info=error)
            await _broken()(scope, receive, send)


def _broken() -> JSONResponse:
    problem = DokueiError("something broke; it has been logged", phase="answering the request")
    return JSONResponse(problem.problem(), 500, media_type=_MEDIA_TYPE)


class RefuseNul:
    """No name of anything here holds a NUL, and PostgreSQL keeps none in a text: refused once, before any route."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer such a request here, and let every other one pass."""
        if scope["type"] == "http" and ("\0" in scope["path"] or b"%00" in scope["query_string"]):
            problem = RequestError("a NUL character in the address", phase="reading the request")
            await JSONResponse(problem.problem(), problem.http_status, media_type=_MEDIA_TYPE)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _route(request: Request) -> str:
    """The route's pattern: a path itself may hold identifiers."""
    route = request.scope.get("route")
    return str(getattr(route, "path", "?"))
