"""Who is nudged about an unread message, at most once an hour for each case, until the mail server takes it."""

import smtplib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from threading import Event as StopEvent
from typing import Any, Final

import structlog
from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import NotFoundError
from dokuei.hub.identity import store_people
from dokuei.hub.identity.access import Access
from dokuei.hub.identity.model import Language, Permission, Principal, principal_of_person
from dokuei.hub.messages import mail, store, store_nudges
from dokuei.hub.messages.mail import Mailer
from dokuei.hub.messages.model import Case, Side
from dokuei.hub.messages.neighbours import Cases
from dokuei.hub.messages.store_nudges import Nudge
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

MESSAGE_WRITTEN = "message.written"
_PAUSE: Final = timedelta(hours=1)
_LONGEST_WAIT: Final = timedelta(hours=1)
_EVERY_SECONDS: Final = 2.0
_log = structlog.get_logger()


@dataclass(frozen=True)
class Nudging:
    """The verbs on nudges; without a mailer nothing is wanted and nothing is sent."""

    database: Database
    access: Access
    cases: Cases
    mailer: Mailer | None
    hub_url: str

    @property
    def on(self) -> bool:
        """Whether anybody carries mail."""
        return self.mailer is not None

    def address(self, principal: Principal) -> str:
        """Where this person wants nudges; empty: nowhere."""
        with self.database.read() as connection:
            return store_nudges.address_of(connection, principal.person_id or "")

    def set_address(self, principal: Principal, address: str) -> str:
        """Where this person wants nudges from now on.

        Raises:
            RequestError: no address.
        """
        address = mail.checked_address(address)
        with self.database.begin() as connection:
            store_nudges.set_address(connection, principal.person_id or "", address)
            hub_trail.append(
                connection,
                actor=principal.actor,
                event="mail-address.set" if address else "mail-address.removed",
                subject=principal.person_id,
            )
        return address

    def want(self, told: Mapping[str, Any]) -> None:
        """A message was written: note whom to nudge; bears being told twice."""
        if not self.on:
            return
        with self.database.begin() as connection:
            try:
                case = self.cases.thread_of(connection, told["worklist_item_id"], site_ids={told["site_id"]})
            except NotFoundError:
                return
            thread = store.thread(connection, case)
            said = next((one for one in thread if one.message_id == told["message_id"]), None)
            if said is None:
                return
            people = [one for one in self._readers(connection, case) if one.person_id != said.author_id]
            taking_part = {one.author_id for one in thread} | set(case.holders)
            for person_id in _chosen(people, case, said.side, taking_part):
                store_nudges.want(connection, case, person_id)

    def tell_unread_report(self, person_id: str, item_id: str) -> bool:
        """Mail to whoever answers for unread reports (JRS-12); False where nobody carries mail or they want none.

        Raises:
            OSError, smtplib.SMTPException: it was not taken.
        """
        return self._tell(person_id, mail.unread_report, f"{self.hub_url}/cases/{item_id}")

    def tell_overdue_communication(self, person_id: str, item_id: str) -> bool:
        """Mail about a finding that nobody acknowledged (REPORT-13); False where nobody carries it or they want none.

        Raises:
            OSError, smtplib.SMTPException: it was not taken.
        """
        return self._tell(person_id, mail.overdue_communication, f"{self.hub_url}/cases/{item_id}")

    def tell_contacts_due(self, person_id: str, site_id: str) -> bool:
        """Mail to whoever keeps a hospital's contacts (REPORT-14); False where nobody carries mail or they want none.

        Raises:
            OSError, smtplib.SMTPException: it was not taken.
        """
        return self._tell(person_id, mail.contacts_due, f"{self.hub_url}/hospitals/{site_id}")

    def step(self) -> int:
        """Send what may be sent now; how many went out."""
        if self.mailer is None:
            return 0
        with self.database.read() as connection:
            due = store_nudges.due(connection, moment=now(), pause=_PAUSE)
        sent = 0
        for one in due:
            try:
                sent += self._send(self.mailer, one)
            except smtplib.SMTPRecipientsRefused as refusal:
                self._put_back(one, refusal)
            except (OSError, smtplib.SMTPException) as failure:
                self._put_back(one, failure)
                break  # the server, not the recipient: the others wait too
        return sent

    def work(self, *, stop: StopEvent) -> None:
        """Send nudges until told to stop; in a thread of its own, since a mail server may take its time."""
        while not stop.wait(_EVERY_SECONDS):
            try:
                self.step()
            except Exception as failure:  # noqa: BLE001 - the worker loop is an outer door
                _log.error("nudges.failed", error=type(failure).__name__)

    def _tell(self, person_id: str, written: Callable[[Language, str], tuple[str, str]], link: str) -> bool:
        with self.database.read() as connection:
            person = store_people.active(connection, person_id, today=self.access.today)
            address = store_nudges.address_of(connection, person_id)
        if self.mailer is None or person is None or not address:
            return False
        subject, text = written(person.language, link)
        self.mailer.send(address, subject=subject, text=text)
        return True

    def _send(self, mailer: Mailer, one: Nudge) -> int:
        with self.database.begin() as connection:
            person = store_people.active(connection, one.person_id, today=self.access.today)
            address = store_nudges.address_of(connection, one.person_id)
            waiting = store.waiting(
                connection, person_id=one.person_id, site_ids={one.site_id}, item_ids={one.worklist_item_id}
            ).get(one.worklist_item_id)
            wanted = person is not None and bool(address) and waiting is not None and waiting.unread > 0
            if not store_nudges.take(connection, one, sent=wanted) or not wanted or person is None:
                return 0
        subject, text = mail.nudge(person.language, f"{self.hub_url}/cases/{one.worklist_item_id}")
        mailer.send(address, subject=subject, text=text)
        with self.database.begin() as connection:
            hub_trail.append(
                connection,
                actor="system",
                event="message.nudged",
                site_id=one.site_id,
                subject=one.person_id,
                details={"worklist_item_id": one.worklist_item_id},
            )
        return 1

    def _put_back(self, one: Nudge, failure: Exception) -> None:
        error = type(failure).__name__  # what a server says may hold the address
        wait = min(_LONGEST_WAIT, timedelta(minutes=2**one.attempts))
        with self.database.begin() as connection:
            store_nudges.put_back(connection, one, not_before=now() + wait, error=error)
        _log.warning("nudge.waits", error=error, attempts=one.attempts + 1)

    def _readers(self, connection: Connection, case: Case) -> list[Principal]:
        """Everybody who wants nudges and may read this case's thread."""
        today = self.access.today
        known = frozenset(self.access.site_names(connection))
        found = []
        for person_id in store_nudges.addressed(connection):
            person = store_people.active(connection, person_id, today=today)
            if person is None:
                continue
            principal = principal_of_person(
                person_id=person_id,
                display_name=person.display_name,
                grants=store_people.grants(connection, person_id, today=today),
                known_site_ids=known,
                session_id="",
            )
            if principal.may(Permission.READ_MESSAGES, case.site_id):
                found.append(principal)
        return found


def _chosen(people: list[Principal], case: Case, side: Side, taking_part: set[str]) -> set[str]:
    """Who takes part in the case, and of the other side all where nobody of theirs does."""
    others = {one.person_id or "" for one in people if _side(one, case) != side}
    mine = {one.person_id or "" for one in people} & taking_part
    return mine if others & taking_part else mine | others


def _side(principal: Principal, case: Case) -> Side:
    return "centre" if principal.may(Permission.WRITE_REPORT, case.site_id) else "site"
