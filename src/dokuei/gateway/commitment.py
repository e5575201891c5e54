"""Storage Commitment, push model, as a provider: "safe" is said of what lies here or is proved at the hub (PS3.4 J).

The report goes out on the requester's own association where it still listens, else on a new one to it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import structlog
from pydicom.dataset import Dataset
from pydicom.uid import UID
from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert

from dokuei.clock import now
from dokuei.errors import NotDicomError, TooLargeError
from dokuei.gateway.identifiers import read_identifier, write_identifier
from dokuei.gateway.receive_association import Answer, Association
from dokuei.gateway.receive_messages import N_ACTION_RQ, Command, event_report
from dokuei.gateway.receive_negotiation import STORAGE_COMMITMENT
from dokuei.gateway.spool import Spool
from dokuei.gateway.spool_tables import received_object, storage_commitment
from dokuei.gateway.spool_view import State

WELL_KNOWN_INSTANCE: Final = "1.2.840.10008.1.20.1.1"
NO_SUCH_INSTANCE: Final = 0x0112
CLASS_CONFLICT: Final = 0x0119
PROCESSING_FAILURE: Final = 0x0110
_NO_SUCH_ACTION: Final = 0x0123
_REQUEST_STORAGE_COMMITMENT: Final = 1
_ALL_SAFE: Final = 1
_SOME_FAILED: Final = 2
_REQUEST_BYTES: Final = 32 << 20
_AT_ONCE: Final = 500
_GRACE_SECONDS: Final = 60.0
_MESSAGE_IDS: Final = 1 << 16
_log = structlog.get_logger()


@dataclass(frozen=True)
class Reference:
    """One instance that a requester asks about; ``reason`` is 0 where it is safe (PS3.3 C.14)."""

    sop_class_uid: str
    sop_instance_uid: str
    reason: int = 0


@dataclass(frozen=True)
class Report:
    """What a requester is told."""

    transaction_uid: str
    references: tuple[Reference, ...]

    @property
    def event_type(self) -> int:
        """1: all safe; 2: some are not (PS3.4 J.3.3)."""
        return _SOME_FAILED if any(r.reason for r in self.references) else _ALL_SAFE

    def dataset(self) -> Dataset:
        """The event information."""
        found = Dataset()
        found.TransactionUID = UID(self.transaction_uid)
        found.ReferencedSOPSequence = [_item(r) for r in self.references if not r.reason]
        if failed := [_item(r) for r in self.references if r.reason]:
            found.FailedSOPSequence = failed
        if not found.ReferencedSOPSequence:
            del found.ReferencedSOPSequence
        return found


@dataclass(frozen=True)
class Commitment:
    """Answers requests for commitment from the spool."""

    spool: Spool

    def begin(self, association: Association, context_id: int, command: Command) -> "Asking | Told":
        """A request, or a requester's answer to our report."""
        if command.field == N_ACTION_RQ:
            return Asking(self, association, context_id, command)
        return Told(self, association, command)

    def judge(self, asked: Sequence[Reference]) -> tuple[Reference, ...]:
        """Which instances are durably held, and why the others are not."""
        known: dict[str, Any] = {}
        c = received_object.c
        wanted = [r.sop_instance_uid for r in asked]
        with self.spool.database.read() as connection:
            for start in range(0, len(wanted), _AT_ONCE):
                query = select(c.sop_instance_uid, c.sop_class_uid, c.sha256, c.size, c.state, c.original_kept)
                for row in connection.execute(query.where(c.sop_instance_uid.in_(wanted[start : start + _AT_ONCE]))):
                    known[row.sop_instance_uid] = row
        return tuple(
            Reference(r.sop_class_uid, r.sop_instance_uid, self._reason(r, known.get(r.sop_instance_uid)))
            for r in asked
        )

    def enter(self, transaction_uid: str, asked: Sequence[Reference], *, requester_ae: str, address: str) -> int:
        """Note a request durably before it is answered; gives its number."""
        with self.spool.database.begin() as connection:
            number: int = connection.execute(
                insert(storage_commitment)
                .values(
                    transaction_uid=transaction_uid,
                    requester_ae=requester_ae,
                    requester_address=address,
                    references=json.dumps([[r.sop_class_uid, r.sop_instance_uid] for r in asked]),
                    requested_at=now(),
                    not_before=now() + timedelta(seconds=_GRACE_SECONDS),
                )
                .returning(storage_commitment.c.id)
            ).scalar_one()
        return number

    def reported(self, number: int) -> None:
        """The requester has taken the report."""
        with self.spool.database.begin() as connection:
            connection.execute(
                update(storage_commitment).where(storage_commitment.c.id == number).values(reported_at=now())
            )

    def hasten(self, numbers: list[int]) -> None:
        """The requester's association ended before it took these: they need not wait for it any longer."""
        with self.spool.database.begin() as connection:
            connection.execute(
                update(storage_commitment).where(storage_commitment.c.id.in_(numbers)).values(not_before=now())
            )

    def _reason(self, asked: Reference, row: Any) -> int:
        if row is None:
            return NO_SUCH_INSTANCE
        if row.sop_class_uid != asked.sop_class_uid:
            return CLASS_CONFLICT
        if row.state == State.REFUSED:
            return PROCESSING_FAILURE
        if row.state == State.PROVED:
            return 0
        path = self.spool.original_path(row.sha256)
        return 0 if path.exists() and path.stat().st_size == row.size else NO_SUCH_INSTANCE


@dataclass(frozen=True)
class Asking:
    """An N-ACTION request on its way in."""

    commitment: Commitment
    association: Association
    context_id: int
    command: Command
    _data: bytearray = field(default_factory=bytearray)

    def write(self, piece: memoryview) -> None:
        """Its data set is a list of UIDs; a bound keeps it one."""
        if len(self._data) + len(piece) > _REQUEST_BYTES:
            raise TooLargeError("a request for storage commitment without end", phase="storage commitment")
        self._data.extend(piece)

    def finish(self) -> Answer:
        """Note it, answer it, and report on the same association at once."""
        if self.command.action_type != _REQUEST_STORAGE_COMMITMENT:
            return Answer(_NO_SUCH_ACTION)
        syntax = self.association.context(self.context_id).transfer_syntax
        transaction_uid, asked = _read(bytes(self._data), syntax)
        agreement = self.association.agreement
        number = self.commitment.enter(
            transaction_uid, asked, requester_ae=agreement.calling_ae, address=self.association.address
        )
        self.association.reports[number % _MESSAGE_IDS] = number
        report = Report(transaction_uid, self.commitment.judge(asked))
        pdus = event_report(
            self.context_id,
            number % _MESSAGE_IDS,
            sop_class_uid=STORAGE_COMMITMENT,
            sop_instance_uid=WELL_KNOWN_INSTANCE,
            event_type=report.event_type,
            information=write_identifier(report.dataset(), transfer_syntax_uid=syntax),
        )
        _log.info(
            "commitment.reported", transaction_uid=transaction_uid, instances=len(asked), event_type=report.event_type
        )
        return Answer(0, after=tuple(pdus))

    def discard(self) -> None:
        """Nothing was noted."""


@dataclass(frozen=True)
class Told:
    """The requester's response to our report."""

    commitment: Commitment
    association: Association
    command: Command

    def write(self, piece: memoryview) -> None:
        """An event reply says nothing that we need."""

    def finish(self) -> None:
        """A success ends the matter; anything else leaves it to a new association."""
        if self.command.status == 0 and self.command.message_id in self.association.reports:
            self.commitment.reported(self.association.reports.pop(self.command.message_id))

    def discard(self) -> None:
        """Nothing to undo."""


def _read(data: bytes, transfer_syntax_uid: str) -> tuple[str, list[Reference]]:
    try:
        found = read_identifier(data, sop_class_uid=STORAGE_COMMITMENT, transfer_syntax_uid=transfer_syntax_uid)
        asked = [
            Reference(str(item.ReferencedSOPClassUID), str(item.ReferencedSOPInstanceUID))
            for item in found.ReferencedSOPSequence
        ]
        return str(found.TransactionUID), asked
    except Exception as error:
        raise NotDicomError(
            "a request for storage commitment that cannot be read", phase="storage commitment"
        ) from error


def _item(reference: Reference) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = UID(reference.sop_class_uid)
    item.ReferencedSOPInstanceUID = UID(reference.sop_instance_uid)
    if reference.reason:
        item.FailureReason = reference.reason
    return item
