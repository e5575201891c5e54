"""One open connection to the hub, HTTP/1.1: sending and receiving go on at the same time on one thread.

So the hub's confirmations arrive while an upload runs, and a line that falls silent is given up early: TCP alone holds
on to a dead line for long.
"""

import contextlib
import select
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import h11

from dokuei.clock import monotonic
from dokuei.errors import PeerRefusedError, UnreachableError
from dokuei.transfer.protocol import SILENCE_SECONDS

_READ_BYTES = 64 * 1024
_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Reply:
    """An answer's head; its body went to whoever asked for it."""

    status: int
    headers: dict[str, str]


class Source(Protocol):
    """Where an outgoing body comes from."""

    def take(self) -> bytes | None:
        """The next bytes; empty when there are none just now; None at the end."""


class Line:
    """An open line; after any error it is closed and a new one is made."""

    def __init__(self, connection: ssl.SSLSocket) -> None:
        self._connection = connection
        self._http = h11.Connection(h11.CLIENT)
        self._closed_by_peer = False
        connection.setblocking(False)

    def close(self) -> None:
        """Give the connection up."""
        self._connection.close()

    @property
    def connection(self) -> ssl.SSLSocket:
        """The socket, for whoever asks the kernel how it goes."""
        return self._connection

    @property
    def reusable(self) -> bool:
        """Whether another request may go over this line."""
        done = self._http.our_state is h11.DONE and self._http.their_state is h11.DONE
        return done and not self._closed_by_peer

    @property
    def stale(self) -> bool:
        """Whether the other side has ended it, or said something unasked, since it was last used."""
        readable, _, _ = select.select([self._connection], [], [], 0)
        return bool(readable) or self._connection.pending() > 0

    def exchange(
        self,
        request: h11.Request,
        source: Source,
        receive: Callable[[bytes], None],
        *,
        silence: float = SILENCE_SECONDS,
        answered: bool = False,
    ) -> Reply:
        """Send a request's body while its answer comes in.

        ``answered``: the other side speaks all the time, so only what comes from there counts as a sign of life;
        otherwise progress in either direction does.

        Raises:
            UnreachableError: the line is cut, or silent for ``silence`` seconds.
            PeerRefusedError: the other side does not take our certificate, or speaks no HTTP.
        """
        try:
            if self._http.our_state is h11.DONE:
                self._http.start_next_cycle()
            return self._exchange(request, source, _Answer(receive), silence, answered=answered)
        except h11.ProtocolError as error:
            raise PeerRefusedError(f"no HTTP as agreed: {error}", phase="talking to the hub") from error
        except ssl.SSLError as error:
            raise _refused_or_cut(error) from error
        except OSError as error:
            raise UnreachableError(f"cut: {error.strerror or error}", phase="talking to the hub") from error

    def _exchange(
        self, request: h11.Request, source: Source, answer: "_Answer", silence: float, *, answered: bool
    ) -> Reply:
        waiting = memoryview(self._http.send(request) or b"")
        last = monotonic()
        while True:
            if not waiting:
                waiting = self._more(source)
            readable, sent = self._move(waiting)
            waiting = waiting[sent:]
            if readable or (sent and not answered):
                last = monotonic()
            for event in self._arrived(readable=readable):
                answer.take(event)
            if answer.whole is not None:
                return answer.whole
            if self._closed_by_peer:
                raise UnreachableError("the hub closed the line", phase="talking to the hub")
            if monotonic() - last > silence:
                raise UnreachableError(f"silent for {silence:.0f} s", phase="talking to the hub")

    def _more(self, source: Source) -> memoryview:
        """The next bytes to send: none when the body has ended or has nothing just now."""
        if self._http.our_state is not h11.SEND_BODY:
            return memoryview(b"")
        data = source.take()
        if data is None:
            return memoryview(self._http.send(h11.EndOfMessage()) or b"")
        return memoryview(self._http.send(h11.Data(data=data)) or b"") if data else memoryview(b"")

    def _move(self, waiting: memoryview) -> tuple[bool, int]:
        """Wait until something can be done, then send what the socket takes."""
        pause = _POLL_SECONDS if self._http.our_state is h11.SEND_BODY and not waiting else 0.5
        readable, writable, _ = select.select([self._connection], [self._connection] if waiting else [], [], pause)
        if not writable:
            return bool(readable), 0
        try:
            return bool(readable), self._connection.send(waiting)
        except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
            return bool(readable), 0
        except OSError:
            with contextlib.suppress(ssl.SSLWantReadError):
                self._connection.recv(1)  # a refusal that came just before says more than the broken pipe
            raise

    def _arrived(self, *, readable: bool) -> Iterator[h11.Event]:
        if readable:
            with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError):
                while data := self._connection.recv(_READ_BYTES):
                    self._http.receive_data(data)
                self._closed_by_peer = True
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA or event is h11.PAUSED:
                return
            yield event  # type: ignore[misc] # the two markers above are all that is no event
            if isinstance(event, h11.ConnectionClosed | h11.EndOfMessage):
                return


class _Answer:
    """An answer as it comes in."""

    def __init__(self, receive: Callable[[bytes], None]) -> None:
        self._receive = receive
        self._head: Reply | None = None
        self.whole: Reply | None = None

    def take(self, event: h11.Event) -> None:
        if isinstance(event, h11.Response):
            self._head = Reply(event.status_code, {k.decode(): v.decode("latin-1") for k, v in event.headers})
        elif isinstance(event, h11.Data):
            self._receive(bytes(event.data))
        elif isinstance(event, h11.EndOfMessage):
            self.whole = self._head


def _refused_or_cut(error: ssl.SSLError) -> UnreachableError | PeerRefusedError:
    reason = (error.reason or "broken").replace("_", " ").lower()
    if "alert" in reason and "close notify" not in reason:
        return PeerRefusedError(
            f"our certificate is not taken: {reason}",
            phase="TLS",
            remedy="enrol with a new code; it may be revoked, expired or another hub's",
        )
    return UnreachableError(f"cut: {reason}", phase="talking to the hub")
