"""The verbs on what became of a report: opened, acted on, not to be overlooked."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import ConflictError, NotFoundError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.people import People
from dokuei.hub.outcomes import store, store_communications
from dokuei.hub.outcomes.model import Outcome, Signed, State, checked_note, in_order
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

_PHASE = "noting what became of a report"


@dataclass(frozen=True)
class CaseFacts:
    """What lists say of a case."""

    site_id: str
    study_instance_uid: str
    patient_id: str
    patient_name: str
    patient_name_kana: str
    study_date: str
    modalities: tuple[str, ...]
    accession_number: str
    referring_physician: str


class Cases(Protocol):
    """The worklist, which knows whose case it is."""

    def facts(self, item_ids: Iterable[str], *, site_ids: Collection[str]) -> Mapping[str, CaseFacts]:
        """Cases of those sites by id; others are left out."""


class Calls(Protocol):
    """The threads, which know who was called."""

    def last_calls(self, connection: Connection, item_ids: Collection[str]) -> Mapping[str, datetime]:
        """When somebody was last called about each of these cases; who asks has seen to access."""


@dataclass(frozen=True)
class Listing:
    """Outcomes, whose cases they are, the names of the people in them, and how many stand in each state."""

    outcomes: tuple[Outcome, ...]
    cases: Mapping[str, CaseFacts]
    names: Mapping[str, str]
    sites: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[State, int] = field(default_factory=dict)


@dataclass(frozen=True)
class OutcomesService:
    """Everything about what became of a report goes through here."""

    database: Database
    people: People
    cases: Cases
    calls: Calls

    def report_signed(self, signed: Signed) -> None:
        """A version holds from now on: it is unread, whatever was read before it."""
        with self.database.begin() as connection:
            store.add_signed(connection, signed)

    def one(self, principal: Principal, item_id: str) -> Listing:
        """What became of a case's report; nothing as long as nothing is signed.

        Raises:
            NotFoundError: no such case at a site of theirs.
        """
        site_id = self._demand(principal, item_id, Permission.READ_REPORT)
        with self.database.read() as connection:
            found = store.latest(connection, item_id, site_ids={site_id})
            outcomes = self._outcomes(connection, [] if found is None else [found])
        return Listing(outcomes, {}, self.people.names(_people(outcomes)))

    def listed(
        self,
        principal: Principal,
        *,
        site_id: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Listing:
        """The reports of the sites that somebody may see, what must be looked after first.

        All that wait are listed, and of those read and of those done the last; all are counted.

        Raises:
            NotFoundError: a site that is not theirs.
        """
        span = _span(principal, site_id, since, until)
        with self.database.read() as connection:
            outcomes = self._outcomes(connection, store.listed(connection, span))
            counts = store.counts(connection, span)
        return replace(self._shown(principal, span, outcomes), counts=counts)

    def table(
        self,
        principal: Principal,
        *,
        site_id: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Listing:
        """The same without leaving any out.

        Raises:
            NotFoundError: a site that is not theirs.
        """
        span = _span(principal, site_id, since, until)
        with self.database.read() as connection:
            outcomes = self._outcomes(connection, store.every(connection, span))
        return self._shown(principal, span, outcomes)

    def _shown(self, principal: Principal, span: store.Span, found: Iterable[Outcome]) -> Listing:
        outcomes = in_order(found, moment=now())
        with self.database.begin() as connection:
            names = dict(self.people.access.site_names(connection))
            for one in sorted({outcome.signed.site_id for outcome in outcomes}):
                hub_trail.append(connection, actor=principal.actor, event="outcomes.read", site_id=one)
        facts = self.cases.facts((one.signed.worklist_item_id for one in outcomes), site_ids=span.site_ids)
        return Listing(outcomes, facts, self.people.names(_people(outcomes)), names)

    def opened(self, principal: Principal, item_id: str, *, number: int) -> Listing:
        """Somebody of the hospital has the version before their eyes (既読).

        Raises:
            NotFoundError: no such case at a site of theirs.
            ConflictError: nothing is signed, or another version holds now.
        """
        self._mark(principal, item_id, number=number, kind="opened", note="")
        return self.one(principal, item_id)

    def acted(self, principal: Principal, item_id: str, *, number: int, note: str) -> Listing:
        """Somebody of the hospital has done what the report asks for (対応済), and says what.

        Raises:
            NotFoundError: no such case at a site of theirs.
            RequestError: nothing is said.
            ConflictError: nothing is signed, another version holds now, or somebody was before.
        """
        self._mark(principal, item_id, number=number, kind="acted", note=note)
        return self.one(principal, item_id)

    def flag(self, principal: Principal, item_id: str, *, because: str, withdrawn: bool = False) -> Listing:
        """A reader says that a finding must not be overlooked (重要所見), or takes it back; both with a reason.

        Raises:
            NotFoundError: no such case at a site of theirs.
            RequestError: no reason.
            ConflictError: nothing is signed, or it is so already.
        """
        site_id = self._demand(principal, item_id, Permission.SIGN_REPORT)
        because = checked_note(because, demanded=True)
        with self.database.begin() as connection:
            found = _signed(connection, item_id, site_id)
            (outcome,) = store.outcomes(connection, [found])
            if (outcome.important is None) == withdrawn:
                raise ConflictError("it is so already", phase=_PHASE, remedy="load the case again")
            store.add_important(
                connection, found, person_id=principal.person_id or "", because=because, withdrawn=withdrawn
            )
            _note(connection, principal, found, "report.important-withdrawn" if withdrawn else "report.important")
        return self.one(principal, item_id)

    def _outcomes(self, connection: Connection, versions: Collection[Signed]) -> tuple[Outcome, ...]:
        found = store.outcomes(connection, versions)
        flagged = {one.signed.worklist_item_id for one in found if one.important is not None}
        if not flagged:
            return found
        called = self.calls.last_calls(connection, flagged)
        spoken = store_communications.last_spoken(connection, flagged)

        def last(item_id: str) -> datetime | None:
            return max((known[item_id] for known in (called, spoken) if item_id in known), default=None)

        return tuple(replace(one, called_at=last(one.signed.worklist_item_id)) for one in found)

    def _mark(self, principal: Principal, item_id: str, *, number: int, kind: store.Kind, note: str) -> None:
        site_id = self._demand(principal, item_id, Permission.ACKNOWLEDGE_REPORT)
        note = checked_note(note, demanded=kind == "acted")
        with self.database.begin() as connection:
            found = _signed(connection, item_id, site_id)
            if found.number != number:
                raise ConflictError(
                    "another version of this report holds now", phase=_PHASE, remedy="load the case again"
                )
            (outcome,) = store.outcomes(connection, [found])
            if kind == "acted" and outcome.acted is not None:
                raise ConflictError("somebody has done this already", phase=_PHASE, remedy="load the case again")
            if store.add_mark(connection, found, kind, person_id=principal.person_id or "", note=note):
                _note(connection, principal, found, f"receipt.{kind}")

    def _demand(self, principal: Principal, item_id: str, permission: Permission) -> str:
        """The site of a case at which somebody may do this."""
        case = self.cases.facts([item_id], site_ids=principal.site_ids).get(item_id)
        if case is None:
            raise NotFoundError("no such case", phase=_PHASE)
        principal.demand(permission, case.site_id)
        return case.site_id


def _span(principal: Principal, site_id: str | None, since: datetime | None, until: datetime | None) -> store.Span:
    if site_id is None:
        return store.Span(principal.sites_with(Permission.READ_REPORT), since, until)
    principal.demand(Permission.READ_REPORT, site_id)
    return store.Span(frozenset({site_id}), since, until)


def _signed(connection: Connection, item_id: str, site_id: str) -> Signed:
    """The version that holds now, held against others who mark it at the same time."""
    found = store.latest(connection, item_id, site_ids={site_id}, lock=True)
    if found is None:
        raise ConflictError("nothing is signed yet", phase=_PHASE)
    return found


def _people(outcomes: Iterable[Outcome]) -> set[str]:
    marks = (mark for one in outcomes for mark in (*one.opened, one.acted, one.important, one.escalated))
    return {mark.person_id for mark in marks if mark is not None}


def _note(connection: Connection, principal: Principal, found: Signed, event: str) -> None:
    hub_trail.append(
        connection,
        actor=principal.actor,
        event=event,
        site_id=found.site_id,
        subject=found.study_instance_uid,
        details={"worklist_item_id": found.worklist_item_id, "version": found.number},
    )
