"""What FHIR asks of reports, worklist and archive: signed reports with their pictures, studies with their series."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from dokuei.hub.archive import store_pictures
from dokuei.hub.fhir.model import KeyImage, Reader, ShownSeries, ShownStudy, SignedReport, Wanted
from dokuei.hub.identity import store_people
from dokuei.hub.identity.service import IdentityService
from dokuei.hub.neighbours_of_fhir import span_of
from dokuei.hub.reports import store_published
from dokuei.hub.reports.coded_findings import coded_categories, coded_conclusions, coded_facts, coded_findings
from dokuei.hub.reports.service import ReportsService
from dokuei.hub.reports.structure import ImageLink
from dokuei.hub.reports.structured_words import structure_of
from dokuei.hub.requests import store_versions
from dokuei.hub.worklist import store_arrivals
from dokuei.hub.worklist.model import StudyFacts


@dataclass(frozen=True)
class FhirReports:
    """FHIR asks for signed reports."""

    reports: ReportsService
    identity: IdentityService

    def found(self, connection: Connection, site_id: str, wanted: Wanted, *, at_most: int) -> tuple[SignedReport, ...]:
        """Reports by their latest signed version, what was signed last first unless the other order is wanted."""
        sought = store_published.Sought(
            report_ids=wanted.reports, studies=_studies(connection, site_id, wanted), signed=span_of(wanted)
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
        """Studies with their series, what came last first unless the other order is wanted."""
        found = store_arrivals.arrived_lately(
            connection,
            site_id,
            studies=_studies(connection, site_id, wanted),
            arrived=span_of(wanted),
            at_most=at_most,
        )
        uids = {one.study_instance_uid for one in found}
        joined = store_versions.joined(connection, site_id, uids)
        series = store_pictures.series_of(connection, site_id, uids)
        return tuple(
            _shown_study(one, joined.get(one.study_instance_uid, []), series.get(one.study_instance_uid, []))
            for one in found
        )


def _studies(connection: Connection, site_id: str, wanted: Wanted) -> frozenset[str] | None:
    """The studies that patient, accession number and request leave; None where none of them is asked for."""
    found = wanted.studies
    if wanted.patient_ids is not None or wanted.numbers is not None:
        about = store_versions.studies_about(
            connection, site_id, patient_keys=wanted.patient_ids, numbers=wanted.numbers
        )
        found = about if found is None else found & about
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


def _signed(
    connection: Connection, site_id: str, found: tuple[store_published.Published, ...]
) -> tuple[SignedReport, ...]:
    joined = store_versions.joined(connection, site_id, {one.report.study_instance_uid for one in found})
    said = [_said(connection, one) for one in found]
    links = [_links(one) for one in said]
    uids = {link.sop_instance_uid for one in links for link in one}
    here = store_pictures.objects_of(connection, site_id, uids)
    return tuple(
        replace(
            _signed_report(one, document, joined.get(one.report.study_instance_uid, [])),
            pictures=tuple(_key_images(shown, here)),
        )
        for one, document, shown in zip(found, said, links, strict=True)
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


def _links(document: Mapping[str, Any]) -> dict[ImageLink, list[tuple[int, str]]]:
    """Every frame on which findings are seen, with their numbers and sides."""
    found: dict[ImageLink, list[tuple[int, str]]] = {}
    for finding in structure_of(document).findings:
        for link in finding.images:
            found.setdefault(link, []).append((finding.number, finding.side))
    return found


def _key_images(
    shown: Mapping[ImageLink, list[tuple[int, str]]], here: Mapping[str, store_pictures.ObjectFacts]
) -> Iterable[KeyImage]:
    for link, findings in shown.items():
        known = here.get(link.sop_instance_uid)
        yield KeyImage(
            sop_instance_uid=link.sop_instance_uid,
            frame=link.frame,
            findings=tuple(number for number, _ in findings),
            sides=frozenset(side for _, side in findings),
            series_instance_uid="" if known is None else known.series_instance_uid,
            modality="" if known is None else known.modality,
            rows=None if known is None else known.rows,
            columns=None if known is None else known.columns,
        )


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


def _shown_study(facts: StudyFacts, request_ids: list[str], series: Iterable[store_pictures.SeriesFacts]) -> ShownStudy:
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
        series=tuple(
            ShownSeries(
                series_instance_uid=one.series_instance_uid,
                number=one.series_number,
                modality=one.modality,
                description=one.series_description,
                body_part=one.body_part_examined,
                laterality=one.laterality,
                number_of_instances=one.number_of_instances,
            )
            for one in series
        ),
    )
