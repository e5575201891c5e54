"""What FHIR asks of requests, reports and worklist, answered without the slices seeing one another."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from dokuei.dicom.coded_content import Concept
from dokuei.hub.fhir.model import (
    Asked,
    AskedVersion,
    Former,
    Name,
    Order,
    Patient,
    Reader,
    ShownStudy,
    SignedReport,
    Taken,
    Wanted,
)
from dokuei.hub.identity import store_people
from dokuei.hub.identity.service import IdentityService
from dokuei.hub.reports import store_published
from dokuei.hub.reports.coded_findings import coded_categories, coded_conclusions, coded_facts, coded_findings
from dokuei.hub.reports.service import ReportsService
from dokuei.hub.requests import exchange, store_studies, store_versions
from dokuei.hub.requests import model as asking
from dokuei.hub.requests.identities import key_of
from dokuei.hub.requests.notices import Ordered
from dokuei.hub.requests.placing import Author
from dokuei.hub.requests.service import RequestsService
from dokuei.hub.worklist import store_arrivals
from dokuei.hub.worklist.model import StudyFacts

_SEXES: dict[str, asking.Sex] = {"M": "M", "F": "F", "O": "O"}
_KINDS: dict[str, asking.Kind] = {one: one for one in ("screening", "diagnostic", "second_reading", "consultation")}
_PRIORITIES: dict[str, asking.Priority] = {"routine": "routine", "high": "high", "urgent": "urgent"}


@dataclass(frozen=True)
class FhirRequests:
    """FHIR asks for and places reading requests."""

    requests: RequestsService

    def take(
        self,
        site_id: str,
        orders: Sequence[Order],
        *,
        actor: str,
        name: str,
        keep: Callable[[Connection, int, Taken], None],
    ) -> tuple[Taken, ...]:
        """Take all or none of some orders.

        Raises:
            DokueiError: with the reason.
        """
        said = [
            exchange.Said(Ordered(one.action, _content(one.asked)), one.request_id, one.expected_version)
            for one in orders
        ]

        def kept(connection: Connection, place: int, taken: exchange.Taken) -> None:
            keep(connection, place, _taken(connection, taken))

        done = self.requests.exchange.take(site_id, said, source="fhir", author=Author(actor, name), keep=kept)
        with self.requests.database.read() as connection:
            return tuple(_taken(connection, one) for one in done)

    def note_refusal(self, site_id: str, because: str, *, actor: str, name: str) -> None:
        """Put on record that an order was refused."""
        self.requests.exchange.note_refusal(site_id, because, source="fhir", author=Author(actor, name))

    def found(self, connection: Connection, site_id: str, wanted: Wanted, *, at_most: int) -> tuple[AskedVersion, ...]:
        """Requests, what changed last first."""
        sought = store_versions.Sought(
            request_ids=wanted.ids,
            patient_keys=wanted.patient_ids,
            numbers=wanted.numbers,
            since=wanted.since,
            until=wanted.until,
            before=wanted.before,
        )
        found = store_versions.changed_lately(connection, site_id, sought, at_most=at_most)
        return tuple(_asked_version(one) for one in found)

    def history(self, connection: Connection, site_id: str, request_id: str) -> tuple[AskedVersion, ...]:
        """All versions of one, the latest first."""
        return tuple(_asked_version(one) for one in store_versions.history(connection, site_id, request_id))

    def keys_of(self, connection: Connection, site_id: str, patient_id: str) -> frozenset[str]:
        """Every folded spelling under which a patient of this ID is known."""
        return store_studies.one_person(connection, site_id, key_of(patient_id))

    def key_of(self, patient_id: str) -> str:
        """One spelling of a patient ID to search by."""
        return key_of(patient_id)

    def patient(self, connection: Connection, site_id: str, patient_key: str) -> Patient | None:
        """Whom a folded ID means."""
        found = store_versions.patient_of(connection, site_id, patient_key)
        return None if found is None else _patient(found)

    def formerly(self, connection: Connection, site_id: str, patient_key: str) -> tuple[Former, ...]:
        """Whom the hospital called that patient before, the first first."""
        return tuple(_former(one) for one in store_versions.formerly(connection, site_id, patient_key))


@dataclass(frozen=True)
class FhirReports:
    """FHIR asks for signed reports."""

    reports: ReportsService
    identity: IdentityService

    def found(self, connection: Connection, site_id: str, wanted: Wanted, *, at_most: int) -> tuple[SignedReport, ...]:
        """Reports by their latest signed version, what was signed last first."""
        sought = store_published.Sought(
            report_ids=wanted.ids,
            studies=_studies(connection, site_id, wanted),
            since=wanted.since,
            until=wanted.until,
            before=wanted.before,
        )
        return _signed(connection, site_id, store_published.signed_lately(connection, site_id, sought, at_most=at_most))

    def history(self, connection: Connection, site_id: str, report_id: str) -> tuple[SignedReport, ...]:
        """All signed versions of one, the latest first."""
        return _signed(connection, site_id, store_published.history(connection, site_id, report_id))

    def pdf(self, site_id: str, report_id: str, number: int) -> bytes | None:
        """The sealed document of a version."""
        with self.reports.database.read() as connection:
            found = store_published.history(connection, site_id, report_id)
        kept = next((one.kept for one in found if one.kept.signed.number == number), None)
        return None if kept is None else self.reports.sealed_pdf(kept)

    def reader(self, connection: Connection, site_id: str, person_id: str) -> Reader | None:
        """Somebody who signed a report of this site."""
        if not store_published.has_signed(connection, site_id, person_id):
            return None
        person = store_people.find(connection, person_id)
        if person is None:
            return None
        licence = self.identity.qualifications.of(person_id).licence_number
        return Reader(person.person_id, person.display_name, person.display_name_kana, licence)


class FhirStudies:
    """FHIR asks for studies whose images are here."""

    def found(self, connection: Connection, site_id: str, wanted: Wanted, *, at_most: int) -> tuple[ShownStudy, ...]:
        """Studies, what came last first."""
        by = _studies(connection, site_id, replace(wanted, ids=None))
        if wanted.ids is not None:
            by = wanted.ids if by is None else by & wanted.ids
        found = store_arrivals.arrived_lately(
            connection,
            site_id,
            studies=by,
            since=wanted.since,
            until=wanted.until,
            before=wanted.before,
            at_most=at_most,
        )
        joined = store_versions.joined(connection, site_id, {one.study_instance_uid for one in found})
        return tuple(_shown_study(one, joined.get(one.study_instance_uid, [])) for one in found)


def _studies(connection: Connection, site_id: str, wanted: Wanted) -> frozenset[str] | None:
    """The studies that patient, accession number and request leave; None where none of them is asked for."""
    found: frozenset[str] | None = None
    if wanted.patient_ids is not None or wanted.numbers is not None:
        found = store_versions.studies_about(
            connection, site_id, patient_keys=wanted.patient_ids, numbers=wanted.numbers
        )
    if wanted.requests is not None:
        sought = store_versions.Sought(request_ids=wanted.requests)
        asked = store_versions.changed_lately(connection, site_id, sought, at_most=len(wanted.requests))
        joined = frozenset(
            link.study_instance_uid
            for one in asked
            for link in one.request.links
            if link.state in {"matched", "mismatch"}
        )
        found = joined if found is None else found & joined
    return found


def _content(asked: Asked) -> asking.Content:
    return asking.Content(
        priority=_PRIORITIES[asked.priority],
        accession_number=asked.accession_number,
        issuer_of_accession_number=asked.issuer_of_accession_number,
        placer_order_number=asked.placer_order_number,
        filler_order_number=asked.filler_order_number,
        patient=asking.Patient(
            patient_id=asked.patient.patient_id,
            issuer_of_patient_id=asked.patient.issuer_of_patient_id,
            name=asking.Name(
                asked.patient.name.alphabetic, asked.patient.name.ideographic, asked.patient.name.phonetic
            ),
            birth_date=asked.patient.birth_date,
            sex=_SEXES.get(asked.patient.sex, ""),
        ),
        modality=asked.modality,
        kind=_KINDS.get(asked.kind, ""),
        examination_date=asked.examination_date,
        procedure=asking.Code(asked.procedure.value, asked.procedure.scheme, asked.procedure.meaning),
        requesting_physician=asked.requesting_physician,
        requesting_department=asked.requesting_department,
        clinical=asking.Clinical(reason=asked.reason, history=asked.history),
        study_instance_uid=asked.study_instance_uid,
    )


def _taken(connection: Connection, taken: exchange.Taken) -> Taken:
    known = taken.request
    standing = next(iter(store_versions.history(connection, known.site_id, known.request_id)))
    return Taken(_asked_version(standing), taken.outcome, taken.after_signature)


def _asked_version(standing: store_versions.Standing) -> AskedVersion:
    known, content = standing.request, standing.request.content
    return AskedVersion(
        request_id=known.request_id,
        site_id=known.site_id,
        version=known.version,
        at=standing.at,
        placed_at=known.placed_at,
        canceled=known.state == "canceled",
        canceled_because=known.canceled_because,
        asked=Asked(
            patient=_patient(content.patient),
            priority=content.priority,
            accession_number=content.accession_number,
            issuer_of_accession_number=content.issuer_of_accession_number,
            placer_order_number=content.placer_order_number,
            filler_order_number=content.filler_order_number,
            modality=content.modality,
            kind=content.kind,
            examination_date=content.examination_date,
            procedure=Concept(content.procedure.scheme, content.procedure.value, content.procedure.meaning),
            requesting_physician=content.requesting_physician,
            requesting_department=content.requesting_department,
            reason=content.clinical.reason,
            history=content.clinical.history,
            study_instance_uid=content.study_instance_uid,
        ),
        former=tuple(_former(one) for one in known.former),
    )


def _former(known: asking.Former) -> Former:
    return Former(_patient(known.patient), known.until, known.changed_by, known.because)


def _patient(known: asking.Patient) -> Patient:
    name = known.name
    return Patient(
        patient_id=known.patient_id,
        issuer_of_patient_id=known.issuer_of_patient_id,
        name=Name(name.alphabetic, name.ideographic, name.phonetic),
        birth_date=known.birth_date,
        sex=known.sex,
    )


def _signed(
    connection: Connection, site_id: str, found: tuple[store_published.Published, ...]
) -> tuple[SignedReport, ...]:
    joined = store_versions.joined(connection, site_id, {one.report.study_instance_uid for one in found})
    return tuple(
        _signed_report(one, _said(connection, one), joined.get(one.report.study_instance_uid, [])) for one in found
    )


def _said(connection: Connection, published: store_published.Published) -> dict[str, Any]:
    """What a version says; of a withdrawal what it withdraws, since just that was entered in error (REPORT-02)."""
    document: dict[str, Any] = json.loads(published.kept.signed.canonical)
    if not document.get("withdraws"):
        return document
    earlier = store_published.history(connection, published.report.site_id, published.report.report_id)
    number = document["withdraws"]["version"]
    gone = next(one for one in earlier if one.kept.signed.number == number)
    said: dict[str, Any] = json.loads(gone.kept.signed.canonical)
    return said


def _signed_report(
    published: store_published.Published, document: dict[str, Any], request_ids: list[str]
) -> SignedReport:
    report, signed = published.report, published.kept.signed
    return SignedReport(
        report_id=report.report_id,
        study_instance_uid=report.study_instance_uid,
        created_at=report.created_at,
        number=signed.number,
        kind=signed.kind,
        signed_at=signed.signature.signed_at,
        signed_by=signed.signature.person_id,
        signer_name=signed.signature.display_name,
        document=document,
        pdf_sop_instance_uid=published.kept.sealed.pdf_sop_instance_uid,
        findings=(*coded_facts(document), *coded_findings(document, ())),
        conclusions=coded_conclusions(document),
        categories=coded_categories(document),
        request_ids=tuple(request_ids),
    )


def _shown_study(facts: StudyFacts, request_ids: list[str]) -> ShownStudy:
    return ShownStudy(
        study_instance_uid=facts.study_instance_uid,
        patient_id=facts.patient_id,
        accession_number=facts.accession_number,
        study_date=facts.study_date,
        study_time=facts.study_time,
        study_description=facts.study_description,
        referring_physician=facts.referring_physician,
        modalities=facts.modalities,
        number_of_series=facts.number_of_series,
        number_of_instances=facts.number_of_instances,
        at=facts.last_received_at,
        request_ids=tuple(request_ids),
    )
