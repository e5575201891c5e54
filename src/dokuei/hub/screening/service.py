"""The verbs on screening batches: make one, take its roster, see how far it is, let its judgements out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import Connection

from dokuei.errors import ConflictError, NotFoundError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.people import People
from dokuei.hub.screening import store
from dokuei.hub.screening.judgements import judgement_file
from dokuei.hub.screening.model import (
    Batch,
    Counts,
    Entry,
    Outcome,
    Plan,
    Reading,
    RosterOutcome,
    Stage,
    Standing,
    checked,
    counted,
    outcome_of,
    stage_of,
)
from dokuei.hub.screening.neighbours import Cases, Reports, Requests
from dokuei.hub.screening.taking import Taking
from dokuei.spreadsheet import Encoding
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database
from dokuei.storage.lately import HOUR, Lately

_PHASE = "looking a screening batch up"


@dataclass(frozen=True)
class Shown:
    """A batch with its numbers; ``outcomes`` only where one batch is asked for."""

    batch: Batch
    site_name: str
    counts: Counts
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True)
class _Seen:
    """What is known of one person inside one transaction."""

    entry: Entry
    stage: Stage
    study: str | None
    reading: Reading | None

    @property
    def settled(self) -> bool:
        """Whether images and person certainly belong together."""
        return self.study is not None and self.stage not in {Stage.UNSETTLED, Stage.CANCELED, Stage.MISSING}


@dataclass(frozen=True)
class ScreeningService:
    """Everything about screening batches goes through here."""

    database: Database
    people: People
    requests: Requests
    cases: Cases
    reports: Reports
    time_zone: str
    looked: Lately = field(default_factory=lambda: Lately(HOUR), repr=False)

    @property
    def taking(self) -> Taking:
        """The verbs on a roster."""
        return Taking(self.database, self.requests)

    def make(self, principal: Principal, site_id: str, plan: Plan) -> Shown:
        """Begin a batch.

        Raises:
            NotFoundError: no such site for this person.
            ForbiddenError: no right there, or no contract covers today.
            RequestError: it has no name.
            ConflictError: there is one of this name on that day.
        """
        principal.demand(Permission.MANAGE_SCREENING, site_id)
        checked(plan)
        self.requests.demand_allowed(site_id)
        with self.database.begin() as connection:
            if store.find_same(connection, site_id, plan) is not None:
                raise ConflictError(
                    "この日の同じ名前の検診バッチがあります / there is a batch of this name on that day",
                    phase="making a screening batch",
                    remedy="open it, and add the roster there",
                )
            made = store.add_batch(connection, site_id, plan, actor=principal.actor, actor_name=principal.display_name)
            _note(connection, principal, "roster.opened", made)
        return self.one(principal, made.batch_id)

    def listed(self, principal: Principal, *, site_id: str | None = None) -> tuple[Shown, ...]:
        """The batches of the sites that somebody looks after, the latest first.

        Raises:
            NotFoundError: a site that is not theirs.
        """
        sites = principal.sites_with(Permission.MANAGE_SCREENING)
        if site_id is not None:
            principal.demand(Permission.MANAGE_SCREENING, site_id)
            sites = frozenset({site_id})
        with self.database.read() as connection:
            found = store.batches(connection, site_ids=sites)
            shown = self._shown(connection, found)
        self._note_look(principal, {one.site_id for one in found}, None)
        return shown

    def one(self, principal: Principal, batch_id: str) -> Shown:
        """One batch with everybody in it.

        Raises:
            NotFoundError: no such batch at a site of theirs.
        """
        with self.database.read() as connection:
            batch = _found(connection, principal, batch_id)
            (shown,) = self._shown(connection, (batch,), whole=True)
        self._note_look(principal, {batch.site_id}, batch_id)
        return shown

    def roster(
        self, principal: Principal, batch_id: str, data: bytes, *, encoding: Encoding, take: bool
    ) -> RosterOutcome:
        """What would become of each line of a roster, or with ``take`` what became of it.

        Raises:
            NotFoundError: no such batch at a site of theirs.
            RequestError: nothing of the file can be read.
            ForbiddenError: no contract covers today.
        """
        with self.database.read() as connection:
            batch = _found(connection, principal, batch_id)
        if take:
            return self.taking.take(principal, batch, data, encoding=encoding)
        return self.taking.preview(batch, data, encoding=encoding)

    def judgements(
        self, principal: Principal, batch_id: str, *, encoding: Literal["utf-8", "shift_jis"]
    ) -> tuple[Batch, bytes]:
        """The table of judgements (判定), everybody in it; what is not final says so.

        Raises:
            NotFoundError: no such batch at a site of theirs.
            RequestError: Shift_JIS lacks characters that stand in it; which, and where.
        """
        with self.database.begin() as connection:
            batch = _found(connection, principal, batch_id)
            (shown,) = self._shown(connection, (batch,), whole=True, with_opinions=True)
            data = judgement_file(batch, shown.site_name, shown.outcomes, encoding=encoding, time_zone=self.time_zone)
            _note(connection, principal, "roster.exported", batch, people=len(shown.outcomes), encoding=encoding)
        return batch, data

    def _shown(
        self,
        connection: Connection,
        batches: tuple[Batch, ...],
        *,
        whole: bool = False,
        with_opinions: bool = False,
    ) -> tuple[Shown, ...]:
        names = self.people.access.site_names(connection)
        seen: dict[str, list[_Seen]] = {}
        for site_id in {one.site_id for one in batches}:
            ids = [one.batch_id for one in batches if one.site_id == site_id]
            for one in self._seen(connection, site_id, store.entries(connection, ids, site_ids={site_id})):
                seen.setdefault(one.entry.batch_id, []).append(one)
        shown = []
        for batch in batches:
            mine = seen.get(batch.batch_id, [])
            outcomes = self._outcomes(connection, batch, mine, with_opinions=with_opinions) if whole else ()
            counts = counted((one.stage, one.reading) for one in mine)
            shown.append(Shown(batch, names.get(batch.site_id, batch.site_id), counts, outcomes))
        return tuple(shown)

    def _seen(self, connection: Connection, site_id: str, entries: Iterable[Entry]) -> tuple[_Seen, ...]:
        entries = tuple(entries)
        standing = self.requests.standing(connection, site_id, {one.request_id for one in entries})
        studies = {study for one in standing.values() for study in one.studies}
        readings = self.cases.readings(connection, site_id, studies)
        return tuple(_seen_one(one, standing.get(one.request_id), readings) for one in entries)

    def _outcomes(
        self, connection: Connection, batch: Batch, seen: Iterable[_Seen], *, with_opinions: bool
    ) -> tuple[Outcome, ...]:
        seen = tuple(seen)
        wanted = {one.study for one in seen if one.settled and one.study} if with_opinions else set()
        opinions = self.reports.opinions(connection, batch.site_id, wanted)
        return tuple(
            outcome_of(one.entry, one.stage, one.reading, opinions.get(one.study or "", {}), settled=one.settled)
            for one in seen
        )

    def _note_look(self, principal: Principal, site_ids: Iterable[str], batch_id: str | None) -> None:
        """Say what somebody saw, once an hour for each (LOG-01)."""
        for site_id in sorted(site_ids):
            act = (principal.actor, "roster.read", site_id, batch_id or "")
            if self.looked.holds(*act):
                continue
            with self.database.begin() as connection:
                hub_trail.append(
                    connection, actor=principal.actor, event="roster.read", site_id=site_id, subject=batch_id
                )
            self.looked.keep(*act)


def _seen_one(entry: Entry, standing: Standing | None, readings: Mapping[str, Reading]) -> _Seen:
    studies = () if standing is None else standing.studies
    known = tuple(readings[study] for study in studies if study in readings)
    stage = stage_of(standing, known)
    return _Seen(entry, stage, studies[0] if len(studies) == 1 else None, known[0] if known else None)


def _found(connection: Connection, principal: Principal, batch_id: str) -> Batch:
    sites = principal.sites_with(Permission.MANAGE_SCREENING)
    batch = store.find_batch(connection, batch_id, site_ids=sites)
    if batch is None:
        raise NotFoundError("no such screening batch", phase=_PHASE)
    return batch


def _note(connection: Connection, principal: Principal, event: str, batch: Batch, **details: str | int) -> None:
    hub_trail.append(
        connection,
        actor=principal.actor,
        event=event,
        site_id=batch.site_id,
        subject=batch.batch_id,
        details=details,
    )


def is_read_twice(connection: Connection, site_id: str, request_ids: Iterable[str]) -> bool | None:
    """What the batches of these requests say about a second reading, asked inside another slice's transaction."""
    return store.reads_twice(connection, site_id, set(request_ids))
