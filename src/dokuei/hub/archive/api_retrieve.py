"""WADO-RS objects and bulk data: Part 10 files as stored or in Explicit VR Little Endian (PS3.18 10.4.1.1.1)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Annotated, Final

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, Response, StreamingResponse

from dokuei.dicom import uids
from dokuei.dicom.dicom_json import read_bulk
from dokuei.dicom.native import to_explicit_little_endian
from dokuei.errors import NotAcceptableError
from dokuei.hub.archive.accept import DICOM, OCTETS, Choice, file_choice, octets_choice
from dokuei.hub.archive.answer_parts import AnswerPart, multipart, multipart_type
from dokuei.hub.archive.api_access import At, Finder, base_of, not_modified, note_access, wish_of
from dokuei.hub.archive.model import ArchivedInstance
from dokuei.hub.archive.reading import Scope
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.identity.model import Permission

_PIECE: Final = 1 << 20
_BOUNDARY: Final = "dokuei-5b9d1a6c0e4f4f0c8a7e2d3b1c6f9e80"


@dataclass(frozen=True)
class FileAnswers:
    """Objects as files, one or many."""

    service: ArchiveService

    async def retrieved(self, request: Request, at: At, scope: Scope) -> Response:
        """Every object of a scope, each in the best form that the client takes."""
        found = await to_thread.run_sync(self.service.instances, scope)
        await note_access(self.service, at, scope.study_instance_uid)
        wish = wish_of(request)
        choices = [file_choice(wish, one.coded.transfer_syntax_uid) for one in found]
        for one, choice in zip(found, choices, strict=True):
            _demand_decodable(one, choice)
        if not choices[0].multipart:
            if len(found) > 1:
                raise NotAcceptableError("several objects need a multipart answer", phase="retrieving")
            return await self._alone(request, at, found[0], choices[0])
        return await self._in_parts(request, at, list(zip(found, choices, strict=True)))

    async def bulk(self, request: Request, at: At, scope: Scope, path: str) -> Response:
        """The value behind a BulkDataURI."""
        (one,) = await to_thread.run_sync(self.service.instances, scope)
        await note_access(self.service, at, scope.study_instance_uid)
        in_parts = octets_choice(wish_of(request))
        etag = f'"{one.coded.sha256}-{path}"'
        headers = {"ETag": etag, "Cache-Control": at.for_ever, "Vary": "Accept"}
        if not_modified(request, etag):
            return Response(status_code=304, headers=headers)
        data = await to_thread.run_sync(lambda: read_bulk(self.service.file_of(one), one.coded, path))
        if not in_parts:
            return Response(data, headers=headers, media_type=OCTETS)
        part = AnswerPart(OCTETS, request.url.path, len(data), [data])
        body = b"".join(multipart(_BOUNDARY, [part]))
        return Response(body, headers=headers, media_type=multipart_type(_BOUNDARY, OCTETS))

    async def _alone(self, request: Request, at: At, one: ArchivedInstance, choice: Choice) -> Response:
        path = self.service.file_of(one)
        etag = f'"{one.coded.sha256}{"" if choice.form == "stored" else "-native"}"'
        headers = {"ETag": etag, "Cache-Control": at.for_ever, "Vary": "Accept"}
        if not_modified(request, etag):
            return Response(status_code=304, headers=headers)
        if choice.form == "stored":
            media_type = f"{DICOM}; transfer-syntax={one.coded.transfer_syntax_uid}"
            return FileResponse(path, headers=headers, media_type=media_type)
        pieces = await to_thread.run_sync(_begun, to_explicit_little_endian(path, one.coded))
        media_type = f"{DICOM}; transfer-syntax={uids.EXPLICIT_LITTLE}"
        return StreamingResponse(pieces, headers=headers, media_type=media_type)

    async def _in_parts(self, request: Request, at: At, chosen: Sequence[tuple[ArchivedInstance, Choice]]) -> Response:
        base = base_of(request)
        parts = (self._part(base, one, choice) for one, choice in chosen)
        headers = {"Cache-Control": at.for_ever if len(chosen) == 1 else at.until_changed, "Vary": "Accept"}
        media_type = multipart_type(_BOUNDARY, DICOM)
        if request.method == "HEAD":
            return Response(headers=headers, media_type=media_type)
        pieces = await to_thread.run_sync(_begun, multipart(_BOUNDARY, parts))
        return StreamingResponse(pieces, headers=headers, media_type=media_type)

    def _part(self, base: str, one: ArchivedInstance, choice: Choice) -> AnswerPart:
        coded = one.coded
        path = self.service.file_of(one)
        location = (
            f"{base}/studies/{coded.study_instance_uid}/series/{coded.series_instance_uid}"
            f"/instances/{coded.sop_instance_uid}"
        )
        if choice.form == "stored":
            media_type = f"{DICOM}; transfer-syntax={coded.transfer_syntax_uid}"
            return AnswerPart(media_type, location, coded.size, _pieces(path))
        media_type = f"{DICOM}; transfer-syntax={uids.EXPLICIT_LITTLE}"
        return AnswerPart(media_type, location, None, to_explicit_little_endian(path, coded))


def add_retrieve_routes(router: APIRouter, service: ArchiveService, find: Callable[[Permission], Finder]) -> None:
    """Objects of a study, a series or alone, and their bulk data."""
    here = Annotated[At, Depends(find(Permission.READ_IMAGES))]
    answers = FileAnswers(service)

    async def study(request: Request, at: here, study: str) -> Response:
        """Every object of a study."""
        return await answers.retrieved(request, at, Scope(at.site_id, study))

    async def one_series(request: Request, at: here, study: str, series: str) -> Response:
        """Every object of a series."""
        return await answers.retrieved(request, at, Scope(at.site_id, study, series))

    async def one_instance(request: Request, at: here, study: str, series: str, instance: str) -> Response:
        """One object; alone (application/dicom) with Range."""
        return await answers.retrieved(request, at, Scope(at.site_id, study, series, instance))

    async def bulk(request: Request, at: here, *, study: str, series: str, instance: str, path: str) -> Response:
        """A value that metadata gives as an address."""
        return await answers.bulk(request, at, Scope(at.site_id, study, series, instance), path)

    instance_path = "/studies/{study}/series/{series}/instances/{instance}"
    for path, handler in (
        ("/studies/{study}", study),
        ("/studies/{study}/series/{series}", one_series),
        (instance_path, one_instance),
        (instance_path + "/bulkdata/{path:path}", bulk),
    ):
        router.add_api_route(path, handler, methods=["GET"])
        router.add_api_route(path, handler, methods=["HEAD"], include_in_schema=False)


def _demand_decodable(one: ArchivedInstance, choice: Choice) -> None:
    """Before the first byte goes out: afterwards nothing can be refused any more."""
    syntax = uids.TRANSFER_SYNTAXES.get(one.coded.transfer_syntax_uid)
    if choice.form == "native" and syntax is not None and syntax.kind is uids.Kind.VIDEO:
        raise NotAcceptableError(
            f"{syntax.name} is not decoded here", phase="retrieving", remedy="ask for transfer-syntax=*"
        )


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The first piece is made before the status goes out, so that a failure still becomes a problem answer."""
    first = next(pieces, b"")
    return chain([first], pieces)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
