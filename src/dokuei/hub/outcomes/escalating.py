"""What is grave and stays unread is put before the site's report manager: once, and by name (JRS-12)."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from threading import Event as StopEvent
from typing import Final, Protocol

import structlog
from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import RequestError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.people import People
from dokuei.hub.outcomes import store, store_escalations
from dokuei.hub.outcomes.mailing import Mailing
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


@dataclass(frozen=True)
class Escalations:
    """The verbs on report managers and on what is put before them."""

    database: Database
    people: People
    grounds: Grounds
    post: Post

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
        return self._named([named.get(one) or Manager(one) for one in sorted(sites)])

    def name(self, principal: Principal, wanted: Manager) -> NamedManager:
        """Whom a site names from now on, and after how many days.

        Raises:
            NotFoundError, ForbiddenError: not an administrator there.
            RequestError: nobody who may open reports there, or a time that is none.
        """
        principal.demand(Permission.ADMINISTER, wanted.site_id)
        (found,) = self._named([checked_manager(wanted)])
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
                details={"unread_days": wanted.unread_days, **asdict(wanted.limits)},
            )
        return found

    def site_names(self) -> dict[str, str]:
        """What the sites are called."""
        with self.database.read() as connection:
            return dict(self.people.access.site_names(connection))

    def answering(self, site_ids: Collection[str]) -> dict[str, str]:
        """Who answers for unread reports at each of these sites, as far as somebody is named who can open them."""
        with self.database.read() as connection:
            named = store_escalations.managers(connection, site_ids=site_ids)
        found = self._named(named.values())
        return {one.named.site_id: one.named.person_id for one in found if one.can_open and one.named.person_id}

    def waiting(self, principal: Principal) -> int:
        """How many reports stand before this person and are unread still."""
        with self.database.read() as connection:
            sites = principal.sites_with(Permission.READ_REPORT)
            return store_escalations.waiting(connection, principal.person_id or "", site_ids=sites)

    def work(self, *, stop: StopEvent) -> None:
        """Once a minute until told to stop; in a thread of its own, since a mail server may take its time."""
        while not stop.is_set():
            try:
                told = self.escalate()
                if told:
                    _log.info("reports.escalated", count=told)
                self.mail()
            except Exception as failure:  # noqa: BLE001 - the worker loop is an outer door
                _log.error("escalations.failed", error=type(failure).__name__)
            stop.wait(_EVERY_SECONDS)

    def escalate(self) -> int:
        """Put before each site's manager what is grave and has stayed unread for too long; how many."""
        with self.database.read() as connection:
            known = frozenset(self.people.access.site_names(connection))
            named = store_escalations.managers(connection, site_ids=known)
        return sum(self._escalate_at(one.named) for one in self._named(named.values()) if one.can_open)

    def mail(self) -> None:
        """Tell by mail what was put before somebody."""
        Mailing(self.database, store_escalations.Unmailed(), self.post.tell).carry(at_most=_AT_ONCE)

    def _escalate_at(self, named: Manager) -> int:
        """Found out without holding anybody up, and written only where there is something to write."""
        with self.database.read() as connection:
            versions = store_escalations.unread(connection, named, moment=now())
            some = (versions[at : at + _AT_ONCE] for at in range(0, len(versions), _AT_ONCE))
            grave = [one for each in some for one in self._grave(connection, each)]
        if not grave:
            return 0
        with self.database.begin() as connection:
            return sum(self._tell(connection, one, named, grounds) for one, grounds in grave)

    def _grave(self, connection: Connection, versions: Collection[Signed]) -> list[tuple[Signed, set[Ground]]]:
        known = self.grounds.of(connection, versions)
        found = []
        for outcome in store.outcomes(connection, versions):
            grounds = set(known.get(outcome.signed.worklist_item_id, ()))
            if outcome.important is not None:
                grounds.add(Ground.IMPORTANT)
            if grounds:
                found.append((outcome.signed, grounds))
        return found

    def _tell(self, connection: Connection, one: Signed, named: Manager, grounds: Collection[Ground]) -> bool:
        """Whether this process was the first to say so."""
        if not store_escalations.add(connection, one, person_id=named.person_id or "", grounds=grounds):
            return False
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
        return True

    def _named(self, every: Collection[Manager]) -> tuple[NamedManager, ...]:
        """Each with those who may open reports at that very site: nobody of the centre answers for a hospital."""
        candidates: dict[str, dict[str, str]] = {one.site_id: {} for one in every}
        for person, grant in self.people.holding(Permission.READ_REPORT, candidates.keys()):
            if grant.site_id is not None:
                candidates[grant.site_id][person.person_id] = person.display_name
        return tuple(
            NamedManager(one, one.person_id in candidates[one.site_id], candidates[one.site_id]) for one in every
        )
