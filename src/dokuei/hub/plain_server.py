"""HTTP/1.1 without TLS, for this machine alone: programs on it, and a server in front that ends TLS.

Uvicorn with two things of our own: bytes that lie in a file go from there to the connection inside the kernel
(``sendfile``), without a task for the request; and a head that is too long or too late, or a body that hardly comes,
ends the connection.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from typing import Any, Final, cast

import structlog
import uvicorn
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from dokuei.hub.archive.api_lane import PlacedAnswer
from dokuei.hub.pace import BODY_BYTES, BODY_SECONDS

Placed = Callable[[str, list[tuple[bytes, bytes]]], PlacedAnswer | None]

_HEAD_BYTES: Final = 1 << 16
_HEAD_SECONDS: Final = 10.0
_KEEP_SECONDS: Final = 75
_CLOSING_SECONDS: Final = 6
_AT_ONCE_BYTES: Final = 2 << 20  # more may wait for the disk, and everybody with it
_log = structlog.get_logger()


class PlainServer(uvicorn.Server):
    """Serves on open sockets until it is stopped; requests in hand end first.

    ``placed`` says where the answer to a GET lies, if that is known without waiting for anything.
    """

    def __init__(self, app: Callable[..., Any], *, placed: Placed | None, connections: int) -> None:
        config = uvicorn.Config(
            app,
            http=cast("type[asyncio.Protocol]", partial(_Connection, placed)),
            ws="none",
            interface="asgi3",
            log_config=None,
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=connections,
            timeout_keep_alive=_KEEP_SECONDS,
            timeout_graceful_shutdown=_CLOSING_SECONDS,
        )
        super().__init__(config)

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # whoever starts the server listens to signals; uvicorn would raise them again after its end

    def stop(self) -> None:
        """End soon; from the server's own event loop."""
        self.should_exit = True


class _Connection(HttpToolsProtocol):
    """One connection of a client."""

    def __init__(self, placed: Placed | None, **wiring: Any) -> None:
        super().__init__(**wiring)
        self._placed = placed
        self._descriptor = -1
        self._answered = False
        self._in_head = False
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._body_bytes = 0
        self._body_timer: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        self._descriptor = transport.get_extra_info("socket").fileno()
        self._await_head()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._end_timer()
        self._end_body_timer()
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        self._body_bytes += len(data)
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > _HEAD_BYTES:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            elif self._head_timer is None:
                self._await_head()

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._answered, self._head_bytes = True, False, 0

    @override
    def on_headers_complete(self) -> None:
        self._in_head = False
        self._end_timer()
        names = [name for name, _ in self.headers]
        hosts = names.count(b"host")
        if hosts > 1 or (not hosts and self.parser.get_http_version() == "1.1"):
            raise ValueError("a request names one host (RFC 9112 3.2)")  # the parser's caller answers with 400
        if self._may_answer_now() and self._answer_now():
            self._answered = True
            self.on_response_complete()
        else:
            super().on_headers_complete()
        if b"content-length" in names or b"transfer-encoding" in names:
            self._await_body()

    @override
    def on_body(self, body: bytes) -> None:
        if not self._answered:
            super().on_body(body)

    @override
    def on_message_complete(self) -> None:
        self._end_body_timer()
        if not self._answered:
            super().on_message_complete()

    def _may_answer_now(self) -> bool:
        """Nothing of an earlier answer is still on its way, and the connection goes on afterwards."""
        return (
            self._placed is not None
            and self.parser.get_method() == b"GET"
            and (self.cycle is None or self.cycle.response_complete)
            and self.parser.should_keep_alive()
            and not self.parser.should_upgrade()
            and not self.transport.get_write_buffer_size()
            and not self.transport.is_closing()
        )

    def _answer_now(self) -> bool:
        """Send what lies in a file; False where the application must be asked (nothing was sent then)."""
        if self._placed is None or b"?" in self.url or b"%" in self.url or not self.url.isascii():
            return False
        placed = self._placed(self.url.decode("ascii"), self.headers)
        if placed is None or placed.file.path is None or placed.length > _AT_ONCE_BYTES:
            return False
        try:
            file = os.open(placed.file.path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return False  # gone: the application knows what to say
        try:
            self._send(placed, file)
        except OSError:
            self.transport.abort()
        finally:
            os.close(file)
        return True

    def _send(self, placed: PlacedAnswer, file: int) -> None:
        """Head and body; what the connection does not take now is left to the transport, in its order."""
        lines = [STATUS_LINE[placed.status]]
        for name, value in (*self.server_state.default_headers, *placed.headers):
            lines += (name, b": ", value, b"\r\n")
        lines += (b"\r\n", placed.before)
        head = b"".join(lines)
        at, left = placed.offset, placed.length
        taken = _taken(os.write, self._descriptor, head)
        while left and taken == len(head):
            sent = _taken(os.sendfile, self._descriptor, file, at, left)
            if not sent:
                break
            at, left = at + sent, left - sent
        rest = b"" if taken == len(head) else head[taken or 0 :]
        body = os.pread(file, left, at) if left else b""
        if len(body) < left:
            _log.error("frame.file-too-short")
            self.transport.abort()  # its length was told already
        elif rest or body or placed.after:
            self.transport.write(b"".join((rest, body, placed.after)))

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(_HEAD_SECONDS, self._too_late)

    def _too_late(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self.transport.close()

    def _end_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _await_body(self) -> None:
        self._body_bytes = 0
        self._body_timer = self.loop.call_later(BODY_SECONDS, self._look_at_body)

    def _look_at_body(self) -> None:
        """Whether the body goes on; while we ourselves do not read, nothing can come."""
        if self.transport.is_closing():
            return
        if self._body_bytes >= BODY_BYTES or self.flow.read_paused:
            self._await_body()
        elif self.cycle is None or self.cycle.response_started:
            self.transport.close()
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    def _end_body_timer(self) -> None:
        if self._body_timer is not None:
            self._body_timer.cancel()
            self._body_timer = None

    def _refuse(self, status: HTTPStatus) -> None:
        self._end_timer()
        self.transport.write(STATUS_LINE[status] + b"content-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()


def _taken(call: Callable[..., int], *arguments: Any) -> int | None:
    """How many bytes a call on a connection took; ``None`` while it takes none."""
    try:
        return call(*arguments)
    except BlockingIOError:
        return None
