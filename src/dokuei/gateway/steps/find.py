"""The modality worklist as a provider: C-FIND over what the hospital ordered (PS3.4 K, PS3.7 9.1.2)."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import structlog
from pydicom.dataset import Dataset

from dokuei.clock import now
from dokuei.errors import TooLargeError
from dokuei.gateway.identifiers import read_identifier, write_identifier
from dokuei.gateway.receive_association import Answer, Association
from dokuei.gateway.receive_messages import Command, pending
from dokuei.gateway.receive_negotiation import MODALITY_WORKLIST
from dokuei.gateway.steps import tables
from dokuei.gateway.steps.answer import Letters, told, whole_of
from dokuei.gateway.steps.match import QueryError, days_of, matches, plain
from dokuei.gateway.steps.tables import ScheduledRow
from dokuei.settings import WorklistSettings
from dokuei.storage.audit import gateway_trail
from dokuei.storage.db import Database

_SUCCESS: Final = 0x0000
_CANCELED: Final = 0xFE00
_DOES_NOT_MATCH_CLASS: Final = 0xA900
_IDENTIFIER_BYTES: Final = 1 << 18
_EVERYTHING: Final = Letters(("ISO_IR 192",))
_log = structlog.get_logger()


@dataclass(frozen=True)
class Worklist:
    """Answers modalities from the scheduled steps."""

    database: Database
    settings: WorklistSettings

    def begin(self, association: Association, context_id: int, command: Command) -> "Finding":
        """A query starts."""
        return Finding(self, association, context_id, command)

    def rows(self, query: Dataset) -> tuple[ScheduledRow, ...]:
        """What the query may mean, before its keys are compared one by one; a query for everything is for now.

        Raises:
            QueryError: a date range that is none.
        """
        start, end = days_of(query)
        accession, patient = plain(query, "AccessionNumber"), plain(query, "PatientID")
        if not (start or end or accession or patient):
            oldest = now().astimezone() - timedelta(days=self.settings.days_back)
            start = oldest.strftime("%Y%m%d")
        with self.database.read() as connection:
            return tables.listed(connection, start=start, end=end, accession_number=accession, patient_id=patient)

    def note(self, calling_ae: str, *, answers: int, canceled: bool) -> None:
        """Who was told of how many patients stands in the audit trail (LOG-01)."""
        with self.database.begin() as connection:
            gateway_trail.append(
                connection,
                actor=f"modality:{calling_ae}",
                event="worklist.queried",
                details={"answers": answers, "canceled": canceled},
            )


@dataclass(frozen=True)
class Finding:
    """One C-FIND on its way in, and its answers on their way out."""

    worklist: Worklist
    association: Association
    context_id: int
    command: Command
    _data: bytearray = field(default_factory=bytearray)

    def write(self, piece: memoryview) -> None:
        """Its identifier is a list of keys; a bound keeps it one."""
        if len(self._data) + len(piece) > _IDENTIFIER_BYTES:
            raise TooLargeError("a query without end", phase="reading a worklist query")
        self._data.extend(piece)

    def finish(self) -> Answer:
        """Send each step that matches, looking between them for C-CANCEL; then say how it ended."""
        syntax = self.association.context(self.context_id).transfer_syntax
        if self.command.sop_class_uid != MODALITY_WORKLIST or not self._data:
            return Answer(_DOES_NOT_MATCH_CLASS, "not a query for the modality worklist")
        try:
            query = read_identifier(bytes(self._data), sop_class_uid=MODALITY_WORKLIST, transfer_syntax_uid=syntax)
            found = [row for row in self.worklist.rows(query) if matches(query, whole_of(row, _EVERYTHING))]
            letters = Letters.of(query, self.worklist.settings.character_set)
        except QueryError as error:
            return Answer(_DOES_NOT_MATCH_CLASS, str(error))
        except (ValueError, TypeError, KeyError, AttributeError, EOFError, NotImplementedError) as error:
            _log.warning("worklist.unreadable", why=type(error).__name__)
            return Answer(_DOES_NOT_MATCH_CLASS, "an identifier that cannot be read")
        sent = self._send(found, query, letters, syntax)
        canceled = sent < len(found)
        calling = self.association.agreement.calling_ae
        self.worklist.note(calling, answers=sent, canceled=canceled)
        _log.info("worklist.told", calling=calling, answers=sent, canceled=canceled)
        return Answer(_CANCELED, "canceled") if canceled else Answer(_SUCCESS)

    def discard(self) -> None:
        """Nothing was kept."""

    def _send(self, found: list[ScheduledRow], query: Dataset, letters: Letters, syntax: str) -> int:
        for sent, row in enumerate(found):
            if self.association.withdrawn(self.command.message_id):
                return sent
            identifier = write_identifier(told(row, query, letters), transfer_syntax_uid=syntax)
            self.association.wire.send(pending(self.context_id, self.command, identifier))
        return len(found)
