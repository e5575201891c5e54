"""Whoever keeps a hospital's contacts is told by mail that a call is to be tried: once a week, until it was."""

import smtplib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event as StopEvent
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.hub.identity.model import ROLE_PERMISSIONS, Permission
from dokuei.hub.identity.people import People
from dokuei.hub.sites import store_reminders
from dokuei.hub.sites.neighbours import Post
from dokuei.hub.sites.service import SitesService
from dokuei.storage import claims

_PAUSE: Final = timedelta(days=7)
_EVERY_SECONDS: Final = 3600.0
_log = structlog.get_logger()


@dataclass(frozen=True)
class Reminding:
    """The verb of the monthly test (REPORT-14) that goes by mail; pages remind whoever looks at them."""

    sites: SitesService
    people: People
    post: Post
    time_zone: str

    def remind(self) -> int:
        """Mail to those who keep the contacts of hospitals where one is to be tried; how many were told."""
        due = self._due()
        with self.sites.database.read() as connection:
            lately = store_reminders.sent_since(connection, due, now() - _PAUSE)
        told = 0
        for site_id, person_id in sorted(self._keepers(due) - lately):
            claimed = self._claimed(site_id, person_id)
            if claimed is None:
                continue
            try:
                told += self._told(site_id, person_id, claimed)
            except (OSError, smtplib.SMTPException) as failure:
                _log.warning("contact.reminder.waits", error=type(failure).__name__)
                break  # the server, not the recipient: the others wait too
        return told

    def _claimed(self, site_id: str, person_id: str) -> datetime | None:
        """What this process tells somebody by, where it is to: no other one is at it, or has been meanwhile."""

        def is_due(known: Connection) -> bool:
            return (site_id, person_id) not in store_reminders.sent_since(known, [site_id], now() - _PAUSE)

        with self.sites.database.begin() as connection:
            return claims.claim_due(connection, _step(site_id, person_id), is_due)

    def _told(self, site_id: str, person_id: str, claimed: datetime) -> bool:
        """Send what was claimed; whether it went out.

        Raises:
            OSError, smtplib.SMTPException: no mail goes out now.
        """
        sent = False
        try:
            sent = self.post.tell(person_id, site_id)
        except smtplib.SMTPRecipientsRefused as refusal:
            _log.warning("contact.reminder.waits", error=type(refusal).__name__)
        finally:
            with self.sites.database.begin() as connection:
                if sent:
                    store_reminders.note_sent(connection, site_id, person_id, at=now())
                claims.release(connection, _step(site_id, person_id), claimed)
        return sent

    def work(self, *, stop: StopEvent) -> None:
        """Once an hour until told to stop; in a thread of its own, since a mail server may take its time."""
        while not stop.is_set():
            try:
                self.remind()
            except Exception as failure:  # noqa: BLE001 - the worker loop is an outer door
                _log.error("contact.reminders.failed", error=type(failure).__name__)
            stop.wait(_EVERY_SECONDS)

    def _due(self) -> frozenset[str]:
        """The hospitals with a contact that is to be tried."""
        today = now().astimezone(ZoneInfo(self.time_zone)).date()
        every = [site.site_id for site in self.sites.every()]
        contacts = self.sites.registering.contacts(every)
        return frozenset(site_id for site_id, those in contacts.items() if any(one.test_due(today) for one in those))

    def _keepers(self, site_ids: Collection[str]) -> frozenset[tuple[str, str]]:
        """The hospital's own people who keep its contacts; administrators do it for nobody's telephone."""
        return frozenset(
            (grant.site_id, person.person_id)
            for person, grant in self.people.holding(Permission.KEEP_CONTACTS, site_ids)
            if grant.site_id is not None and Permission.ADMINISTER not in ROLE_PERMISSIONS[grant.role]
        )


def _step(site_id: str, person_id: str) -> str:
    return f"contact reminder {site_id} {person_id}"
