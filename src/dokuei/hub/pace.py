"""How slowly a body may come: whoever sends a few bytes a minute holds a connection that others need."""

import asyncio
from http import HTTPStatus
from typing import Final

from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dokuei.clock import monotonic
from dokuei.errors import RequestError

BODY_SECONDS: Final = 30.0
BODY_BYTES: Final = 1 << 12  # of each such while; slower is no line on which anybody works


class BodyPace:
    """Pure ASGI: to the application, a client whose body hardly comes has hung up; only waiting for it counts."""

    def __init__(self, app: ASGIApp, *, seconds: float = BODY_SECONDS) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand everything on; where the application says nothing to a stalled body, say it here (RFC 9110 15.5.9)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        paced = _Paced(receive, self._seconds)
        begun = False

        async def send_and_note(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        await self._app(scope, paced, send_and_note)
        if paced.stalled and not begun:
            problem = RequestError(
                "the body hardly comes", phase="reading the request", remedy="send it again"
            ).problem()
            body = {**problem, "status": HTTPStatus.REQUEST_TIMEOUT.value}
            closing = {"Connection": "close"} if scope["http_version"].startswith("1") else None
            answer = JSONResponse(body, HTTPStatus.REQUEST_TIMEOUT, closing, "application/problem+json")
            await answer(scope, receive, send)


class _Paced:
    """The body of one request."""

    def __init__(self, receive: Receive, seconds: float) -> None:
        self._receive = receive
        self._seconds = seconds
        self._left = seconds
        self._came = 0
        self._over = False
        self.stalled = False

    async def __call__(self) -> Message:
        if self._over:
            return await self._receive()
        began = monotonic()
        try:
            async with asyncio.timeout(self._left):
                message = await self._receive()
        except TimeoutError:
            self._over = self.stalled = True
            return {"type": "http.disconnect"}
        self._left -= monotonic() - began
        self._came += len(message.get("body", b""))
        self._over = not message.get("more_body", False)
        if self._came >= BODY_BYTES:
            self._left, self._came = self._seconds, 0
        return message
