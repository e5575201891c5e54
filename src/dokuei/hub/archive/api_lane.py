"""A lane of its own for frames: the same guard and the same bytes as the route, without a walk through all routes.

Whatever is not plain (somebody not remembered, a series not in memory, native cells, several frames, a condition) goes
on to the route, which answers for it: this file decides nothing that the route does not decide.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from dokuei.errors import DokueiError, NotFoundError
from dokuei.hub.archive.accept import Choice, frame_choice
from dokuei.hub.archive.answer_parts import last_boundary, multipart_type, part_head
from dokuei.hub.archive.api_access import At, only_site
from dokuei.hub.archive.api_frames import boundary_of, parts_etag
from dokuei.hub.archive.byte_ranges import ByteRange, read_range
from dokuei.hub.archive.frames import FrameFile
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.identity.guard import remembered
from dokuei.hub.identity.model import Permission

_FRAME: Final = re.compile(
    r"(?:/sites/([^/]+))?/dicom-web/studies/([^/]+)/series/([^/]+)/instances/([^/]+)/frames/([0-9]{1,7})\Z"
)
_NOT_PLAIN: Final = frozenset({b"if-none-match", b"if-range", b"if-match", b"if-modified-since"})


@dataclass(frozen=True, slots=True)
class PlacedAnswer:
    """An answer whose body lies in a file: ``length`` bytes from ``offset`` of it between two of our own pieces."""

    status: int
    headers: list[tuple[bytes, bytes]]
    file: FrameFile
    offset: int
    length: int
    before: bytes = b""
    after: bytes = b""


class FrameLane:
    """Pure ASGI, in front of the application; ``headers`` go with every answer that is given here."""

    def __init__(self, app: ASGIApp, service: ArchiveService, headers: Mapping[str, str] | None = None) -> None:
        self._app = app
        self._service = service
        self._headers = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
        self._headers.append((b"vary", b"Accept"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a plain request for a frame here, hand everything else on."""
        if scope["type"] == "lifespan":
            self._service.warm()
        elif scope["type"] == "http" and scope["method"] == "GET" and not scope["query_string"]:
            placed = self.placed(scope["app"], scope["path"], scope["headers"])
            if placed is not None and await self._answered(placed, send):
                return
        await self._app(scope, receive, send)

    def placed(self, app: Any, path: str, headers: list[tuple[bytes, bytes]]) -> PlacedAnswer | None:
        """The answer to a GET of ``path`` without a query, where all of it is known in memory; nothing is awaited."""
        named = _FRAME.match(path)
        if named is None:
            return None
        wishes = _by_name(headers)
        if not _NOT_PLAIN.isdisjoint(wishes):
            return None
        try:
            at = _at({"type": "http", "method": "GET", "app": app, "headers": headers}, named[1])
            found = None if at is None else self._found(at, named, wishes)
            if at is None or found is None:
                return None
            file, choice = found
            number = int(named[5])
            if choice.multipart:
                return self._part(at, file, path, number)
            return self._single(at, file, number, wishes)
        except DokueiError:
            return None

    def _found(self, at: At, named: re.Match[str], wishes: Mapping[bytes, bytes]) -> tuple[FrameFile, Choice] | None:
        """Which object in which form, if it is in memory and the visit stands in the trail already."""
        file = self._service.frames.recent(at.site_id, named[2], named[3], named[4])
        if file is None or file.shared_bytes:
            return None
        if not self._service.accesses.is_noted(at.principal.actor, at.site_id, named[2]):
            return None
        choice = frame_choice(wishes.get(b"accept", b"").decode("latin-1"), file.transfer_syntax_uid)
        return None if choice.form == "native" else (file, choice)

    def _single(self, at: At, file: FrameFile, number: int, wishes: Mapping[bytes, bytes]) -> PlacedAnswer | None:
        offset, size = file.place(number)
        part = _range(wishes, size)
        more = [(b"accept-ranges", b"bytes"), (b"etag", file.etag(number).encode())]
        if part is not None:
            offset, size = offset + part.start, part.length
            more.append((b"content-range", part.header.encode()))
        headers = self._head(at, file.content_type, size, more)
        return PlacedAnswer(206 if part else 200, headers, file, offset, size) if size else None

    def _part(self, at: At, file: FrameFile, path: str, number: int) -> PlacedAnswer | None:
        offset, size = file.place(number)
        boundary = boundary_of(file)
        before = part_head(boundary, file.content_type, path, size)
        after = b"\r\n" + last_boundary(boundary)
        media_type = multipart_type(boundary, file.content_type.partition(";")[0])
        etag = parts_etag(file, (number,), as_native=False).encode()
        headers = self._head(at, media_type, len(before) + size + len(after), [(b"etag", etag)])
        return PlacedAnswer(200, headers, file, offset, size, before, after) if size else None

    def _head(
        self, at: At, content_type: str, length: int, more: list[tuple[bytes, bytes]]
    ) -> list[tuple[bytes, bytes]]:
        return [
            *self._headers,
            (b"content-type", content_type.encode()),
            (b"content-length", str(length).encode()),
            (b"cache-control", at.for_ever.encode()),
            *more,
        ]

    async def _answered(self, placed: PlacedAnswer, send: Send) -> bool:
        try:
            data = await self._service.frames.read(placed.file, placed.offset, placed.length)
        except NotFoundError:
            return False
        body = b"".join((placed.before, data, placed.after)) if placed.before else data
        await send({"type": "http.response.start", "status": placed.status, "headers": placed.headers})
        await send({"type": "http.response.body", "body": body})
        return True


def _at(scope: Scope, site_id: str | None) -> At | None:
    """Who asks, at which site, if that is remembered: the same demands as in front of the route."""
    known = remembered(Request(scope))
    if known is None or known.only_study is not None:
        return None
    if site_id is None:
        return only_site(known, Permission.READ_IMAGES)
    known.demand(Permission.READ_IMAGES, site_id)
    return At(known, site_id)


def _by_name(headers: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Headers by name; several lines of one are a list, as the route reads them (RFC 9110 5.3)."""
    found = dict(headers)
    if len(found) < len(headers):
        found = {}
        for name, value in headers:
            found[name] = found[name] + b", " + value if name in found else value
    return found


def _range(wishes: Mapping[bytes, bytes], size: int) -> ByteRange | None:
    return read_range(wishes[b"range"].decode("latin-1"), size) if b"range" in wishes else None
