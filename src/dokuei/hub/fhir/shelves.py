"""Where each kind of resource comes from: records of one site, the latest first, and each one's versions."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.hub.fhir import store
from dokuei.hub.fhir.model import AskedVersion, Resource, Shown, SignedReport, Wanted
from dokuei.hub.fhir.neighbours import Reports, Requests, Studies
from dokuei.hub.fhir.observations import observations, withdrawn
from dokuei.hub.fhir.people import patient_resource, practitioner_resource
from dokuei.hub.fhir.reports_out import diagnostic_report, document_reference, imaging_study
from dokuei.hub.fhir.requests_out import service_request

VERSIONED: Final = frozenset({"DiagnosticReport", "DocumentReference", "Observation", "ServiceRequest"})
_OBSERVATION: Final = re.compile(r"([0-9a-f]{32})-[A-Za-z0-9.-]{1,31}")


@dataclass(frozen=True)
class Record:
    """What a search goes through: a moment, a key, and the resources that are made of it."""

    at: datetime
    key: str
    shown: tuple[Shown, ...]


@dataclass(frozen=True)
class Shelves:
    """Makes resources of what the neighbours have."""

    requests: Requests
    reports: Reports
    studies: Studies

    def records(
        self, connection: Connection, site_id: str, kind: str, wanted: Wanted, *, at_most: int
    ) -> tuple[Record, ...]:
        """Records of one kind, the latest first."""
        if kind == "ServiceRequest":
            asked = self.requests.found(connection, site_id, wanted, at_most=at_most)
            return tuple(Record(one.at, one.key, (one,)) for one in self._asked(connection, site_id, asked))
        if kind == "ImagingStudy":
            return self._studies(connection, site_id, wanted, at_most)
        if kind == "Patient":
            return self._patients(connection, site_id, wanted)
        if kind == "Practitioner":
            made = (self.versions(connection, site_id, kind, one) for one in sorted(wanted.ids or ()))
            return tuple(Record(now(), one[0].key, one) for one in made if one)
        if kind == "Observation" and wanted.ids is not None:
            return self._some_observations(connection, site_id, wanted)
        found = self.reports.found(connection, site_id, wanted, at_most=at_most)
        return tuple(
            Record(one.signed_at, one.report_id, self._of_report(connection, site_id, kind, one)) for one in found
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
        if kind == "ImagingStudy":
            wanted = Wanted(ids=frozenset({resource_id}))
            return tuple(one for record in self._studies(connection, site_id, wanted, 1) for one in record.shown)
        if kind == "Observation":
            return self._observation_versions(connection, site_id, resource_id)
        history = self.reports.history(connection, site_id, resource_id)
        return tuple(one for known in history for one in self._of_report(connection, site_id, kind, known))

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
                str(one.version),
            )
            for one in found
        )

    def _of_report(self, connection: Connection, site_id: str, kind: str, report: SignedReport) -> tuple[Shown, ...]:
        subject_id = self._subject(connection, site_id, str(report.document["patient"]["patient_id"]))
        results = observations(report, subject_id)
        if kind == "Observation":
            made = results
        elif kind == "DocumentReference":
            made = (document_reference(report, subject_id),)
        else:
            made = (diagnostic_report(report, subject_id, results),)
        return tuple(_shown(one, report) for one in made)

    def _observation_versions(self, connection: Connection, site_id: str, resource_id: str) -> tuple[Shown, ...]:
        """One that a later version of its report does not have any more was entered in error from there on."""
        named = _OBSERVATION.fullmatch(resource_id)
        if named is None:
            return ()
        found: list[Shown] = []
        for report in reversed(self.reports.history(connection, site_id, named[1])):
            made = self._of_report(connection, site_id, "Observation", report)
            here = next((one for one in made if one.resource["id"] == resource_id), None)
            if here is not None:
                found.append(here)
            elif found:
                found.append(_shown(withdrawn(found[-1].resource, report), report))
        return tuple(reversed(found))

    def _some_observations(self, connection: Connection, site_id: str, wanted: Wanted) -> tuple[Record, ...]:
        ids = wanted.ids or frozenset()
        reports = frozenset(named[1] for one in ids if (named := _OBSERVATION.fullmatch(one)))
        found = self.reports.found(connection, site_id, replace(wanted, ids=reports), at_most=len(reports))
        return tuple(
            Record(
                one.signed_at,
                one.report_id,
                tuple(
                    shown
                    for shown in self._of_report(connection, site_id, "Observation", one)
                    if shown.resource["id"] in ids
                ),
            )
            for one in found
        )

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

    def _patients(self, connection: Connection, site_id: str, wanted: Wanted) -> tuple[Record, ...]:
        keys = set(wanted.patient_ids or ())
        named = {store.key_of_subject(connection, site_id, one) for one in wanted.ids or ()} - {None}
        if wanted.ids is not None:
            keys = {one for one in named if one} & (keys if wanted.patient_ids is not None else {*named})
        here = {key for key in keys if self.requests.patient(connection, site_id, key) is not None}
        subjects = store.subjects(connection, site_id, here)
        return tuple(
            Record(one.at, one.key, (one,))
            for key in sorted(here)
            for one in self._patient(connection, site_id, subjects[key], key)
        )

    def _patient(self, connection: Connection, site_id: str, subject_id: str, key: str) -> Iterator[Shown]:
        known = self.requests.patient(connection, site_id, key)
        if known is not None:
            made = patient_resource(subject_id, known, self.requests.formerly(connection, site_id, key))
            yield Shown(made, now(), subject_id, ("patient.read", subject_id))

    def _subject(self, connection: Connection, site_id: str, patient_id: str) -> str:
        key = self.requests.key_of(patient_id)
        return store.subjects(connection, site_id, {key}).get(key, "unknown")


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
