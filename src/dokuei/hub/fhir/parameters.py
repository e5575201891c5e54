"""What may be searched and included, kind by kind (R4 3.1.1): searches and the statement of them look here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

KINDS: Final = (
    "DiagnosticReport",
    "DocumentReference",
    "Endpoint",
    "ImagingStudy",
    "Media",
    "Observation",
    "Patient",
    "Practitioner",
    "ServiceRequest",
)
OF_REPORTS: Final = frozenset({"DiagnosticReport", "DocumentReference", "Media", "Observation"})
PATIENT: Final = frozenset({"patient", "subject"})


@dataclass(frozen=True)
class Link:
    """An element that refers to other resources, and to which kinds."""

    element: str
    targets: tuple[str, ...]


_SUBJECT: Final = Link("subject", ("Patient",))
_ORDER: Final = Link("basedOn", ("ServiceRequest",))
_WHOSE: Final = {"subject": _SUBJECT, "patient": _SUBJECT}
TOKENS: Final[Mapping[str, Mapping[str, str]]] = {
    "DiagnosticReport": {
        "status": "status",
        "code": "code",
        "category": "category",
        "identifier": "identifier",
        "conclusion": "conclusionCode",
    },
    "DocumentReference": {"status": "status", "type": "type", "category": "category", "identifier": "identifier"},
    "Endpoint": {"status": "status", "connection-type": "connectionType"},
    "ImagingStudy": {"status": "status", "modality": "modality", "identifier": "identifier"},
    "Media": {
        "status": "status",
        "type": "type",
        "modality": "modality",
        "site": "bodySite",
        "identifier": "identifier",
    },
    "Observation": {
        "status": "status",
        "code": "code",
        "category": "category",
        "value-concept": "valueCodeableConcept",
    },
    "Patient": {"identifier": "identifier"},
    "Practitioner": {},
    "ServiceRequest": {
        "status": "status",
        "code": "code",
        "category": "category",
        "identifier": "identifier",
        "intent": "intent",
        "priority": "priority",
    },
}
DATES: Final[Mapping[str, Mapping[str, str]]] = {
    "DiagnosticReport": {"date": "effectiveDateTime", "issued": "issued"},
    "DocumentReference": {"date": "date"},
    "ImagingStudy": {"started": "started"},
    "Media": {"created": "createdDateTime"},
    "Observation": {"date": "effectiveDateTime"},
    "ServiceRequest": {"authored": "authoredOn", "occurrence": "occurrenceDateTime"},
}
LINKS: Final[Mapping[str, Mapping[str, Link]]] = {
    "DiagnosticReport": {
        **_WHOSE,
        "based-on": _ORDER,
        "result": Link("result", ("Observation",)),
        "media": Link("media", ("Media",)),
        "study": Link("imagingStudy", ("ImagingStudy",)),
        "performer": Link("performer", ("Practitioner",)),
        "results-interpreter": Link("resultsInterpreter", ("Practitioner",)),
    },
    "DocumentReference": {
        **_WHOSE,
        "related": Link("context", ("ServiceRequest", "ImagingStudy", "DiagnosticReport")),
        "author": Link("author", ("Practitioner",)),
        "authenticator": Link("authenticator", ("Practitioner",)),
    },
    "ImagingStudy": {**_WHOSE, "basedon": _ORDER, "endpoint": Link("endpoint", ("Endpoint",))},
    "Media": {**_WHOSE, "based-on": _ORDER},
    "Observation": {
        **_WHOSE,
        "based-on": _ORDER,
        "has-member": Link("hasMember", ("Observation",)),
        "derived-from": Link("derivedFrom", ("ImagingStudy", "Media")),
        "performer": Link("performer", ("Practitioner",)),
    },
    "ServiceRequest": dict(_WHOSE),
}
CHAINED: Final = frozenset({"Patient", "ServiceRequest", "ImagingStudy"})
"""Kinds whose identifier may stand for a reference to them."""
SORTS: Final[Mapping[str, Mapping[str, str]]] = {
    **{kind: {"_lastUpdated": "changed"} for kind in ("ImagingStudy", "Media", "Observation")},
    "DiagnosticReport": {"_lastUpdated": "changed", "issued": "changed"},
    "DocumentReference": {"_lastUpdated": "changed", "date": "changed"},
    "ServiceRequest": {"_lastUpdated": "changed", "authored": "placed"},
}
"""Which order of records a sort means: by when they changed, or by when a request was placed."""
_BY_TARGET: Final = frozenset({"DiagnosticReport", "ImagingStudy", "Media", "Observation", "Patient", "ServiceRequest"})


def parameters_of(kind: str) -> dict[str, str]:
    """Every search parameter of a kind with its type."""
    found = {"_id": "token", "_lastUpdated": "date"}
    found |= dict.fromkeys(TOKENS[kind], "token")
    found |= dict.fromkeys(DATES.get(kind, ()), "date")
    return found | dict.fromkeys(LINKS.get(kind, ()), "reference")


def includes_of(kind: str) -> tuple[str, ...]:
    """What may be included with a kind."""
    return tuple(f"{kind}:{name}" for name in LINKS.get(kind, ()))


def reverse_includes_of(kind: str) -> tuple[str, ...]:
    """What refers to a kind and may be included with it."""
    return tuple(f"{source}:{name}" for source, name in _referring(kind)) if kind in _BY_TARGET else ()


def _referring(kind: str) -> Iterator[tuple[str, str]]:
    for source, links in LINKS.items():
        for name, link in links.items():
            if kind in link.targets:
                yield source, name
