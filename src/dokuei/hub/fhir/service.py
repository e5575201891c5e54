"""FHIR's verbs: each is of the one site that the token opens, and what shows a patient goes on record with it."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import rfc8785
from sqlalchemy import Connection

from dokuei.errors import NotFoundError
from dokuei.hub.fhir.looking import look
from dokuei.hub.fhir.model import Resource, Shown
from dokuei.hub.fhir.neighbours import Reports, Requests, Studies
from dokuei.hub.fhir.noting import Looks
from dokuei.hub.fhir.outcomes import outcome
from dokuei.hub.fhir.parameters import KINDS
from dokuei.hub.fhir.placing import Placing
from dokuei.hub.fhir.searching import Page, Searching
from dokuei.hub.fhir.shelves import VERSIONED, Shelves
from dokuei.hub.fhir.terms import Query
from dokuei.hub.identity.model import Permission, Principal
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

_MOST_VERSIONS: Final = 1000


@dataclass(frozen=True)
class FhirService:
    """Everything that is asked in FHIR goes through here; ``base`` is this server's address."""

    database: Database
    shelves: Shelves
    searching: Searching
    placing: Placing
    looks: Looks
    base: str

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
        self.looks.note(principal, site_id, chosen[:1])
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
        self.looks.note(principal, site_id, found)
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

        def answered(connection: Connection) -> tuple[Query, Page]:
            query = self.searching.query(connection, site_id, kind, pairs, strict=strict)
            return query, self.searching.page(connection, site_id, query)

        query, page = look(self.database, answered)
        self.looks.note(principal, site_id, (*page.found, *page.included), searched=True)
        return self._bundle(query, page)

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

    def _bundle(self, query: Query, page: Page) -> Resource:
        made: Resource = {"resourceType": "Bundle", "type": "searchset", "link": list(self._links(query, page.cursor))}
        entries = [{**self._entry(one), "search": {"mode": "match"}} for one in page.found]
        entries += [{**self._entry(one), "search": {"mode": "include"}} for one in page.included]
        told = [("not-supported", "ignored", one) for one in query.ignored]
        if not page.whole:
            told.append(("incomplete", "more refers to these than is included", "_revinclude"))
        if told:
            entries.append({"resource": outcome(told, severity="warning"), "search": {"mode": "outcome"}})
        return {**made, "entry": entries} if entries else made

    def _links(self, query: Query, cursor: str) -> Iterator[Resource]:
        here = [("_cursor", query.cursor)] if query.cursor else []
        pages = {"self": here, "first": [], "next": [("_cursor", cursor)] if cursor else None}
        for relation, more in pages.items():
            if more is not None:
                asked = urlencode([*query.accepted, *more])
                yield {"relation": relation, "url": f"{self.base}/{query.kind}{'?' if asked else ''}{asked}"}

    def _entry(self, shown: Shown) -> Resource:
        kind = shown.resource["resourceType"]
        return {"fullUrl": f"{self.base}/{kind}/{shown.resource['id']}", "resource": shown.resource}


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
    base, shelves, looks = f"{hub_url}/fhir", Shelves(requests, reports, studies, hub_url), Looks(database)
    searching = Searching(shelves, base, time_zone)
    placing = Placing(database, shelves, searching, looks, base)
    return FhirService(database, shelves, searching, placing, looks, base)


def _demand_kind(kind: str) -> None:
    if kind not in KINDS:
        raise NotFoundError("no such kind of resource here", phase="reading FHIR")


def _happened(kind: str, shown: Shown, *, first: bool) -> Resource:
    method, status = ("POST", "201") if first else ("PUT", "200")
    url = kind if first else f"{kind}/{shown.resource['id']}"
    return {
        "request": {"method": method, "url": url},
        "response": {"status": status, "etag": tag_of(shown), "lastModified": shown.resource["meta"]["lastUpdated"]},
    }
