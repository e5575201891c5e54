"""STOW-RS: uploads of any size, one part at a time (PS3.18 10.5)."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import orjson
from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from dokuei.hub.archive.accept import DICOM, DICOM_JSON, demand_json
from dokuei.hub.archive.api_access import At, Finder, base_of, wish_of
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.archive.stow import StowUpload
from dokuei.hub.archive.upload_parts import PartsReader, boundary_of
from dokuei.hub.identity.model import Permission

_AT_ONCE: Final = 1 << 20  # bytes handed to the parser's thread at a time


def add_store_routes(router: APIRouter, service: ArchiveService, find: Callable[[Permission], Finder]) -> None:
    """Store objects, of any study or of one."""
    here = Annotated[At, Depends(find(Permission.STORE_IMAGES))]

    @router.post("/studies")
    async def store(request: Request, at: here) -> Response:
        """Store objects of any study."""
        return await _stored(service, request, at, None)

    @router.post("/studies/{study}")
    async def store_in_study(request: Request, at: here, study: str) -> Response:
        """Store objects of one study; those of another are refused."""
        return await _stored(service, request, at, study)


async def _stored(service: ArchiveService, request: Request, at: At, study: str | None) -> Response:
    demand_json(wish_of(request))
    boundary = boundary_of(request.headers.get("content-type"), expected_type=DICOM)
    upload = StowUpload(service, at.site_id, study, at.principal.actor)
    with TemporaryDirectory(prefix="stow-", dir=service.incoming_folder) as folder:
        reader = PartsReader(Path(folder), boundary, upload.add)
        try:
            await _read(request, reader)
            await to_thread.run_sync(reader.close)
            await to_thread.run_sync(upload.store)
        finally:
            reader.discard()
    body = orjson.dumps(upload.answer(base_of(request)))
    return Response(body, upload.status, {"Cache-Control": "no-store"}, DICOM_JSON)


async def _read(request: Request, reader: PartsReader) -> None:
    waiting = bytearray()
    async for chunk in request.stream():
        waiting += chunk
        if len(waiting) >= _AT_ONCE:
            data, waiting = bytes(waiting), bytearray()
            await to_thread.run_sync(reader.feed, data)
    await to_thread.run_sync(reader.feed, bytes(waiting))
