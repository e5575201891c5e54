"""Range requests on what is told alone (RFC 9110 14): the same for frames, stored or native, and for bulk data."""

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from dokuei.hub.archive.byte_ranges import ByteRange, read_range


def wanted_range(request: Request, etag: str, size: int) -> ByteRange | None:
    """The range that is asked for, unless it is of another representation than the client has (RFC 9110 13.1.5)."""
    condition = request.headers.get("if-range")
    if condition is not None and condition.strip() != etag:
        return None
    return read_range(request.headers.get("range"), size)


def unsatisfiable(wanted: ByteRange) -> Response:
    """The answer to a range that lies outside."""
    body = {"type": "urn:dokuei:problem:range", "title": "range not satisfiable", "status": 416}
    return JSONResponse(body, 416, {"Content-Range": wanted.header}, "application/problem+json")
