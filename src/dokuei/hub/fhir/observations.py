"""What a report says, as Observations: findings and impression in words, each breast's category, each finding."""

import re
from collections.abc import Iterator
from typing import Final

from dokuei.dicom.coded_content import LATERALITY, CodedItem, Concept
from dokuei.hub.fhir.imaging_out import media_id
from dokuei.hub.fhir.model import Resource, SignedReport, instant, reference
from dokuei.hub.fhir.names import (
    BODY_SIDES,
    FINDINGS,
    IMPRESSION,
    LOINC,
    OBSERVATION,
    OBSERVATION_CATEGORY,
    UCUM,
    code,
    coded,
)

STATUSES: Final = {
    "preliminary": "preliminary",
    "original": "final",
    "amendment": "amended",
    "withdrawal": "entered-in-error",
}
_FINDING: Final = "121071"
_METHOD: Final = "112021"
_SIDES: Final = {"24028007": "right", "7771000": "left"}
_ASSESSMENT: Final = Concept("DCM", "111005", "Assessment Category")
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9.-]")
_LONGEST: Final = 64


def status_of(kind: str) -> str:
    """How a report stands by its latest version."""
    return STATUSES.get(kind, "unknown")


def observations(report: SignedReport, subject_id: str) -> tuple[Resource, ...]:
    """Every Observation of one version."""
    parts = tuple(_parts(report))
    findings = _narrative(report, "findings", "18782-3", "Radiology Study observation (narrative)", FINDINGS)
    impression = _narrative(
        report, "impression", "19005-8", "Radiology Imaging study [Impression] (narrative)", IMPRESSION
    )
    findings["hasMember"] = [reference("Observation", one["id"]) for one in parts]
    if not parts:
        del findings["hasMember"]
    common: Resource = {
        "status": status_of(report.kind),
        "subject": reference("Patient", subject_id),
        "effectiveDateTime": instant(report.created_at),
        "issued": instant(report.signed_at),
        "performer": [reference("Practitioner", report.signed_by, report.signer_name)],
        "derivedFrom": [reference("ImagingStudy", report.study_instance_uid)],
    }
    if report.request_ids:
        common["basedOn"] = [reference("ServiceRequest", one) for one in report.request_ids]
    made = tuple({**one, **common} for one in (findings, impression, *parts))
    for image in report.pictures:
        shown = reference("Media", media_id(report, image))
        for one in made:
            if one["id"] in {_id(report, f"finding-{number}") for number in image.findings}:
                one["derivedFrom"] = [*one["derivedFrom"], shown]
    return made


def withdrawn(gone: Resource, report: SignedReport) -> Resource:
    """An Observation or key image of an earlier version that a later one does not have any more."""
    meta = {**gone["meta"], "versionId": str(report.number), "lastUpdated": instant(report.signed_at)}
    return {**gone, "meta": meta, "status": "entered-in-error"}


def _parts(report: SignedReport) -> Iterator[Resource]:
    yield from _categories(report)
    for item in report.findings:
        if item.name.value == _FINDING:
            yield _finding(report, item)
        else:
            yield _said(report, item)
    for item in report.conclusions:
        if not isinstance(item.value, str):
            yield _said(report, item)


def _categories(report: SignedReport) -> Iterator[Resource]:
    given = report.categories or tuple(
        (_ASSESSMENT, Concept("", "", str(report.document[f"category_{side}"]))) for side in ("right", "left")
    )
    for side, (name, value) in zip(("right", "left"), given, strict=True):
        if not value.meaning:
            continue
        made = _new(report, f"category-{side}", OBSERVATION)
        made["code"] = coded(name)
        made["bodySite"] = BODY_SIDES[side]
        made["valueCodeableConcept"] = coded(value) if value.value else {"text": value.meaning}
        yield made


def _finding(report: SignedReport, item: CodedItem) -> Resource:
    number = next((one.value for one in item.properties if one.name.value == "121151"), "0")
    made = _new(report, f"finding-{number}", OBSERVATION)
    made["code"] = coded(item.name)
    made |= _value(item)
    for one in item.modifiers:
        if one.name == LATERALITY and isinstance(one.value, Concept):
            made["bodySite"] = BODY_SIDES[_SIDES[one.value.value]]
    made["component"] = [{"code": _named(one), **_value(one)} for one in item.properties]
    return made


def _said(report: SignedReport, item: CodedItem) -> Resource:
    sides = [one.value.value for one in item.modifiers if one.name == LATERALITY and isinstance(one.value, Concept)]
    side = _SIDES[sides[0]] if sides else ""
    made = _new(report, "-".join(filter(None, ("said", side, item.name.value))), OBSERVATION)
    for one in item.modifiers:
        if one.name.value == _METHOD and isinstance(one.value, Concept):
            made["method"] = coded(one.value)
    return {**made, **({"bodySite": BODY_SIDES[side]} if side else {}), "code": coded(item.name), **_value(item)}


def _named(item: CodedItem) -> Resource:
    """What a component is of, and how it was come by, as the largest of a region."""
    how = [one.value.meaning for one in item.modifiers if isinstance(one.value, Concept)]
    return {**coded(item.name), "text": ", ".join((item.name.meaning, *how))} if how else coded(item.name)


def _value(item: CodedItem) -> Resource:
    if isinstance(item.value, Concept):
        return {"valueCodeableConcept": coded(item.value)}
    if isinstance(item.value, str):
        return {"valueString": item.value}
    unit = item.unit.value
    return {"valueQuantity": {"value": item.value, "unit": unit, "system": UCUM, "code": unit}}


def _narrative(report: SignedReport, field: str, loinc: str, display: str, profile: str) -> Resource:
    made = _new(report, field, profile)
    made["code"] = code(LOINC, loinc, display)
    text = str(report.document[field]).strip()
    return {**made, "valueString": text} if text else {**made, "dataAbsentReason": {"text": "-"}}


def _id(report: SignedReport, name: str) -> str:
    return f"{report.report_id}-{_UNSAFE.sub('-', name)}"[:_LONGEST]


def _new(report: SignedReport, name: str, profile: str) -> Resource:
    return {
        "resourceType": "Observation",
        "id": _id(report, name),
        "meta": {
            "versionId": str(report.number),
            "lastUpdated": instant(report.signed_at),
            "profile": [profile],
        },
        "category": [code(OBSERVATION_CATEGORY, "imaging")],
    }
