"""From a ServiceRequest to an order in requests' words: what R4 leaves open, and what JP Core asks, is checked here."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from dokuei.dicom.coded_content import Concept
from dokuei.errors import FhirError
from dokuei.hub.fhir.model import Action, Asked, Order, Patient, Resource
from dokuei.hub.fhir.names import DICOM, DICOM_UID, READING_KIND, SERVICE_REQUEST
from dokuei.hub.fhir.people import name_of, sex_of
from dokuei.transfer.contract import KINDS

_BASE: Final = "http://hl7.org/fhir/StructureDefinition/ServiceRequest"
_INTENTS: Final = frozenset({"order", "original-order", "reflex-order", "filler-order", "instance-order"})
_ACTIONS: Final[dict[str, Action]] = {"active": "new", "revoked": "cancel", "entered-in-error": "cancel"}
_PRIORITIES: Final = {"routine": "routine", "urgent": "high", "asap": "high", "stat": "urgent"}
_CATEGORY: Final = "ServiceRequest.category"
_LONGEST_WORD: Final = 256
_LONGEST_TEXT: Final = 16_384
_LONGEST_ID: Final = 64

Resolve = Callable[[Resource, str], Resource | None]
"""From a reference and the kind of resource that is meant to that resource, where it is at hand."""


def order_of(document: Resource, resolve: Resolve) -> Order:
    """The order that a ServiceRequest is.

    Raises:
        FhirError: with everything that is wrong.
    """
    issues = list(_wrong(document))
    subject = resolve(document["subject"], "Patient") if isinstance(document.get("subject"), dict) else None
    patient = None if subject is None else _patient(subject)
    if patient is None:
        issues.append(("required", "the patient is not there, or has no identifier", "ServiceRequest.subject"))
    if issues or patient is None:
        raise FhirError(*issues)
    action = _ACTIONS[document["status"]]
    asked = _asked(document, patient, resolve)
    if not (asked.placer_order_number or asked.accession_number):
        raise FhirError(("required", "an order needs a number of its own", "ServiceRequest.identifier"))
    return Order(action, asked, document)


def _wrong(document: Resource) -> Iterator[tuple[str, str, str]]:
    profiles = [str(one).partition("|")[0] for one in document.get("meta", {}).get("profile", ())]
    if profiles and not {SERVICE_REQUEST, _BASE} & set(profiles):
        yield "not-supported", f"the profile that is taken is {SERVICE_REQUEST}", "ServiceRequest.meta.profile"
    if document.get("status") not in _ACTIONS:
        yield "business-rule", "active places or changes, revoked takes back", "ServiceRequest.status"
    if document.get("intent") not in _INTENTS:
        yield "business-rule", "only an order is a reading request", "ServiceRequest.intent"
    if document.get("doNotPerform"):
        yield "business-rule", "a prohibition asks for nothing", "ServiceRequest.doNotPerform"
    if document.get("modifierExtension"):
        yield "not-supported", "no modifier extension is known here", "ServiceRequest.modifierExtension"
    if document.get("priority", "routine") not in _PRIORITIES:
        yield "code-invalid", "no such priority", "ServiceRequest.priority"


def _asked(document: Resource, patient: Patient, resolve: Resolve) -> Asked:
    numbers = _numbers(document.get("identifier", ()))
    physician, department = _requester(document, resolve)
    notes = (str(one.get("text", "")) for one in document.get("note", ()))
    reasons = [*_texts(document.get("reasonCode", ())), *_displays(document.get("reasonReference", ()))]
    return Asked(
        patient=patient,
        priority=_PRIORITIES[document.get("priority", "routine")],
        accession_number=numbers["ACSN"],
        issuer_of_accession_number=numbers["issuer"],
        placer_order_number=numbers["PLAC"],
        filler_order_number=numbers["FILL"],
        modality=_modality(document),
        kind=_kind(document),
        examination_date=_day(document),
        procedure=_procedure(document.get("code") or {}),
        requesting_physician=physician,
        requesting_department=department,
        reason=_long(reasons, "ServiceRequest.reasonCode"),
        history=_long([*notes, *_displays(document.get("supportingInfo", ()))], "ServiceRequest.note"),
        study_instance_uid=numbers["study"] or None,
    )


def _patient(resource: Resource) -> Patient | None:
    numbers = [one for one in _present(resource.get("identifier", ())) if str(one.get("value") or "").strip()]
    ranked = sorted(numbers, key=lambda one: 0 if _types(one) & {"MR", "PI"} else 1)
    if not ranked:
        return None
    chosen = ranked[0]
    issuer = str((chosen.get("assigner") or {}).get("display") or chosen.get("system") or "")
    born = str(resource.get("birthDate") or "").replace("-", "")
    return Patient(
        patient_id=_short(chosen["value"], "Patient.identifier", _LONGEST_ID),
        issuer_of_patient_id=_short(issuer.removeprefix("urn:oid:"), "Patient.identifier.system"),
        name=name_of(_present(resource.get("name", ()))),
        birth_date=born if len(born) == len("YYYYMMDD") else "",
        sex=sex_of(str(resource.get("gender") or "")),
    )


def _present(said: Iterable[Resource]) -> Iterator[Resource]:
    """Identifiers and names that hold still: an old one names nobody now."""
    return (one for one in said if one.get("use") != "old")


def _numbers(identifiers: Iterable[Resource]) -> dict[str, str]:
    """The first of each kind; one that does not say what it is is the hospital's own number."""
    found = dict.fromkeys(("PLAC", "FILL", "ACSN", "issuer", "study"), "")
    for one in identifiers:
        value = _short(one.get("value") or "", "ServiceRequest.identifier")
        if one.get("system") == DICOM_UID:
            found["study"] = found["study"] or value.removeprefix("urn:oid:")
            continue
        kind = next(iter(sorted(_types(one) & {"PLAC", "FILL", "ACSN"})), "PLAC" if not _types(one) else "")
        if kind and not found[kind]:
            found[kind] = value
            if kind == "ACSN":
                assigner = (one.get("assigner") or {}).get("display") or ""
                found["issuer"] = _short(assigner, "ServiceRequest.identifier.assigner")
    if found["study"] and not _is_uid(found["study"]):
        raise FhirError(("value", "no Study Instance UID", "ServiceRequest.identifier"))
    return found


def _types(identifier: Resource) -> set[str]:
    return {str(one.get("code") or "") for one in (identifier.get("type") or {}).get("coding", ())} - {""}


def _procedure(concept: Resource) -> Concept:
    """JJ1017 where a coding is of it; else the first (all of them are kept beside it)."""
    codings = concept.get("coding") or [{}]
    chosen = next((one for one in codings if "jj1017" in str(one.get("system") or "").lower()), codings[0])
    meaning = str(chosen.get("display") or concept.get("text") or "")
    return Concept(
        _short(chosen.get("system") or "", "ServiceRequest.code"),
        _short(chosen.get("code") or "", "ServiceRequest.code"),
        _short(meaning, "ServiceRequest.code"),
    )


def _modality(document: Resource) -> str:
    concepts = [*document.get("category", ()), *document.get("orderDetail", ()), document.get("code") or {}]
    for concept in concepts:
        for one in concept.get("coding", ()):
            value = str(one.get("code") or "")
            if one.get("system") == DICOM and value.isalpha() and len(value) <= 4:  # noqa: PLR2004 - CID 29: MG, US, MR, PT
                return value.upper()
    return ""


def _kind(document: Resource) -> str:
    """Which kind of reading, where a coding of our system says it."""
    for concept in (*document.get("category", ()), *document.get("orderDetail", ())):
        for one in concept.get("coding", ()):
            if one.get("system") == READING_KIND:
                value = str(one.get("code") or "")
                if value not in KINDS:
                    raise FhirError(("code-invalid", f"a kind of reading is one of {', '.join(KINDS)}", _CATEGORY))
                return value
    return ""


def _day(document: Resource) -> str:
    said = document.get("occurrenceDateTime") or (document.get("occurrencePeriod") or {}).get("start") or ""
    day = str(said)[:10].replace("-", "")
    return day if len(day) == len("YYYYMMDD") else ""


def _requester(document: Resource, resolve: Resolve) -> tuple[str, str]:
    said = document.get("requester")
    if not isinstance(said, dict):
        return "", ""
    display = str(said.get("display") or "")
    role = resolve(said, "PractitionerRole")
    department = str(((role or {}).get("organization") or {}).get("display") or "")
    person = resolve((role or {}).get("practitioner") or said, "Practitioner")
    if person is None and role is not None:
        display = str((role.get("practitioner") or {}).get("display") or display)
    name = name_of((person or {}).get("name", ()))
    written = (name.ideographic or name.alphabetic or name.phonetic).replace("^", " ").strip()
    where = "ServiceRequest.requester"
    return _short(written or display, where), _short(department, where)


def _texts(concepts: Iterable[Resource]) -> Iterator[str]:
    for one in concepts:
        coding: Resource = next(iter(one.get("coding") or ()), {})
        yield str(one.get("text") or coding.get("display") or coding.get("code") or "")


def _displays(references: Iterable[Resource]) -> Iterator[str]:
    return (str(one.get("display") or "") for one in references)


def _long(parts: Iterable[str], where: str) -> str:
    text = "\n".join(one.strip() for one in parts if one.strip())
    if len(text) > _LONGEST_TEXT:
        raise FhirError(("too-long", f"more than {_LONGEST_TEXT} characters", where))
    return text


def _short(value: Any, where: str, longest: int = _LONGEST_WORD) -> str:
    text = " ".join(str(value).split())
    if len(text) > longest:
        raise FhirError(("too-long", f"more than {longest} characters", where))
    return text


def _is_uid(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_ID and all(part.isascii() and part.isdigit() for part in text.split("."))
