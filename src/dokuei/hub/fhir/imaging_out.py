"""Images in FHIR: a study with its series, where they are fetched, and the frames that a report's findings name."""

import hashlib
from collections.abc import Iterable
from typing import Final

from dokuei.hub.fhir.model import KeyImage, Resource, ShownSeries, ShownStudy, SignedReport, day, instant, reference
from dokuei.hub.fhir.names import (
    BODY_SIDES,
    DICOM,
    DICOM_UID,
    IMAGING_STUDY,
    SNOMED,
    URI,
    code,
    identifier_type,
)

ENDPOINT: Final = "dicom-web"
_MEDIA_TYPE: Final = "http://terminology.hl7.org/CodeSystem/media-type"
_CONNECTION: Final = "http://terminology.hl7.org/CodeSystem/endpoint-connection-type"
_PAYLOAD: Final = "http://terminology.hl7.org/CodeSystem/endpoint-payload-type"
_LATERALITIES: Final = {
    "R": {"system": SNOMED, "code": "24028007", "display": "Right"},
    "L": {"system": SNOMED, "code": "7771000", "display": "Left"},
    "B": {"system": SNOMED, "code": "51440002", "display": "Right and left"},
}
_BREAST: Final = {"system": SNOMED, "code": "76752008", "display": "Breast structure"}


def endpoint(address: str) -> Resource:
    """Where a site's images are fetched by WADO-RS (PS3.18 10.4)."""
    return {
        "resourceType": "Endpoint",
        "id": ENDPOINT,
        "status": "active",
        "connectionType": {"system": _CONNECTION, "code": "dicom-wado-rs", "display": "DICOM WADO-RS"},
        "name": "DICOMweb",
        "payloadType": [code(_PAYLOAD, "any", "Any")],
        "payloadMimeType": ["application/dicom"],
        "address": address,
    }


def imaging_study(study: ShownStudy, subject_id: str) -> Resource:
    """A study that is here (JP_ImagingStudy_Radiology)."""
    numbers: list[Resource] = [{"system": DICOM_UID, "value": f"urn:oid:{study.study_instance_uid}"}]
    if study.accession_number:
        numbers.append({"type": identifier_type("ACSN"), "value": study.accession_number})
    made: Resource = {
        "resourceType": "ImagingStudy",
        "id": study.study_instance_uid,
        "meta": {"lastUpdated": instant(study.at), "profile": [IMAGING_STUDY]},
        "identifier": numbers,
        "status": "available",
        "modality": [{"system": DICOM, "code": one} for one in study.modalities],
        "subject": reference("Patient", subject_id),
        "endpoint": [reference("Endpoint", ENDPOINT)],
        "numberOfSeries": study.number_of_series,
        "numberOfInstances": study.number_of_instances,
    }
    if study.series:
        made["series"] = [_series(one) for one in study.series]
    if started := day(study.study_date):
        made["started"] = started
    if study.request_ids:
        made["basedOn"] = [reference("ServiceRequest", one) for one in study.request_ids]
    if physician := " ".join(one for one in study.referring_physician.replace("=", "^").split("^") if one):
        made["referrer"] = {"display": physician}
    if study.study_description:
        made["description"] = study.study_description
    return made


def media(report: SignedReport, subject_id: str, status: str, dicom_web: str) -> Iterable[Resource]:
    """Each frame that a finding names, to be fetched as a picture; one that is not here any more has no address."""
    for one in report.pictures:
        made: Resource = {
            "resourceType": "Media",
            "id": media_id(report, one),
            "meta": {"versionId": str(report.number), "lastUpdated": instant(report.signed_at)},
            "identifier": [{"system": URI, "value": f"urn:oid:{one.sop_instance_uid}"}],
            "status": "entered-in-error" if status == "entered-in-error" else "completed",
            "type": code(_MEDIA_TYPE, "image", "Image"),
            "subject": reference("Patient", subject_id),
            "issued": instant(report.signed_at),
            "content": _content(report, one, dicom_web),
            "note": [{"text": _findings(one)}],
        }
        yield {**made, **_known(report, one)}


def media_id(report: SignedReport, image: KeyImage) -> str:
    """The same for a frame in every version of its report."""
    frame = hashlib.sha256(f"{image.sop_instance_uid}/{image.frame}".encode()).hexdigest()[:16]
    return f"{report.report_id}-image-{frame}"


def media_links(report: SignedReport) -> list[Resource]:
    """A report's key images, each with the findings that it shows."""
    return [{"comment": _findings(one), "link": reference("Media", media_id(report, one))} for one in report.pictures]


def _series(one: ShownSeries) -> Resource:
    made: Resource = {
        "uid": one.series_instance_uid,
        "modality": {"system": DICOM, "code": one.modality or "OT"},
        "numberOfInstances": one.number_of_instances,
        "endpoint": [reference("Endpoint", ENDPOINT)],
    }
    if one.number is not None and one.number >= 0:
        made["number"] = one.number
    if one.description:
        made["description"] = one.description
    if one.body_part:
        made["bodySite"] = _BREAST if one.body_part == "BREAST" else {"display": one.body_part}
    if one.laterality in _LATERALITIES:
        made["laterality"] = _LATERALITIES[one.laterality]
    return made


def _known(report: SignedReport, one: KeyImage) -> Resource:
    made: Resource = {}
    if report.request_ids:
        made["basedOn"] = [reference("ServiceRequest", request_id) for request_id in report.request_ids]
    if one.modality:
        made["modality"] = code(DICOM, one.modality)
    if len(one.sides) == 1:
        made["bodySite"] = BODY_SIDES[next(iter(one.sides))]
    if moment := day(str(report.document["study"]["study_date"])):
        made["createdDateTime"] = moment
    if one.rows and one.columns:
        made |= {"height": one.rows, "width": one.columns}
    return made


def _content(report: SignedReport, one: KeyImage, dicom_web: str) -> Resource:
    content: Resource = {"contentType": "image/jpeg", "title": f"{one.sop_instance_uid} / {one.frame}"}
    if one.series_instance_uid:
        series = f"{dicom_web}/studies/{report.study_instance_uid}/series/{one.series_instance_uid}"
        content["url"] = f"{series}/instances/{one.sop_instance_uid}/frames/{one.frame}/rendered"
    return content


def _findings(one: KeyImage) -> str:
    numbers = ", ".join(map(str, one.findings))
    return f"所見 {numbers} / finding {numbers}"
