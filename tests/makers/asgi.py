"""A blocking httpx client for an ASGI application in the same process."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal


class AsgiTransport(httpx.BaseTransport):
    """Carries a request into the application's event loop and the whole answer back."""

    def __init__(self, app: Any, portal: BlockingPortal) -> None:
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=False, client=("192.0.2.7", 50000))
        self._portal = portal

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read()

        async def carry() -> httpx.Response:
            inside = httpx.Request(request.method, request.url, headers=request.headers, content=body)
            answer = await self._inner.handle_async_request(inside)
            content = b"".join([part async for part in answer.aiter_raw()])
            return httpx.Response(answer.status_code, headers=answer.headers, content=content)

        return self._portal.call(carry)


@contextmanager
def asgi_portal() -> Iterator[BlockingPortal]:
    """The event loop that an application under test runs in."""
    with start_blocking_portal() as portal:
        yield portal
