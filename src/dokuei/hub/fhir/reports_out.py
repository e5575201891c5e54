"""A signed version as a DiagnosticReport (JP_DiagnosticReport_Radiology) and a DocumentReference."""

import html
from typing import Final

from dokuei.hub.fhir.imaging_out import media_links
from dokuei.hub.fhir.model import Resource, SignedReport, instant, reference
from dokuei.hub.fhir.names import (
    DIAGNOSTIC_REPORT,
    DICOM,
    DOCUMENT_CODES,
    IMAGING_REPORT,
    LOINC,
    RADIOLOGY,
    URI,
    code,
    coded,
    identifier_type,
)
from dokuei.hub.fhir.observations import status_of

WITHDRAWN: Final = "このレポートは取り下げられました"
_PDF: Final = "application/pdf"


def diagnostic_report(report: SignedReport, subject_id: str, results: tuple[Resource, ...]) -> Resource:
    """One version, with its Observations by reference."""
    document = report.document
    status = status_of(report.kind)
    gone = status == "entered-in-error"
    made: Resource = {
        "resourceType": "DiagnosticReport",
        "id": report.report_id,
        "meta": {
            "versionId": str(report.number),
            "lastUpdated": instant(report.signed_at),
            "profile": [DIAGNOSTIC_REPORT],
        },
        "text": _narrative(WITHDRAWN if gone else f"{document['findings']}\n\n{document['impression']}"),
        "identifier": _identifiers(report),
        "status": status,
        "category": [
            code(LOINC, RADIOLOGY, "Radiology"),
            *(code(DICOM, one) for one in document["study"]["modalities"]),
        ],
        "code": {
            "coding": [
                {"system": DOCUMENT_CODES, "code": IMAGING_REPORT, "display": "画像検査報告書"},
                {"system": LOINC, "code": IMAGING_REPORT, "display": "Diagnostic imaging study"},
            ]
        },
        "subject": reference("Patient", subject_id),
        "effectiveDateTime": instant(report.created_at),
        "issued": instant(report.signed_at),
        "performer": [reference("Practitioner", report.signed_by, report.signer_name)],
        "resultsInterpreter": _interpreters(report),
        "result": [reference("Observation", one["id"]) for one in results],
        "imagingStudy": [reference("ImagingStudy", report.study_instance_uid)],
        "conclusion": WITHDRAWN if gone else document["impression"] or document["findings"],
        "presentedForm": [_attachment(report)],
    }
    if report.categories and not gone:
        made["conclusionCode"] = [coded(value) for _, value in report.categories]
    if report.request_ids:
        made["basedOn"] = [reference("ServiceRequest", one) for one in report.request_ids]
    if links := media_links(report):
        made["media"] = links
    return made


def document_reference(report: SignedReport, subject_id: str) -> Resource:
    """The sealed document of one version."""
    status = status_of(report.kind)
    related = [reference("ServiceRequest", one) for one in report.request_ids]
    return {
        "resourceType": "DocumentReference",
        "id": report.report_id,
        "meta": {"versionId": str(report.number), "lastUpdated": instant(report.signed_at)},
        "masterIdentifier": {"system": URI, "value": f"urn:oid:{report.pdf_sop_instance_uid}"},
        "identifier": _identifiers(report),
        "status": "entered-in-error" if status == "entered-in-error" else "current",
        "docStatus": status if status in {"preliminary", "final", "amended", "entered-in-error"} else "final",
        "type": code(LOINC, IMAGING_REPORT, "Diagnostic imaging study"),
        "category": [code(LOINC, RADIOLOGY, "Radiology")],
        "subject": reference("Patient", subject_id),
        "date": instant(report.signed_at),
        "author": _interpreters(report),
        "authenticator": reference("Practitioner", report.signed_by, report.signer_name),
        "content": [{"attachment": _attachment(report)}],
        "context": {
            "related": [
                *related,
                reference("ImagingStudy", report.study_instance_uid),
                reference("DiagnosticReport", report.report_id),
            ]
        },
    }


def _identifiers(report: SignedReport) -> list[Resource]:
    number = report.report_id
    written = f"{number[:8]}-{number[8:12]}-{number[12:16]}-{number[16:20]}-{number[20:]}"
    found: list[Resource] = [{"system": URI, "value": f"urn:uuid:{written}"}]
    if accession := report.document["study"]["accession_number"]:
        found.append({"type": identifier_type("ACSN"), "value": accession})
    return found


def _interpreters(report: SignedReport) -> list[Resource]:
    """Who read, and who entered what was read (REPORT-04)."""
    people = (report.document["reader"], *report.document["entered_by"])
    named = {one["person_id"]: one["display_name"] for one in people}
    return [
        reference("Practitioner", person_id, name) if person_id == report.signed_by else {"display": name}
        for person_id, name in named.items()
    ]


def _attachment(report: SignedReport) -> Resource:
    return {
        "contentType": _PDF,
        "language": "ja",
        "url": f"Binary/{report.report_id}.{report.number}",
        "title": "読影報告書",
        "creation": instant(report.signed_at),
    }


def _narrative(text: str) -> Resource:
    lines = "<br/>".join(html.escape(text.strip(), quote=False).split("\n"))
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{lines}</p></div>'}
