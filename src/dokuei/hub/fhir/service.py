"""FHIR's verbs: each is of the one site that the token opens, and what shows a patient goes on record with it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import rfc8785
from sqlalchemy import Connection

from dokuei.errors import NotFoundError
from dokuei.hub.fhir import store
from dokuei.hub.fhir.looking import look
from dokuei.hub.fhir.model import Resource, Shown, Wanted
from dokuei.hub.fhir.neighbours import Reports, Requests, Studies
from dokuei.hub.fhir.outcomes import outcome
from dokuei.hub.fhir.placing import Placing
from dokuei.hub.fhir.shelves import VERSIONED, Shelves
from dokuei.hub.fhir.terms import KINDS, Asking, Query, cursor_of, query_of
from dokuei.hub.identity.model import Permission, Principal
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database
from dokuei.storage.lately import HOUR, Lately

_AT_ONCE: Final = 60
_MOST_LOOKED_THROUGH: Final = 10
_MOST_VERSIONS: Final = 1000


@dataclass(frozen=True)
class FhirService:
    """Everything that is asked in FHIR goes through here; ``base`` is this server's address."""

    database: Database
    shelves: Shelves
    placing: Placing
    base: str
    time_zone: str
    looked: Lately = field(default_factory=lambda: Lately(HOUR), repr=False)

    def read(self, principal: Principal, kind: str, resource_id: str, version: str | None = None) -> Shown:
        """One resource, or one version of it.

        Raises:
            NotFoundError: the token's site has none of this name.
        """
        site_id = site_of(principal)
        _demand_kind(kind)
        found = look(self.database, lambda connection: self.shelves.versions(connection, site_id, kind, resource_id))
        chosen = [one for one in found if version is None or (one.version and one.version == version)]
        if not chosen:
            raise NotFoundError("nothing here", phase="reading FHIR")
        self._note(principal, site_id, chosen[:1])
        return chosen[0]

    def history(self, principal: Principal, kind: str, resource_id: str) -> Resource:
        """All versions of one resource, the latest first.

        Raises:
            NotFoundError: the token's site has none of this name, or none of its versions is kept.
        """
        site_id = site_of(principal)
        found = (
            look(self.database, lambda connection: self.shelves.versions(connection, site_id, kind, resource_id))
            if kind in VERSIONED
            else ()
        )
        if not found:
            raise NotFoundError("nothing here", phase="reading FHIR")
        self._note(principal, site_id, found)
        shown = found[:_MOST_VERSIONS]
        link = f"{self.base}/{kind}/{resource_id}/_history"
        entries = [{**self._entry(one), **_happened(kind, one, first=one is found[-1])} for one in shown]
        return {
            "resourceType": "Bundle",
            "type": "history",
            "total": len(found),
            "link": [{"relation": "self", "url": link}],
            "entry": entries,
        }

    def search(self, principal: Principal, kind: str, pairs: Sequence[tuple[str, str]], *, strict: bool) -> Resource:
        """A page of what fits, with what was to be included.

        Raises:
            NotFoundError: no such kind here.
            FhirBodyError: a parameter that is not known, or a value that cannot be read.
        """
        site_id = site_of(principal)
        _demand_kind(kind)

        def answered(connection: Connection) -> tuple[Query, tuple[Shown, ...], tuple[Shown, ...], str]:
            query = query_of(kind, pairs, self._asking(connection, site_id), strict=strict)
            found, cursor = self._page(connection, site_id, query)
            return query, found, tuple(self._included(connection, site_id, query, found)), cursor

        query, found, included, cursor = look(self.database, answered)
        self._note(principal, site_id, (*found, *included), searched=True)
        return self._bundle(query, found, included, cursor)

    def pdf(self, principal: Principal, resource_id: str) -> bytes:
        """The sealed document behind a Binary.

        Raises:
            NotFoundError: the token's site has none of this name.
            ProofError: the file is not the one that was sealed.
        """
        site_id = site_of(principal)
        report_id, _, number = resource_id.partition(".")
        if not (number.isascii() and number.isdigit() and len(number) < 9):  # noqa: PLR2004 - a version's number
            raise NotFoundError("nothing here", phase="reading FHIR")
        with self.database.begin() as connection:
            history = self.shelves.reports.history(connection, site_id, report_id)
            study = next((one.study_instance_uid for one in history if one.number == int(number)), None)
            if study is None:
                raise NotFoundError("nothing here", phase="reading FHIR")
            hub_trail.append(
                connection,
                actor=principal.actor,
                event="report.exported",
                site_id=site_id,
                subject=study,
                details={"version": int(number), "way": "fhir"},
            )
        data = self.shelves.reports.pdf(site_id, report_id, int(number))
        if data is None:
            raise NotFoundError("nothing here", phase="reading FHIR")
        return data

    def _asking(self, connection: Connection, site_id: str) -> Asking:
        def keys_of_subject(subject_id: str) -> frozenset[str]:
            key = store.key_of_subject(connection, site_id, subject_id)
            return frozenset() if key is None else self.shelves.requests.keys_of(connection, site_id, key)

        def requests_of_number(number: str) -> frozenset[str]:
            wanted = Wanted(numbers=frozenset({number}))
            found = self.shelves.requests.found(connection, site_id, wanted, at_most=_AT_ONCE)
            return frozenset(one.request_id for one in found)

        return Asking(
            keys_of_subject=keys_of_subject,
            keys_of_patient=lambda number: self.shelves.requests.keys_of(connection, site_id, number),
            requests_of_number=requests_of_number,
            zone=ZoneInfo(self.time_zone),
        )

    def _page(self, connection: Connection, site_id: str, query: Query) -> tuple[tuple[Shown, ...], str]:
        """What fits, and where the next page begins; empty where there is none."""
        wanted, skip = query.wanted, query.skip
        found: list[Shown] = []
        last = ""
        for _ in range(_MOST_LOOKED_THROUGH):
            records = self.shelves.records(connection, site_id, query.kind, wanted, at_most=_AT_ONCE)
            for record in records:
                for place, one in enumerate(record.shown):
                    if place < skip:
                        continue
                    if all(fits(one.resource) for fits in query.filters):
                        if len(found) == query.count:
                            return tuple(found), cursor_of(record.at, record.key, place) if place else last
                        found.append(one)
                skip = 0
                wanted = replace(wanted, before=(record.at, record.key))
                last = cursor_of(record.at, record.key, 0)
            if len(records) < _AT_ONCE:
                return tuple(found), ""
        return tuple(found), last

    def _included(self, connection: Connection, site_id: str, query: Query, found: Iterable[Shown]) -> Iterator[Shown]:
        there = {f"{query.kind}/{one.key}" for one in found}
        for element in query.include:
            for one in found:
                for address in _references(one.resource.get(element)):
                    kind, _, resource_id = address.partition("/")
                    if address in there or kind not in KINDS:
                        continue
                    there.add(address)
                    yield from self.shelves.versions(connection, site_id, kind, resource_id)[:1]

    def _bundle(self, query: Query, found: Sequence[Shown], included: Sequence[Shown], cursor: str) -> Resource:
        address = f"{self.base}/{query.kind}"
        link = [{"relation": "self", "url": f"{address}?{urlencode(query.accepted)}"}]
        if cursor:
            link.append({"relation": "next", "url": f"{address}?{urlencode([*query.accepted, ('_cursor', cursor)])}"})
        entries = [{**self._entry(one), "search": {"mode": "match"}} for one in found]
        entries += [{**self._entry(one), "search": {"mode": "include"}} for one in included]
        if query.ignored:
            told = outcome((("not-supported", "ignored", one) for one in query.ignored), severity="warning")
            entries.append({"resource": told, "search": {"mode": "outcome"}})
        made: Resource = {"resourceType": "Bundle", "type": "searchset", "link": link}
        return {**made, "entry": entries} if entries else made

    def _entry(self, shown: Shown) -> Resource:
        kind = shown.resource["resourceType"]
        return {"fullUrl": f"{self.base}/{kind}/{shown.resource['id']}", "resource": shown.resource}

    def _note(self, principal: Principal, site_id: str, shown: Iterable[Shown], *, searched: bool = False) -> None:
        """Say whose record is shown before it is, once an hour for each (LOG-01)."""
        seen: list[tuple[str, str]] = sorted({one.seen for one in shown if one.seen is not None})
        if searched:
            seen.append(("archive.queried", ""))
        acts = [(principal.actor, event, site_id, subject) for event, subject in seen]
        fresh = [act for act in acts if not self.looked.holds(*act)]
        if not fresh:
            return
        with self.database.begin() as connection:
            for actor, event, _, subject in fresh:
                hub_trail.append(
                    connection,
                    actor=actor,
                    event=event,
                    site_id=site_id,
                    subject=subject or None,
                    details={"way": "fhir"},
                )
        for act in fresh:
            self.looked.keep(*act)


def site_of(principal: Principal) -> str:
    """The one site that a token opens.

    Raises:
        NotFoundError: none, or more than one.
    """
    sites = principal.sites_with(Permission.USE_FHIR)
    if len(sites) != 1:
        raise NotFoundError("nothing here", phase="checking access")
    return next(iter(sites))


def tag_of(shown: Shown) -> str:
    """An ETag: the version, or a digest of what has none."""
    version = shown.version or hashlib.sha256(rfc8785.dumps(shown.resource)).hexdigest()[:16]
    return f'W/"{version}"'


def fhir_service(
    database: Database, *, requests: Requests, reports: Reports, studies: Studies, hub_url: str, time_zone: str
) -> FhirService:
    """Wire FHIR from its parts."""
    shelves = Shelves(requests, reports, studies)
    return FhirService(database, shelves, Placing(database, shelves, f"{hub_url}/fhir"), f"{hub_url}/fhir", time_zone)


def _demand_kind(kind: str) -> None:
    if kind not in KINDS:
        raise NotFoundError("no such kind of resource here", phase="reading FHIR")


def _references(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        if "reference" in value:
            yield str(value["reference"])
    elif isinstance(value, list):
        for one in value:
            yield from _references(one)


def _happened(kind: str, shown: Shown, *, first: bool) -> Resource:
    method, status = ("POST", "201") if first else ("PUT", "200")
    url = kind if first else f"{kind}/{shown.resource['id']}"
    return {
        "request": {"method": method, "url": url},
        "response": {"status": status, "etag": tag_of(shown), "lastModified": shown.resource["meta"]["lastUpdated"]},
    }
