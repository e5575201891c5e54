"""The hub's routes for deliveries without the line in between (the journey has it), and a PACS that takes reports."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI, Request
from pydicom.dataset import Dataset
from pynetdicom import AE, evt

from dokuei.dicom.encapsulated_pdf import ENCAPSULATED_PDF
from dokuei.dicom.sr import ENHANCED_SR
from dokuei.errors import UnreachableError
from dokuei.hub import delivery_door
from dokuei.hub.gateways.api import Caller
from dokuei.hub.gateways.model import Gateway
from dokuei.hub.problems import answer_with_problems
from dokuei.transfer.protocol import Problem
from tests.makers.asgi import AsgiTransport
from tests.makers.reading import ReadingRoom


@dataclass
class Line:
    """The hub's own routes without the line in between (the journey has it): whole, cut, or damaging."""

    room: ReadingRoom
    cut: bool = False
    damage: bool = False
    damaged: str = ""
    more: list[dict[str, Any]] = field(default_factory=list)
    site_id: str = "kita"
    hub_url: str = ""
    paths: list[str] = field(default_factory=list)

    def call(self, method: str, path: str, body: bytes | None, headers: dict[str, str] | None = None) -> bytes:
        self.paths.append(path)
        if self.cut:
            raise UnreachableError("cut", phase="test")
        gateway = Gateway("g1", self.site_id, "test", "", datetime.now(UTC) + timedelta(days=9), datetime.now(UTC))

        async def caller(request: Request) -> Caller:
            return Caller(gateway, await request.body())

        app = FastAPI()
        answer_with_problems(app)
        app.include_router(delivery_door.routes(self.room.reports, caller, hub_url=self.hub_url))
        with httpx.Client(transport=AsgiTransport(app, self.room.hub.portal), base_url="http://hub") as client:
            reply = client.request(method, path, content=body, headers=headers)
        if reply.is_error:
            raise Problem.read(reply.content).error()
        answer = reply.content
        if self.more and path.endswith("deliveries"):
            answer = json.dumps({"objects": [*self.more, *reply.json()["objects"]]}).encode()
        spoilt = self.damage or (self.damaged and self.damaged.encode() in (body or b""))
        return answer[:-1] + b"?" if spoilt and path.endswith("object") else answer

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class Pacs:
    """A PACS that answers as it is told."""

    port: int
    status: int = 0x0000
    stored: list[Dataset] = field(default_factory=list)
    hangs_up_on: str = ""
    words: str = ""

    @contextmanager
    def running(self, *sop_classes: str) -> Iterator["Pacs"]:
        entity = AE("PACS")
        for sop_class in sop_classes or (ENHANCED_SR, ENCAPSULATED_PDF):
            entity.add_supported_context(sop_class)
        address = ("127.0.0.1", self.port)
        server = entity.start_server(address, block=False, evt_handlers=[(evt.EVT_C_STORE, self._take)])
        assert server is not None
        try:
            yield self
        finally:
            server.shutdown()

    def _take(self, event: evt.Event) -> int | Dataset:
        if event.request.AffectedSOPClassUID == self.hangs_up_on:
            event.assoc.abort()
            return 0xC000
        if self.status in {0x0000, 0xB000}:
            self.stored.append(event.dataset)
        if not self.words:
            return self.status
        said = Dataset()
        said.Status, said.ErrorComment = self.status, self.words
        return said
