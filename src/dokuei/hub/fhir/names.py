"""Canonical addresses of FHIR R4 and JP Core, and how DICOM's codes are written there."""

from typing import Final

from dokuei.dicom.coded_content import Concept
from dokuei.hub.fhir.model import Resource

FHIR_JSON: Final = "application/fhir+json"
FHIR_VERSION: Final = "4.0.1"

_CORE: Final = "http://jpfhir.jp/fhir/core"
SERVICE_REQUEST: Final = f"{_CORE}/StructureDefinition/JP_ServiceRequest_Common"
DIAGNOSTIC_REPORT: Final = f"{_CORE}/StructureDefinition/JP_DiagnosticReport_Radiology"
FINDINGS: Final = f"{_CORE}/StructureDefinition/JP_Observation_Radiology_Findings"
IMPRESSION: Final = f"{_CORE}/StructureDefinition/JP_Observation_Radiology_Impression"
OBSERVATION: Final = f"{_CORE}/StructureDefinition/JP_Observation_Common"
PATIENT: Final = f"{_CORE}/StructureDefinition/JP_Patient"
PRACTITIONER: Final = f"{_CORE}/StructureDefinition/JP_Practitioner"
IMAGING_STUDY: Final = f"{_CORE}/StructureDefinition/JP_ImagingStudy_Radiology"

DOCUMENT_CODES: Final = f"{_CORE}/CodeSystem/JP_DocumentCodes_CS"
OBSERVATION_CATEGORY: Final = f"{_CORE}/CodeSystem/JP_SimpleObservationCategory_CS"
LICENCES: Final = f"{_CORE}/CodeSystem/JP_MedicalLicenseCertificate_CS"
MEDICAL_REGISTRATION: Final = f"{_CORE}/mhlw/IdSystem/medicalRegistrationNumber"

LOINC: Final = "http://loinc.org"
DICOM: Final = "http://dicom.nema.org/resources/ontology/DCM"
SNOMED: Final = "http://snomed.info/sct"
UCUM: Final = "http://unitsofmeasure.org"
URI: Final = "urn:ietf:rfc:3986"
DICOM_UID: Final = "urn:dicom:uid"
IDENTIFIER_TYPE: Final = "http://terminology.hl7.org/CodeSystem/v2-0203"
REPRESENTATION: Final = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"

BODY_SIDES: Final = {
    "right": {"coding": [{"system": SNOMED, "code": "73056007", "display": "Right breast structure"}]},
    "left": {"coding": [{"system": SNOMED, "code": "80248007", "display": "Left breast structure"}]},
}
STATUS_REASON: Final = "http://hl7.org/fhir/StructureDefinition/request-statusReason"
STATUS_REASONS: Final = "urn:dokuei:request-status-reason"  # mismatch, deferred, withdrawn, canceled
READING_KIND: Final = "urn:dokuei:reading-kind"  # screening, diagnostic, second_reading, consultation

IMAGING_REPORT: Final = "18748-4"
RADIOLOGY: Final = "LP29684-5"

_SYSTEMS: Final = {"SCT": SNOMED, "DCM": DICOM, "LN": LOINC, "UCUM": UCUM}


def coded(concept: Concept) -> Resource:
    """A code with its meaning; one of a list that has no address in FHIR says the list's name in its text."""
    system = _SYSTEMS.get(concept.scheme)
    if system is None:
        return {"coding": [{"code": concept.value, "display": concept.meaning}], "text": concept.meaning}
    return {
        "coding": [{"system": system, "code": concept.value, "display": concept.meaning}],
        "text": concept.meaning,
    }


def code(system: str, value: str, display: str = "") -> Resource:
    """A concept of one coding."""
    return {"coding": [{"system": system, "code": value, **({"display": display} if display else {})}]}


def identifier_type(value: str) -> Resource:
    """What kind of number an identifier is (HL7 table 0203)."""
    return code(IDENTIFIER_TYPE, value)
