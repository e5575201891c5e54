"""The first request of a day costs no more than the others: routes and SQL are prepared before anybody asks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI
from starlette.types import Message

_ASKED: Final = ("/dicom-web/studies/0/series/0/instances/0/frames/1", "/api/v1/nothing-here")
"""By nobody who is known: the first passes the guard's look-up, the second every route."""


@asynccontextmanager
async def warmed(app: FastAPI) -> AsyncIterator[None]:
    """A lifespan that puts two requests to the application itself before it serves."""
    for path in _ASKED:
        await _ask(app, path)
    yield


async def _ask(app: FastAPI, path: str) -> None:
    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        del message  # a refusal is what is expected

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost"), (b"authorization", b"Bearer nobody")],
        "client": None,
        "server": None,
        "state": {},
    }
    await app(scope, receive, send)
