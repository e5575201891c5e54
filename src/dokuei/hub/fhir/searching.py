"""Searches carried out: a page of what fits, and what it refers to or what refers to it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from dokuei.hub.fhir import store
from dokuei.hub.fhir.filters import reference_filter, references
from dokuei.hub.fhir.model import Shown, Wanted
from dokuei.hub.fhir.parameters import KINDS
from dokuei.hub.fhir.shelves import Record, Shelves
from dokuei.hub.fhir.terms import Asking, Include, Pairs, Query, cursor_of, query_of

_AT_ONCE: Final = 60
_MOST_LOOKED_THROUGH: Final = 10
_REPORT_ID: Final = 32


@dataclass(frozen=True)
class Page:
    """What fits, what was to be included with it (``whole``: all of that), and where the next page begins."""

    found: tuple[Shown, ...]
    included: tuple[Shown, ...] = ()
    cursor: str = ""
    whole: bool = True


@dataclass(frozen=True)
class Searching:
    """How a search goes through the shelves; ``base`` is this server's address."""

    shelves: Shelves
    base: str
    time_zone: str

    def query(self, connection: Connection, site_id: str, kind: str, pairs: Pairs, *, strict: bool) -> Query:
        """A search as it was asked for at a site.

        Raises:
            FhirBodyError: a value that cannot be read, or (strictly) a parameter that is not known.
        """

        def keys_of_subject(subject_id: str) -> frozenset[str]:
            key = store.key_of_subject(connection, site_id, subject_id)
            return frozenset() if key is None else self.shelves.requests.keys_of(connection, site_id, key)

        def subjects_of_patient(number: str) -> frozenset[str]:
            keys = self.shelves.requests.keys_of(connection, site_id, number)
            hers = {key for key in keys if self.shelves.requests.patient(connection, site_id, key) is not None}
            return frozenset(store.subjects(connection, site_id, hers).values())

        def requests_of_number(number: str) -> frozenset[str]:
            wanted = Wanted(numbers=frozenset({number}))
            found = self.shelves.requests.found(connection, site_id, wanted, at_most=_AT_ONCE)
            return frozenset(one.request_id for one in found)

        def studies_of_number(number: str) -> frozenset[str]:
            uid = number.removeprefix("urn:oid:")
            named = Wanted(studies=frozenset({uid})) if uid != number else Wanted(numbers=frozenset({number}))
            found = self.shelves.studies.found(connection, site_id, named, at_most=_AT_ONCE)
            return frozenset(one.study_instance_uid for one in found)

        asking = Asking(
            keys_of_subject=keys_of_subject,
            keys_of_patient=lambda number: self.shelves.requests.keys_of(connection, site_id, number),
            subjects_of_patient=subjects_of_patient,
            requests_of_number=requests_of_number,
            studies_of_number=studies_of_number,
            base=self.base,
            zone=ZoneInfo(self.time_zone),
        )
        return query_of(kind, pairs, asking, strict=strict)

    def page(self, connection: Connection, site_id: str, query: Query) -> Page:
        """What fits, in the order that is wanted."""
        found: list[Shown] = []
        skip, last, looked = query.skip, "", 0
        for record in self._records(connection, site_id, query.kind, query.wanted):
            for place, one in enumerate(record.shown[skip:], skip):
                if all(fits(one.resource) for fits in query.filters):
                    if len(found) == query.count:
                        cursor = cursor_of(record.at, record.key, place) if place else last
                        return self._with(connection, site_id, query, found, cursor)
                    found.append(one)
            skip, looked = 0, looked + 1
            last = cursor_of(record.at, record.key, 0)
        more = looked == _AT_ONCE * _MOST_LOOKED_THROUGH
        return self._with(connection, site_id, query, found, last if more else "")

    def _records(self, connection: Connection, site_id: str, kind: str, wanted: Wanted) -> Iterator[Record]:
        """Record after record, as many as one answer looks through."""
        for _ in range(_MOST_LOOKED_THROUGH):
            records = self.shelves.records(connection, site_id, kind, wanted, at_most=_AT_ONCE)
            yield from records
            if len(records) < _AT_ONCE:
                return
            wanted = replace(wanted, beyond=(records[-1].at, records[-1].key, False))

    def _with(self, connection: Connection, site_id: str, query: Query, found: Sequence[Shown], cursor: str) -> Page:
        here = {f"{query.kind}/{one.key}": one for one in found}
        there = dict(here)
        for one in query.include:
            there |= self._forward(connection, site_id, one, found, there)
        whole = True
        for one in query.reverse:
            referring, all_of_them = self._backward(connection, site_id, one, found)
            there |= {address: one for address, one in referring.items() if address not in there}
            whole = whole and all_of_them
        included = tuple(one for address, one in there.items() if address not in here)
        return Page(tuple(found), included, cursor, whole)

    def _forward(
        self, connection: Connection, site_id: str, include: Include, found: Iterable[Shown], there: Collection[str]
    ) -> dict[str, Shown]:
        """What an element of the found ones refers to, as far as it is not there yet."""
        made: dict[str, Shown] = {}
        addresses = (address for one in found for address in references(one.resource.get(include.link.element)))
        for address in dict.fromkeys(addresses):
            kind, _, resource_id = address.partition("/")
            if address in there or kind not in KINDS or include.target not in {"", kind}:
                continue
            for one in self.shelves.versions(connection, site_id, kind, resource_id)[:1]:
                made[address] = one
        return made

    def _backward(
        self, connection: Connection, site_id: str, include: Include, found: Sequence[Shown]
    ) -> tuple[dict[str, Shown], bool]:
        """What refers to the found ones, and whether that is all of it."""
        if not found:
            return {}, True
        fits = reference_filter(include.link.element, {f"{include.target}/{one.key}" for one in found})
        wanted = self._around(connection, site_id, include.target, {one.key for one in found})
        made: dict[str, Shown] = {}
        looked = 0
        for record in self._records(connection, site_id, include.kind, wanted):
            looked += 1
            for one in record.shown:
                if include.target == "Patient" or fits(one.resource):  # a merged patient's are hers under either number
                    made[f"{include.kind}/{one.key}"] = one
        return made, looked < _AT_ONCE * _MOST_LOOKED_THROUGH

    def _around(self, connection: Connection, site_id: str, kind: str, ids: set[str]) -> Wanted:
        """What narrows a search for resources that refer to some of one kind."""
        if kind == "ServiceRequest":
            return Wanted(requests=frozenset(ids))
        if kind == "ImagingStudy":
            return Wanted(studies=frozenset(ids))
        if kind == "Patient":
            keys = (store.key_of_subject(connection, site_id, one) for one in ids)
            theirs = (self.shelves.requests.keys_of(connection, site_id, key) for key in keys if key is not None)
            return Wanted(patient_ids=frozenset().union(*theirs))
        return Wanted(reports=frozenset(one[:_REPORT_ID] for one in ids))
