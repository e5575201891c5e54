"""The verbs on cases: appear when images come, be taken, be given back, be done."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import ConflictError, NotFoundError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.people import People
from dokuei.hub.worklist import store, store_finalisations, store_hands
from dokuei.hub.worklist.model import (
    Asked,
    Finalisation,
    Priority,
    ReadingRole,
    Status,
    StudyFacts,
    WorklistItem,
    demand_mine,
)
from dokuei.hub.worklist.readings import FINAL, demand_takes, is_untouched, role_shown, roles_for
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database
from dokuei.storage.lately import HOUR, Lately

_EARLIER = {"draft": (), "final": ("draft",), "amended": ("draft", "final")}


@dataclass(frozen=True)
class Listing:
    """Cases, how many stand in each status, and the names of the people in them."""

    items: tuple[WorklistItem, ...]
    counts: dict[str, int]
    names: dict[str, str]


@dataclass(frozen=True)
class Signed:
    """Who signed a reading, when, and how many objects of the study were there then."""

    person_id: str
    at: datetime
    instances: int


class Contracts(Protocol):
    """What cases ask of the register of sites."""

    def demand(self, site_id: str) -> None:
        """Nothing where the contract's term covers today.

        Raises:
            ForbiddenError: it does not.
        """

    def reads_twice(self, site_id: str, modalities: Collection[str]) -> bool:
        """Whether two readers read such a study of this site before a third decides."""

    def due_at(self, site_id: str, arrived_at: datetime) -> datetime | None:
        """When a study that came then is due by the contract; None where it gives no term."""

    def finalising_sites(self, site_ids: Collection[str]) -> frozenset[str]:
        """Those of the sites where a technologist confirms a study's images before they are reported on."""


class Requests(Protocol):
    """What cases ask of reading requests."""

    def demand_settled(self, connection: Connection, site_id: str, study_instance_uid: str) -> None:
        """Nothing where request and images name one person, or somebody has said why they belong together.

        Raises:
            ConflictError: that is still to be decided (REC-10).
        """


@dataclass(frozen=True)
class WorklistService:
    """Everything about cases goes through here."""

    database: Database
    people: People
    contracts: Contracts
    requests: Requests
    looked: Lately = field(default_factory=lambda: Lately(HOUR), repr=False)

    def study_changed(self, facts: StudyFacts) -> str | None:
        """Bring the case of a study up to date, or let it appear; None where there is nothing to read."""
        with self.database.begin() as connection:
            known = store.find_by_study(connection, facts.site_id, facts.study_instance_uid, lock=True)
            if known is None and not facts.to_be_read:
                return None
            roles = roles_for(twice=self.contracts.reads_twice(facts.site_id, facts.modalities))
            due_at = self.contracts.due_at(facts.site_id, facts.first_received_at) if known is None else None
            item_id, _ = store.put_study(connection, facts, roles=roles, due_at=due_at)
            if known is not None and is_untouched(known) and {held.role for held in known.holdings} != set(roles):
                store.set_roles(connection, item_id, roles)
            if known is not None and known.status == "canceled":
                store.set_status(connection, item_id)
            for event in _events(known, facts):
                _note_images(connection, event, facts)
            if known is not None and known.images_finalised and not replace(known, study=facts).images_finalised:
                reopened = Finalisation("reopened", None, now(), facts.number_of_instances)
                store_finalisations.add(connection, item_id, reopened)
                _note_images(connection, "case.images-after-finalisation", facts)
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

    def list(
        self,
        principal: Principal,
        *,
        status: Status | None = None,
        site_id: str | None = None,
        modality: str | None = None,
        mine: bool = False,
    ) -> Listing:
        """The cases of the sites that somebody may see, as they wait; ``mine``: those that they read.

        Raises:
            NotFoundError: a site that is not theirs.
        """
        sites = principal.sites_with(Permission.READ_WORKLIST)
        if site_id is not None:
            principal.demand(Permission.READ_WORKLIST, site_id)
            sites = frozenset({site_id})
        with self.database.read() as connection:
            reader = (principal.person_id or "") if mine else None
            items = store.listed(connection, site_ids=sites, status=status, modality=modality, reader=reader)
            counted = store.counts(connection, site_ids=sites, moment=now())
        self._note_looks(principal, sites)
        return Listing(items, counted, self.people.names(people_of(items)))

    def one(self, principal: Principal, item_id: str) -> Listing:
        """One case.

        Raises:
            NotFoundError: no such case at a site of theirs.
        """
        listing = self._one(principal, item_id)
        self._note_looks(principal, {listing.items[0].study.site_id})
        return listing

    def claim(self, principal: Principal, item_id: str, role: ReadingRole | None = None) -> Listing:
        """Take a reading role; the first that is free for this person where none is named.

        Raises:
            NotFoundError: no such case at a site of theirs, or no such role in it.
            ForbiddenError: not somebody who reads there, or no contract with the site covers today.
            ConflictError: another reader has it, it is signed, this person must not have it, or whose images these
                are is not settled.
        """
        person_id = principal.person_id or ""
        with self.database.begin() as connection:
            found = found_in(connection, item_id, principal.site_ids, lock=True)
            principal.demand(Permission.CLAIM_CASE, found.study.site_id)
            self.contracts.demand(found.study.site_id)
            if found.status == "canceled":
                raise ConflictError("this case is canceled", phase="claiming a case")
            self.requests.demand_settled(connection, found.study.site_id, found.study.study_instance_uid)
            held = demand_takes(found, role, person_id=person_id, names=self.people.names(people_of((found,))))
            if not store.take(connection, item_id, held.role, person_id=person_id):
                raise ConflictError("another reader was faster", phase="claiming a case")
            store.set_status(connection, item_id)
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
            note_role(connection, principal, "case.released", found, wanted)
        return self._one(principal, item_id)

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

    def report_changed(self, item_id: str, role: ReadingRole, *, status: str, signed: Signed | None) -> None:
        """A report of this case was begun, or signed; bears being told twice, and late."""
        with self.database.begin() as connection:
            before = store.find(connection, item_id, site_ids=None, lock=True)
            if role in FINAL:
                store.set_report_status(connection, item_id, status, over=_EARLIER[status])
            if before is not None and signed is not None:
                store.mark_signed(connection, item_id, role, person_id=signed.person_id, at=signed.at)
                store.cover(connection, item_id, signed.instances)
                store_hands.end_offer(connection, item_id, role)
                if store.set_status(connection, item_id) == "completed" and before.waiting is not None:
                    store_hands.set_waiting(connection, item_id, None)
                if before.signed_instances is None and before.study.number_of_instances > signed.instances:
                    _note_images(connection, "case.images-after-signature", before.study)

    def request_changed(self, site_id: str, study_instance_uid: str, asked: Asked) -> None:
        """What requests say of a study's case; what they want of its place in the queue holds until a person moves it.

        Bears being told twice, and of studies that are no case.
        """
        with self.database.begin() as connection:
            known = store.find_by_study(connection, site_id, study_instance_uid, lock=True)
            if known is None or known.asked == asked:
                return
            store.set_asked(connection, known.worklist_item_id, asked)
            wanted = asked.priority
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

    def _one(self, principal: Principal, item_id: str) -> Listing:
        with self.database.read() as connection:
            found = found_in(connection, item_id, principal.sites_with(Permission.READ_WORKLIST))
        return Listing((found,), {}, self.people.names(people_of((found,))))

    def _note_looks(self, principal: Principal, site_ids: Collection[str]) -> None:
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

    def some(self, item_ids: Iterable[str], *, site_ids: Collection[str]) -> tuple[WorklistItem, ...]:
        """Those of the given cases that are at those sites, for another slice's list; who asks has seen to access."""
        with self.database.read() as connection:
            return store.some(connection, item_ids, site_ids=site_ids)

    def case_in(
        self, connection: Connection, item_id: str, *, site_ids: Collection[str], lock: bool = False
    ) -> WorklistItem:
        """One case inside another slice's transaction; ``lock`` lets writers of one case queue there.

        Raises:
            NotFoundError: no such case at those sites.
        """
        return found_in(connection, item_id, site_ids, lock=lock)

    def items_in(self, connection: Connection, site_id: str, study_instance_uids: Collection[str]) -> dict[str, str]:
        """Cases of some studies inside another slice's transaction; who asks has seen to access."""
        return store.items_of(connection, site_id, study_instance_uids)

    def is_signed_in(self, connection: Connection, site_id: str, study_instance_uid: str) -> bool:
        """Whether a reading of this study was signed; held until the other slice's transaction ends."""
        known = store.find_by_study(connection, site_id, study_instance_uid)
        return known is not None and any(held.signed_at for held in known.holdings)


def found_in(connection: Connection, item_id: str, site_ids: Collection[str], *, lock: bool = False) -> WorklistItem:
    """One case at one of those sites.

    Raises:
        NotFoundError: there is none.
    """
    found = store.find(connection, item_id, site_ids=site_ids, lock=lock)
    if found is None:
        raise NotFoundError("no such case", phase="looking a case up")
    return found


def _events(known: WorklistItem | None, facts: StudyFacts) -> Iterator[str]:
    """What the trail must know of a case whose images have changed."""
    if known is None:
        yield "case.appeared"
        return
    if known.status == "canceled":
        yield "case.restored"
    if not known.images_after_signature and replace(known, study=facts).images_after_signature:
        yield "case.images-after-signature"


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
