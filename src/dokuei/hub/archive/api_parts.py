"""Parts of many frames in one answer, so that a reader's line stays full whatever its round trip.

The answer is one record for each part, in the order asked for: a head of 32 bytes (big-endian: the part's place in the
list, 4; an HTTP status, 4; a length, 8; the first half of the coded object's SHA-256, 16), then so many of the frame's
stored bytes. A part that cannot be given has its status and no bytes; the others come all the same.
"""

import struct
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Final, Self

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, model_validator

from dokuei.errors import NotFoundError
from dokuei.hub.archive.api_access import At, at_named_site, note_access
from dokuei.hub.archive.frames import FrameIndex
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.identity.model import Permission

MEDIA_TYPE: Final = "application/vnd.dokuei.frame-parts"
MOST_PARTS: Final = 512
_HEAD: Final = struct.Struct(">IIQ16s")
_DIGEST_BYTES: Final = 16
_PIECE: Final = 128 << 10  # so much goes to the server's socket at once
_READ: Final = 256 << 10  # and so much is read at once; the server holds some pieces for each connection
_GIVEN, _NOT_THERE, _NOT_AS_STORED, _NO_SUCH_RANGE = 200, 404, 406, 416
_Uid = Annotated[str, Field(pattern=r"^[0-9.]{1,64}$")]
_Place = Annotated[int, Field(ge=0, lt=2**40)]


class PartIn(BaseModel):
    """Bytes ``begin`` up to ``end`` of a frame as it is stored."""

    series: _Uid
    instance: _Uid
    frame: int = Field(ge=1, lt=2**31)
    begin: _Place
    end: _Place

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        if self.begin >= self.end:
            raise ValueError("a part ends after it begins")
        return self


class PartsIn(BaseModel):
    """Parts of one study's frames, in the order in which they are wanted."""

    parts: list[PartIn] = Field(min_length=1, max_length=MOST_PARTS)


def part_routes(service: ArchiveService) -> APIRouter:
    """The one route of parts."""
    router = APIRouter(prefix="/api/v1/sites/{site_id}", tags=["images"])
    here = Annotated[At, Depends(at_named_site(Permission.READ_IMAGES))]

    @router.post(
        "/studies/{study}/frame-parts",
        response_class=StreamingResponse,
        responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}},
    )
    async def parts(at: here, study: str, wanted: PartsIn) -> StreamingResponse:
        """Parts of many frames, one after the other."""
        first = wanted.parts[0]
        await service.frames.find(at.site_id, study, first.series, first.instance)
        await note_access(service, at, study)
        records = _records(service.frames, (at.site_id, study), wanted.parts)
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(_in_pieces(records), headers=headers, media_type=MEDIA_TYPE)

    return router


async def _records(index: FrameIndex, scope: tuple[str, str], wanted: Sequence[PartIn]) -> AsyncIterator[bytes]:
    for number, part in enumerate(wanted):
        async for data in _record(index, scope, number, part):
            yield data


async def _record(index: FrameIndex, scope: tuple[str, str], number: int, part: PartIn) -> AsyncIterator[bytes]:
    """One part, read as it is taken: a client that does not read must not be waited for with whole frames in hand.

    Raises:
        NotFoundError: the study was deleted when a part of this had gone out; the answer ends there.
    """
    try:
        file = await index.find(*scope, part.series, part.instance)
        offset, size = file.place(part.frame)
        digest = bytes.fromhex(file.instance.coded.sha256)[:_DIGEST_BYTES]
        status = _NOT_AS_STORED if file.shared_bytes else _NO_SUCH_RANGE if part.end > size else _GIVEN
        length = part.end - part.begin if status == _GIVEN else 0
        data = await index.read(file, offset + part.begin, min(length, _READ)) if length else b""
    except NotFoundError:
        yield _HEAD.pack(number, _NOT_THERE, 0, bytes(_DIGEST_BYTES))
        return
    yield _HEAD.pack(number, status, length, digest)
    yield data
    for at in range(_READ, length, _READ):
        yield await index.read(file, offset + part.begin + at, min(length - at, _READ))


async def _in_pieces(records: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Small records together, for each piece costs a turn of the server's loop; the first goes out as it is read."""
    held: list[bytes] = []
    length, least = 0, _HEAD.size
    async for data in records:
        held.append(data)
        length += len(data)
        if length > least:
            yield b"".join(held)
            held, length, least = [], 0, _PIECE
    if held:
        yield b"".join(held)
