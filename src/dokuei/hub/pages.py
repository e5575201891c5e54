"""The viewer's built files: hashed names for ever, the page itself never cached, nothing from another host."""

import mimetypes
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dokuei.errors import NotFoundError

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
        "media-src 'self' blob:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), microphone=(self), on-device-speech-recognition=(self), geolocation=(), display-capture=()"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_OF_BYTES = ("Cross-Origin-Resource-Policy", "X-Content-Type-Options", "Strict-Transport-Security")
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_YEAR = 31_536_000
_TRANSPORT_SECURITY = {"Strict-Transport-Security": f"max-age={_YEAR}"}


def viewer_folder() -> Path:
    """Where the built viewer lies: beside the source in a checkout, inside the package when installed."""
    package = Path(__file__).parent.parent
    installed = package / "viewer_dist"
    return installed if installed.is_dir() else package.parent.parent / "viewer" / "dist"


def routes(folder: Path) -> APIRouter:
    """Serve the viewer: real files as they are, any other path outside the API is the page (its router decides)."""
    router = APIRouter(include_in_schema=False)
    root = folder.resolve()

    @router.api_route("/{path:path}", methods=["GET", "HEAD"])
    async def page(path: str, request: Request) -> Response:
        first = path.split("/", 1)[0]
        if first in {"api", "dicom-web", "fhir", "metrics", "sites", "transfer"}:
            if request.method == "HEAD":
                raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET"})
            raise NotFoundError("no such route", phase="answering the request", remedy="see /openapi.json")
        file = (root / path).resolve()
        if not (file.is_file() and file.is_relative_to(root)):
            file = root / "index.html"
        if not file.is_file():
            raise NotFoundError("the viewer has not been built", phase="serving the viewer", remedy="make viewer")
        return _file(file, request.headers.get("accept-encoding", ""), immutable="assets" in file.parts)

    return router


def _file(file: Path, accepted: str, *, immutable: bool) -> Response:
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    headers = {
        "Cache-Control": f"public, max-age={_YEAR}, immutable" if immutable else "no-cache",
        "Vary": "Accept-Encoding",
    }
    for encoding, suffix in _ENCODINGS:
        packed = file.with_name(file.name + suffix)
        if encoding in accepted and packed.is_file():
            return FileResponse(packed, media_type=media_type, headers={**headers, "Content-Encoding": encoding})
    return FileResponse(file, media_type=media_type, headers=headers)


def security_headers(*, transport_security: bool) -> dict[str, str]:
    """What goes with every answer.

    ``transport_security``: browsers shall come by TLS only (RFC 6797); never said of loopback, where one name stands
    for whatever else runs on this machine.
    """
    return {**SECURITY_HEADERS, **(_TRANSPORT_SECURITY if transport_security else {})}


def headers_of_bytes(headers: Mapping[str, str]) -> dict[str, str]:
    """Those of the security headers that say something about an answer which no browser can take for a page.

    A frame goes out thousands of times a second: a page's policies on each cost a sixth of them.
    """
    return {name: headers[name] for name in _OF_BYTES if name in headers}


class SecurityHeaders:
    """Pure ASGI, so that no answer is wrapped in another task."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to every HTTP answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self._headers]
            await send(message)

        await self._app(scope, receive, send_with_headers)
