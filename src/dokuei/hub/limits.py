"""What anybody may ask of the hub before it knows who asks: so many bytes at once, and so many attempts in a row."""

import ipaddress
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dokuei.clock import monotonic
from dokuei.errors import DokueiError, TooLargeError, TooOftenError

LARGEST_ATTEMPT: Final = 64 << 10
LARGEST_JSON: Final = 12 << 20
LARGEST_FILE: Final = (20 << 20) + 1
_ATTEMPT: Final = re.compile(r"/api/v1/(sign-in|enrolments|desk)(/|\Z)")
_FILE: Final = re.compile(r"/api/v1/worklist/[^/]+/messages/attachments\Z")
_JSON: Final = "/api/"
_WITHOUT_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_MOST_REMEMBERED: Final = 10_000


class BodyLimit:
    """Pure ASGI: a JSON body is read here first, and no further than it may go; images (STOW-RS) pass untouched.

    ``known`` says who asks: of strangers no more is kept than it takes to sign in.
    """

    def __init__(self, app: ASGIApp, known: Callable[[Request], Awaitable[object]]) -> None:
        self._app = app
        self._known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what says or shows that it is too large, and hand on the rest."""
        largest = _largest(scope)
        if largest is None:
            await self._app(scope, receive, send)
            return
        try:
            body = await self._body(scope, receive, largest)
        except DokueiError as refusal:
            await _refuse(refusal, scope, receive, send)
            return
        if body is not None:
            await self._app(scope, _once(body, receive), send)

    async def _body(self, scope: Scope, receive: Receive, largest: int) -> bytes | None:
        """The whole body; None where its sender has gone before it had said what it wanted.

        Raises:
            DokueiError: it is too large, or larger than a stranger's may be.
        """
        announced = _announced(scope)
        _demand(announced, largest)
        is_known = False
        body = bytearray()
        more = True
        while more:
            if not is_known and max(announced, len(body)) > LARGEST_ATTEMPT:
                await self._known(Request(scope))
                is_known = True
            message = await receive()
            if message["type"] != "http.request":
                return None
            body += message.get("body", b"")
            more = message.get("more_body", False)
            _demand(len(body), largest)
        return bytes(body)


@dataclass(frozen=True)
class Bucket:
    """What one address had left at a moment."""

    left: float
    at: float


@dataclass(frozen=True)
class Attempts:
    """A token bucket for each source address; a whole hospital may sit behind one, so that it holds many."""

    at_once: int = 240
    each_second: float = 4.0
    buckets: OrderedDict[str, Bucket] = field(default_factory=OrderedDict, repr=False)

    def wait_for(self, address: str) -> float:
        """Take one attempt; the seconds to wait where none is left."""
        moment = monotonic()
        source = network(address)
        last = self.buckets.pop(source, Bucket(self.at_once, moment))
        left = min(float(self.at_once), last.left + (moment - last.at) * self.each_second)
        wait = 0.0 if left >= 1 else (1 - left) / self.each_second
        self.buckets[source] = Bucket(left if wait else left - 1, moment)
        if len(self.buckets) > _MOST_REMEMBERED:
            self.buckets.popitem(last=False)
        return wait


class AttemptLimit:
    """Pure ASGI, in front of the doors that stand open to everybody: one address cannot keep them all busy."""

    def __init__(self, app: ASGIApp, attempts: Attempts) -> None:
        self._app = app
        self._attempts = attempts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse an attempt too many, and hand on everything else."""
        if scope["type"] == "http" and _ATTEMPT.match(scope["path"]):
            wait = self._attempts.wait_for(scope["client"][0] if scope["client"] else "")
            if wait:
                refusal = TooOftenError(
                    "too many attempts from this address", phase="sign-in", remedy="wait a moment, then try again"
                )
                await _refuse(refusal, scope, receive, send, {"Retry-After": str(int(wait) + 1)})
                return
        await self._app(scope, receive, send)


def _largest(scope: Scope) -> int | None:
    """How many bytes a request may bring; None where there is nothing to hold it to."""
    if scope["type"] != "http" or scope["method"] in _WITHOUT_BODY or not scope["path"].startswith(_JSON):
        return None
    if _FILE.match(scope["path"]):
        return LARGEST_FILE  # one byte more than is taken: the slice says itself how much that is
    return LARGEST_ATTEMPT if _ATTEMPT.match(scope["path"]) else LARGEST_JSON


def _announced(scope: Scope) -> int:
    """The length that a request says it has; HTTP/2 and chunked bodies need not say any."""
    said = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return int(said) if said.isdigit() else 0


def network(address: str) -> str:
    """Whoever has one IPv6 address has 2^64 of them (RFC 6177)."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((known, 64), strict=False)) if known.version == 6 else address  # noqa: PLR2004 - IPv6


def _demand(size: int, largest: int) -> None:
    if size > largest:
        raise TooLargeError(f"the body is larger than {largest} bytes", phase="reading the request", remedy="send less")


async def _refuse(
    error: DokueiError, scope: Scope, receive: Receive, send: Send, headers: dict[str, str] | None = None
) -> None:
    answer = JSONResponse(error.problem(), error.http_status, headers, "application/problem+json")
    await answer(scope, receive, send)


def _once(body: bytes, receive: Receive) -> Receive:
    """The body that was read already, and afterwards whatever else comes."""
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay
