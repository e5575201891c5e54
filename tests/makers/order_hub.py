"""A hub whose door for orders a test governs, behind the real listener and its signed requests.

Run as ``python tests/makers/order_hub.py HOME PORT ARCHIVE``; what it has taken stands in ``orders.jsonl``, and
``orders.rule`` says what it does: ``take``, ``refuse``, ``break``, say nothing of any (``silent``), or read none of a
call in which P2 is named (``unread``).
"""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from dokuei.errors import RequestError, StorageError
from dokuei.hub.gateway_door import gateway_app
from dokuei.hub.gateways.api import Caller, authenticated
from dokuei.hub.gateways.service import GatewaysService
from dokuei.hub.prepare import gateway_certificate
from dokuei.hub.serve import Listener, serve
from dokuei.transfer.orders import ORDERS_PATH, OrderAnswer, OrderAnswers, OrderNotice, OrderNotices
from tests.makers.gateway_hub import HubForGateways, replace_port, service_of


class OrderHub(HubForGateways):
    """The test's side of it."""

    def rule(self, text: str) -> None:
        (self.home / "orders.rule").write_text(text)

    def taken(self) -> list[OrderNotice]:
        file = self.home / "orders.jsonl"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return [OrderNotice.model_validate_json(line) for line in lines]


def order_hub(home: Path) -> OrderHub:
    root = str(Path(__file__).parent.parent.parent)
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    made = OrderHub(home, "plain", program=__file__, environment={"PYTHONPATH": path})
    made.prepare()
    return made


def _door(home: Path, service: GatewaysService) -> APIRouter:
    router = APIRouter()
    known = Annotated[Caller, Depends(authenticated(service))]

    @router.post(ORDERS_PATH)
    async def orders(caller: known) -> JSONResponse:
        told = OrderNotices.read(caller.body).notices
        rule = (home / "orders.rule").read_text() if (home / "orders.rule").exists() else "take"
        if rule == "break":
            raise StorageError("as the test wishes")
        if rule == "unread" and any("P2" in one.model_dump_json() for one in told):
            raise RequestError("as the test wishes")
        answers = [_one(home, rule, one) for one in told if rule != "silent"]
        return JSONResponse(OrderAnswers(answers=answers).model_dump())

    return router


def _one(home: Path, rule: str, notice: OrderNotice) -> OrderAnswer:
    if rule == "refuse":
        return OrderAnswer(message_key=notice.message_key, outcome="refused", reason="not in the contract")
    file = home / "orders.jsonl"
    before = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    if any(json.loads(line)["message_key"] == notice.message_key for line in before):
        return OrderAnswer(message_key=notice.message_key, outcome="known")
    with file.open("a", encoding="utf-8") as kept:
        kept.write(notice.model_dump_json() + "\n")
        kept.flush()
        os.fsync(kept.fileno())
    return OrderAnswer(message_key=notice.message_key, outcome="taken")


def _main(home: str, port: str, archive: str) -> None:
    settings = replace_port(Path(home), port)
    files = gateway_certificate(settings)
    service = service_of(settings, archive)
    app = gateway_app(service, _door(Path(home), service))
    serve(
        app,
        Listener("localhost", int(port), files.certificate, files.private_key, service.authority.certificate_file),
    )


if __name__ == "__main__":
    _main(*sys.argv[1:])
