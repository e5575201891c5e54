"""The PACS is asked whether it keeps what it took, until it says so (Storage Commitment as a user, PS3.4 J).

A request is noted before it is sent, so that its report is understood whenever it comes, whoever has been killed since.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Thread
from typing import Final

import structlog
from pydicom.dataset import Dataset
from pydicom.uid import UID, generate_uid
from pynetdicom import evt
from pynetdicom.association import Association

from dokuei.clock import monotonic, now
from dokuei.errors import DokueiError, NotDicomError
from dokuei.gateway import commitment_tables, outlet_tables
from dokuei.gateway.commitment import PROCESSING_FAILURE, WELL_KNOWN_INSTANCE
from dokuei.gateway.commitment_heard import hear
from dokuei.gateway.link import Link, pause
from dokuei.gateway.outlet_tables import Objects, Standing
from dokuei.gateway.pacs import NothingOfferedError, associated
from dokuei.gateway.receive_negotiation import STORAGE_COMMITMENT, VERIFICATION
from dokuei.settings import Destination, Settings
from dokuei.storage.db import Database
from dokuei.transfer.deliveries import PlaceState

_REQUEST_STORAGE_COMMITMENT: Final = 1
_CEILING_SECONDS: Final = 3600.0
_LOOK_SECONDS: Final = 0.1
NOT_OFFERED: Final = "the PACS does not offer storage commitment, which is required here"
_SILENT: Final = "the PACS was asked whether it keeps it and has not answered; it is asked again"
_log = structlog.get_logger()


@dataclass
class Asker:
    """Asks for what was taken; ``answer_seconds`` is the first wait for a report that comes on another association.

    ``patience_seconds`` is how long deliveries wait for a PACS that is asked; one that was slower is not waited for.
    """

    settings: Settings
    database: Database
    link: Link
    listen_seconds: float = 2.0
    answer_seconds: float = 300.0
    patience_seconds: float = 4.0
    _asking: Thread | None = field(default=None, init=False)
    _is_slow: bool = field(default=False, init=False)

    def ask(self) -> None:
        """Once for everything that is due; a PACS that hangs is left to hang, and others have theirs meanwhile."""
        if self._asking is not None and self._asking.is_alive():
            return
        self._asking = Thread(target=self._work, name="commitment", daemon=True)
        self._asking.start()
        if not self._is_slow:
            self._asking.join(self.patience_seconds)

    def _work(self) -> None:
        began = monotonic()
        try:
            self._ask_due()
        except Exception as error:  # noqa: BLE001 - the outer door of this thread
            _log.error("commitment.broke", exc_info=error)
        self._is_slow = monotonic() - began > self.patience_seconds

    def _ask_due(self) -> None:
        """What the PACS does not answer now is asked again later."""
        pacs = self.settings.gateway.pacs
        with self.database.read() as connection:
            due = outlet_tables.to_ask(connection)
        if pacs is None or not due:
            return
        if pacs.commitment == "off":
            self._settle_all(due, "stored")
            return
        try:
            self._ask_all(pacs, due)
        except DokueiError as error:
            for one in due:
                self._wait(one, pause(one.attempts + 2, ceiling=_CEILING_SECONDS), reason=str(error))

    def _ask_all(self, pacs: Destination, due: tuple[Standing, ...]) -> None:
        with asking(self.settings, self.database, pacs) as association:
            if association is None:
                self._not_offered(pacs, due)
            else:
                self._ask_each(association, due)

    def _ask_each(self, association: Association, due: tuple[Standing, ...]) -> None:
        """One after the other: a report that comes on this association is not to meet the next question on it.

        Where none comes here for the first, none is waited for before the others are asked.
        """
        asked: list[str] = []
        reports_here = True
        for one in due:
            transaction_uid = self._ask(association, one)
            if transaction_uid:
                asked.append(transaction_uid)
                reports_here = reports_here and self._listen([transaction_uid])
        if not reports_here:
            self._listen(asked)

    def _ask(self, association: Association, one: Standing) -> str:
        """The Transaction UID under which its report comes; empty where none will."""
        transaction_uid = generate_uid(prefix=None)
        with self.database.begin() as connection:
            commitment_tables.add(connection, transaction_uid, one)
        refused = refusal(association, transaction_uid, one.objects)
        if not refused:
            wait = min(self.answer_seconds * 2.0 ** min(one.attempts, 30), _CEILING_SECONDS)
            self._wait(one, wait, reason=_SILENT if one.attempts else "")
            return transaction_uid
        self._wait(one, pause(one.attempts + 2, ceiling=_CEILING_SECONDS), reason=refused)
        return ""

    def _listen(self, transaction_uids: list[str]) -> bool:
        """Whether all is reported within a while: many a PACS does so at once, here or elsewhere."""
        until = monotonic() + self.listen_seconds
        while monotonic() < until and not self.link.stop.wait(_LOOK_SECONDS):
            with self.database.read() as connection:
                if not commitment_tables.unanswered(connection, transaction_uids):
                    return True
        return False

    def _not_offered(self, pacs: Destination, due: tuple[Standing, ...]) -> None:
        if pacs.commitment == "when-offered":
            self._settle_all(due, "not-offered")
            return
        for one in due:
            self._wait(one, pause(one.attempts + 2, ceiling=_CEILING_SECONDS), reason=NOT_OFFERED)

    def _settle_all(self, due: tuple[Standing, ...], state: PlaceState) -> None:
        with self.database.begin() as connection:
            for one in due:
                outlet_tables.settle(connection, one, state=state)

    def _wait(self, one: Standing, seconds: float, *, reason: str) -> None:
        with self.database.begin() as connection:
            outlet_tables.asked(connection, one, until=now() + timedelta(seconds=seconds), reason=reason)


@contextmanager
def asking(settings: Settings, database: Database, pacs: Destination) -> Iterator[Association | None]:
    """An association on which the PACS can be asked, and may report at once; None where it offers no commitment.

    Raises:
        UnreachableError: it does not answer, or refuses.
    """

    def heard(event: evt.Event) -> tuple[int, None]:
        try:
            return hear(database, event.event_information), None
        except NotDicomError:
            return PROCESSING_FAILURE, None

    handlers = [(evt.EVT_N_EVENT_REPORT, heard)]
    try:
        association = associated(settings, pacs, [STORAGE_COMMITMENT, VERIFICATION], handlers)
    except NothingOfferedError:
        yield None
        return
    try:
        offered = any(one.abstract_syntax == STORAGE_COMMITMENT for one in association.accepted_contexts)
        yield association if offered else None
    finally:
        association.release()


def refusal(association: Association, transaction_uid: str, objects: Objects) -> str:
    """Ask whether these are kept; why the PACS does not even take the question, empty where it does."""
    status = _status(association, transaction_uid, objects)
    if status == 0:
        return ""
    said = "did not answer" if status is None else f"refused: status 0x{status:04X}"
    return f"the PACS was asked whether it keeps it and {said}"


def _status(association: Association, transaction_uid: str, objects: Objects) -> int | None:
    request = Dataset()
    request.TransactionUID = UID(transaction_uid)
    request.ReferencedSOPSequence = []
    for sop_class_uid, sop_instance_uid in objects:
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = UID(sop_class_uid), UID(sop_instance_uid)
        request.ReferencedSOPSequence.append(item)
    try:
        answer, _ = association.send_n_action(
            request, _REQUEST_STORAGE_COMMITMENT, UID(STORAGE_COMMITMENT), UID(WELL_KNOWN_INSTANCE)
        )
    except (ValueError, RuntimeError):
        return None  # it is gone
    status: int | None = answer.get("Status")
    return status
