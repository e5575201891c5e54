"""The gateway's side of the conversation: signed requests over lines that are replaced as soon as they fail."""

import gzip
import socket
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

import h11
from cryptography.hazmat.primitives.asymmetric import ec

from dokuei.clock import now
from dokuei.errors import ClockError, DokueiError, PeerRefusedError, UnreachableError
from dokuei.transfer.dial import Address, Proxy, connect, secure
from dokuei.transfer.line import Line, Reply, Source
from dokuei.transfer.manifest import SIGNATURE_HEADER
from dokuei.transfer.protocol import (
    AUTHORITY_PATH,
    CERTIFICATE_PATH,
    ENROLMENT_PATH,
    HEARTBEAT_PATH,
    MANIFEST_PATH,
    OFFER_PATH,
    PROTOCOL,
    PROTOCOL_HEADER,
    SILENCE_SECONDS,
    UPLOAD_PATH,
    CertificateRequest,
    EnrolmentAnswer,
    EnrolmentRequest,
    Heartbeat,
    HeartbeatAnswer,
    ManifestAnswer,
    Message,
    Needs,
    Offer,
    Problem,
    UploadEvent,
)
from dokuei.transfer.signing import Signed, sign_request

_CALL_SILENCE_SECONDS = 10.0
_COMPRESS_FROM = 1024
UNPACKED = "application/octet-stream"
"""A body of this type shrinks no further and travels as it is."""
_REFUSED_FROM = 400
_LINE_BYTES = 1 << 20
_M = TypeVar("_M", bound=Message)


@dataclass
class Signer:
    """Signs with the enrolled key, by the hub's clock where this machine's clock is off."""

    key: ec.EllipticCurvePrivateKey
    key_id: str
    clock_offset: timedelta = timedelta(0)

    def sign(self, request: Signed, body: bytes | None) -> None:
        """Add the signature to the request's headers."""
        sign_request(request, key=self.key, key_id=self.key_id, at=now() + self.clock_offset, body=body)

    def set_by(self, date: str) -> None:
        """Take the hub's time from its answer."""
        self.clock_offset = parsedate_to_datetime(date) - now()


@dataclass
class HubClient:
    """Everything that a gateway asks of its hub; one instance per thread.

    Without a signer only enrolment is possible. ``hub_date`` is the Date of the last answer; ``silence_seconds`` is
    how long an answer to a call is waited for.
    """

    address: Address
    context: ssl.SSLContext
    proxy: Proxy | None = None
    signer: Signer | None = None
    protocol: int = PROTOCOL
    hub_date: str = ""
    silence_seconds: float = _CALL_SILENCE_SECONDS
    _line: Line | None = field(default=None, repr=False)

    def close(self) -> None:
        """Give the line up."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def dial(self) -> None:
        """Have a line before anything is made to be said over it.

        Raises:
            UnreachableError: there is none.
        """
        self._line = self._kept() or self._dialled()

    def _dialled(self) -> Line:
        return Line(secure(connect(self.address, self.proxy), self.context, self.address))

    @property
    def connection(self) -> socket.socket | None:
        """The open connection, if one is kept."""
        return None if self._line is None else self._line.connection

    def authority(self) -> bytes:
        """The hub's CA certificate (PEM), to be checked against a fingerprint that came another way."""
        return self.call("GET", AUTHORITY_PATH, None)

    def enrol(self, request: EnrolmentRequest) -> EnrolmentAnswer:
        """Turn a one-time code into a certificate."""
        return self._ask(ENROLMENT_PATH, request, EnrolmentAnswer)

    def renew(self, request: CertificateRequest) -> EnrolmentAnswer:
        """A new certificate for the enrolled key."""
        return self._ask(CERTIFICATE_PATH, request, EnrolmentAnswer)

    def offer(self, offer: Offer) -> Needs:
        """What the hub lacks of these objects."""
        return self._ask(OFFER_PATH, offer, Needs)

    def heartbeat(self, heartbeat: Heartbeat) -> HeartbeatAnswer:
        """Tell how things are; hear what the hub wants."""
        return self._ask(HEARTBEAT_PATH, heartbeat, HeartbeatAnswer)

    def close_study(self, document: bytes, signature: bytes) -> ManifestAnswer:
        """Hand over a study's signed manifest; hear whether everything in it is stored and proved."""
        answer = self.call("POST", MANIFEST_PATH, document, {SIGNATURE_HEADER: signature.hex()})
        return ManifestAnswer.read(answer)

    def upload(self, source: Source, on_event: Callable[[UploadEvent], None]) -> None:
        """Stream pieces while the hub's judgements come in; returns when everything sent has been judged.

        Raises:
            UnreachableError: the line was cut or fell silent; what was confirmed stays confirmed.
            ClockError: this machine's clock is off; the next attempt signs by the hub's.
            DokueiError: the hub refused the upload as a whole.
        """
        events = _Events(on_event)
        reply = self._exchange("POST", UPLOAD_PATH, source, events.feed, body=None, headers={}, upload=True)
        if reply.status >= _REFUSED_FROM:
            refusal = self._refusal(reply, events.rest())
            self._set_clock(refusal)
            raise refusal

    def _ask(self, path: str, message: Message, answer: type[_M]) -> _M:
        return answer.read(self.call("POST", path, message.write()))

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: dict[str, str] | None = None,
        *,
        arrived: Callable[[int], None] = lambda _: None,
    ) -> bytes:
        """One signed request; a kept line that has died meanwhile is replaced once, and so is a wrong clock.

        ``arrived`` is told how many bytes came, whenever some did.
        """
        for last_try in (False, True):
            kept = self._line is not None
            sent = dict(headers or {})
            content = _packed(body, sent)
            answer = _Answer(arrived)
            try:
                reply = self._exchange(method, path, _Whole(content), answer.take, body=content, headers=sent)
            except UnreachableError:
                if kept and not last_try:
                    continue
                raise
            if reply.status < _REFUSED_FROM:
                return bytes(answer.body)
            refusal = self._refusal(reply, bytes(answer.body))
            if not self._set_clock(refusal) or last_try:
                raise refusal
        raise AssertionError

    def _set_clock(self, refusal: DokueiError) -> bool:
        """Go by the hub's clock from now on, where that was what was wrong."""
        if not isinstance(refusal, ClockError) or self.signer is None or not self.hub_date:
            return False
        self.signer.set_by(self.hub_date)
        return True

    def _exchange(
        self,
        method: str,
        path: str,
        source: Source,
        receive: Callable[[bytes], None],
        *,
        body: bytes | None,
        headers: dict[str, str],
        upload: bool = False,
    ) -> Reply:
        headers |= {"host": self.address.authority, PROTOCOL_HEADER: str(self.protocol)}
        signed = Signed(method, f"https://{self.address.authority}{path}", headers)
        if self.signer is not None:
            self.signer.sign(signed, body)
        headers |= {"transfer-encoding": "chunked"} if upload else {"content-length": str(len(body or b""))}
        request = h11.Request(method=method, target=path, headers=list(headers.items()))
        line = self._kept() or self._dialled()
        with ExitStack() as unless_kept:
            unless_kept.callback(line.close)
            silence = SILENCE_SECONDS if upload else self.silence_seconds
            reply = line.exchange(request, source, receive, silence=silence, answered=upload)
            self.hub_date = reply.headers.get("date", "")
            if line.reusable:
                unless_kept.pop_all()
                self._line = line
        return reply

    def _kept(self) -> Line | None:
        """The line of the last exchange, unless it has ended meanwhile: an idle one may, and nothing is wrong then."""
        line, self._line = self._line, None
        if line is not None and line.stale:
            line.close()
            return None
        return line

    @staticmethod
    def _refusal(reply: Reply, body: bytes) -> DokueiError:
        try:
            return Problem.read(body).error()
        except DokueiError:
            return PeerRefusedError(f"the hub answered {reply.status}", phase="talking to the hub")


def _packed(body: bytes | None, headers: dict[str, str]) -> bytes | None:
    """A body as it travels: manifests and offers shrink to a fraction."""
    if body is None or len(body) < _COMPRESS_FROM or headers.get("content-type") == UNPACKED:
        return body
    headers["content-encoding"] = "gzip"
    return gzip.compress(body, compresslevel=1, mtime=0)


class _Answer:
    """A body as it comes."""

    def __init__(self, arrived: Callable[[int], None]) -> None:
        self.body = bytearray()
        self._arrived = arrived

    def take(self, piece: bytes) -> None:
        self.body += piece
        self._arrived(len(piece))


class _Whole:
    """A body in hand."""

    def __init__(self, body: bytes | None) -> None:
        self._left = body

    def take(self) -> bytes | None:
        body, self._left = self._left, None
        return body or None


class _Events:
    """The hub's answer to an upload, line by line."""

    def __init__(self, on_event: Callable[[UploadEvent], None]) -> None:
        self._on_event = on_event
        self._begun = bytearray()

    def feed(self, data: bytes) -> None:
        """Hand on every line that has become whole; what is no event stays for ``rest``."""
        self._begun += data
        *lines, begun = bytes(self._begun).split(b"\n")
        if len(begun) > _LINE_BYTES:
            raise PeerRefusedError("an answer without end", phase="talking to the hub")
        self._begun = bytearray(begun)
        for line in lines:
            self._on_event(UploadEvent.read(line))

    def rest(self) -> bytes:
        """What came that was no line."""
        return bytes(self._begun)
