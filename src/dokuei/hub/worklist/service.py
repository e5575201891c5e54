"""The verbs on cases: appear when images come, be taken, be given back, be done."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from dokuei.errors import ConflictError, NotFoundError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.people import People
from dokuei.hub.worklist import store
from dokuei.hub.worklist.model import (
    Priority,
    ReadingRole,
    Status,
    StudyFacts,
    WorklistItem,
    demand_free,
    demand_mine,
)
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

_EARLIER = {"draft": (), "final": ("draft",), "amended": ("draft", "final")}


@dataclass(frozen=True)
class Listing:
    """Cases, how many stand in each status, and the names of the people in them."""

    items: tuple[WorklistItem, ...]
    counts: dict[str, int]
    names: dict[str, str]


@dataclass(frozen=True)
class WorklistService:
    """Everything about cases goes through here."""

    database: Database
    people: People

    def study_changed(self, facts: StudyFacts) -> str | None:
        """Bring the case of a study up to date, or let it appear; None where there is nothing to read."""
        with self.database.begin() as connection:
            known = store.find_by_study(connection, facts.site_id, facts.study_instance_uid)
            if known is None and not facts.to_be_read:
                return None
            item_id, is_new = store.put_study(connection, facts, roles=(ReadingRole.SOLE,))
            if is_new:
                hub_trail.append(
                    connection,
                    actor="system",
                    event="case.appeared",
                    site_id=facts.site_id,
                    subject=facts.study_instance_uid,
                )
        return item_id

    def study_gone(self, site_id: str, study_instance_uid: str) -> None:
        """A study's images were removed: a case that nobody has finished is canceled."""
        with self.database.begin() as connection:
            known = store.find_by_study(connection, site_id, study_instance_uid)
            if known is None or known.status in {"completed", "canceled"}:
                return
            store.set_status(connection, known.worklist_item_id, canceled=True)
            hub_trail.append(
                connection, actor="system", event="case.canceled", site_id=site_id, subject=study_instance_uid
            )

    def list(self, principal: Principal, *, status: Status | None = None, site_id: str | None = None) -> Listing:
        """The cases of the sites that somebody may see, as they wait.

        Raises:
            NotFoundError: a site that is not theirs.
        """
        sites = principal.sites_with(Permission.READ_WORKLIST)
        if site_id is not None:
            principal.demand(Permission.READ_WORKLIST, site_id)
            sites = frozenset({site_id})
        with self.database.read() as connection:
            items = store.listed(connection, site_ids=sites, status=status)
            counted = store.counts(connection, site_ids=sites)
        return Listing(items, counted, self.people.names(_people(items)))

    def one(self, principal: Principal, item_id: str) -> Listing:
        """One case.

        Raises:
            NotFoundError: no such case at a site of theirs.
        """
        with self.database.read() as connection:
            found = _found(connection, item_id, principal.sites_with(Permission.READ_WORKLIST))
        return Listing((found,), {}, self.people.names(_people((found,))))

    def claim(self, principal: Principal, item_id: str, role: ReadingRole = ReadingRole.SOLE) -> Listing:
        """Take a reading role.

        Raises:
            NotFoundError: no such case at a site of theirs, or no such role in it.
            ForbiddenError: not somebody who reads there.
            ConflictError: another reader has it, or it is signed.
        """
        person_id = principal.person_id or ""
        with self.database.begin() as connection:
            found = _found(connection, item_id, principal.site_ids)
            principal.demand(Permission.CLAIM_CASE, found.study.site_id)
            held = found.holding(role)
            if held is None:
                raise NotFoundError("no such role in this case", phase="claiming a case")
            if found.status == "canceled":
                raise ConflictError("this case is canceled", phase="claiming a case")
            demand_free(held, person_id=person_id, names=self.people.names(_people((found,))))
            if not store.take(connection, item_id, role, person_id=person_id):
                raise ConflictError("another reader was faster", phase="claiming a case")
            store.set_status(connection, item_id)
            if held.person_id is None:
                _note(connection, principal, "case.claimed", found, role)
        return self.one(principal, item_id)

    def release(self, principal: Principal, item_id: str, role: ReadingRole = ReadingRole.SOLE) -> Listing:
        """Give a reading role back; what was written stays for whoever takes it next.

        Raises:
            NotFoundError: no such case at a site of theirs.
            ForbiddenError: it is not theirs.
            ConflictError: it is signed.
        """
        with self.database.begin() as connection:
            found = _found(connection, item_id, principal.site_ids)
            demand_mine(found.holding(role), person_id=principal.person_id)
            if not store.give_back(connection, item_id, role, person_id=principal.person_id or ""):
                raise ConflictError("this reading is signed already", phase="releasing a case")
            store.set_status(connection, item_id)
            _note(connection, principal, "case.released", found, role)
        return self.one(principal, item_id)

    def set_priority(self, item_id: str, priority: Priority, *, due_at: datetime | None, actor: str) -> None:
        """Move a case in the queue.

        Raises:
            NotFoundError: no such case.
        """
        with self.database.begin() as connection:
            store.set_priority(connection, item_id, priority, due_at=due_at)
            hub_trail.append(
                connection, actor=actor, event="case.moved", subject=item_id, details={"priority": priority.value}
            )

    def urgent_studies(self, site_id: str) -> tuple[str, ...]:
        """Studies that somebody waits for: a gateway sends them first."""
        with self.database.read() as connection:
            return store.urgent_studies(connection, site_id)

    def report_changed(
        self, item_id: str, role: ReadingRole, *, status: str, signed: tuple[str, datetime] | None
    ) -> None:
        """A report of this case was begun, or signed by somebody at some time; bears being told twice, and late."""
        with self.database.begin() as connection:
            store.set_report_status(connection, item_id, status, over=_EARLIER[status])
            if signed is not None:
                person_id, at = signed
                store.mark_signed(connection, item_id, role, person_id=person_id, at=at)
                store.set_status(connection, item_id)

    def site_names(self) -> dict[str, str]:
        """Names of the sites, for lists."""
        with self.database.read() as connection:
            return dict(self.people.access.site_names(connection))

    def case_in(self, connection: Connection, item_id: str, *, site_ids: Collection[str]) -> WorklistItem:
        """One case inside another slice's transaction.

        Raises:
            NotFoundError: no such case at those sites.
        """
        return _found(connection, item_id, site_ids)


def _found(connection: Connection, item_id: str, site_ids: Collection[str]) -> WorklistItem:
    found = store.find(connection, item_id, site_ids=site_ids)
    if found is None:
        raise NotFoundError("no such case", phase="looking a case up")
    return found


def _people(items: tuple[WorklistItem, ...]) -> set[str]:
    return {held.person_id for one in items for held in one.holdings if held.person_id}


def _note(connection: Connection, principal: Principal, event: str, found: WorklistItem, role: ReadingRole) -> None:
    hub_trail.append(
        connection,
        actor=principal.actor,
        event=event,
        site_id=found.study.site_id,
        subject=found.study.study_instance_uid,
        details={"role": role.value},
    )
