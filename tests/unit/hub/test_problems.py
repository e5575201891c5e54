"""What is nobody's fault here is no error in the log."""

import asyncio

from fastapi import FastAPI, Request
from starlette.types import Message
from structlog.testing import capture_logs

from dokuei.hub.problems import OuterDoor, answer_with_problems


def test_a_client_that_hangs_up_in_the_middle_of_its_body_broke_nothing() -> None:
    app = FastAPI()
    answer_with_problems(app)

    @app.post("/take")
    async def take(request: Request) -> None:
        await request.body()

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(_message: Message) -> None: ...

    scope = {"type": "http", "method": "POST", "path": "/take", "headers": [], "query_string": b""}
    with capture_logs() as logs:
        asyncio.run(OuterDoor(app)(scope, receive, send))
    assert [(one["event"], one["log_level"]) for one in logs] == [("request.hung-up", "info")]
