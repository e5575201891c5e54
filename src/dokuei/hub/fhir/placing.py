"""Orders that come in FHIR: read, placed all or none, and answered."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl

from sqlalchemy import Connection

from dokuei.errors import DokueiError, FhirBodyError, FhirError, StaleError
from dokuei.hub.fhir import store
from dokuei.hub.fhir.bundles import Entry, entries_of, resolver
from dokuei.hub.fhir.looking import look
from dokuei.hub.fhir.model import Order, Outcome, Resource, Shown, Taken
from dokuei.hub.fhir.noting import Looks
from dokuei.hub.fhir.orders import order_of
from dokuei.hub.fhir.outcomes import outcome, outcome_of
from dokuei.hub.fhir.searching import Searching
from dokuei.hub.fhir.shelves import Shelves
from dokuei.hub.identity.model import Principal
from dokuei.storage.db import Database

LATE: Final = (
    "署名済みのレポートへの依頼変更です / the report was signed already; the change is kept and shown to the reader"
)
_KEPT: Final = ("identifier", "category", "code", "orderDetail", "bodySite")
_TAG: Final = re.compile(r'(?:W/)?"?(\d{1,9})(?:\.(\d{1,4}))?"?')
_OWN: Final = re.compile(r"(Patient|Practitioner)/([A-Za-z0-9.-]{1,64})")


@dataclass(frozen=True)
class Answered:
    """What became of one order, with the resource as it is now."""

    shown: Shown
    outcome: Outcome = "known"
    after_signature: bool = False

    @property
    def status(self) -> int:
        """201 where it is new (RFC 9110 15.3.2)."""
        return 201 if self.outcome == "placed" else 200


@dataclass(frozen=True)
class Placing:
    """The verbs of a hospital's system that asks for readings; ``base`` is this server's address."""

    database: Database
    shelves: Shelves
    searching: Searching
    looks: Looks
    base: str

    def place(
        self,
        principal: Principal,
        site_id: str,
        document: Resource,
        *,
        request_id: str | None = None,
        if_match: str = "",
        if_none_exist: str = "",
    ) -> Answered:
        """One order; with ``if_none_exist`` only where that search finds no request.

        Raises:
            DokueiError: with the reason, which is on record.
        """
        entry = Entry(0, document, True, request_id, if_match, if_none_exist)
        return self._there_or_taken(principal, site_id, [entry], {})[0]

    def bundle(self, principal: Principal, site_id: str, bundle: Resource) -> Resource:
        """All or none of a transaction's orders; each of a batch for itself.

        Raises:
            DokueiError: with the reason, which is on record; of a batch only where it cannot be read at all.
        """
        entries = entries_of(bundle)
        orders = [one for one in entries if one.is_order]
        answers: dict[int, Resource] = {one.place: _beside() for one in entries if not one.is_order}
        if bundle["type"] == "transaction":
            for one, answered in zip(orders, self._there_or_taken(principal, site_id, orders, bundle), strict=True):
                answers[one.place] = _entry(answered)
        else:
            for one in orders:
                try:
                    answers[one.place] = _entry(self._there_or_taken(principal, site_id, [one], bundle)[0])
                except DokueiError as error:
                    if error.http_status >= 500:  # noqa: PLR2004 - the hub's own trouble is not the order's
                        raise
                    answers[one.place] = {
                        "response": {"status": str(error.http_status), "outcome": outcome_of(error)},
                    }
        made = [answers[place] for place in sorted(answers)]
        return {"resourceType": "Bundle", "type": f"{bundle['type']}-response", "entry": made}

    def _there_or_taken(
        self, principal: Principal, site_id: str, entries: Sequence[Entry], bundle: Resource
    ) -> tuple[Answered, ...]:
        """Those whose condition finds a request already as they are, and the others taken, all or none."""
        there = {one.place: found for one in entries if (found := self._there(principal, site_id, one)) is not None}
        wanted = [one for one in entries if one.place not in there]
        taken = self._take(principal, site_id, wanted, bundle) if wanted else ()
        placed = {one.place: answered for one, answered in zip(wanted, taken, strict=True)}
        return tuple((there | placed)[one.place] for one in entries)

    def _there(self, principal: Principal, site_id: str, entry: Entry) -> Answered | None:
        """The request that a conditional create means (R4 3.1.0.8.1)."""
        if not entry.if_none_exist:
            return None
        pairs = _condition(entry.if_none_exist)

        def found(connection: Connection) -> tuple[Shown, ...]:
            query = self.searching.query(connection, site_id, "ServiceRequest", pairs, strict=True)
            return self.searching.page(connection, site_id, query).found

        fitting = look(self.database, found)
        if len(fitting) > 1:
            raise StaleError("several requests fit the condition", phase="placing a request", remedy="name one")
        self.looks.note(principal, site_id, fitting)
        return Answered(fitting[0]) if fitting else None

    def _take(
        self, principal: Principal, site_id: str, entries: Sequence[Entry], bundle: Resource
    ) -> tuple[Answered, ...]:
        try:
            orders = [self._order(site_id, one, bundle) for one in entries]

            def keep(connection: Connection, place: int, taken: Taken) -> None:
                if taken.outcome in {"placed", "changed"}:
                    known, said = taken.version, orders[place].document
                    kept: Resource = {name: said[name] for name in _KEPT if name in said}
                    store.keep_order(connection, site_id, known.request_id, known.version, kept)

            done = self.shelves.requests.take(
                site_id, orders, actor=principal.actor, name=principal.display_name, keep=keep
            )
        except DokueiError as refusal:
            if refusal.http_status < 500:  # noqa: PLR2004 - as above
                self.shelves.requests.note_refusal(
                    site_id, str(refusal)[:1000], actor=principal.actor, name=principal.display_name
                )
            raise

        def as_it_is(connection: Connection, one: Taken) -> Shown:
            return self.shelves.versions(connection, site_id, "ServiceRequest", one.version.request_id)[0]

        return look(
            self.database,
            lambda found: tuple(Answered(as_it_is(found, one), one.outcome, one.after_signature) for one in done),
        )

    def _order(self, site_id: str, entry: Entry, bundle: Resource) -> Order:
        document = entry.resource
        if entry.request_id is not None and document.get("id", entry.request_id) != entry.request_id:
            raise FhirBodyError(("value", "the id is not the one in the address", "ServiceRequest.id"))
        version, steps = None, 0
        if entry.if_match:
            found = _TAG.fullmatch(entry.if_match.strip())
            if found is None:
                raise FhirBodyError(("value", "If-Match names a version", ""))
            version, steps = int(found[1]), int(found[2] or 0)

        def elsewhere(reference: Resource, kind: str) -> Resource | None:
            named = _OWN.fullmatch(str(reference.get("reference") or "").removeprefix(f"{self.base}/"))
            if named is None or named[1] != kind:
                return None
            found = look(self.database, lambda one: self.shelves.versions(one, site_id, kind, named[2]))
            return found[0].resource if found else None

        try:
            order = order_of(document, resolver(document, bundle, elsewhere))
        except (AttributeError, KeyError, TypeError) as error:
            raise FhirError(("structure", "not what FHIR R4 allows", "ServiceRequest")) from error
        return replace(order, request_id=entry.request_id, expected_version=version, expected_steps=steps)


def _condition(text: str) -> list[tuple[str, str]]:
    """A search by what a request says, in place of how its answer would look."""
    try:
        pairs = parse_qsl(text.partition("?")[2] or text, max_num_fields=20)
    except ValueError:
        pairs = []
    if not pairs or any(name.startswith("_") and name != "_id" for name, _ in pairs):
        raise FhirBodyError(("value", "If-None-Exist is a search for a request", ""))
    return pairs


def _entry(answered: Answered) -> Resource:
    shown = answered.shown
    response: Resource = {
        "status": "201 Created" if answered.status == 201 else "200 OK",  # noqa: PLR2004 - as above
        "location": f"ServiceRequest/{shown.key}/_history/{shown.version}",
        "etag": f'W/"{shown.version}"',
        "lastModified": shown.resource["meta"]["lastUpdated"],
    }
    if answered.after_signature:
        response["outcome"] = outcome([("business-rule", LATE, "")], severity="warning")
    return {"resource": shown.resource, "response": response}


def _beside() -> Resource:
    text = "taken with the order that names it; kept nowhere else"
    return {"response": {"status": "200 OK", "outcome": outcome([("informational", text, "")], severity="information")}}
