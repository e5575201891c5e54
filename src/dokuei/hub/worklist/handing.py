"""A reading changes hands in the open: offered with a note, taken or given back; by force only with a reason."""

from dataclasses import dataclass

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import ConflictError, ForbiddenError, NotFoundError, RequestError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.worklist import store, store_hands
from dokuei.hub.worklist.model import (
    Delegated,
    HandOver,
    ReaderChange,
    ReaderChanged,
    ReadingRole,
    WorklistItem,
    demand_mine,
)
from dokuei.hub.worklist.readings import role_shown, why_not
from dokuei.hub.worklist.service import Listing, WorklistService, found_in
from dokuei.hub.worklist.store_hands import Held
from dokuei.storage.audit import hub_trail

LONGEST_NOTE = 1000
_PHASE = "handing a case over"


@dataclass(frozen=True)
class Reader:
    """Somebody who may be given a reading."""

    person_id: str
    display_name: str


@dataclass(frozen=True)
class Handing:
    """The verbs on readings that change hands."""

    worklist: WorklistService

    def readers(self, principal: Principal, item_id: str) -> tuple[Reader, ...]:
        """Who may be given this person's reading of a case.

        Raises:
            NotFoundError: no such case at a site of theirs.
        """
        with self.worklist.database.read() as connection:
            found = found_in(connection, item_id, principal.sites_with(Permission.CLAIM_CASE))
        role = role_shown(found, principal.person_id)
        return self._readers(principal, found, role)

    def offer(
        self, principal: Principal, item_id: str, to_person_id: str, note: str, *, delegates: bool = False
    ) -> Listing:
        """Offer one's reading to somebody; it stays one's own until they take it.

        ``delegates``: one cannot finalise oneself (代理確定); the note says why, and goes into the report (REC-06).

        Raises:
            NotFoundError: no such case at a site of theirs.
            ForbiddenError: it is not theirs.
            ConflictError: it is signed.
            RequestError: a note without end, nobody who may have it, or a delegation without a reason.
        """
        note = _checked(note)
        if delegates and not note:
            raise RequestError("a delegation needs a reason", phase=_PHASE)
        with self.worklist.database.begin() as connection:
            found = found_in(connection, item_id, principal.site_ids, lock=True)
            role = role_shown(found, principal.person_id)
            held = demand_mine(found.holding(role), person_id=principal.person_id)
            if held.signed_at is not None:
                raise ConflictError("this reading is signed already", phase=_PHASE)
            if to_person_id not in {one.person_id for one in self._readers(principal, found, role)}:
                raise RequestError("nobody who may have this reading", phase=_PHASE, remedy="choose one of its readers")
            offer = HandOver(role, principal.person_id or "", to_person_id, note, now(), delegates)
            store_hands.put_offer(connection, item_id, offer)
            _note(connection, principal, "case.offered", found, offer)
        return self.worklist.one(principal, item_id)

    def take(self, principal: Principal, item_id: str) -> Listing:
        """Take what was offered to one.

        Raises:
            NotFoundError: no such case at a site of theirs.
            ForbiddenError: not somebody who reads there, one who could not sign, no contract covers today, or it is
                offered to another.
            ConflictError: nothing is offered, whoever offered it no longer has it, or this person must not have it.
        """
        with self.worklist.database.begin() as connection:
            found = found_in(connection, item_id, principal.site_ids, lock=True)
            principal.demand(Permission.CLAIM_CASE, found.study.site_id)
            self.worklist.contracts.demand(found.study.site_id)
            self.worklist.readers.demand_qualified(connection, principal, found)
            offer = _to_me(found, principal)
            against = why_not(found, offer.role, principal.person_id or "")
            if against is not None:
                raise ConflictError(against, phase=_PHASE, remedy="give it back")
            if not store_hands.pass_on(connection, item_id, offer, at=now()):
                raise ConflictError("this reading is no longer with whoever offered it", phase=_PHASE)
            store.set_status(connection, item_id)
            passed = ReaderChange(
                offer.role, ReaderChanged.HANDED_OVER, offer.from_person_id, offer.to_person_id, now()
            )
            store_hands.note_change(connection, item_id, passed)
            if offer.delegates:
                giver, taker = offer.from_person_id, offer.to_person_id
                delegated = Delegated(giver, giver, offer.note, offer.offered_at, taker)
                store_hands.add_delegation(connection, item_id, offer.role, delegated)
            _note(connection, principal, "case.delegated" if offer.delegates else "case.handed-over", found, offer)
        return self.worklist.one(principal, item_id)

    def decline(self, principal: Principal, item_id: str) -> Listing:
        """Give back what was offered to one, or take back one's own offer.

        Raises:
            NotFoundError: no such case at a site of theirs.
            ConflictError: no offer is theirs.
        """
        with self.worklist.database.begin() as connection:
            found = found_in(connection, item_id, principal.site_ids, lock=True)
            mine = (one for one in found.offers if principal.person_id in {one.from_person_id, one.to_person_id})
            offer = next(mine, None)
            if offer is None:
                raise ConflictError("no such offer", phase=_PHASE)
            store_hands.end_offer(connection, item_id, offer.role)
            _note(connection, principal, "case.given-back", found, offer)
        return self.worklist.one(principal, item_id)

    def held(self, principal: Principal, site_id: str | None) -> tuple[tuple[Held, ...], dict[str, str]]:
        """Which readings are in whose hands, for an administrator: no word about patients.

        Raises:
            NotFoundError: a site that is not theirs.
        """
        if site_id is not None:
            principal.demand(Permission.ADMINISTER, site_id)
        sites = principal.sites_with(Permission.ADMINISTER) if site_id is None else frozenset({site_id})
        with self.worklist.database.read() as connection:
            found = store_hands.held(connection, site_ids=sites)
        return found, self.worklist.people.names({one.person_id for one in found})

    def take_away(self, principal: Principal, item_id: str, role: ReadingRole, reason: str) -> None:
        """Free a reading that its reader cannot give back; what was written stays for whoever takes it next.

        Raises:
            NotFoundError: no such case at a site of theirs, or no such role in it.
            ForbiddenError: not an administrator there.
            ConflictError: nobody has it, or it is signed.
            RequestError: no reason.
        """
        reason = _checked(reason)
        if not reason:
            raise RequestError("a reading is taken away for a reason", phase="taking a reading away")
        with self.worklist.database.begin() as connection:
            found = found_in(connection, item_id, principal.site_ids, lock=True)
            principal.demand(Permission.ADMINISTER, found.study.site_id)
            held = found.holding(role)
            if held is None:
                raise NotFoundError("no such role in this case", phase="taking a reading away")
            if held.person_id is None or not store.give_back(connection, item_id, role, person_id=held.person_id):
                raise ConflictError("nobody is reading this, or it is signed", phase="taking a reading away")
            store_hands.end_offer(connection, item_id, role)
            delegated = Delegated(held.person_id, principal.person_id or "", reason, now())
            store_hands.add_delegation(connection, item_id, role, delegated)
            store.set_status(connection, item_id)
            taken = ReaderChange(role, ReaderChanged.TAKEN_AWAY, held.person_id, None, now())
            store_hands.note_change(connection, item_id, taken)
            hub_trail.append(
                connection,
                actor=principal.actor,
                event="case.taken-away",
                site_id=found.study.site_id,
                subject=found.study.study_instance_uid,
                details={"role": role.value, "from": held.person_id, "reason": reason},
            )

    def _readers(self, principal: Principal, found: WorklistItem, role: ReadingRole) -> tuple[Reader, ...]:
        holding = self.worklist.people.holding(Permission.CLAIM_CASE, {found.study.site_id})
        return tuple(
            Reader(person_id, name)
            for person_id, name in {person.person_id: person.display_name for person, _ in holding}.items()
            if person_id != principal.person_id and why_not(found, role, person_id) is None
        )


def _to_me(found: WorklistItem, principal: Principal) -> HandOver:
    offer = next((one for one in found.offers if one.to_person_id == principal.person_id), None)
    if offer is None:
        if found.offers:
            raise ForbiddenError("this is offered to somebody else", phase=_PHASE)
        raise ConflictError("nothing is offered to you", phase=_PHASE, remedy="ask for a hand-over")
    return offer


def _checked(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_NOTE or any(ord(letter) < ord(" ") and letter not in "\n\t" for letter in text):
        raise RequestError(f"at most {LONGEST_NOTE} letters, and no control characters", phase=_PHASE)
    return text


def _note(connection: Connection, principal: Principal, event: str, found: WorklistItem, offer: HandOver) -> None:
    hub_trail.append(
        connection,
        actor=principal.actor,
        event=event,
        site_id=found.study.site_id,
        subject=found.study.study_instance_uid,
        details={"role": offer.role.value, "from": offer.from_person_id, "to": offer.to_person_id},
    )
