"""A multipart answer, one piece at a time, so that a study of any size passes through little memory (RFC 2387)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class AnswerPart:
    """One part: its media type, where it can be fetched alone, its length where it is known, and its bytes."""

    content_type: str
    location: str
    length: int | None
    pieces: Iterable[bytes]


def multipart_type(boundary: str, content_type: str) -> str:
    """The Content-Type of the whole answer."""
    return f'multipart/related; type="{content_type}"; boundary={boundary}'


def part_head(boundary: str, content_type: str, location: str, length: int | None) -> bytes:
    """What stands before a part's bytes; CRLF follows them."""
    size = "" if length is None else f"Content-Length: {length}\r\n"
    head = f"--{boundary}\r\nContent-Type: {content_type}\r\n{size}Content-Location: {location}\r\n\r\n"
    return head.encode("latin-1")


def last_boundary(boundary: str) -> bytes:
    """What ends the message."""
    return f"--{boundary}--\r\n".encode("latin-1")


def multipart(boundary: str, parts: Iterable[AnswerPart]) -> Iterator[bytes]:
    """The whole message."""
    for part in parts:
        yield part_head(boundary, part.content_type, part.location, part.length)
        yield from part.pieces
        yield b"\r\n"
    yield last_boundary(boundary)
