"""WADO-RS rendered frames and thumbnails: what people without a DICOM viewer see (PS3.18 8.3.5, 10.4.1.1.3)."""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Final, Literal

import imagecodecs
from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from dokuei.dicom.render import Window, render_frame
from dokuei.errors import NotFoundError, RequestError
from dokuei.hub.archive.accept import image_choice
from dokuei.hub.archive.api_access import At, Finder, not_modified, note_access, wish_of
from dokuei.hub.archive.model import ArchivedInstance
from dokuei.hub.archive.reading import Scope
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.identity.model import Permission

_PHASE: Final = "rendering"
_THUMBNAIL: Final = 128
_MOST_SIDE: Final = 8192
_QUALITY: Final = 90
_BEST_QUALITY: Final = 100
_FUNCTIONS: Final = {"linear": "LINEAR", "linear-exact": "LINEAR_EXACT", "sigmoid": "SIGMOID"}


@dataclass(frozen=True)
class Wish:
    """How a frame is to look."""

    media_type: str
    window: Window | None
    longest_side: int | None
    quality: int


@dataclass(frozen=True)
class RenderedAnswers:
    """Pictures of frames, made in a thread."""

    service: ArchiveService

    async def rendered(self, request: Request, at: At, scope: Scope, number: int | None = None) -> Response:
        """One frame as a picture; the first one where none is named."""
        found = await to_thread.run_sync(self.service.instances, scope)
        shown = next((one for one in found if one.coded.frames), None)
        if shown is None:
            raise NotFoundError("nothing here has pixels", phase=_PHASE)
        return await self._picture(request, at, shown, number or 1, read_wish(request, shown))

    async def thumbnail(self, request: Request, at: At, scope: Scope, number: int | None = None) -> Response:
        """A small picture of what is in the middle of a scope."""
        found = [one for one in await to_thread.run_sync(self.service.instances, scope) if one.coded.frames]
        if not found:
            raise NotFoundError("nothing here has pixels", phase=_PHASE)
        shown = found[len(found) // 2]
        wish = replace(read_wish(request, shown), window=None)
        wish = replace(wish, longest_side=wish.longest_side or _THUMBNAIL)
        return await self._picture(request, at, shown, number or len(shown.coded.frames) // 2 + 1, wish)

    async def _picture(self, request: Request, at: At, one: ArchivedInstance, number: int, wish: Wish) -> Response:
        manner = hashlib.sha256(repr((number, wish)).encode()).hexdigest()[:16]
        await note_access(self.service, at, one.coded.study_instance_uid)
        etag = f'"{one.coded.sha256[:40]}-{manner}"'
        headers = {"ETag": etag, "Cache-Control": at.until_changed, "Vary": "Accept"}
        if not_modified(request, etag):
            return Response(status_code=304, headers=headers)
        data = await to_thread.run_sync(self._drawn, one, number, wish)
        return Response(data, headers=headers, media_type=wish.media_type)

    def _drawn(self, one: ArchivedInstance, number: int, wish: Wish) -> bytes:
        if not 1 <= number <= len(one.coded.frames):
            raise NotFoundError("no such frame", phase=_PHASE)
        path = self.service.file_of(one)
        cells = render_frame(path, one.coded, number, window=wish.window, longest_side=wish.longest_side)
        if wish.media_type == "image/png":
            return bytes(imagecodecs.png_encode(cells))
        return bytes(imagecodecs.jpeg8_encode(cells, level=wish.quality))


def read_wish(request: Request, shown: ArchivedInstance) -> Wish:
    """The rendering parameters (PS3.18 8.3.5.1).

    Raises:
        RequestError: one that is not of its form.
    """
    parameters = request.query_params
    quality = _numbers(parameters.get("quality") or str(_QUALITY), "quality", most=1)[0]
    if not 1 <= quality <= _BEST_QUALITY:
        raise RequestError("quality is a number from 1 to 100", phase=_PHASE)
    return Wish(
        media_type=image_choice(wish_of(request)),
        window=_window(parameters.get("window")),
        longest_side=_longest_side(parameters.get("viewport"), shown),
        quality=int(quality),
    )


def _window(value: str | None) -> Window | None:
    if value is None:
        return None
    parts = value.split(",")
    function = _FUNCTIONS.get(parts[2].strip().lower()) if len(parts) == len(("c", "w", "function")) else "LINEAR"
    center, width = _numbers(",".join(parts[:2]), "window", most=2)
    if function is None or len(parts) > len(("c", "w", "function")) or width <= 0:
        raise RequestError(
            "window is center,width,function", phase=_PHASE, remedy=f"functions: {', '.join(_FUNCTIONS)}"
        )
    return Window(center, width, function)


def _longest_side(value: str | None, shown: ArchivedInstance) -> int | None:
    """A whole frame fitted into the viewport; parts of frames are cut out by the client."""
    if value is None:
        return None
    width, height = _numbers(value, "viewport", most=2)
    if not (1 <= width <= _MOST_SIDE and 1 <= height <= _MOST_SIDE):
        raise RequestError(f"a viewport has sides from 1 to {_MOST_SIDE}", phase=_PHASE)
    rows, columns = shown.rows or 1, shown.columns or 1
    return max(1, int(max(rows, columns) * min(width / columns, height / rows)))


def _numbers(value: str, name: str, *, most: int) -> list[float]:
    try:
        numbers = [float(part) for part in value.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != most or not all(math.isfinite(number) for number in numbers):
        raise RequestError(f"{name} takes {most} numbers", phase=_PHASE)
    return numbers


def add_rendered_routes(router: APIRouter, service: ArchiveService, find: Callable[[Permission], Finder]) -> None:
    """Pictures of a study, a series, an object or one of its frames."""
    here = Annotated[At, Depends(find(Permission.READ_IMAGES))]
    answers = RenderedAnswers(service)

    def add(path: str, kind: Literal["rendered", "thumbnail"]) -> None:
        async def picture(request: Request, at: here) -> Response:
            """A picture."""
            named = request.path_params
            scope = Scope(at.site_id, named["study"], named.get("series"), named.get("instance"))
            make = answers.rendered if kind == "rendered" else answers.thumbnail
            return await make(request, at, scope, _frame(named.get("frame")))

        router.add_api_route(f"{path}/{kind}", picture, methods=["GET"])

    study = "/studies/{study}"
    series = study + "/series/{series}"
    instance = series + "/instances/{instance}"
    for path in (study, series, instance, instance + "/frames/{frame}"):
        add(path, "rendered")
        add(path, "thumbnail")


def _frame(value: str | None) -> int | None:
    if value is None:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > len("9999999"):
        raise RequestError("a frame is a number", phase=_PHASE)
    if int(value) == 0:
        raise NotFoundError("frames are counted from 1", phase=_PHASE)
    return int(value)
