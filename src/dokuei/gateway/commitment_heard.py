"""What the PACS reports of what it was asked to keep: on the association on which it was asked, or on one of its own.

Only what a report names as kept is kept, whatever its event type says; and only the PACS is listened to.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import structlog
from pydicom.dataset import Dataset
from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import NotDicomError, TooLargeError
from dokuei.gateway import commitment_tables, deliver_tables, outlet_tables
from dokuei.gateway.commitment import CLASS_CONFLICT, NO_SUCH_INSTANCE, PROCESSING_FAILURE
from dokuei.gateway.commitment_tables import Request
from dokuei.gateway.identifiers import read_identifier
from dokuei.gateway.link import pause
from dokuei.gateway.outlet_tables import Standing
from dokuei.gateway.receive_association import Answer, Association
from dokuei.gateway.receive_messages import Command
from dokuei.gateway.receive_negotiation import STORAGE_COMMITMENT
from dokuei.storage.audit import gateway_trail
from dokuei.storage.db import Database

SUCCESS: Final = 0x0000
UNKNOWN_TRANSACTION: Final = 0x0115  # invalid argument value
_NOT_AUTHORISED: Final = 0x0124
_REPORT_BYTES: Final = 1 << 20
_AGAIN_CEILING_SECONDS: Final = 1800.0
_PHASE: Final = "storage commitment"
_REASONS: Final = {
    PROCESSING_FAILURE: "processing failure",
    NO_SUCH_INSTANCE: "no such object",
    CLASS_CONFLICT: "another class",
    0x0122: "class not supported",
    0x0131: "transaction UID used twice",
    0x0213: "out of resources",
}
_log = structlog.get_logger()


def hear(database: Database, information: Dataset) -> int:
    """Note a report durably, and give the status to answer; one that was heard before changes nothing.

    Raises:
        NotDicomError: it cannot be read.
    """
    transaction_uid, kept, failed = _read(information)
    with database.begin() as connection:
        request = commitment_tables.find(connection, transaction_uid)
        if request is None:
            _log.warning("commitment.unknown-transaction", transaction_uid=transaction_uid)
            return UNKNOWN_TRANSACTION
        standing = outlet_tables.standings(connection, [request.delivery_id])[request.delivery_id].get(request.outlet)
        if request.answered_at is None and (standing is not None or request.is_pulse):
            wrong = _wrong(request, kept, failed)
            commitment_tables.answered(connection, request, wrong=wrong)
            if standing is not None:
                _settle(connection, standing, wrong)
    return SUCCESS


def _settle(connection: Connection, standing: Standing, wrong: str) -> None:
    """What the PACS does not keep is given to it again, at once and then after longer and longer waits."""
    wait = pause(standing.attempts + 1, ceiling=_AGAIN_CEILING_SECONDS)
    settled = outlet_tables.settle(
        connection,
        standing,
        state="not-committed" if wrong else "committed",
        until=now() + timedelta(seconds=wait) if wrong else None,
        reason=wrong,
    )
    if settled:
        gateway_trail.append(
            connection,
            actor="system",
            event="report.not_committed" if wrong else "report.committed",
            subject=deliver_tables.study_of(connection, standing.delivery_id),
            details={
                "sop_instance_uids": [sop_instance_uid for _, sop_instance_uid in standing.objects],
                "to": standing.destination,
                **({"why": wrong} if wrong else {}),
            },
        )
    _log.info("commitment.heard", outlet=standing.outlet, why=wrong)


def _wrong(request: Request, kept: frozenset[str], failed: dict[str, int]) -> str:
    """Why what was asked for is not all kept; empty where it is."""
    lost = [uid for _, uid in request.objects if uid in failed or uid not in kept]
    if not lost:
        return ""
    first = failed.get(lost[0])
    why = "not named in its report" if first is None else f"0x{first:04X} {_REASONS.get(first, '')}".strip()
    return f"the PACS took it and does not keep it: {why} ({len(lost)} of {len(request.objects)})"


def _read(information: Dataset) -> tuple[str, frozenset[str], dict[str, int]]:
    """Transaction UID, what is kept, and what is not with its Failure Reason (PS3.3 C.14)."""
    try:
        kept = frozenset(str(item.ReferencedSOPInstanceUID) for item in information.get("ReferencedSOPSequence") or ())
        failed = {
            str(item.ReferencedSOPInstanceUID): int(item.get("FailureReason") or PROCESSING_FAILURE)
            for item in information.get("FailedSOPSequence") or ()
        }
        return str(information.TransactionUID), kept, failed
    except (AttributeError, TypeError, ValueError) as error:
        raise NotDicomError("a report of storage commitment that cannot be read", phase=_PHASE) from error


@dataclass(frozen=True)
class Promises:
    """The door's part: reports that come on an association of the PACS's own; ``pacs`` is its AE title."""

    database: Database
    pacs: str

    def begin(self, association: Association, context_id: int, command: Command) -> "Hearing":
        """An N-EVENT-REPORT request starts (``command`` says nothing that its data set does not)."""
        return Hearing(self, association, context_id, has_dataset=command.has_dataset)


@dataclass(frozen=True)
class Hearing:
    """One report on its way in."""

    promises: Promises
    association: Association
    context_id: int
    has_dataset: bool
    _data: bytearray = field(default_factory=bytearray)

    def write(self, piece: memoryview) -> None:
        """Its data set is a list of UIDs; a bound keeps it one."""
        if len(self._data) + len(piece) > _REPORT_BYTES:
            raise TooLargeError("a report of storage commitment without end", phase=_PHASE)
        self._data.extend(piece)

    def finish(self) -> Answer:
        """Note it, then say so."""
        calling = self.association.agreement.calling_ae
        if not self.promises.pacs or calling != self.promises.pacs:
            _log.warning("commitment.not-the-pacs", calling=calling)
            return Answer(_NOT_AUTHORISED, "only the PACS that was asked may report")
        syntax = self.association.context(self.context_id).transfer_syntax
        try:
            found = read_identifier(bytes(self._data), sop_class_uid=STORAGE_COMMITMENT, transfer_syntax_uid=syntax)
        except Exception as error:
            raise NotDicomError("a report of storage commitment that cannot be read", phase=_PHASE) from error
        return Answer(hear(self.promises.database, found))

    def discard(self) -> None:
        """Nothing was noted."""
