"""This machine's clock (LOG-04): off a time server's by a second (SNTP, RFC 4330), or kept by none, is an alarm."""

import secrets
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from dokuei import timekeeping
from dokuei.clock import monotonic, now
from dokuei.errors import UnreachableError
from dokuei.hub.identity.alerts import AlertKind, raise_alert
from dokuei.storage.audit import Detail, hub_trail
from dokuei.storage.db import Database
from dokuei.timekeeping import Timekeeping, Unkept

MOST_OFF: Final = timedelta(seconds=1)
_EVERY_SECONDS: Final = 600.0
_ANSWER_SECONDS: Final = 3.0
_ERA: Final = datetime(1900, 1, 1, tzinfo=UTC)
_PACKET: Final = 48
_CLIENT: Final = 0x23  # no warning, version 4, client
_SERVER_MODE, _UNSYNCHRONISED, _WORST_STRATUM = 4, 3, 15
_PHASE: Final = "asking the time server"
_log = structlog.get_logger()


def offset_from(server: str) -> timedelta:
    """How much must be added to this machine's clock; ``server`` is host or host:port.

    Raises:
        UnreachableError: no answer, or one that says nothing.
    """
    host, _, port = server.rpartition(":") if server.count(":") == 1 else (server, "", "123")
    nonce = secrets.token_bytes(8)
    try:
        with socket.socket(*_place(host, int(port))[0]) as asking:
            asking.settimeout(_ANSWER_SECONDS)
            asking.connect(_place(host, int(port))[1])
            sent = now()
            asking.send(bytes([_CLIENT]) + bytes(39) + nonce)
            answer = asking.recv(512)
            came = now()
    except (OSError, ValueError) as error:
        raise UnreachableError(
            f"{server} did not answer: {type(error).__name__}", phase=_PHASE, remedy="see hub.time_server"
        ) from error
    received, told = _judged(answer, nonce)
    return ((received - sent) + (told - came)) / 2


def _place(host: str, port: int) -> tuple[tuple[int, int], tuple[object, ...]]:
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    return (family, kind), address


def _judged(answer: bytes, nonce: bytes) -> tuple[datetime, datetime]:
    """When the server received what we sent, and when it answered; nothing but the answer to ours counts."""
    first, stratum = answer[:2] if len(answer) >= _PACKET else (0xFF, 0)
    is_ours = answer[24:32] == nonce
    in_order = first & 7 == _SERVER_MODE and first >> 6 != _UNSYNCHRONISED and 1 <= stratum <= _WORST_STRATUM
    if not (is_ours and in_order):
        raise UnreachableError("the answer says no time", phase=_PHASE, remedy="is the server synchronised itself?")
    received, told = (struct.unpack("!II", answer[at : at + 8]) for at in (32, 40))
    return _moment(*received), _moment(*told)


def _moment(seconds: int, fraction: int) -> datetime:
    return _ERA + timedelta(seconds=seconds + fraction / 2**32)


@dataclass
class ClockWatch:
    """The hub's worker asks every ten minutes; an alarm when the clock goes wrong, an entry when it is right again."""

    database: Database
    server: str
    ask: Callable[[str], timedelta] = offset_from
    read: Callable[[], Timekeeping] = timekeeping.read
    is_off: bool = False
    unkept: Unkept = field(default_factory=Unkept)
    not_before: float = 0.0

    def step(self) -> None:
        """Ask, unless it is too early; a server that does not answer is asked again later."""
        if monotonic() < self.not_before:
            return
        self.not_before = monotonic() + _EVERY_SECONDS
        self._look_who_keeps_it()
        if self.server:
            self._ask_how_far_off()

    def _look_who_keeps_it(self) -> None:
        before, self.unkept = self.unkept, self.unkept.after(self.read().state, at=now())
        if self.unkept.told != before.told:
            event, alarm = ("clock.unkept", AlertKind.CLOCK_UNKEPT) if self.unkept.told else ("clock.kept", None)
            self._note(event, {}, alarm)

    def _ask_how_far_off(self) -> None:
        try:
            offset = self.ask(self.server)
        except UnreachableError as error:
            _log.warning("clock.not-checked", error=error.what)
            return
        off = abs(offset) > MOST_OFF
        if off != self.is_off:
            told: dict[str, Detail] = {"offset_seconds": f"{-offset.total_seconds():+.3f}", "server": self.server}
            event, alarm = ("clock.drifted", AlertKind.CLOCK_DRIFTED) if off else ("clock.right", None)
            self._note(event, told, alarm)
        self.is_off = off

    def _note(self, event: str, told: dict[str, Detail], alarm: AlertKind | None) -> None:
        with self.database.begin() as connection:
            hub_trail.append(connection, actor="system", event=event, details=told)
            if alarm is not None:
                raise_alert(connection, alarm, person_id=None, details=told)
        _log.log(40 if alarm else 20, event, **told)
