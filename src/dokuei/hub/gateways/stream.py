"""The upload as a conversation: while the gateway's bytes come in, the hub confirms, judges and keeps ticking.

Reading waits whenever too much is waiting to be judged, so memory stays bounded whatever the line brings.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from dokuei.dicom.coded import CodedInstance
from dokuei.errors import DokueiError, UnreachableError
from dokuei.hub.gateways.intake import Intake
from dokuei.hub.gateways.model import Gateway
from dokuei.hub.gateways.service import GatewaysService
from dokuei.hub.gateways.uploads import Arrived, reception
from dokuei.transfer.protocol import TICK_SECONDS, Problem, UploadEvent

_log = structlog.get_logger()
_JUDGES = 2  # one proves while the other waits for the disk
_AT_ONCE = 16  # objects judged in one transaction
_GATHER_SECONDS = 0.1  # what small objects wait for others, so that a transaction is not one object's alone
_UNWRITTEN_BYTES = 2 << 20
_WAITING_AT_MOST = 48  # whole objects not judged yet: beyond that the line waits
_ASK_AGAIN_TICKS = 2
_FAREWELL_TICKS = 4
_MEDIA_TYPE = b"application/x-ndjson"


class UploadResponse(Response):
    """Answers an upload while it is being read (full duplex within one HTTP/1.1 exchange)."""

    def __init__(self, service: GatewaysService, gateway: Gateway, *, stopping: Callable[[], bool]) -> None:
        super().__init__()
        self._service = service
        self._gateway = gateway
        self._stopping = stopping

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", _MEDIA_TYPE), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        conversation = _Conversation(self._service, self._gateway, send, self._stopping)
        await conversation.run(receive)


class _Arriving:
    """What the line has brought and nobody has written yet: bounded, so that a slow disk slows the line."""

    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._portions: list[bytes] = []
        self._bytes = 0
        self._ended = False

    async def put(self, portion: bytes) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._bytes < _UNWRITTEN_BYTES or self._ended)
            if self._ended:
                return
            self._portions.append(portion)
            self._bytes += len(portion)
            self._changed.notify_all()

    async def end(self) -> None:
        """Nothing more is wanted: what still comes is dropped."""
        async with self._changed:
            self._ended = True
            self._changed.notify_all()

    async def take(self) -> list[bytes]:
        """Everything that waits; nothing at the end."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._portions or self._ended)
            taken, self._portions, self._bytes = self._portions, [], 0
            self._changed.notify_all()
        return taken


class Whole:
    """Objects whose bytes are all here, waiting to be judged: bounded, because judging is slower than a fast line."""

    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._taking = asyncio.Lock()
        self._waiting: deque[CodedInstance] = deque()
        self._ended = False

    async def put(self, some: Sequence[CodedInstance]) -> None:
        """These have come whole; waits while too many do."""
        async with self._changed:
            self._waiting.extend(some)
            self._changed.notify_all()
            await self._changed.wait_for(lambda: len(self._waiting) < _WAITING_AT_MOST or self._ended)

    async def end(self) -> None:
        """No more will come."""
        async with self._changed:
            self._ended = True
            self._changed.notify_all()

    async def take(self) -> list[CodedInstance]:
        """Some that wait, as many as come in a moment; none at the end."""
        async with self._taking, self._changed:
            await self._changed.wait_for(lambda: self._waiting or self._ended)
            with suppress(TimeoutError):
                async with asyncio.timeout(_GATHER_SECONDS):
                    await self._changed.wait_for(lambda: len(self._waiting) >= _AT_ONCE or self._ended)
            some = [self._waiting.popleft() for _ in range(min(len(self._waiting), _AT_ONCE))]
            self._changed.notify_all()
        return some


@dataclass
class _Conversation:
    service: GatewaysService
    gateway: Gateway
    send: Send
    stopping: Callable[[], bool]
    arriving: _Arriving = field(default_factory=_Arriving)
    whole: Whole = field(default_factory=Whole)
    gone: bool = False

    @property
    def intake(self) -> Intake:
        return self.service.intake

    async def run(self, receive: Receive) -> None:
        """Read, write, judge and tick until everything is judged, or the gateway is gone or no longer wanted."""
        ticking = asyncio.create_task(self._tick())
        reading = asyncio.create_task(self._read(receive))
        writing = asyncio.create_task(self._write())
        judging = [asyncio.create_task(self._judge()) for _ in range(_JUDGES)]
        tasks = {ticking, reading, writing, *judging}
        try:
            await asyncio.wait({ticking, writing, *judging}, return_when=asyncio.FIRST_COMPLETED)
            await self.arriving.end()  # writing ends first when the disk is full, ticking when nobody is wanted
            if any(judge.done() for judge in judging):  # something broke: nobody would make room for the writer
                await self.whole.end()
            await asyncio.wait({writing})
            await self.whole.end()
            await asyncio.gather(*judging)
            await self._say([UploadEvent(event="end", problem=self._reason(ticking, reading, writing))])
            await self._farewell(reading)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        with suppress(ConnectionError):
            await self.send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _farewell(self, reading: "asyncio.Task[None]") -> None:
        """Let the gateway end its side: closing on unread bytes would reset the line and lose the answer."""
        for _ in range(_FAREWELL_TICKS):
            done, _ = await asyncio.wait({reading}, timeout=TICK_SECONDS)
            if done:
                return
            await self._say([UploadEvent(event="tick")])

    @staticmethod
    def _reason(*tasks: "asyncio.Task[None]") -> Problem | None:
        """Why the conversation ended early; anything unforeseen goes on to the outer door."""
        for task in tasks:
            error = task.exception() if task.done() and not task.cancelled() else None
            if isinstance(error, DokueiError):
                return Problem.of(error)
            if error is not None:
                raise error
        return None

    async def _read(self, receive: Receive) -> None:
        more = True
        try:
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    self.gone = True
                    return
                more = message.get("more_body", False)
                if body := message.get("body", b""):
                    await self.arriving.put(body)
        finally:
            await self.arriving.end()

    async def _write(self) -> None:
        with reception(self.intake.partials, self.gateway.site_id, self._find) as taking:
            while portions := await self.arriving.take():
                arrived = await run_in_threadpool(taking.feed, portions)
                await self._confirm(arrived)
                await self.whole.put(arrived.whole)

    async def _confirm(self, arrived: Arrived) -> None:
        stored = [UploadEvent(event="stored", sha256=sha256, end=end) for sha256, end in arrived.stored.items()]
        unwanted = [UploadEvent(event="judged", sha256=sha256, verdict="again") for sha256 in arrived.unwanted]
        await self._say([*stored, *unwanted])

    async def _judge(self) -> None:
        while some := await self.whole.take():
            await self._say(await self._judged(some))

    async def _judged(self, some: list[CodedInstance]) -> list[UploadEvent]:
        try:
            return await run_in_threadpool(self.intake.judge, self.gateway, some)
        except DokueiError as error:
            _log.warning("upload.not_judged", code=error.code, objects=len(some))
            return [_later(one, error) for one in some]
        except Exception as error:  # noqa: BLE001 - a worker loop: one odd object holds back none of its batch
            _log.error("upload.judging_broke", objects=len(some), exc_info=error)
            if len(some) == 1:
                return [_later(some[0], DokueiError("judging broke; the hub has logged it", phase="upload"))]
            return [event for one in some for event in await self._judged([one])]

    async def _tick(self) -> None:
        ticks = 0
        while True:
            await asyncio.sleep(TICK_SECONDS)
            ticks += 1
            if self.stopping():
                raise UnreachableError("the hub is going down", phase="upload", remedy="the gateway comes again")
            if ticks % _ASK_AGAIN_TICKS == 0:
                await run_in_threadpool(self.service.demand_still_enrolled, self.gateway.gateway_id)
            await self._say([UploadEvent(event="tick")])

    async def _say(self, events: Sequence[UploadEvent]) -> None:
        if self.gone or not events:
            return
        lines = b"".join(event.model_dump_json(exclude_defaults=True).encode() + b"\n" for event in events)
        try:
            await self.send({"type": "http.response.body", "body": lines, "more_body": True})
        except ConnectionError:
            self.gone = True

    def _find(self, sha256: str) -> CodedInstance | None:
        return self.intake.offered(self.gateway, sha256)


def _later(one: CodedInstance, error: DokueiError) -> UploadEvent:
    return UploadEvent(event="judged", sha256=one.sha256, verdict="later", problem=Problem.of(error))
