"""WADO-RS frames: the hot path, and its slower forms for clients that cannot decode (PS3.18 10.4.1.1.6)."""

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse

from dokuei.dicom import uids
from dokuei.dicom.native import native_frame
from dokuei.errors import NotAcceptableError, NotFoundError, RequestError
from dokuei.hub.archive.accept import OCTETS, Choice, frame_choice
from dokuei.hub.archive.answer_parts import last_boundary, multipart_type, part_head
from dokuei.hub.archive.api_access import At, Finder, add_get_and_head, head_of, not_modified, note_access, wish_of
from dokuei.hub.archive.api_ranges import unsatisfiable, wanted_range
from dokuei.hub.archive.decodable import is_kept_encoded
from dokuei.hub.archive.frames import FrameFile
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.identity.model import Permission

_PHASE: Final = "reading a frame"
_MOST_DIGITS: Final = 7
_PIECE: Final = 1 << 18  # the server holds some of them for each connection, whole frames were too much
_NATIVE_TYPE: Final = f"{OCTETS}; transfer-syntax={uids.EXPLICIT_LITTLE}"


@dataclass(frozen=True)
class FrameAnswers:
    """The forms in which frames go out; one for a process."""

    service: ArchiveService

    async def chosen(self, request: Request, at: At, file: FrameFile, numbers: list[int], choice: Choice) -> Response:
        """Frames in the form that was chosen.

        Raises:
            NotAcceptableError: several frames alone, or cells that cannot be decoded here.
        """
        as_native = choice.form == "native" or file.shared_bytes
        if choice.multipart:
            return await self.in_parts(request, at, file, numbers, as_native=as_native)
        if len(numbers) > 1:
            raise NotAcceptableError("several frames need a multipart answer", phase=_PHASE)
        if as_native:
            return await self.native(request, at, file, numbers[0])
        return await self.stored(request, at, file, numbers[0])

    async def stored(self, request: Request, at: At, file: FrameFile, number: int) -> Response:
        """One frame's stored bytes alone, whole or a range of them."""
        offset, size = file.place(number)
        etag = file.etag(number)
        headers = {"ETag": etag, "Cache-Control": at.for_ever, "Accept-Ranges": "bytes", "Vary": "Accept"}
        if not_modified(request, etag):
            return Response(status_code=304, headers=headers)
        wanted = wanted_range(request, etag, size)
        if wanted is not None:
            headers["Content-Range"] = wanted.header
            if not wanted.length:
                return unsatisfiable(wanted)
            offset, size = offset + wanted.start, wanted.length
        if request.method == "HEAD":
            headers["Content-Length"] = str(size)
            data = b""
        else:
            data = await self.service.frames.read(file, offset, size)
        return Response(data, 206 if wanted else 200, headers, file.content_type)

    async def native(self, request: Request, at: At, file: FrameFile, number: int) -> Response:
        """One frame's cells alone, whole or a range of them, for a client that cannot decode."""
        file.place(number)
        etag = f'"{file.instance.coded.sha256}-{number}-native"'
        headers = {"ETag": etag, "Cache-Control": at.for_ever, "Accept-Ranges": "bytes", "Vary": "Accept"}
        if not_modified(request, etag):
            return Response(status_code=304, headers=headers)
        if request.method == "HEAD":
            return head_of(_NATIVE_TYPE, headers)
        data = await self.cells(file, number)
        wanted = wanted_range(request, etag, len(data))
        if wanted is None:
            return Response(data, headers=headers, media_type=_NATIVE_TYPE)
        if not wanted.length:
            return unsatisfiable(wanted)
        headers["Content-Range"] = wanted.header
        return Response(data[wanted.start : wanted.start + wanted.length], 206, headers, _NATIVE_TYPE)

    async def in_parts(
        self, request: Request, at: At, file: FrameFile, numbers: list[int], *, as_native: bool
    ) -> Response:
        """One or several frames as the parts of a multipart message."""
        for number in numbers:
            file.place(number)
        boundary = boundary_of(file)
        content_type = _NATIVE_TYPE if as_native else file.content_type
        etag = parts_etag(file, numbers, as_native=as_native)
        headers = {"ETag": etag, "Cache-Control": at.for_ever, "Vary": "Accept"}
        media_type = multipart_type(boundary, content_type.partition(";")[0])
        if not_modified(request, etag):
            return Response(status_code=304, headers=headers)
        if request.method == "HEAD":
            return head_of(media_type, headers)
        if as_native and len(numbers) > 1 and is_kept_encoded(file.instance):
            for number in numbers:
                await self.cells(file, number)  # nothing can be refused once the first part is out
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
            for at in range(0, len(data), _PIECE):
                yield data[at : at + _PIECE]
            yield b"\r\n"
        yield last_boundary(boundary)


def add_frame_routes(router: APIRouter, service: ArchiveService, find: Callable[[Permission], Finder]) -> None:
    """Frames of an object: one or several, stored or native, parts or alone."""
    here = Annotated[At, Depends(find(Permission.READ_IMAGES))]
    answers = FrameAnswers(service)
    index = service.frames

    async def frames(request: Request, at: here, *, study: str, series: str, instance: str, frames: str) -> Response:
        """One frame alone (with Range), or one or several as parts."""
        numbers = frame_numbers(frames)
        file = await index.find(at.site_id, study, series, instance)
        await note_access(service, at, study)
        wish = wish_of(request)
        choice = frame_choice(wish, file.transfer_syntax_uid)
        try:
            return await answers.chosen(request, at, file, numbers, choice)
        except NotAcceptableError as error:
            if choice.form == "stored":
                raise
            as_stored = _without_decoding(wish, file, error)
        return await answers.chosen(request, at, file, numbers, as_stored)

    add_get_and_head(router, "/studies/{study}/series/{series}/instances/{instance}/frames/{frames}", frames)


def boundary_of(file: FrameFile) -> str:
    """A boundary that an object's frames are parted by each time, so that equal answers are equal bytes."""
    return f"dokuei-{file.instance.coded.sha256[:32]}"


def parts_etag(file: FrameFile, numbers: Sequence[int], *, as_native: bool) -> str:
    """A strong tag of frames as parts."""
    named = str(numbers[0]) if len(numbers) == 1 else hashlib.sha256(repr(numbers).encode()).hexdigest()[:16]
    return f'"{file.instance.coded.sha256}-{named}-parts{"-native" if as_native else ""}"'


def frame_numbers(frames: str) -> list[int]:
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


def _without_decoding(wish: str, file: FrameFile, error: NotAcceptableError) -> Choice:
    """What else is taken of frames that cannot be decoded here; else the reason why they cannot."""
    try:
        return frame_choice(wish, file.transfer_syntax_uid, decodable=False)
    except NotAcceptableError:
        raise error from None
