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
from dokuei.hub.fhir.parameters import CHAINED, KINDS, LINKS, SORTS, includes_of, parameters_of, reverse_includes_of
from dokuei.hub.fhir.shelves import VERSIONED

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
                "searchParam": [
                    {"name": "_id", "type": "token"},
                    {"name": "_lastUpdated", "type": "date"},
                ],
            }
        ],
    }


def _resource(kind: str) -> Resource:
    done = ["read", "search-type", *(["vread", "history-instance"] if kind in VERSIONED else [])]
    made: Resource = {
        "type": kind,
        "interaction": [{"code": one} for one in done],
        "versioning": "versioned" if kind in VERSIONED else "no-version",
        "conditionalRead": "not-match",
        "referencePolicy": ["local"],
        "searchParam": [_parameter(kind, name, what) for name, what in parameters_of(kind).items()],
    }
    if kind in _PROFILES:
        made["supportedProfile"] = _PROFILES[kind]
    if kind in SORTS:
        made["documentation"] = f"_sort: {', '.join(SORTS[kind])}, either way; -_lastUpdated where none is named"
    if included := includes_of(kind):
        made["searchInclude"] = list(included)
    if referring := reverse_includes_of(kind):
        made["searchRevInclude"] = list(referring)
    if kind == "ServiceRequest":
        made["interaction"] = [*made["interaction"], {"code": "create"}, {"code": "update"}]
        made |= {"updateCreate": False, "conditionalCreate": True, "versioning": "versioned-update"}
    return made


def _parameter(kind: str, name: str, what: str) -> Resource:
    made: Resource = {"name": name, "type": what}
    link = LINKS.get(kind, {}).get(name)
    if link is not None:
        chained = [f"{one}.identifier" for one in link.targets if one in CHAINED]
        made["documentation"] = "; ".join([f"a {' or '.join(link.targets)}", *chained])
    return made
