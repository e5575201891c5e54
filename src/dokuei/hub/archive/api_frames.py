"""WADO-RS frames: the hot path, and its slower forms for clients that cannot decode (PS3.18 10.4.1.1.6)."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Annotated, Final

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from dokuei.dicom import uids
from dokuei.dicom.native import native_frame
from dokuei.errors import NotAcceptableError, NotFoundError, RequestError
from dokuei.hub.archive.accept import OCTETS, frame_choice
from dokuei.hub.archive.answer_parts import last_boundary, multipart_type, part_head
from dokuei.hub.archive.api_access import At, Finder, not_modified, note_access, wish_of
from dokuei.hub.archive.byte_ranges import ByteRange, read_range
from dokuei.hub.archive.frames import FrameFile
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.identity.model import Permission

_PHASE: Final = "reading a frame"
_MOST_DIGITS: Final = 7
_NATIVE_TYPE: Final = f"{OCTETS}; transfer-syntax={uids.EXPLICIT_LITTLE}"


@dataclass(frozen=True)
class FrameAnswers:
    """The forms in which frames go out; one for a process."""

    service: ArchiveService

    async def stored(self, request: Request, at: At, file: FrameFile, number: int) -> Response:
        """One frame's stored bytes alone, whole or a range of them."""
        offset, size = file.place(number)
        etag = file.etag(number)
        headers = {"ETag": etag, "Cache-Control": at.for_ever, "Accept-Ranges": "bytes", "Vary": "Accept"}
        if not_modified(request, etag):
            return Response(status_code=304, headers=headers)
        wanted = _wanted_range(request, etag, size)
        if wanted is not None:
            headers["Content-Range"] = wanted.header
            if not wanted.length:
                return _unsatisfiable(wanted)
            offset, size = offset + wanted.start, wanted.length
        if request.method == "HEAD":
            headers["Content-Length"] = str(size)
            data = b""
        else:
            data = await self.service.frames.read(file, offset, size)
        return Response(data, 206 if wanted else 200, headers, file.content_type)

    async def native(self, request: Request, at: At, file: FrameFile, number: int) -> Response:
        """One frame's cells alone, for a client that cannot decode."""
        etag = f'"{file.instance.coded.sha256}-{number}-native"'
        headers = {"ETag": etag, "Cache-Control": at.for_ever, "Vary": "Accept"}
        if not_modified(request, etag):
            return Response(status_code=304, headers=headers)
        return Response(await self.cells(file, number), headers=headers, media_type=_NATIVE_TYPE)

    async def in_parts(
        self, request: Request, at: At, file: FrameFile, numbers: list[int], *, as_native: bool
    ) -> Response:
        """One or several frames as the parts of a multipart message."""
        for number in numbers:
            file.place(number)
        boundary = boundary_of(file)
        content_type = _NATIVE_TYPE if as_native else file.content_type
        headers = {"Cache-Control": at.for_ever, "Vary": "Accept"}
        media_type = multipart_type(boundary, content_type.partition(";")[0])
        if request.method == "HEAD":
            return Response(headers=headers, media_type=media_type)
        address = request.url.path.rsplit("/", 1)[0]
        message = self._message(file, numbers, boundary, content_type, address, as_native=as_native)
        if len(numbers) == 1:
            return Response(b"".join([piece async for piece in message]), headers=headers, media_type=media_type)
        return StreamingResponse(message, headers=headers, media_type=media_type)

    async def cells(self, file: FrameFile, number: int) -> bytes:
        """A frame decoded, in a thread."""
        file.place(number)
        path = self.service.file_of(file.instance)
        return await to_thread.run_sync(native_frame, path, file.instance.coded, number)

    async def _message(
        self, file: FrameFile, numbers: list[int], boundary: str, content_type: str, address: str, *, as_native: bool
    ) -> AsyncIterator[bytes]:
        for number in numbers:
            if as_native:
                data = await self.cells(file, number)
            else:
                data = await self.service.frames.read(file, *file.place(number))
            yield part_head(boundary, content_type, f"{address}/{number}", len(data))
            yield data
            yield b"\r\n"
        yield last_boundary(boundary)


def add_frame_routes(router: APIRouter, service: ArchiveService, find: Callable[[Permission], Finder]) -> None:
    """Frames of an object: one or several, stored or native, parts or alone."""
    here = Annotated[At, Depends(find(Permission.READ_IMAGES))]
    answers = FrameAnswers(service)
    index = service.frames

    async def frames(request: Request, at: here, *, study: str, series: str, instance: str, frames: str) -> Response:
        """One frame alone (with Range), or one or several as parts."""
        numbers = _numbers(frames)
        file = await index.find(at.site_id, study, series, instance)
        await note_access(service, at, study)
        choice = frame_choice(wish_of(request), file.transfer_syntax_uid)
        as_native = choice.form == "native" or file.shared_bytes
        if choice.multipart:
            return await answers.in_parts(request, at, file, numbers, as_native=as_native)
        if len(numbers) > 1:
            raise NotAcceptableError("several frames need a multipart answer", phase=_PHASE)
        if as_native:
            return await answers.native(request, at, file, numbers[0])
        return await answers.stored(request, at, file, numbers[0])

    path = "/studies/{study}/series/{series}/instances/{instance}/frames/{frames}"
    router.add_api_route(path, frames, methods=["GET"])
    router.add_api_route(path, frames, methods=["HEAD"], include_in_schema=False)


def boundary_of(file: FrameFile) -> str:
    """A boundary that an object's frames are parted by each time, so that equal answers are equal bytes."""
    return f"dokuei-{file.instance.coded.sha256[:32]}"


def _numbers(frames: str) -> list[int]:
    """Frame numbers from 1, separated by commas.

    Raises:
        RequestError: not such a list.
        NotFoundError: frame 0.
    """
    parts = frames.split(",")
    if not all(part.isascii() and part.isdigit() and len(part) <= _MOST_DIGITS for part in parts):
        raise RequestError("frames are numbers separated by commas", phase=_PHASE)
    numbers = [int(part) for part in parts]
    if 0 in numbers:
        raise NotFoundError("frames are counted from 1", phase=_PHASE)
    return numbers


def _wanted_range(request: Request, etag: str, size: int) -> ByteRange | None:
    condition = request.headers.get("if-range")
    if condition is not None and condition.strip() != etag:
        return None
    return read_range(request.headers.get("range"), size)


def _unsatisfiable(wanted: ByteRange) -> Response:
    body = {"type": "urn:dokuei:problem:range", "title": "range not satisfiable", "status": 416}
    return JSONResponse(body, 416, {"Content-Range": wanted.header}, "application/problem+json")
