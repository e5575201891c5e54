"""Answers in pieces: what is refused is refused before the first of them, and for HEAD none is made."""

from collections.abc import Iterator
from itertools import chain

from anyio import to_thread
from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from dokuei.hub.archive.api_access import head_of


async def streamed(
    request: Request, pieces: Iterator[bytes], headers: dict[str, str], media_type: str, status: int = 200
) -> Response:
    """An answer whose pieces are made in a thread, as fast as they are taken."""
    if request.method == "HEAD":
        told = "Content-Length" in headers
        return Response(b"", status, headers, media_type) if told else head_of(media_type, headers, status)
    begun = await to_thread.run_sync(_begun, pieces)
    return StreamingResponse(begun, status, headers, media_type)


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The first piece is made before the status goes out, so that a failure still becomes a problem answer."""
    first = next(pieces, b"")
    return chain([first], pieces)
