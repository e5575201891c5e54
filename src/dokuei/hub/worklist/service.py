"""The verbs on cases: appear when images come, be taken, be given back, be done."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import ConflictError, NotFoundError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.people import People
from dokuei.hub.worklist import store, store_finalisations, store_hands, store_lists, store_priors
from dokuei.hub.worklist.model import (
    Asked,
    Delegated,
    Finalisation,
    Priority,
    ReaderChange,
    ReaderChanged,
    ReadingRole,
    Standing,
    StudyFacts,
    WorklistItem,
    demand_mine,
    events_of,
)
from dokuei.hub.worklist.neighbours import Contracts, Priors, Readers, Requests
from dokuei.hub.worklist.prior_ledgers import PriorLedger
from dokuei.hub.worklist.readings import FINAL, demand_takes, is_untouched, role_shown, roles_for
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database
from dokuei.storage.lately import HOUR, Lately


@dataclass(frozen=True)
class Listing:
    """Cases as they were at a time, how many stand in each status, and the names of the people in them."""

    items: tuple[WorklistItem, ...]
    counts: dict[str, int]
    names: dict[str, str]
    as_of: datetime | None = None


@dataclass(frozen=True)
class Signed:
    """Who signed a reading, when, and how many objects of the study were there then."""

    person_id: str
    at: datetime
    instances: int


@dataclass(frozen=True)
class WorklistService:
    """Everything about cases goes through here."""

    database: Database
    people: People
    contracts: Contracts
    requests: Requests
    readers: Readers
    priors: Priors
    looked: Lately = field(default_factory=lambda: Lately(HOUR), repr=False)

    def study_changed(self, facts: StudyFacts) -> str | None:
        """Bring the case of a study up to date, or let it appear; None where there is nothing to read."""
        with self.database.begin() as connection:
            known = store.find_by_study(connection, facts.site_id, facts.study_instance_uid, lock=True)
            if known is None and not facts.to_be_read:
                return None
            roles = self._roles(connection, facts)
            due_at = self.contracts.due_at(facts.site_id, facts.first_received_at) if known is None else None
            prior_only = self.priors.is_prior(connection, facts.site_id, facts.study_instance_uid)
            item_id, _ = store.put_study(connection, facts, roles=roles, due_at=due_at, prior_only=prior_only)
            _change_roles(connection, known, roles)
            if known is not None and known.status == "canceled":
                store.set_status(connection, item_id)
            for event in events_of(known, facts):
                _note_images(connection, event, facts)
            if known is not None and known.images_finalised and not replace(known, study=facts).images_finalised:
                reopened = Finalisation("reopened", None, now(), facts.number_of_instances)
                store_finalisations.add(connection, item_id, reopened)
                _note_images(connection, "case.images-after-finalisation", facts)
        return item_id

    def study_gone(self, site_id: str, study_instance_uid: str, *, untouched_only: bool = False) -> None:
        """A study has no images, or none any more: a case that nobody has finished, or even begun, is canceled."""
        with self.database.begin() as connection:
            known = store.find_by_study(connection, site_id, study_instance_uid, lock=True)
            if known is None or known.status in {"completed", "canceled"}:
                return
            if untouched_only and not is_untouched(known):
                return
            store.set_status(connection, known.worklist_item_id, canceled=True)
            hub_trail.append(
                connection, actor="system", event="case.canceled", site_id=site_id, subject=study_instance_uid
            )

    def one(self, principal: Principal, item_id: str) -> Listing:
        """One case.

        Raises:
            NotFoundError: no such case at a site of theirs.
        """
        listing = self._one(principal, item_id)
        self.note_looks(principal, {listing.items[0].study.site_id})
        return listing

    def claim(self, principal: Principal, item_id: str, role: ReadingRole | None = None) -> Listing:
        """Take a reading role; the first that is free for this person where none is named.

        Raises:
            NotFoundError: no such case at a site of theirs, or no such role in it.
            ForbiddenError: not somebody who reads there, one who could not sign, or no contract covers today.
            ConflictError: another reader has it, it is signed, this person must not have it, or whose images these
                are is not settled.
        """
        person_id = principal.person_id or ""
        with self.database.begin() as connection:
            found = found_in(connection, item_id, principal.site_ids, lock=True)
            principal.demand(Permission.CLAIM_CASE, found.study.site_id)
            self.contracts.demand(found.study.site_id)
            self.readers.demand_qualified(connection, principal, found)
            if found.status == "canceled":
                raise ConflictError("this case is canceled", phase="claiming a case")
            self.requests.demand_settled(connection, found.study.site_id, found.study.study_instance_uid)
            held = demand_takes(found, role, person_id=person_id, names=self.people.names(people_of((found,))))
            if not store.take(connection, item_id, held.role, person_id=person_id):
                raise ConflictError("another reader was faster", phase="claiming a case")
            store.set_status(connection, item_id)
            if found.prior_only:
                store_priors.want_read(connection, item_id)
            if held.person_id is None:
                note_role(connection, principal, "case.claimed", found, held.role)
        return self._one(principal, item_id)

    def release(self, principal: Principal, item_id: str, role: ReadingRole | None = None) -> Listing:
        """Give a reading role back, one's own where none is named; what was written stays for whoever takes it next.

        Raises:
            NotFoundError: no such case at a site of theirs.
            ForbiddenError: it is not theirs.
            ConflictError: it is signed.
        """
        with self.database.begin() as connection:
            found = found_in(connection, item_id, principal.site_ids, lock=True)
            wanted = role or role_shown(found, principal.person_id)
            demand_mine(found.holding(wanted), person_id=principal.person_id)
            if not store.give_back(connection, item_id, wanted, person_id=principal.person_id or ""):
                raise ConflictError("this reading is signed already", phase="releasing a case")
            store_hands.end_offer(connection, item_id, wanted)
            store.set_status(connection, item_id)
            left = ReaderChange(wanted, ReaderChanged.RELEASED, principal.person_id or "", None, now())
            store_hands.note_change(connection, item_id, left)
            note_role(connection, principal, "case.released", found, wanted)
        return self._one(principal, item_id)

    def reader_changes(self, item_id: str) -> tuple[tuple[ReaderChange, ...], dict[str, str]]:
        """How readings of a case left their readers' hands, with the names; who asks has found the case in scope."""
        with self.database.read() as connection:
            found = store_hands.changes(connection, item_id)
        people = {one.from_person_id for one in found} | {one.to_person_id for one in found if one.to_person_id}
        return found, self.people.names(people)

    def set_priority(self, principal: Principal, item_id: str, priority: Priority) -> Listing:
        """Move a case in the queue; what is still to come of an urgent one overtakes at the gateway.

        Raises:
            NotFoundError: no such case at a site of theirs.
            ForbiddenError: not somebody who reads there.
        """
        with self.database.begin() as connection:
            found = found_in(connection, item_id, principal.site_ids, lock=True)
            principal.demand(Permission.CLAIM_CASE, found.study.site_id)
            if found.priority is not priority:
                store.set_priority(connection, item_id, priority)
                hub_trail.append(
                    connection,
                    actor=principal.actor,
                    event="case.moved",
                    site_id=found.study.site_id,
                    subject=found.study.study_instance_uid,
                    details={"priority": priority.value},
                )
        return self._one(principal, item_id)

    def urgent_studies(self, site_id: str) -> tuple[str, ...]:
        """Studies that somebody waits for: a gateway sends them first."""
        with self.database.read() as connection:
            return store.urgent_studies(connection, site_id)

    def report_changed(
        self, item_id: str, role: ReadingRole, *, status: str, signed: Signed | None, number: int = 0
    ) -> None:
        """A report of this case was begun, or its version ``number`` was signed; bears being told twice, and late.

        ``signed`` only where that ends the reading: a preliminary version does not, nor does a withdrawal.
        """
        with self.database.begin() as connection:
            before = store.find(connection, item_id, site_ids=None, lock=True)
            if role in FINAL:
                store.set_report_status(connection, item_id, status, number=number)
            if before is not None and signed is not None:
                store.mark_signed(connection, item_id, role, person_id=signed.person_id, at=signed.at)
                store.cover(connection, item_id, signed.instances)
                store_hands.end_offer(connection, item_id, role)
                if store.set_status(connection, item_id) == "completed" and before.waiting is not None:
                    store_hands.set_waiting(connection, item_id, None)
                if before.signed_instances is None and before.study.number_of_instances > signed.instances:
                    _note_images(connection, "case.images-after-signature", before.study)

    def approval_awaited(self, item_id: str, role: ReadingRole) -> None:
        """Somebody who may not sign has written into a reading: a physician has to stand for it (REC-04)."""
        with self.database.begin() as connection:
            store.await_approval(connection, item_id, role)

    def delegations_in(self, connection: Connection, item_id: str, role: ReadingRole) -> tuple[Delegated, ...]:
        """Who could not finalise a reading, inside another slice's transaction; who asks has seen to access."""
        return store_hands.delegations(connection, item_id, role)

    def request_changed(self, site_id: str, study_instance_uid: str, asked: Asked) -> None:
        """What requests say of a study's case; what they want of its place in the queue holds until a person moves it.

        Bears being told twice, and of studies that are no case.
        """
        with self.database.begin() as connection:
            known = store.find_by_study(connection, site_id, study_instance_uid, lock=True)
            if known is None:
                return
            _change_roles(connection, known, self._roles(connection, known.study))
            if known.asked == asked:
                return
            if known.prior_only and asked.state in {"matched", "mismatch"}:
                store_priors.want_read(connection, known.worklist_item_id)
            store.set_asked(connection, known.worklist_item_id, asked)
            wanted = asked.priority
            if wanted is not None and wanted is not known.asked.priority:
                due_at = self.contracts.due_at(site_id, known.study.first_received_at, wanted)
                store_hands.set_contract_due(connection, known.worklist_item_id, due_at)
            if wanted is None or wanted in {known.priority, known.asked.priority}:
                return
            store.set_priority(connection, known.worklist_item_id, wanted)
            hub_trail.append(
                connection,
                actor="system",
                event="case.moved",
                site_id=site_id,
                subject=study_instance_uid,
                details={"priority": wanted.value},
            )

    def _roles(self, connection: Connection, facts: StudyFacts) -> tuple[ReadingRole, ...]:
        """The readings that a study needs: a screening batch says so itself, else the contract does."""
        twice = self.requests.reads_twice(connection, facts.site_id, facts.study_instance_uid)
        return roles_for(twice=self.contracts.reads_twice(facts.site_id, facts.modalities) if twice is None else twice)

    def is_prior(self, site_id: str, study_instance_uid: str) -> bool:
        """Whether a study was brought for another's sake."""
        with self.database.read() as connection:
            return self.priors.is_prior(connection, site_id, study_instance_uid)

    def prior_ledgers(self, items: Iterable[WorklistItem]) -> Mapping[tuple[str, str], PriorLedger]:
        """Site and study → what the PACS has from before; who asks has found the cases in scope."""
        with self.database.read() as connection:
            return self.priors.of(connection, [one.study for one in items])

    def touch_patient_in(self, connection: Connection, site_id: str, patient_id: str) -> None:
        """Lists show something else of this patient's cases, inside another slice's transaction."""
        store_priors.touch_of_patient(connection, site_id, patient_id)

    def _one(self, principal: Principal, item_id: str) -> Listing:
        with self.database.read() as connection:
            found = found_in(connection, item_id, principal.sites_with(Permission.READ_WORKLIST))
        return Listing((found,), {}, self.people.names(people_of((found,))))

    def note_looks(self, principal: Principal, site_ids: Collection[str]) -> None:
        """Say which sites' patients somebody saw in the list, once an hour for each (LOG-01)."""
        fresh = [one for one in sorted(site_ids) if not self.looked.holds(principal.actor, one)]
        if not fresh:
            return
        with self.database.begin() as connection:
            for site_id in fresh:
                hub_trail.append(connection, actor=principal.actor, event="worklist.read", site_id=site_id)
        for site_id in fresh:
            self.looked.keep(principal.actor, site_id)

    def site_names(self) -> dict[str, str]:
        """Names of the sites, for lists."""
        with self.database.read() as connection:
            return dict(self.people.access.site_names(connection))

    def studies(self, item_ids: Iterable[str], *, site_ids: Collection[str]) -> dict[str, StudyFacts]:
        """Whose the given cases are, as far as they are at those sites; who asks has seen to access."""
        with self.database.read() as connection:
            return store_lists.studies(connection, item_ids, site_ids=site_ids)

    def case_in(
        self, connection: Connection, item_id: str, *, site_ids: Collection[str], lock: bool = False
    ) -> WorklistItem:
        """One case inside another slice's transaction; ``lock`` lets writers of one case queue there.

        Raises:
            NotFoundError: no such case at those sites.
        """
        return found_in(connection, item_id, site_ids, lock=lock)

    def by_study_in(
        self, connection: Connection, site_id: str, study_instance_uids: Collection[str]
    ) -> tuple[WorklistItem, ...]:
        """The same, whole."""
        return store_lists.by_study(connection, site_id, study_instance_uids)

    def items_in(self, connection: Connection, site_id: str, study_instance_uids: Collection[str]) -> dict[str, str]:
        """Cases of some studies inside another slice's transaction; who asks has seen to access."""
        return store.items_of(connection, site_id, study_instance_uids)

    def standings_in(
        self, connection: Connection, site_id: str, study_instance_uids: Collection[str]
    ) -> dict[str, Standing]:
        """How far the cases of some studies have come, inside another slice's transaction."""
        return store_lists.standings(connection, site_id, study_instance_uids)

    def signed_in(
        self, connection: Connection, item_id: str, role: ReadingRole, *, person_id: str, at: datetime
    ) -> None:
        """A reading was signed in another slice's transaction: nobody gives it back, takes it or is offered it then.

        What else follows from it is told by ``report_changed``, a moment later.
        """
        store.mark_signed(connection, item_id, role, person_id=person_id, at=at)
        store_hands.end_offer(connection, item_id, role)

    def is_signed_in(self, connection: Connection, site_id: str, study_instance_uid: str) -> bool:
        """Whether a reading of this study was signed; held until the other slice's transaction ends."""
        known = store.find_by_study(connection, site_id, study_instance_uid, lock=True)
        return known is not None and any(held.signed_at for held in known.holdings)


def _change_roles(connection: Connection, known: WorklistItem | None, roles: tuple[ReadingRole, ...]) -> None:
    """Other readings for a case that nobody has begun to read."""
    if known is not None and is_untouched(known) and {held.role for held in known.holdings} != set(roles):
        store.set_roles(connection, known.worklist_item_id, roles)


def found_in(connection: Connection, item_id: str, site_ids: Collection[str], *, lock: bool = False) -> WorklistItem:
    """One case at one of those sites.

    Raises:
        NotFoundError: there is none.
    """
    found = store.find(connection, item_id, site_ids=site_ids, lock=lock)
    if found is None:
        raise NotFoundError("no such case", phase="looking a case up")
    return found


def _note_images(connection: Connection, event: str, facts: StudyFacts) -> None:
    hub_trail.append(
        connection,
        actor="system",
        event=event,
        site_id=facts.site_id,
        subject=facts.study_instance_uid,
        details={"instances": facts.number_of_instances},
    )


def people_of(items: Iterable[WorklistItem]) -> set[str]:
    """Everybody whose name a list of cases shows."""
    found: set[str] = set()
    for one in items:
        found |= {held.person_id for held in one.holdings if held.person_id}
        found |= {person for offer in one.offers for person in (offer.from_person_id, offer.to_person_id)}
        found |= {one.deferral.person_id} if one.deferral is not None else set()
        found |= store_finalisations.people_in((one.finalisation,) if one.finalisation else ())
    return found


def note_role(connection: Connection, principal: Principal, event: str, found: WorklistItem, role: ReadingRole) -> None:
    """What somebody did with a reading, for the trail."""
    hub_trail.append(
        connection,
        actor=principal.actor,
        event=event,
        site_id=found.study.site_id,
        subject=found.study.study_instance_uid,
        details={"role": role.value},
    )
