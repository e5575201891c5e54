"""What this server does, for machines (CapabilityStatement)."""

from typing import Final

from dokuei.hub.fhir.model import Resource
from dokuei.hub.fhir.names import (
    DIAGNOSTIC_REPORT,
    FHIR_JSON,
    FHIR_VERSION,
    FINDINGS,
    IMAGING_STUDY,
    IMPRESSION,
    OBSERVATION,
    PATIENT,
    PRACTITIONER,
    SERVICE_REQUEST,
)
from dokuei.hub.fhir.shelves import VERSIONED
from dokuei.hub.fhir.terms import INCLUDES, KINDS, parameters_of

_PROFILES: Final = {
    "DiagnosticReport": [DIAGNOSTIC_REPORT],
    "ImagingStudy": [IMAGING_STUDY],
    "Observation": [FINDINGS, IMPRESSION, OBSERVATION],
    "Patient": [PATIENT],
    "Practitioner": [PRACTITIONER],
    "ServiceRequest": [SERVICE_REQUEST],
}


def capability_statement(base: str, version: str) -> Resource:
    """The statement of the running version."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-30",
        "kind": "instance",
        "software": {"name": "dokuei", "version": version},
        "implementation": {"description": "dokuei", "url": base},
        "fhirVersion": FHIR_VERSION,
        "format": [FHIR_JSON, "json"],
        "rest": [
            {
                "mode": "server",
                "security": {"description": "a bearer token of the scope fhir; it opens one site"},
                "resource": [
                    *(_resource(kind) for kind in KINDS),
                    {"type": "Binary", "interaction": [{"code": "read"}], "versioning": "no-version"},
                ],
                "interaction": [{"code": "transaction"}, {"code": "batch"}],
            }
        ],
    }


def _resource(kind: str) -> Resource:
    done = ["read", "search-type", *(["vread", "history-instance"] if kind in VERSIONED else [])]
    made: Resource = {
        "type": kind,
        "interaction": [{"code": one} for one in done],
        "versioning": "versioned" if kind in VERSIONED else "no-version",
        "searchParam": [{"name": name, "type": what} for name, what in parameters_of(kind).items()],
    }
    if kind in _PROFILES:
        made["supportedProfile"] = _PROFILES[kind]
    if kind in INCLUDES:
        made["searchInclude"] = [f"{kind}:{name}" for name in INCLUDES[kind]]
    if kind == "ServiceRequest":
        made["interaction"] = [*made["interaction"], {"code": "create"}, {"code": "update"}]
        made |= {"updateCreate": False, "versioning": "versioned-update"}
    return made
