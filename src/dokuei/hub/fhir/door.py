"""Pure ASGI, around everything: below ``/fhir`` an error is an OperationOutcome, whichever part of the hub found it."""

import json
from typing import Final

from fastapi.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dokuei.hub.fhir.names import FHIR_JSON
from dokuei.hub.fhir.outcomes import outcome_of_problem

_PROBLEM: Final = b"application/problem+json"


class FhirDoor:
    """Turns problems (RFC 9457) into OperationOutcomes, and passes every other answer on untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with a problem's body held back until it is whole."""
        if scope["type"] != "http" or not (scope["path"] == "/fhir" or scope["path"].startswith("/fhir/")):
            await self._app(scope, receive, send)
            return
        begun: Message | None = None
        body = bytearray()

        async def told(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                kind = dict(message["headers"]).get(b"content-type", b"")
                if kind.startswith(_PROBLEM):
                    begun = message
                    return
            elif begun is not None:
                body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    await _answer(begun, bytes(body))(scope, receive, send)
                return
            await send(message)

        await self._app(scope, receive, told)


def _answer(begun: Message, body: bytes) -> Response:
    said = outcome_of_problem(json.loads(body), begun["status"])
    answer = Response(json.dumps(said, ensure_ascii=False), begun["status"], media_type=FHIR_JSON)
    kept = [(name, value) for name, value in begun["headers"] if name not in {b"content-type", b"content-length"}]
    answer.raw_headers.extend(kept)
    return answer
