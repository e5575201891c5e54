"""A finding that must reach a person is told, and urged until somebody of the hospital says that they have it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from threading import Event as StopEvent
from typing import Final

import structlog
from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import ConflictError, ForbiddenError, NotFoundError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.people import People
from dokuei.hub.outcomes import store_communications, store_escalations
from dokuei.hub.outcomes.communications import (
    Communication,
    Telling,
    checked_telling,
    demand_acknowledgeable,
    due_at,
)
from dokuei.hub.outcomes.escalating import Escalations, Post
from dokuei.hub.outcomes.mailing import Mailing
from dokuei.hub.outcomes.model import Grade, Manager, Mark, checked_note
from dokuei.hub.outcomes.service import CaseFacts, Cases
from dokuei.storage.audit import Detail, hub_trail
from dokuei.storage.db import Database

_PHASE: Final = "communicating a finding"
_EVERY_SECONDS: Final = timedelta(seconds=30).total_seconds()
_AT_ONCE: Final = 200
_log = structlog.get_logger()


@dataclass(frozen=True)
class Communications:
    """Communications, whose cases they are, the names of the people in them and of the sites."""

    items: tuple[Communication, ...]
    cases: Mapping[str, CaseFacts]
    names: Mapping[str, str]
    sites: Mapping[str, str]


@dataclass(frozen=True)
class Communicating:
    """The verbs on non-routine communication; ``post`` carries mail, ``escalations`` know each site's manager."""

    database: Database
    people: People
    cases: Cases
    escalations: Escalations
    post: Post

    def waiting(self, principal: Principal) -> Communications:
        """What is open at the sites whose reports somebody may read, what is due first."""
        sites = principal.sites_with(Permission.READ_REPORT)
        with self.database.read() as connection:
            return self._shown(connection, store_communications.open_at(connection, site_ids=sites), sites)

    def of_case(self, principal: Principal, item_id: str) -> Communications:
        """All communications about a case.

        Raises:
            NotFoundError: no such case at a site of theirs.
        """
        case = self._demand(principal, item_id, Permission.READ_REPORT)
        with self.database.read() as connection:
            found = store_communications.of_case(connection, item_id, site_ids={case.site_id})
            return self._shown(connection, found, {case.site_id})

    def open(
        self, principal: Principal, item_id: str, *, communication_id: str, grade: Grade, finding: str
    ) -> Communications:
        """A reader says that a finding must reach a person; the same name twice says it once.

        Raises:
            NotFoundError: no such case at a site of theirs, or another case has a communication of this name.
            RequestError: no finding.
        """
        case = self._demand(principal, item_id, Permission.SIGN_REPORT)
        moment, finding = now(), checked_note(finding, demanded=True)
        with self.database.begin() as connection:
            manager = store_escalations.managers(connection, site_ids={case.site_id}).get(case.site_id)
            limits = (manager or Manager(case.site_id)).limits
            one = Communication(
                communication_id=communication_id,
                worklist_item_id=item_id,
                site_id=case.site_id,
                study_instance_uid=case.study_instance_uid,
                grade=grade,
                opened=Mark(principal.person_id or "", moment, finding),
                due_at=due_at(moment, grade, limits),
            )
            if store_communications.add(connection, one):
                _note(connection, principal.actor, one, "communication.opened", due_at=one.due_at.isoformat())
            else:
                self._found(connection, communication_id, item_id, case.site_id)
        return self.of_case(principal, item_id)

    def told(self, principal: Principal, item_id: str, communication_id: str, telling: Telling) -> Communications:
        """A reader records whom they told; the same moment twice is recorded once.

        Raises:
            NotFoundError: no such case at a site of theirs, or no such communication about it.
            RequestError: nobody was told, or not at a time that has been.
            ConflictError: so many are recorded already.
        """
        case = self._demand(principal, item_id, Permission.SIGN_REPORT)
        with self.database.begin() as connection:
            known = self._found(connection, communication_id, item_id, case.site_id)
            told = checked_telling(telling, known, moment=now())
            if store_communications.add_telling(connection, known, told):
                _note(
                    connection,
                    principal.actor,
                    known,
                    "communication.told",
                    method=told.method.value,
                    at=told.at.isoformat(),
                    read_back=told.read_back,
                )
        return self.of_case(principal, item_id)

    def acknowledge(self, principal: Principal, item_id: str, communication_id: str, *, note: str) -> Communications:
        """Somebody of the hospital itself has the finding; only this ends the timer.

        Raises:
            NotFoundError: no such case at a site of theirs, or no such communication about it.
            ForbiddenError: by the reading centre, or by who told it.
            ConflictError: acknowledged already, or nobody was told as its grade demands.
        """
        case = self._demand(principal, item_id, Permission.ACKNOWLEDGE_REPORT)
        if Permission.ACKNOWLEDGE_REPORT in principal.centre_permissions:
            raise ForbiddenError("a finding is acknowledged by a person of the hospital", phase=_PHASE)
        note = checked_note(note, demanded=False)
        with self.database.begin() as connection:
            known = self._found(connection, communication_id, item_id, case.site_id)
            person_id = principal.person_id or ""
            demand_acknowledgeable(known, person_id=person_id)
            if not store_communications.acknowledge(connection, known, person_id=person_id, note=note):
                raise ConflictError("this is acknowledged already", phase=_PHASE, remedy="load the case again")
            _note(connection, principal.actor, known, "communication.acknowledged")
        return self.of_case(principal, item_id)

    def work(self, *, stop: StopEvent) -> None:
        """Every half minute until told to stop; in a thread of its own, since a mail server may take its time."""
        while not stop.is_set():
            try:
                urged = self.escalate()
                if urged:
                    _log.info("communications.escalated", count=urged)
                self.mail()
            except Exception as failure:  # noqa: BLE001 - the worker loop is an outer door
                _log.error("communications.failed", error=type(failure).__name__)
            stop.wait(_EVERY_SECONDS)

    def escalate(self) -> int:
        """Put what is overdue before its reader and the site's report manager, once each limit; how many were told."""
        moment = now()
        with self.database.read() as connection:
            late = store_communications.overdue(connection, moment=moment)
        managers = self.escalations.answering({one.site_id for one in late})
        wanted = []
        for one in late:
            step = one.step(moment=moment)
            known = {(told.step, told.person_id) for told in one.escalated}
            people = {one.opened.person_id, managers.get(one.site_id, one.opened.person_id)}
            wanted += [(one, step, person) for person in sorted(people) if (step, person) not in known]
        if not wanted:
            return 0
        with self.database.begin() as connection:
            return sum(_urge(connection, one, step, person_id) for one, step, person_id in wanted)

    def mail(self) -> None:
        """Tell by mail what was put before somebody."""
        Mailing(self.database, store_communications.Unmailed(), self.post.tell).carry(at_most=_AT_ONCE)

    def _found(self, connection: Connection, communication_id: str, item_id: str, site_id: str) -> Communication:
        found = store_communications.find(connection, communication_id, site_ids={site_id}, lock=True)
        if found is None or found.worklist_item_id != item_id:
            raise NotFoundError("no such communication", phase=_PHASE)
        return found

    def _shown(
        self, connection: Connection, found: tuple[Communication, ...], site_ids: Collection[str]
    ) -> Communications:
        facts = self.cases.facts({one.worklist_item_id for one in found}, site_ids=site_ids)
        return Communications(
            found, facts, self.people.names(_people(found)), dict(self.people.access.site_names(connection))
        )

    def _demand(self, principal: Principal, item_id: str, permission: Permission) -> CaseFacts:
        """A case at whose site somebody may do this."""
        case = self.cases.facts([item_id], site_ids=principal.site_ids).get(item_id)
        if case is None:
            raise NotFoundError("no such case", phase=_PHASE)
        principal.demand(permission, case.site_id)
        return case


def _urge(connection: Connection, one: Communication, step: int, person_id: str) -> bool:
    """Whether this process was the first to say so."""
    if not store_communications.add_escalation(connection, one, step=step, person_id=person_id):
        return False
    _note(connection, "system", one, "communication.escalated", to=person_id, step=step)
    return True


def _people(found: Collection[Communication]) -> set[str]:
    people = {one.opened.person_id for one in found}
    for one in found:
        people |= {told.person_id for told in one.tellings} | {urged.person_id for urged in one.escalated}
        if one.acknowledged is not None:
            people.add(one.acknowledged.person_id)
    return people


def _note(connection: Connection, actor: str, one: Communication, event: str, **more: Detail) -> None:
    """On record without a word of the finding or of whom it was told to."""
    hub_trail.append(
        connection,
        actor=actor,
        event=event,
        site_id=one.site_id,
        subject=one.study_instance_uid,
        details={
            "worklist_item_id": one.worklist_item_id,
            "communication_id": one.communication_id,
            "grade": int(one.grade),
            **more,
        },
    )
