"""The line to the hub, measured by the gateway over the very door that images go through (NET-20)."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from secrets import token_bytes
from typing import Final

import structlog

from dokuei.clock import now
from dokuei.errors import DokueiError
from dokuei.gateway import line_tables
from dokuei.gateway.bandwidth import Schedule
from dokuei.gateway.line_tables import LineRow
from dokuei.line.measure import Progress, measure
from dokuei.line.tcp_info import Counters, of_socket
from dokuei.settings import Settings
from dokuei.storage.audit import gateway_trail
from dokuei.storage.db import Database
from dokuei.transfer.client import UNPACKED, HubClient
from dokuei.transfer.lines import (
    LINE_CHECK_PATH,
    LINE_CONNECTION_PATH,
    LINE_DOWN_PATH,
    LINE_PING_PATH,
    LINE_UP_PATH,
    LineBytesWanted,
    LineCounters,
    LineMeasurement,
    LineVerdict,
)

_log = structlog.get_logger()
_FIRST_SECONDS: Final = 120.0  # whoever starts the gateway has other things to send first
_AGAIN_SECONDS: Final = 900.0
_NOTHING: Final = b"{}"


@dataclass(frozen=True)
class GatewayWay:
    """The gateway's own client as something to measure by."""

    client: HubClient

    def ping(self) -> None:
        """There and back."""
        self.client.call("POST", LINE_PING_PATH, _NOTHING)

    def down(self, size: int, arrived: Callable[[int], None]) -> None:
        """Bytes from the hub."""
        self.client.call("POST", LINE_DOWN_PATH, LineBytesWanted(bytes=size).write(), arrived=arrived)

    def up(self, size: int) -> None:
        """Bytes to the hub."""
        self.client.call("POST", LINE_UP_PATH, token_bytes(size), {"content-type": UNPACKED})

    def counters(self) -> tuple[Counters | None, Counters | None]:
        """Both ends of the connection."""
        told = LineCounters.read(self.client.call("POST", LINE_CONNECTION_PATH, _NOTHING))
        connection = self.client.connection
        own = None if connection is None else of_socket(connection)
        return own, Counters(**told.model_dump(exclude={"known"})) if told.known else None


@dataclass
class LineChecker:
    """The thread that checks the line; ``check`` does it once, by hand too."""

    settings: Settings
    database: Database
    stop: threading.Event
    make_client: Callable[[], HubClient]
    first_seconds: float = _FIRST_SECONDS

    def run(self) -> None:
        """Check every few hours until the stop, sooner after one that came to nothing.

        Never in hours with less than the whole line: a check takes all of it.
        """
        seconds = self.settings.gateway.line_check_hours * 3600
        wait = min(self.first_seconds, seconds)
        while not self.stop.wait(wait):
            wait = seconds
            if Schedule.of(self.settings.gateway.sending).limit_at(now()) is not None:
                wait = min(_AGAIN_SECONDS, seconds)
                continue
            try:
                self.check()
            except DokueiError as error:
                _log.warning("line.not_checked", why=error.code)
                wait = min(_AGAIN_SECONDS, seconds)

    def check(self, progress: Progress = lambda _: None, *, actor: str = "system") -> LineRow:
        """Measure, have it judged, keep both.

        Raises:
            DokueiError: the line broke, or the hub is a version behind and measures nothing.
        """
        measured = measure(self._opened, progress)
        with self._opened() as way:
            found = LineMeasurement(**asdict(measured)).write()
            verdict = LineVerdict.read(way.client.call("POST", LINE_CHECK_PATH, found))
        row = LineRow(measured, verdict)
        with self.database.begin() as connection:
            line_tables.note(connection, row)
            gateway_trail.append(connection, actor=actor, event="line.checked", details={"verdict": verdict.verdict})
        return row

    @contextmanager
    def _opened(self) -> Iterator[GatewayWay]:
        client = self.make_client()
        try:
            yield GatewayWay(client)
        finally:
            client.close()
