"""Orders that come in FHIR: read, placed all or none, and answered."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection

from dokuei.errors import DokueiError, FhirBodyError, FhirError
from dokuei.hub.fhir import store
from dokuei.hub.fhir.bundles import Entry, entries_of, resolver
from dokuei.hub.fhir.looking import look
from dokuei.hub.fhir.model import Order, Resource, Shown, Taken
from dokuei.hub.fhir.orders import order_of
from dokuei.hub.fhir.outcomes import outcome, outcome_of
from dokuei.hub.fhir.shelves import Shelves
from dokuei.hub.identity.model import Principal
from dokuei.storage.db import Database

LATE: Final = (
    "署名済みのレポートへの依頼変更です / the report was signed already; the change is kept and shown to the reader"
)
_KEPT: Final = ("identifier", "category", "code", "orderDetail", "bodySite")
_TAG: Final = re.compile(r'(?:W/)?"?(\d{1,9})"?')
_OWN: Final = re.compile(r"(Patient|Practitioner)/([A-Za-z0-9.-]{1,64})")


@dataclass(frozen=True)
class Answered:
    """What became of one order, with the resource as it is now."""

    taken: Taken
    shown: Shown

    @property
    def status(self) -> int:
        """201 where it is new (RFC 9110 15.3.2)."""
        return 201 if self.taken.outcome == "placed" else 200


@dataclass(frozen=True)
class Placing:
    """The verbs of a hospital's system that asks for readings; ``base`` is this server's address."""

    database: Database
    shelves: Shelves
    base: str

    def place(
        self,
        principal: Principal,
        site_id: str,
        document: Resource,
        *,
        request_id: str | None = None,
        if_match: str = "",
    ) -> Answered:
        """One order.

        Raises:
            DokueiError: with the reason, which is on record.
        """
        return self._take(principal, site_id, [Entry(0, document, True, request_id, if_match)], {})[0]

    def bundle(self, principal: Principal, site_id: str, bundle: Resource) -> Resource:
        """All or none of a transaction's orders; each of a batch for itself.

        Raises:
            DokueiError: with the reason, which is on record; of a batch only where it cannot be read at all.
        """
        entries = entries_of(bundle)
        orders = [one for one in entries if one.is_order]
        answers: dict[int, Resource] = {one.place: _beside() for one in entries if not one.is_order}
        if bundle["type"] == "transaction":
            for one, answered in zip(orders, self._take(principal, site_id, orders, bundle), strict=True):
                answers[one.place] = _entry(answered)
        else:
            for one in orders:
                try:
                    answers[one.place] = _entry(self._take(principal, site_id, [one], bundle)[0])
                except DokueiError as error:
                    if error.http_status >= 500:  # noqa: PLR2004 - the hub's own trouble is not the order's
                        raise
                    answers[one.place] = {
                        "response": {"status": str(error.http_status), "outcome": outcome_of(error)},
                    }
        made = [answers[place] for place in sorted(answers)]
        return {"resourceType": "Bundle", "type": f"{bundle['type']}-response", "entry": made}

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

        return look(self.database, lambda found: tuple(Answered(one, as_it_is(found, one)) for one in done))

    def _order(self, site_id: str, entry: Entry, bundle: Resource) -> Order:
        document = entry.resource
        if entry.request_id is not None and document.get("id", entry.request_id) != entry.request_id:
            raise FhirBodyError(("value", "the id is not the one in the address", "ServiceRequest.id"))
        version = None
        if entry.if_match:
            found = _TAG.fullmatch(entry.if_match.strip())
            if found is None:
                raise FhirBodyError(("value", "If-Match names a version", ""))
            version = int(found[1])

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
        return replace(order, request_id=entry.request_id, expected_version=version)


def _entry(answered: Answered) -> Resource:
    shown, taken = answered.shown, answered.taken
    response: Resource = {
        "status": "201 Created" if answered.status == 201 else "200 OK",  # noqa: PLR2004 - as above
        "location": f"ServiceRequest/{shown.key}/_history/{shown.version}",
        "etag": f'W/"{shown.version}"',
        "lastModified": shown.resource["meta"]["lastUpdated"],
    }
    if taken.after_signature:
        response["outcome"] = outcome([("business-rule", LATE, "")], severity="warning")
    return {"resource": shown.resource, "response": response}


def _beside() -> Resource:
    text = "taken with the order that names it; kept nowhere else"
    return {"response": {"status": "200 OK", "outcome": outcome([("informational", text, "")], severity="information")}}
