"""Tells an outer audit repository every entry (LOG-08): the trail is the buffer, with a place in it kept."""

import socket
from dataclasses import dataclass
from typing import Final

import structlog

from dokuei.clock import now
from dokuei.dicom.audit_events import meaning_of
from dokuei.errors import UnreachableError
from dokuei.hub.audits import store_reviews
from dokuei.hub.audits.messages import message_of
from dokuei.hub.audits.model import Line, Sent
from dokuei.hub.audits.naming import Naming
from dokuei.hub.audits.syslog import Receiver, framed, send
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

_AT_ONCE: Final = 200
_log = structlog.get_logger()


@dataclass(frozen=True)
class Sending:
    """Sends what the repository has not been told yet, in order; without a receiver nothing is sent."""

    database: Database
    naming: Naming
    receiver: Receiver | None
    source_id: str

    def step(self) -> bool:
        """Send one batch; whether there may be more. What fails is kept for the auditor to see, and tried again."""
        if self.receiver is None:
            return False
        with self.database.read() as connection:
            told = store_reviews.sent(connection)
            entries = hub_trail.after(connection, told.sequence, at_most=_AT_ONCE)
            lines = self.naming.lines(connection, entries)
        if not lines:
            return False
        try:
            send(self.receiver, [self._frame(line) for line in lines])
        except UnreachableError as error:
            self._keep(Sent(told.sequence, told.sent_at, now(), error.what))
            _log.warning("audit.repository.away", waiting_from=told.sequence + 1)
            return False
        self._keep(Sent(lines[-1].sequence, now(), None, ""))
        return len(lines) == _AT_ONCE

    def _frame(self, line: Line) -> bytes:
        xml = message_of(line, source_id=self.source_id).xml()
        warns = meaning_of(line.event).outcome != "0"
        return framed(xml, at=line.at, host=socket.gethostname(), warns=warns)

    def _keep(self, told: Sent) -> None:
        with self.database.begin() as connection:
            store_reviews.keep_sent(connection, told)
