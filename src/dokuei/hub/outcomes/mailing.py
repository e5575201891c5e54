"""What was put before somebody is told by mail as well: once each, by one process, until the server takes it."""

import smtplib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy import Connection

from dokuei.storage import claims
from dokuei.storage.db import Database

_log = structlog.get_logger()


@dataclass(frozen=True)
class Notice:
    """One mail that is to go out; ``step`` is what a process claims before it sends it, ``key`` the store's own."""

    step: str
    person_id: str
    worklist_item_id: str
    key: tuple[str, int]


class Queue(Protocol):
    """A store that keeps what no mail has told yet."""

    def unmailed(self, connection: Connection, *, but_for: Collection[str], at_most: int) -> tuple[Notice, ...]:
        """What no mail has told yet and still is to be told, the oldest first; not of those people."""

    def is_unmailed(self, connection: Connection, notice: Notice) -> bool:
        """Whether no mail has told of it yet."""

    def note_mailed(self, connection: Connection, notice: Notice) -> None:
        """A mail has told of it."""


@dataclass(frozen=True)
class Mailing:
    """``tell`` sends one mail about a case to a person; False where they want none."""

    database: Database
    queue: Queue
    tell: Callable[[str, str], bool]

    def carry(self, *, at_most: int) -> None:
        """Send all that waits, ``at_most`` at a time; what no server took is tried again a minute later."""
        passed_over: set[str] = set()
        elsewhere: set[str] = set()
        while left := [one for one in self._unmailed(passed_over, at_most) if one.step not in elsewhere]:
            for one in left:
                if one.person_id in passed_over:
                    continue
                claimed = self._claimed(one)
                if claimed is None:
                    elsewhere.add(one.step)
                    continue
                try:
                    sent = self._mailed(one, claimed)
                except (OSError, smtplib.SMTPException) as failure:
                    _log.warning("escalation.mail.waits", error=type(failure).__name__)
                    return  # the server, not the recipient: the others wait too
                if not sent:
                    passed_over.add(one.person_id)

    def _unmailed(self, passed_over: Collection[str], at_most: int) -> tuple[Notice, ...]:
        with self.database.read() as connection:
            return self.queue.unmailed(connection, but_for=passed_over, at_most=at_most)

    def _claimed(self, one: Notice) -> datetime | None:
        """What this process sends it by, where it is to: no other one is at it, or was meanwhile."""
        with self.database.begin() as connection:
            return claims.claim_due(connection, one.step, lambda known: self.queue.is_unmailed(known, one))

    def _mailed(self, one: Notice, claimed: datetime) -> bool:
        """Send what was claimed; whether it went out.

        Raises:
            OSError, smtplib.SMTPException: no mail goes out now.
        """
        sent = False
        try:
            sent = self.tell(one.person_id, one.worklist_item_id)
        except smtplib.SMTPRecipientsRefused as refusal:
            _log.warning("escalation.mail.waits", error=type(refusal).__name__)
        finally:
            with self.database.begin() as connection:
                if sent:
                    self.queue.note_mailed(connection, one)
                claims.release(connection, one.step, claimed)
        return sent
