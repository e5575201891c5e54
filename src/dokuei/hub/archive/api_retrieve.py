"""WADO-RS objects and bulk data: Part 10 files as stored or in Explicit VR Little Endian (PS3.18 10.4.1.1.1)."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, Response

from dokuei.dicom import uids
from dokuei.dicom.bulk import BulkData, find_bulk
from dokuei.dicom.native import to_explicit_little_endian
from dokuei.errors import DokueiError, NotAcceptableError, ProofError
from dokuei.hub.archive.accept import DICOM, OCTETS, Choice, bulk_choice, file_choice
from dokuei.hub.archive.answer_parts import AnswerPart, multipart, multipart_type
from dokuei.hub.archive.api_access import (
    At,
    Finder,
    add_get_and_head,
    base_of,
    not_modified,
    note_access,
    wish_of,
)
from dokuei.hub.archive.api_ranges import unsatisfiable, wanted_range
from dokuei.hub.archive.api_streams import streamed
from dokuei.hub.archive.decodable import is_kept_encoded
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
        chosen = await to_thread.run_sync(self._chosen, wish_of(request), found)
        if not chosen[0][1].multipart:
            return await self._alone(request, at, *chosen[0])
        return await self._in_parts(request, at, chosen, left_out=len(found) - len(chosen))

    async def bulk(self, request: Request, at: At, scope: Scope, path: str) -> Response:
        """The value behind a BulkDataURI, or a range of it."""
        (one,) = await to_thread.run_sync(self.service.instances, scope)
        await note_access(self.service, at, scope.study_instance_uid)
        found = await to_thread.run_sync(self._found_bulk, one, path)
        choice = bulk_choice(wish_of(request), found.media_type)
        as_document = choice.content == found.media_type != OCTETS
        length = found.document_length if as_document else found.length
        etag = f'"{one.coded.sha256}-{path}{"-document" if as_document else ""}{"-part" if choice.multipart else ""}"'
        headers = {"ETag": etag, "Cache-Control": at.for_ever, "Vary": "Accept"}
        if not_modified(request, etag):
            return Response(status_code=304, headers=headers)
        if choice.multipart:
            part = AnswerPart(choice.content, request.url.path, length, found.pieces(0, length))
            return await streamed(
                request, multipart(_BOUNDARY, [part]), headers, multipart_type(_BOUNDARY, part.content_type)
            )
        headers["Accept-Ranges"] = "bytes"
        wanted = wanted_range(request, etag, length)
        if wanted is None:
            headers["Content-Length"] = str(length)
            return await streamed(request, found.pieces(0, length), headers, choice.content)
        if not wanted.length:
            return unsatisfiable(wanted)
        headers |= {"Content-Length": str(wanted.length), "Content-Range": wanted.header}
        return await streamed(request, found.pieces(wanted.start, wanted.length), headers, choice.content, 206)

    def _found_bulk(self, one: ArchivedInstance, path: str) -> BulkData:
        """Where a value is; of pixels that were kept as they came, it is first tried whether they can be decoded."""
        file = self.service.file_of(one)
        found = find_bulk(file, path)
        if found.start is None and is_kept_encoded(one):
            self.service.decodability.demand(file, one)
        return found

    def _chosen(self, wish: str, found: Sequence[ArchivedInstance]) -> list[tuple[ArchivedInstance, Choice]]:
        """The form of each object; what fits no wish is left out, unless nothing would remain.

        Raises:
            NotAcceptableError, ProofError: why the last of them cannot be handed out, where none can.
        """
        chosen: list[tuple[ArchivedInstance, Choice]] = []
        refused: DokueiError | None = None
        for one in found:
            try:
                chosen.append((one, self._choice(wish, one, several=len(found) > 1)))
            except (NotAcceptableError, ProofError) as error:
                refused = error
        if refused is not None and not chosen:
            raise refused
        return chosen

    def _choice(self, wish: str, one: ArchivedInstance, *, several: bool) -> Choice:
        syntax, has_pixels = one.coded.transfer_syntax_uid, bool(one.coded.frames)
        choice = file_choice(wish, syntax, has_pixels=has_pixels, several=several)
        if choice.form == "stored":
            return choice
        try:
            self.service.decodability.demand(self.service.file_of(one), one)
        except NotAcceptableError as error:
            try:
                return file_choice(wish, syntax, decodable=False, has_pixels=has_pixels, several=several)
            except NotAcceptableError:
                raise error from None
        return choice

    async def _alone(self, request: Request, at: At, one: ArchivedInstance, choice: Choice) -> Response:
        path = self.service.file_of(one)
        etag = f'"{one.coded.sha256}{"" if choice.form == "stored" else "-native"}"'
        headers = {"ETag": etag, "Cache-Control": at.for_ever, "Vary": "Accept"}
        if not_modified(request, etag):
            return Response(status_code=304, headers=headers)
        if choice.form == "stored":
            media_type = f"{DICOM}; transfer-syntax={one.coded.transfer_syntax_uid}"
            return FileResponse(path, headers=headers, media_type=media_type)
        media_type = f"{DICOM}; transfer-syntax={uids.EXPLICIT_LITTLE}"
        return await streamed(request, to_explicit_little_endian(path, one.coded), headers, media_type)

    async def _in_parts(
        self, request: Request, at: At, chosen: Sequence[tuple[ArchivedInstance, Choice]], *, left_out: int
    ) -> Response:
        base = base_of(request)
        facts = repr((base, left_out, [(one.coded.sha256, choice.form) for one, choice in chosen]))
        etag = f'"{hashlib.sha256(facts.encode()).hexdigest()[:32]}-parts"'
        keep = at.for_ever if len(chosen) == 1 and not left_out else at.until_changed
        headers = {"ETag": etag, "Cache-Control": keep, "Vary": "Accept"}
        if not_modified(request, etag):
            return Response(status_code=304, headers=headers)
        if left_out:
            headers["Warning"] = f'299 {base} "{left_out} objects are left out: not to be had in a form that is taken"'
        parts = (self._part(base, one, choice) for one, choice in chosen)
        media_type = multipart_type(_BOUNDARY, DICOM)
        return await streamed(request, multipart(_BOUNDARY, parts), headers, media_type, 206 if left_out else 200)

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
        add_get_and_head(router, path, handler)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
