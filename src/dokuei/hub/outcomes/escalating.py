"""What is grave and stays unread is put before the site's report manager: once, and by name (JRS-12)."""

import smtplib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

import structlog
from sqlalchemy import Connection

from dokuei.clock import monotonic, now
from dokuei.errors import RequestError
from dokuei.hub.identity.model import ROLE_PERMISSIONS, Permission, Principal
from dokuei.hub.identity.people import People
from dokuei.hub.outcomes import store, store_escalations
from dokuei.hub.outcomes.model import Ground, Manager, Signed, checked_manager
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

_PHASE = "naming a report manager"
_EVERY_SECONDS: Final = timedelta(minutes=1).total_seconds()
_AT_ONCE: Final = 200
_log = structlog.get_logger()


class Grounds(Protocol):
    """Worklist and reports, which know what a case says and how it was wanted."""

    def of(self, connection: Connection, versions: Collection[Signed]) -> Mapping[str, frozenset[Ground]]:
        """By case: whether its category is 4 or more, and whether it is urgent."""


class Post(Protocol):
    """Who carries mail to people."""

    def tell(self, person_id: str, item_id: str) -> bool:
        """Tell somebody that a case waits, without a word about it; False where they want no mail.

        Raises:
            OSError, smtplib.SMTPException: it was not taken.
        """


@dataclass(frozen=True)
class NamedManager:
    """A site's rule, whether whoever it names can open reports there, and who could."""

    named: Manager
    can_open: bool
    candidates: Mapping[str, str]


@dataclass
class Escalations:
    """The verbs on report managers and on what is put before them."""

    database: Database
    people: People
    grounds: Grounds
    post: Post
    not_before: float = 0.0

    def managers(self, principal: Principal, site_id: str | None = None) -> tuple[NamedManager, ...]:
        """Whom each site that somebody administers has named.

        Raises:
            NotFoundError: a site that is not theirs.
        """
        sites = principal.sites_with(Permission.ADMINISTER)
        if site_id is not None:
            principal.demand(Permission.ADMINISTER, site_id)
            sites = frozenset({site_id})
        with self.database.read() as connection:
            named = store_escalations.managers(connection, site_ids=sites)
        return tuple(self._named(named.get(one) or Manager(one)) for one in sorted(sites))

    def name(self, principal: Principal, wanted: Manager) -> NamedManager:
        """Whom a site names from now on, and after how many days.

        Raises:
            NotFoundError, ForbiddenError: not an administrator there.
            RequestError: nobody who may open reports there, or a time that is none.
        """
        principal.demand(Permission.ADMINISTER, wanted.site_id)
        found = self._named(checked_manager(wanted))
        if wanted.person_id is not None and not found.can_open:
            raise RequestError("this person may not open reports of this site", phase=_PHASE)
        with self.database.begin() as connection:
            store_escalations.set_manager(connection, wanted, actor=principal.actor)
            hub_trail.append(
                connection,
                actor=principal.actor,
                event="outcomes.manager-named",
                site_id=wanted.site_id,
                subject=wanted.person_id,
                details={"unread_days": wanted.unread_days},
            )
        return found

    def site_names(self) -> dict[str, str]:
        """What the sites are called."""
        with self.database.read() as connection:
            return dict(self.people.access.site_names(connection))

    def waiting(self, principal: Principal) -> int:
        """How many reports stand before this person and are unread still."""
        with self.database.read() as connection:
            sites = principal.sites_with(Permission.READ_REPORT)
            return store_escalations.waiting(connection, principal.person_id or "", site_ids=sites)

    def step(self) -> None:
        """The hub's worker, once a minute."""
        if monotonic() < self.not_before:
            return
        self.not_before = monotonic() + _EVERY_SECONDS
        try:
            told = self.escalate()
            self.mail()
        except Exception as failure:  # noqa: BLE001 - the worker loop is an outer door
            _log.error("escalations.failed", error=type(failure).__name__)
            return
        if told:
            _log.info("reports.escalated", count=told)

    def escalate(self) -> int:
        """Put before each site's manager what is grave and has stayed unread for too long; how many."""
        with self.database.read() as connection:
            known = frozenset(self.people.access.site_names(connection))
            named = store_escalations.managers(connection, site_ids=known)
        return sum(self._escalate_at(one) for one in named.values() if self._named(one).can_open)

    def mail(self) -> None:
        """Tell by mail what was put before somebody; what no server took is tried again with the next step."""
        with self.database.read() as connection:
            left = store_escalations.unmailed(connection, at_most=_AT_ONCE)
        for item_id, number, person_id in left:
            try:
                sent = self.post.tell(person_id, item_id)
            except (OSError, smtplib.SMTPException) as failure:
                _log.warning("escalation.mail.waits", error=type(failure).__name__)
                continue
            if sent:
                with self.database.begin() as connection:
                    store_escalations.note_mailed(connection, item_id, number)

    def _escalate_at(self, named: Manager) -> int:
        told = 0
        with self.database.begin() as connection:
            versions = store_escalations.unread(connection, named, moment=now())
            grave = self.grounds.of(connection, versions)
            for outcome in store.outcomes(connection, versions):
                grounds = set(grave.get(outcome.signed.worklist_item_id, ()))
                if outcome.important is not None:
                    grounds.add(Ground.IMPORTANT)
                if grounds:
                    self._tell(connection, outcome.signed, named, grounds)
                    told += 1
        return told

    def _tell(self, connection: Connection, one: Signed, named: Manager, grounds: Collection[Ground]) -> None:
        store_escalations.add(connection, one, person_id=named.person_id or "", grounds=grounds)
        hub_trail.append(
            connection,
            actor="system",
            event="outcome.escalated",
            site_id=one.site_id,
            subject=one.study_instance_uid,
            details={
                "worklist_item_id": one.worklist_item_id,
                "version": one.number,
                "to": named.person_id,
                "grounds": sorted(grounds),
                "unread_days": named.unread_days,
            },
        )

    def _named(self, named: Manager) -> NamedManager:
        candidates = {
            one.person.person_id: one.person.display_name
            for one in self.people.every()
            if one.person.locked_at is None
            and (one.person.ends_on is None or one.person.ends_on >= now().date())
            and any(
                Permission.READ_REPORT in ROLE_PERMISSIONS[grant.role] and grant.site_id == named.site_id
                for grant in one.grants
            )
        }
        return NamedManager(named, named.person_id in candidates, candidates)
