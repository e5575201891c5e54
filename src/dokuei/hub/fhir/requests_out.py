"""A reading request as a ServiceRequest (JP_ServiceRequest_Common)."""

from typing import Final

from dokuei.hub.fhir.model import AskedVersion, Former, Resource, Stand, day, instant, reference
from dokuei.hub.fhir.names import (
    DICOM,
    DICOM_UID,
    READING_KIND,
    SERVICE_REQUEST,
    STATUS_REASON,
    STATUS_REASONS,
    code,
    identifier_type,
)

_PRIORITIES: Final = {"routine": "routine", "high": "asap", "urgent": "stat"}
_KEPT: Final = ("identifier", "category", "code", "orderDetail", "bodySite")
_MISMATCH: Final = "依頼と画像の患者を確認中です / whether request and images name one person is being settled"
_WITHDRAWN: Final = "レポートは取り下げられました / the report was withdrawn"


def service_request(known: AskedVersion, subject_id: str) -> Resource:
    """One version; codes and identifiers as they came, where FHIR brought it."""
    asked = known.asked
    made: Resource = {
        "resourceType": "ServiceRequest",
        "id": known.request_id,
        "meta": {
            "versionId": known.version_id,
            "lastUpdated": instant(known.at),
            "profile": [SERVICE_REQUEST],
        },
        "identifier": _identifiers(known),
        "status": known.stand.status,
        "intent": "order",
        "priority": _PRIORITIES.get(asked.priority, "routine"),
        "subject": reference("Patient", subject_id),
        "authoredOn": instant(known.placed_at),
    }
    if asked.procedure.value or asked.procedure.meaning:
        made["code"] = _procedure(known)
    if asked.modality:
        made["category"] = [code(DICOM, asked.modality)]
    if asked.kind:
        made["category"] = [*made.get("category", ()), code(READING_KIND, asked.kind)]
    if moment := day(asked.examination_date):
        made["occurrenceDateTime"] = moment
    if asked.requesting_physician or asked.requesting_department:
        names = (asked.requesting_department, asked.requesting_physician)
        made["requester"] = {"display": " ".join(one for one in names if one)}
    if asked.reason:
        made["reasonCode"] = [{"text": asked.reason}]
    if asked.history:
        made["note"] = [{"text": asked.history}]
    if known.stand.because:
        made["extension"] = [{"url": STATUS_REASON, "valueCodeableConcept": _reason(known.stand)}]
    if known.former:
        made["relevantHistory"] = [{"display": _formerly(one)} for one in known.former]
    came = known.document or {}
    return {**made, **{name: came[name] for name in _KEPT if came.get(name)}}


def _reason(stand: Stand) -> Resource:
    """Why a request stands where it does, in words for a person and a code for a program."""
    said = {
        "mismatch": f"{_MISMATCH} ({stand.reason})",
        "withdrawn": _WITHDRAWN,
        "deferred": stand.reason if stand.until is None else f"{stand.reason} (- {instant(stand.until)})",
    }
    return {**code(STATUS_REASONS, stand.because), "text": said.get(stand.because, stand.reason)}


def _formerly(one: Former) -> str:
    """Both identifiers stay with the request (REC-10), each with when and by what it was given up."""
    name = one.patient.name
    names = [group.replace("^", " ") for group in (name.ideographic, name.phonetic, name.alphabetic) if group]
    who = " ".join(filter(None, (one.patient.patient_id, *names, one.patient.birth_date)))
    return f"until {instant(one.until)} ({one.because or 'correction'}, {one.changed_by}): {who}"


def _identifiers(known: AskedVersion) -> list[Resource]:
    asked = known.asked
    found: list[Resource] = []
    for kind, value in (
        ("PLAC", asked.placer_order_number),
        ("FILL", asked.filler_order_number),
        ("ACSN", asked.accession_number),
    ):
        if value:
            one: Resource = {"type": identifier_type(kind), "value": value}
            if kind == "ACSN" and asked.issuer_of_accession_number:
                one["assigner"] = {"display": asked.issuer_of_accession_number}
            found.append(one)
    if asked.study_instance_uid:
        found.append({"system": DICOM_UID, "value": f"urn:oid:{asked.study_instance_uid}"})
    return found or [{"value": known.request_id}]


def _procedure(known: AskedVersion) -> Resource:
    """Its scheme may be a name and no address: then it stands in the text."""
    word = known.asked.procedure
    coding: Resource = {"code": word.value, "display": word.meaning}
    if ":" in word.scheme:
        coding["system"] = word.scheme
    text = word.meaning or word.value
    said = f"{text} ({word.scheme})" if word.scheme and ":" not in word.scheme else text
    return {"coding": [{name: value for name, value in coding.items() if value}], "text": said}
