"""Who asks, at which site, and how the answer may be kept: the same for every DICOMweb route."""

import gzip
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import Response

from dokuei.errors import ConflictError, NotFoundError
from dokuei.hub.archive.accept import gzip_is_taken
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.identity.api import require
from dokuei.hub.identity.model import Permission, Principal

Finder = Callable[..., Awaitable["At"]]
_YEAR: Final = 31_536_000
_WORTH_COMPRESSING: Final = 1024


@dataclass(frozen=True, slots=True)
class At:
    """A principal at one site that it may see."""

    principal: Principal
    site_id: str

    @property
    def keeps_nothing(self) -> bool:
        """A browser's disk cache would keep plain pixels; programs with a token may keep what never changes."""
        return not self.principal.actor.startswith("token:")

    @property
    def for_ever(self) -> str:
        """Cache-Control of bytes that never change under their address."""
        return "no-store" if self.keeps_nothing else f"private, max-age={_YEAR}, immutable"

    @property
    def until_changed(self) -> str:
        """Cache-Control of what may change: kept, and asked about each time."""
        return "no-store" if self.keeps_nothing else "private, no-cache"


def at_named_site(permission: Permission) -> Finder:
    """A dependency for routes under ``/sites/{site_id}``; a foreign site answers like an unknown one."""
    demand = require(permission)

    async def at(request: Request, site_id: str) -> At:
        return At(await demand(request), site_id)

    return at


def at_only_site(permission: Permission) -> Finder:
    """A dependency for routes without a site: the one site of the token or session."""
    demand = require(permission)

    async def at(request: Request) -> At:
        return only_site(await demand(request), permission)

    return at


def only_site(principal: Principal, permission: Permission) -> At:
    """The one site of a token or session.

    Raises:
        NotFoundError: it has none.
        ConflictError: it has several, and must name one.
    """
    sites = sorted(principal.sites_with(permission))
    if not sites:
        raise NotFoundError("nothing here", phase="checking access")
    if len(sites) > 1:
        raise ConflictError(
            "this account has several sites", phase="checking access", remedy="use /sites/{site_id}/dicom-web"
        )
    return At(principal, sites[0])


async def note_access(service: ArchiveService, at: At, study: str) -> None:
    """Say in the audit trail that somebody opened a study that is there, once an hour; a test patient is nobody."""
    actor = at.principal.actor
    if at.principal.only_study is not None:
        return
    if not service.accesses.is_noted(actor, at.site_id, study):
        await to_thread.run_sync(service.accesses.note, actor, at.site_id, study)


def base_of(request: Request) -> str:
    """The address of the DICOMweb service that was asked, under the hub's configured name.

    The Host header is the client's word: it may lack the port, or name a host of somebody else's. What is asked for
    outside DICOMweb has its address in the service of the site that is named.
    """
    before, found, _ = request.url.path.partition("/dicom-web")
    below = before if found else f"/sites/{request.path_params['site_id']}"
    return f"{request.app.state.hub_url}{below}/dicom-web"


def not_modified(request: Request, etag: str) -> bool:
    """Whether the client has this already (RFC 9110 13.1.2)."""
    wanted = request.headers.get("if-none-match")
    if wanted is None:
        return False
    return any(one.strip().removeprefix("W/") in {etag, "*"} for one in wanted.split(","))


def json_answer(request: Request, body: bytes, *, media_type: str, headers: dict[str, str]) -> Response:
    """A JSON body, known by its own digest, compressed where the client takes that and it is worth it."""
    packed = len(body) >= _WORTH_COMPRESSING and takes_gzip(request)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}{"-gzip" if packed else ""}"'
    headers = {**headers, "ETag": etag, "Vary": "Accept, Accept-Encoding"}
    if not_modified(request, etag):
        return Response(status_code=304, headers=headers)
    if packed:
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, 1, mtime=0)
    return Response(body, media_type=media_type, headers=headers)


def takes_gzip(request: Request) -> bool:
    """Whether the client can undo gzip, and wants it at all (RFC 9110 12.5.3)."""
    return gzip_is_taken(joined_lines(request, "accept-encoding"))


def wish_of(request: Request) -> str:
    """The Accept header, or the query parameter that stands for it (PS3.18 8.3.3.1)."""
    return request.query_params.get("accept") or joined_lines(request, "accept")


def joined_lines(request: Request, name: str) -> str:
    """A list-valued header: several lines are one list (RFC 9110 5.3)."""
    return ", ".join(request.headers.getlist(name))


def add_get_and_head(router: APIRouter, path: str, handler: Callable[..., Awaitable[Response]]) -> None:
    """A resource that is read, and whose head can be had alone (RFC 9110 9.3.2)."""
    router.add_api_route(path, handler, methods=["GET"])
    router.add_api_route(path, handler, methods=["HEAD"], include_in_schema=False)


def head_of(media_type: str, headers: Mapping[str, str], status: int = 200) -> Response:
    """The answer to HEAD where the length is known only once the body is made: then none is told (RFC 9110 8.6)."""
    answer = Response(status_code=status, headers=dict(headers), media_type=media_type)
    del answer.headers["content-length"]
    return answer
