"""Syslog over TLS (RFC 5424, RFC 5425) that knows what has arrived.

Syslog acknowledges nothing. So each batch has a connection of its own, closed in both directions: a receiver answers
our close_notify with its own only after it has read all that came before (RFC 5425 4.4). Without that answer the batch
counts as lost and is sent again: a receiver may see an entry twice, never not at all.
"""

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from dokuei.errors import UnreachableError
from dokuei.settings import RepositorySettings

_SECURITY: Final = 10 << 3
_NOTICE, _WARNING = 5, 4
_MESSAGE_ID: Final = "DICOM+RFC3881"  # PS3.15 A.6.1
_APP_NAME: Final = "dokuei"
_BOM: Final = b"\xef\xbb\xbf"
_PIECE: Final = 1 << 16
_PHASE: Final = "telling the audit repository"


@dataclass(frozen=True)
class Receiver:
    """The repository: where it listens, who issued its certificate, and what we show it."""

    host: str
    port: int
    ca: Path | None = None
    certificate: Path | None = None
    private_key: Path | None = None
    timeout_seconds: float = 20.0


def receiver(settings: RepositorySettings) -> Receiver | None:
    """The repository that the settings name; none where they name none."""
    if not settings.host:
        return None
    return Receiver(settings.host, settings.port, settings.ca, settings.certificate, settings.private_key)


def framed(xml: bytes, *, at: datetime, host: str, warns: bool = False) -> bytes:
    """One message with its length before it (RFC 5425 4.3), its header as RFC 5424 6.2 says."""
    priority = _SECURITY | (_WARNING if warns else _NOTICE)
    header = f"<{priority}>1 {at.isoformat(timespec='milliseconds')} {host} {_APP_NAME} - {_MESSAGE_ID} - "
    message = header.encode("ascii", "replace") + _BOM + xml
    return f"{len(message)} ".encode() + message


def send(receiver: Receiver, frames: Iterable[bytes]) -> None:
    """Send a batch, and return only once the receiver has read it to its end.

    Raises:
        UnreachableError: it is not there, is not the one that is expected, or did not say that it read everything.
    """
    try:
        context = _context(receiver)
        with socket.create_connection((receiver.host, receiver.port), timeout=receiver.timeout_seconds) as plain:
            _deliver(plain, context, receiver.host, b"".join(frames))
    except OSError as error:  # TLS errors are among them
        raise UnreachableError(
            f"{receiver.host} port {receiver.port}: {error.strerror or type(error).__name__}",
            phase=_PHASE,
            remedy="see the settings under [audit.repository]; nothing is lost meanwhile",
        ) from error


def _deliver(plain: socket.socket, context: ssl.SSLContext, host: str, data: bytes) -> None:
    """Send, close our side, and read on until the receiver has closed its own (RFC 8446 6.1).

    A receiver that refuses our certificate says so only after our handshake is over, as an alert that a plain
    ``unwrap`` may take for the end: it is read here, and raised.
    """
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    line = context.wrap_bio(incoming, outgoing, server_hostname=host)

    def until(step: Callable[[], object]) -> None:
        while True:
            try:
                step()
            except ssl.SSLWantReadError:
                plain.sendall(outgoing.read())
                _receive(plain, incoming)
            else:
                plain.sendall(outgoing.read())
                return

    until(line.do_handshake)
    for at in range(0, len(data), _PIECE):
        until(partial(line.write, data[at : at + _PIECE]))
    with contextlib.suppress(ssl.SSLWantReadError):
        line.unwrap()
    plain.sendall(outgoing.read())
    with contextlib.suppress(ssl.SSLZeroReturnError):
        until(partial(line.read, 1))


def _receive(plain: socket.socket, incoming: ssl.MemoryBIO) -> None:
    came = plain.recv(_PIECE)
    if came:
        incoming.write(came)
    else:
        incoming.write_eof()


def _context(receiver: Receiver) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=receiver.ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if receiver.certificate is not None:
        context.load_cert_chain(receiver.certificate, receiver.private_key)
    return context
