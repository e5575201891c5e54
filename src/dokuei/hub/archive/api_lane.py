"""A lane of its own for frames: the same guard and the same bytes as the route, without a walk through all routes.

Whatever is not plain (no such site, a series not in memory, native cells, several frames, a condition) goes on to the
route, which answers for it: this file decides nothing that the route does not decide.
"""

import re
from collections.abc import Mapping
from typing import Final

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from dokuei.errors import DokueiError
from dokuei.hub.archive.accept import Choice, frame_choice
from dokuei.hub.archive.answer_parts import last_boundary, multipart_type, part_head
from dokuei.hub.archive.api_access import At, at_named_site, at_only_site
from dokuei.hub.archive.api_frames import boundary_of, parts_etag
from dokuei.hub.archive.byte_ranges import ByteRange, read_range
from dokuei.hub.archive.frames import FrameFile
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.identity.model import Permission

_FRAME: Final = re.compile(
    r"(?:/sites/([^/]+))?/dicom-web/studies/([^/]+)/series/([^/]+)/instances/([^/]+)/frames/([0-9]{1,7})\Z"
)
_NOT_PLAIN: Final = frozenset({b"if-none-match", b"if-range", b"if-match", b"if-modified-since"})


class FrameLane:
    """Pure ASGI, in front of the application; ``headers`` go with every answer that is given here."""

    def __init__(self, app: ASGIApp, service: ArchiveService, headers: Mapping[str, str] | None = None) -> None:
        self._app = app
        self._service = service
        self._headers = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
        self._headers.append((b"vary", b"Accept"))
        self._at_named_site = at_named_site(Permission.READ_IMAGES)
        self._at_only_site = at_only_site(Permission.READ_IMAGES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a plain request for a frame here, hand everything else on."""
        if scope["type"] == "lifespan":
            self._service.warm()
        elif scope["type"] == "http" and scope["method"] == "GET" and not scope["query_string"]:
            named = _FRAME.match(scope["path"])
            if named is not None and await self._answered(scope, named, send):
                return
        await self._app(scope, receive, send)

    async def _answered(self, scope: Scope, named: re.Match[str], send: Send) -> bool:
        wishes = _by_name(scope["headers"])
        number = int(named[5])
        try:
            found = await self._found(scope, named, wishes)
            if found is None:
                return False
            at, file, choice = found
            offset, size = file.place(number)
            part = _range(wishes, size) if not choice.multipart else None
            if part is not None:
                offset, size = offset + part.start, part.length
            data = await self._service.frames.read(file, offset, size) if size else b""
        except DokueiError:
            return False
        if not data:
            return False
        if choice.multipart:
            await self._send_part(send, at, file, scope["path"], number, data)
        else:
            await self._send(send, at, file, number, part=part, data=data)
        return True

    async def _found(
        self, scope: Scope, named: re.Match[str], wishes: Mapping[bytes, bytes]
    ) -> tuple[At, FrameFile, Choice] | None:
        """Who asks for which object in which form, if all of it is known in memory and plain."""
        if not _NOT_PLAIN.isdisjoint(wishes):
            return None
        at = await self._at(scope, named[1])
        file = self._service.frames.recent(at.site_id, named[2], named[3], named[4])
        if file is None or file.shared_bytes:
            return None
        if not self._service.accesses.is_noted(at.principal.actor, at.site_id, named[2]):
            return None
        choice = frame_choice(wishes.get(b"accept", b"").decode("latin-1"), file.transfer_syntax_uid)
        return None if choice.form == "native" else (at, file, choice)

    async def _at(self, scope: Scope, site_id: str | None) -> At:
        if site_id is None:
            return await self._at_only_site(Request(scope))
        return await self._at_named_site(Request({**scope, "path_params": {"site_id": site_id}}), site_id)

    async def _send(
        self, send: Send, at: At, file: FrameFile, number: int, *, part: ByteRange | None, data: bytes
    ) -> None:
        more = [(b"accept-ranges", b"bytes"), (b"etag", file.etag(number).encode())]
        if part is not None:
            more.append((b"content-range", part.header.encode()))
        await self._answer(send, at, 206 if part else 200, file.content_type, more, data)

    async def _send_part(  # noqa: PLR0917 - the parts of an answer in their order
        self, send: Send, at: At, file: FrameFile, path: str, number: int, data: bytes
    ) -> None:
        boundary = boundary_of(file)
        head = part_head(boundary, file.content_type, path, len(data))
        body = b"".join((head, data, b"\r\n", last_boundary(boundary)))
        media_type = multipart_type(boundary, file.content_type.partition(";")[0])
        etag = parts_etag(file, (number,), as_native=False).encode()
        await self._answer(send, at, 200, media_type, [(b"etag", etag)], body)

    async def _answer(  # noqa: PLR0917 - the parts of an answer in their order
        self, send: Send, at: At, status: int, content_type: str, more: list[tuple[bytes, bytes]], body: bytes
    ) -> None:
        headers = [
            *self._headers,
            (b"content-type", content_type.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", at.for_ever.encode()),
            *more,
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


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
