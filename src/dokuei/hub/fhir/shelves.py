"""Where each kind of resource comes from: records of one site, the latest first, and each one's versions."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.hub.fhir import store
from dokuei.hub.fhir.imaging_out import ENDPOINT, endpoint, imaging_study, media
from dokuei.hub.fhir.model import AskedVersion, Resource, Shown, SignedReport, Wanted
from dokuei.hub.fhir.neighbours import Reports, Requests, Studies
from dokuei.hub.fhir.observations import observations, status_of, withdrawn
from dokuei.hub.fhir.people import patient_resource, practitioner_resource
from dokuei.hub.fhir.reports_out import diagnostic_report, document_reference
from dokuei.hub.fhir.requests_out import service_request

VERSIONED: Final = frozenset({"DiagnosticReport", "DocumentReference", "Media", "Observation", "ServiceRequest"})
_PARTS: Final = frozenset({"Media", "Observation"})
_PART: Final = re.compile(r"([0-9a-f]{32})-[A-Za-z0-9.-]{1,31}")
_NAMED: Final = frozenset({"Endpoint", "Patient", "Practitioner"})


@dataclass(frozen=True)
class Record:
    """What a search goes through: a moment, a key, and the resources that are made of it."""

    at: datetime
    key: str
    shown: tuple[Shown, ...]


@dataclass(frozen=True)
class Shelves:
    """Makes resources of what the neighbours have; ``hub_url`` is where images are fetched."""

    requests: Requests
    reports: Reports
    studies: Studies
    hub_url: str

    def records(
        self, connection: Connection, site_id: str, kind: str, wanted: Wanted, *, at_most: int
    ) -> tuple[Record, ...]:
        """Records of one kind, the latest first unless another order is wanted."""
        if kind in _NAMED:
            return self._named(connection, site_id, kind, wanted, at_most)
        if kind == "ServiceRequest":
            asked = self.requests.found(connection, site_id, wanted, at_most=at_most)
            moments = [one.placed_at if wanted.by_placed else one.at for one in asked]
            shown = self._asked(connection, site_id, asked)
            return tuple(Record(at, one.key, (one,)) for at, one in zip(moments, shown, strict=True))
        if kind == "ImagingStudy":
            return self._studies(connection, site_id, _narrowed(wanted, studies=wanted.ids), at_most)
        ids = wanted.ids
        if ids is not None and kind in _PARTS:
            ids = frozenset(named[1] for one in ids if (named := _PART.fullmatch(one)))
        found = self.reports.found(connection, site_id, _narrowed(wanted, reports=ids), at_most=at_most)
        return tuple(
            Record(
                one.signed_at,
                one.report_id,
                tuple(
                    shown
                    for shown in self._of_report(connection, site_id, kind, one)
                    if wanted.ids is None or shown.key in wanted.ids
                ),
            )
            for one in found
        )

    def versions(  # noqa: PLR0911 - one line a kind
        self, connection: Connection, site_id: str, kind: str, resource_id: str
    ) -> tuple[Shown, ...]:
        """All versions of one resource, the latest first; empty where the site has none of this name."""
        if kind == "ServiceRequest":
            return self._asked(connection, site_id, self.requests.history(connection, site_id, resource_id))
        if kind == "Patient":
            key = store.key_of_subject(connection, site_id, resource_id)
            return () if key is None else tuple(self._patient(connection, site_id, resource_id, key))
        if kind == "Practitioner":
            reader = self.reports.reader(connection, site_id, resource_id)
            if reader is None:
                return ()
            return (Shown(practitioner_resource(reader), now(), resource_id, None),)
        if kind == "Endpoint":
            here = Shown(endpoint(self._dicom_web(site_id)), now(), ENDPOINT, None)
            return (here,) if resource_id == ENDPOINT else ()
        if kind == "ImagingStudy":
            wanted = Wanted(studies=frozenset({resource_id}))
            return tuple(one for record in self._studies(connection, site_id, wanted, 1) for one in record.shown)
        if kind in _PARTS:
            return self._part_versions(connection, site_id, kind, resource_id)
        history = self.reports.history(connection, site_id, resource_id)
        return tuple(one for known in history for one in self._of_report(connection, site_id, kind, known))

    def _named(
        self, connection: Connection, site_id: str, kind: str, wanted: Wanted, at_most: int
    ) -> tuple[Record, ...]:
        """What is looked for by name alone, in the order of the names."""
        if kind == "Patient":
            found = {one.key: one for one in self._patients(connection, site_id, wanted)}
        else:
            names = wanted.ids if wanted.ids is not None else {ENDPOINT} if kind == "Endpoint" else ()
            made = (self.versions(connection, site_id, kind, one) for one in names)
            found = {one.key: one for versions in made for one in versions}
        _, last, again = wanted.beyond or (None, "", False)
        following = (name for name in sorted(found) if name > last or (again and name == last))
        return tuple(Record(found[name].at, name, (found[name],)) for name in list(following)[:at_most])

    def _asked(self, connection: Connection, site_id: str, found: Iterable[AskedVersion]) -> tuple[Shown, ...]:
        found = tuple(found)
        keys = {one.asked.patient.patient_id: self.requests.key_of(one.asked.patient.patient_id) for one in found}
        subjects = store.subjects(connection, site_id, keys.values())
        kept = store.orders_of(connection, site_id, {one.request_id for one in found})
        return tuple(
            Shown(
                service_request(
                    replace(one, document=_said(one, kept.get(one.request_id, []))),
                    subjects.get(keys[one.asked.patient.patient_id], "unknown"),
                ),
                one.at,
                one.request_id,
                ("request.read", one.request_id),
                one.version_id,
            )
            for one in found
        )

    def _of_report(self, connection: Connection, site_id: str, kind: str, report: SignedReport) -> Iterator[Shown]:
        subject_id = self._subject(connection, site_id, str(report.document["patient"]["patient_id"]))
        made: Iterable[Resource]
        if kind == "Observation":
            made = observations(report, subject_id)
        elif kind == "Media":
            made = media(report, subject_id, status_of(report.kind), self._dicom_web(site_id))
        elif kind == "DocumentReference":
            made = (document_reference(report, subject_id),)
        else:
            made = (diagnostic_report(report, subject_id, observations(report, subject_id)),)
        return (_shown(one, report) for one in made)

    def _part_versions(self, connection: Connection, site_id: str, kind: str, resource_id: str) -> tuple[Shown, ...]:
        """One that a later version of its report does not have any more was entered in error from there on."""
        named = _PART.fullmatch(resource_id)
        if named is None:
            return ()
        found: list[Shown] = []
        for report in reversed(self.reports.history(connection, site_id, named[1])):
            made = self._of_report(connection, site_id, kind, report)
            here = next((one for one in made if one.key == resource_id), None)
            if here is not None:
                found.append(here)
            elif found:
                found.append(_shown(withdrawn(found[-1].resource, report), report))
        return tuple(reversed(found))

    def _studies(self, connection: Connection, site_id: str, wanted: Wanted, at_most: int) -> tuple[Record, ...]:
        found = self.studies.found(connection, site_id, wanted, at_most=at_most)
        return tuple(
            Record(
                one.at,
                one.study_instance_uid,
                (
                    Shown(
                        imaging_study(one, self._subject(connection, site_id, one.patient_id)),
                        one.at,
                        one.study_instance_uid,
                        ("study.accessed", one.study_instance_uid),
                    ),
                ),
            )
            for one in found
        )

    def _patients(self, connection: Connection, site_id: str, wanted: Wanted) -> Iterator[Shown]:
        keys = set(wanted.patient_ids or ())
        named = {store.key_of_subject(connection, site_id, one) for one in wanted.ids or ()} - {None}
        if wanted.ids is not None:
            keys = {one for one in named if one} & (keys if wanted.patient_ids is not None else {*named})
        here = {key for key in keys if self.requests.patient(connection, site_id, key) is not None}
        subjects = store.subjects(connection, site_id, here)
        for key in here:
            yield from self._patient(connection, site_id, subjects[key], key)

    def _patient(self, connection: Connection, site_id: str, subject_id: str, key: str) -> Iterator[Shown]:
        known = self.requests.patient(connection, site_id, key)
        if known is not None:
            made = patient_resource(subject_id, known, self.requests.formerly(connection, site_id, key))
            yield Shown(made, now(), subject_id, ("patient.read", subject_id))

    def _subject(self, connection: Connection, site_id: str, patient_id: str) -> str:
        key = self.requests.key_of(patient_id)
        return store.subjects(connection, site_id, {key}).get(key, "unknown")

    def _dicom_web(self, site_id: str) -> str:
        return f"{self.hub_url}/sites/{site_id}/dicom-web"


def _narrowed(
    wanted: Wanted, *, studies: frozenset[str] | None = None, reports: frozenset[str] | None = None
) -> Wanted:
    return replace(wanted, studies=_both(wanted.studies, studies), reports=_both(wanted.reports, reports))


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _shown(resource: Resource, report: SignedReport) -> Shown:
    seen = ("report.read", report.study_instance_uid)
    return Shown(resource, report.signed_at, str(resource["id"]), seen, str(report.number))


def _said(known: AskedVersion, kept: list[tuple[int, Resource]]) -> Resource | None:
    """The order that made a version; of one that others changed since, what still holds."""
    before = [one for one in kept if one[0] <= known.version]
    if not before:
        return None
    number, document = before[-1]
    if number == known.version or (known.canceled and number == known.version - 1):
        return document
    codes = {str(one.get("code")) for one in (document.get("code") or {}).get("coding", ())}
    return {"code": document["code"]} if known.asked.procedure.value in codes else None
