"""WADO-RS rendered frames and thumbnails: what people without a DICOM viewer see (PS3.18 8.3.5, 10.4.1.1.3)."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final, Literal

import imagecodecs
from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from dokuei.dicom.bulk import find_bulk
from dokuei.dicom.render import render_frame
from dokuei.errors import NotAcceptableError, NotFoundError, ProofError
from dokuei.hub.archive.accept import PDF, ContentChoice, demand_pdf, picture_choice
from dokuei.hub.archive.answer_parts import AnswerPart, multipart, multipart_type
from dokuei.hub.archive.api_access import At, Finder, add_get_and_head, base_of, not_modified, note_access, wish_of
from dokuei.hub.archive.api_frames import frame_numbers
from dokuei.hub.archive.api_streams import streamed
from dokuei.hub.archive.decodable import is_kept_encoded
from dokuei.hub.archive.model import ArchivedInstance
from dokuei.hub.archive.picture_wish import PictureWish, not_understood, read_wish
from dokuei.hub.archive.reading import Scope
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.identity.model import Permission

_PHASE: Final = "rendering"
_THUMBNAIL: Final = 128
_DOCUMENT: Final = "00420011"
_BOUNDARY: Final = "dokuei-0d3b7e5a91f24c6e8f0a2b4c6d8e9f13"
Pictured = tuple[ArchivedInstance, int]


@dataclass(frozen=True)
class RenderedAnswers:
    """Pictures of frames, made in a thread."""

    service: ArchiveService

    async def rendered(self, request: Request, at: At, scope: Scope, numbers: Sequence[int] = ()) -> Response:
        """One frame as a picture, the first of the first object where none is named; in parts: every one."""
        found = await to_thread.run_sync(self.service.instances, scope)
        await note_access(self.service, at, scope.study_instance_uid)
        shown = [one for one in found if one.coded.frames]
        if not shown:
            return await self._document(request, at, found)
        several = len(numbers) > 1
        choice = picture_choice(wish_of(request), several=several)
        wish = read_wish(request.query_params, shown[0])
        every = shown if choice.multipart else shown[:1]
        asked = [(shown[0], number) for number in numbers] or [(one, 1) for one in every]
        pictured = await to_thread.run_sync(self._drawable, asked) if choice.multipart else asked
        if numbers and len(pictured) < len(numbers):
            raise NotAcceptableError("not every frame can be decoded here", phase=_PHASE)
        left_out = len(found) - len(pictured) if choice.multipart and not numbers else 0
        return await self._answer(request, at, pictured, wish, choice, left_out=left_out)

    async def thumbnail(self, request: Request, at: At, scope: Scope, numbers: Sequence[int] = ()) -> Response:
        """A small picture of what is in the middle of a scope."""
        found = [one for one in await to_thread.run_sync(self.service.instances, scope) if one.coded.frames]
        await note_access(self.service, at, scope.study_instance_uid)
        if not found:
            raise NotFoundError("nothing here has pixels", phase=_PHASE)
        shown = found[len(found) // 2]
        wish = replace(read_wish(request.query_params, shown), window=None)
        if wish.longest_side is None:
            wish = replace(wish, longest_side=_THUMBNAIL)
        number = numbers[0] if numbers else len(shown.coded.frames) // 2 + 1
        choice = ContentChoice(picture_choice(wish_of(request)).content, multipart=False)
        return await self._answer(request, at, [(shown, number)], wish, choice)

    async def _answer(
        self,
        request: Request,
        at: At,
        pictured: Sequence[Pictured],
        wish: PictureWish,
        choice: ContentChoice,
        *,
        left_out: int = 0,
    ) -> Response:
        for one, number in pictured:
            if number > len(one.coded.frames):
                raise NotFoundError("no such frame", phase=_PHASE)
        base = base_of(request)
        facts = repr(([(one.coded.sha256, number) for one, number in pictured], wish, choice, left_out))
        etag = f'"{hashlib.sha256(facts.encode()).hexdigest()[:40]}"'
        headers = {"ETag": etag, "Cache-Control": at.until_changed, "Vary": "Accept"}
        told = [not_understood(request.query_params)]
        told += [f"{left_out} objects are left out: there is no picture of them"] if left_out else []
        if any(told):
            headers["Warning"] = ", ".join(f'299 {base} "{text}"' for text in told if text)
        if not_modified(request, etag):
            return Response(status_code=304, headers=headers)
        if not choice.multipart:
            pieces = (self._drawn(*one, wish, choice.content) for one in pictured)
            return await streamed(request, pieces, headers, choice.content)
        root = base.removeprefix(request.app.state.hub_url)
        parts = self._parts(root, pictured, wish, choice.content)
        media_type = multipart_type(_BOUNDARY, choice.content)
        return await streamed(request, multipart(_BOUNDARY, parts), headers, media_type, 206 if left_out else 200)

    def _parts(self, root: str, pictured: Sequence[Pictured], wish: PictureWish, content: str) -> Iterator[AnswerPart]:
        """A picture after the other; one whose own tables turn out to be broken comes too late to be refused."""
        begun = False
        for one, number in pictured:
            try:
                data = self._drawn(one, number, wish, content)
            except NotAcceptableError:
                if not begun:
                    raise
                continue
            begun = True
            coded = one.coded
            address = f"{root}/studies/{coded.study_instance_uid}/series/{coded.series_instance_uid}"
            address += f"/instances/{coded.sop_instance_uid}/frames/{number}/rendered"
            yield AnswerPart(content, address, len(data), [data])

    def _drawable(self, asked: Sequence[Pictured]) -> list[Pictured]:
        """Those that can be drawn; of what was kept as it came that is first tried.

        Raises:
            NotAcceptableError, ProofError: none can.
        """
        pictured: list[Pictured] = []
        refused: NotAcceptableError | ProofError | None = None
        for one, number in asked:
            try:
                if is_kept_encoded(one):
                    render_frame(self.service.file_of(one), one.coded, number, longest_side=_THUMBNAIL)
                pictured.append((one, number))
            except (NotAcceptableError, ProofError) as error:
                refused = error
        if refused is not None and not pictured:
            raise refused
        return pictured

    def _drawn(self, one: ArchivedInstance, number: int, wish: PictureWish, content: str) -> bytes:
        cells = render_frame(
            self.service.file_of(one),
            one.coded,
            number,
            window=wish.window,
            longest_side=wish.longest_side,
            region=wish.region,
            enlarge=wish.enlarge,
        )
        if content == "image/png":
            return bytes(imagecodecs.png_encode(cells))
        return bytes(imagecodecs.jpeg8_encode(cells, level=wish.quality))

    async def _document(self, request: Request, at: At, found: Sequence[ArchivedInstance]) -> Response:
        """An encapsulated PDF is its own picture; of a structured report and the like there is none."""
        one = found[0]
        try:
            document = await to_thread.run_sync(find_bulk, self.service.file_of(one), _DOCUMENT)
        except NotFoundError:
            document = None
        if len(found) > 1 or document is None or document.media_type != PDF:
            raise NotAcceptableError(
                "there is no picture of what has no pixels", phase=_PHASE, remedy="ask for it as DICOM"
            )
        demand_pdf(wish_of(request))
        etag = f'"{one.coded.sha256}-document"'
        headers = {"ETag": etag, "Cache-Control": at.until_changed, "Vary": "Accept"}
        if not_modified(request, etag):
            return Response(status_code=304, headers=headers)
        headers["Content-Length"] = str(document.document_length)
        return await streamed(request, document.pieces(0, document.document_length), headers, PDF)


def add_rendered_routes(router: APIRouter, service: ArchiveService, find: Callable[[Permission], Finder]) -> None:
    """Pictures of a study, a series, an object or its frames."""
    here = Annotated[At, Depends(find(Permission.READ_IMAGES))]
    answers = RenderedAnswers(service)

    def add(path: str, kind: Literal["rendered", "thumbnail"]) -> None:
        async def picture(request: Request, at: here) -> Response:
            """A picture."""
            named = request.path_params
            scope = Scope(at.site_id, named["study"], named.get("series"), named.get("instance"))
            make = answers.rendered if kind == "rendered" else answers.thumbnail
            return await make(request, at, scope, frame_numbers(named["frames"]) if "frames" in named else ())

        add_get_and_head(router, f"{path}/{kind}", picture)

    study = "/studies/{study}"
    series = study + "/series/{series}"
    instance = series + "/instances/{instance}"
    for path in (study, series, instance, instance + "/frames/{frames}"):
        add(path, "rendered")
        add(path, "thumbnail")
