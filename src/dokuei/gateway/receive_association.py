"""One association, from its request to its release: a straight loop that sleeps only in the kernel (PS3.8 9.2).

pynetdicom reads and writes the PDUs of the beginning; its reactor, which polls every millisecond in two threads, is
not used: data PDUs are read here, and their fragments poured into the spool as they come.
"""

import struct
import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

import structlog

from dokuei.errors import AdmissionError, DokueiError
from dokuei.gateway.receive_messages import C_CANCEL_RQ, Command, CommandError, read_command, response
from dokuei.gateway.receive_negotiation import Agreement, Context, Doorkeeper, RejectedError, reject
from dokuei.gateway.receive_wire import (
    ABORT,
    ASSOCIATE_RQ,
    P_DATA_TF,
    RELEASE_RQ,
    ClosedError,
    Wire,
    abort_pdu,
    release_reply,
)

ARTIM_SECONDS: Final = 30.0
IDLE_SECONDS: Final = 600.0
_REQUEST_BYTES: Final = 1 << 18  # 128 contexts with every transfer syntax there is
_COMMAND_BYTES: Final = 1 << 16
_PROCESSING_FAILURE: Final = 0x0110
_log = structlog.get_logger()


@dataclass(frozen=True)
class Answer:
    """What is sent back for one message: a response with this status, then whole PDUs of our own."""

    status: int
    comment: str = ""
    after: tuple[bytes, ...] = ()
    error_id: int = 0
    sop_instance_uid: str = ""  # of an object that was made without a name


class Message(Protocol):
    """One message on its way in; its data set comes in pieces."""

    def write(self, piece: memoryview) -> object:
        """The next bytes of the data set."""

    def finish(self) -> Answer | None:
        """The message is whole; ``None`` is for responses, which are not answered."""

    def discard(self) -> None:
        """The message will never be whole."""


class Service(Protocol):
    """What is done with messages."""

    def begin(self, association: "Association", context_id: int, command: Command) -> Message:
        """A message starts."""

    def ended(self, association: "Association") -> None:
        """An accepted association is over, however it ended."""

    def turned_away(self, address: str, why: str) -> None:
        """A peer was not let in."""


@dataclass
class Association:
    """One peer, one thread. ``stop`` may be called from another one."""

    wire: Wire
    address: str
    doorkeeper: Doorkeeper
    service: Service
    agreement: Agreement = field(init=False)
    answered: Counter[int] = field(default_factory=Counter)
    reports: dict[int, int] = field(default_factory=dict)  # message ID of a report of ours → its number in the queue
    _command: bytearray = field(default_factory=bytearray)
    _request: Command | None = None
    _message: Message | None = None
    _left: int = 0  # bytes of the PDU in hand behind the fragment in hand
    _busy: bool = True
    _stopping: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        """Serve the peer until it is done, gone, or not to be understood."""
        try:
            if self._associate():
                try:
                    while self._next_pdu():
                        pass
                finally:
                    self.service.ended(self)
        except ClosedError as error:
            _log.info("association.closed", address=self.address, why=error.what)
        except AdmissionError as error:
            _log.warning("association.aborted", address=self.address, why=error.what)
            self._abort(source=2, reason=6)
        except Exception:  # noqa: BLE001 - the SCP is an outer door
            _log.exception("association.failed", address=self.address)
            self._abort(source=0, reason=0)
        finally:
            if self._message is not None:
                self._message.discard()
            self.wire.close()

    def context(self, context_id: int) -> Context:
        """An accepted presentation context.

        Raises:
            CommandError: none was accepted under this number.
        """
        try:
            return self.agreement.contexts[context_id]
        except KeyError:
            raise CommandError(f"presentation context {context_id} was not accepted", phase="receiving") from None

    def stop(self) -> None:
        """End it now if it is between messages, else after the message in hand."""
        with self._lock:
            self._stopping = True
            if not self._busy:
                self._abort(source=0, reason=0)
                self.wire.close()

    def withdrawn(self, message_id: int) -> bool:
        """Whether the peer takes back what it asks (C-CANCEL, PS3.7 9.3.2.3): looked at between two answers.

        Raises:
            ClosedError: it is gone.
            AdmissionError: it says something else in the middle of an operation.
        """
        while not self._left and self.wire.waiting():
            kind, length = self._header()
            if kind == ABORT:
                raise ClosedError("the peer aborted", phase="answering")
            if kind != P_DATA_TF or not 6 < length <= _COMMAND_BYTES:  # noqa: PLR2004 - the head of a fragment
                raise AdmissionError("something else than C-CANCEL inside an operation", phase="answering")
            inner, _, control = struct.unpack(">LBB", self.wire.exactly(6))
            told = bytearray()
            self.wire.pour(length - 6, told.extend)
            if control != 3 or inner + 4 != length:  # noqa: PLR2004 - a whole command and nothing else
                raise AdmissionError("something else than C-CANCEL inside an operation", phase="answering")
            command = read_command(bytes(told))
            if command.field == C_CANCEL_RQ and command.message_id == message_id:
                return True
        return False

    def _associate(self) -> bool:
        self.wire.wait_at_most(ARTIM_SECONDS)
        kind, length = self._header()
        if kind != ASSOCIATE_RQ or length > _REQUEST_BYTES:
            raise AdmissionError("the first PDU is no A-ASSOCIATE-RQ", phase="associating")
        request = bytearray(struct.pack(">BxL", kind, length))
        self.wire.pour(length, request.extend)
        try:
            self.agreement = self.doorkeeper.agree(bytes(request), address=self.address)
        except RejectedError as error:
            _log.warning("association.rejected", address=self.address, why=error.what)
            self.wire.send(reject(error))
            self.service.turned_away(self.address, error.what)
            return False
        self.wire.send(self.agreement.reply)
        self.wire.wait_at_most(IDLE_SECONDS)
        return self._rest()

    def _next_pdu(self) -> bool:
        kind, length = self._header()
        if kind == P_DATA_TF:
            with self._lock:
                self._busy = True
            return self._data(length)
        if kind == RELEASE_RQ:
            self.wire.send(release_reply())
            _log.info("association.released", calling=self.agreement.calling_ae, answered=dict(self.answered))
            return False
        if kind == ABORT:
            _log.info("association.aborted-by-peer", calling=self.agreement.calling_ae)
            return False
        raise AdmissionError(f"a PDU of type {kind} inside an association", phase="receiving")

    def _data(self, left: int) -> bool:
        """The presentation data values of one P-DATA-TF PDU (PS3.8 9.3.5, E.2)."""
        resting = True
        while left:
            length, context_id, control = struct.unpack(">LBB", self.wire.exactly(6))
            left -= length + 4
            self._left = left
            if length < 2 or left < 0:  # noqa: PLR2004 - its two own bytes count
                raise AdmissionError("a P-DATA-TF PDU whose lengths do not fit", phase="receiving")
            if control & 1:
                self._command_fragment(context_id, length - 2, last=bool(control & 2))
            else:
                self._data_fragment(context_id, length - 2, last=bool(control & 2))
            if self._request is None and not self._command:
                resting = self._rest()
        return resting

    def _command_fragment(self, context_id: int, length: int, *, last: bool) -> None:
        if self._request is not None or len(self._command) + length > _COMMAND_BYTES:
            raise CommandError("a command inside another message, or without end", phase="receiving")
        self.wire.pour(length, self._command.extend)
        if not last:
            return
        command = read_command(bytes(self._command))
        self._command.clear()
        self._request = command
        self._message = self.service.begin(self, context_id, command)
        if not command.has_dataset:
            self._finish(context_id)

    def _data_fragment(self, context_id: int, length: int, *, last: bool) -> None:
        if self._message is None:
            raise CommandError("a data set without a command", phase="receiving")
        self.wire.pour(length, self._message.write)
        if last:
            self._finish(context_id)

    def _finish(self, context_id: int) -> None:
        request, message = self._request, self._message
        if request is None or message is None:
            return
        self._request = self._message = None
        try:
            answer = message.finish()
        except DokueiError as error:
            _log.warning("message.refused", calling=self.agreement.calling_ae, code=error.code, why=str(error))
            answer = Answer(error.dimse_status, error.what)
        except Exception:  # noqa: BLE001 - the SCP is an outer door: one message that breaks it is answered like others
            _log.exception("message.failed", calling=self.agreement.calling_ae)
            answer = Answer(_PROCESSING_FAILURE, "the gateway could not work on this message; see its log")
        if answer is not None:
            if answer.sop_instance_uid:
                request = replace(request, sop_instance_uid=answer.sop_instance_uid)
            reply = response(
                context_id, request, status=answer.status, comment=answer.comment, error_id=answer.error_id
            )
            self.wire.send(b"".join((reply, *answer.after)))
            self.answered[answer.status] += 1

    def _rest(self) -> bool:
        """Between two messages: go on unless a stop was asked for."""
        with self._lock:
            if self._stopping:
                self._abort(source=0, reason=0)
                return False
            self._busy = False
            return True

    def _header(self) -> tuple[int, int]:
        kind, length = struct.unpack(">BxL", self.wire.exactly(6))
        return kind, length

    def _abort(self, *, source: int, reason: int) -> None:
        try:
            self.wire.send(abort_pdu(source=source, reason=reason))
        except ClosedError:
            return
