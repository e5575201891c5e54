"""Search parameters (R4 3.1.1): what the database narrows, and what is held against each resource afterwards."""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from dokuei.errors import FhirBodyError
from dokuei.hub.fhir.dates import Span, span_of
from dokuei.hub.fhir.model import Resource, Wanted

Pairs = Sequence[tuple[str, str]]
Filter = Callable[[Resource], bool]
KINDS: Final = (
    "DiagnosticReport",
    "DocumentReference",
    "ImagingStudy",
    "Observation",
    "Patient",
    "Practitioner",
    "ServiceRequest",
)
_PATIENT: Final = {"patient", "subject"}
_TOKENS: Final[Mapping[str, Mapping[str, str]]] = {
    "DiagnosticReport": {"status": "status", "code": "code", "category": "category", "identifier": "identifier"},
    "DocumentReference": {"status": "status", "type": "type", "category": "category", "identifier": "identifier"},
    "ImagingStudy": {"status": "status", "modality": "modality", "identifier": "identifier"},
    "Observation": {"status": "status", "code": "code", "category": "category"},
    "Patient": {"identifier": "identifier"},
    "Practitioner": {},
    "ServiceRequest": {"status": "status", "code": "code", "category": "category", "identifier": "identifier"},
}
_DATES: Final[Mapping[str, Mapping[str, str]]] = {
    "DiagnosticReport": {"date": "effectiveDateTime", "issued": "issued"},
    "DocumentReference": {"date": "date"},
    "ImagingStudy": {"started": "started"},
    "Observation": {"date": "effectiveDateTime"},
    "ServiceRequest": {"authored": "authoredOn", "occurrence": "occurrenceDateTime"},
}
_ORDERS: Final[Mapping[str, str]] = {
    "DiagnosticReport": "based-on",
    "Observation": "based-on",
    "ImagingStudy": "basedon",
    "DocumentReference": "related",
}
INCLUDES: Final[Mapping[str, Mapping[str, str]]] = {
    "DiagnosticReport": {
        "subject": "subject",
        "patient": "subject",
        "result": "result",
        "based-on": "basedOn",
        "performer": "performer",
        "results-interpreter": "resultsInterpreter",
    },
    "DocumentReference": {"subject": "subject", "patient": "subject", "author": "author"},
    "ImagingStudy": {"subject": "subject", "patient": "subject", "basedon": "basedOn"},
    "Observation": {
        "subject": "subject",
        "patient": "subject",
        "based-on": "basedOn",
        "has-member": "hasMember",
        "derived-from": "derivedFrom",
        "performer": "performer",
    },
    "ServiceRequest": {"subject": "subject", "patient": "subject"},
}
_SILENT: Final = frozenset({"_format", "_pretty"})
_MOST: Final = 100
_USUAL: Final = 20
_MOST_VALUES: Final = 200
_LONGEST: Final = 1 << 16


@dataclass(frozen=True)
class Query:
    """A search as it will be carried out; ``skip`` of the first record's resources were on the page before."""

    kind: str
    wanted: Wanted = field(default_factory=Wanted)
    filters: tuple[Filter, ...] = ()
    count: int = _USUAL
    skip: int = 0
    include: tuple[str, ...] = ()
    accepted: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asking:
    """What reading a search needs beside it: whose number is whose, and what time it is there."""

    keys_of_subject: Callable[[str], frozenset[str]]
    keys_of_patient: Callable[[str], frozenset[str]]
    requests_of_number: Callable[[str], frozenset[str]]
    zone: ZoneInfo


def parameters_of(kind: str) -> dict[str, str]:
    """Every search parameter of a kind with its type, for the CapabilityStatement."""
    found = {"_id": "token", "_lastUpdated": "date"}
    found |= dict.fromkeys(_TOKENS[kind], "token")
    found |= dict.fromkeys(_DATES.get(kind, ()), "date")
    if kind not in {"Patient", "Practitioner"}:
        found |= dict.fromkeys(sorted(_PATIENT), "reference")
    if kind in _ORDERS:
        found[_ORDERS[kind]] = "reference"
    return found


def query_of(kind: str, pairs: Pairs, asking: Asking, *, strict: bool) -> Query:
    """A search as it was asked for.

    Raises:
        FhirBodyError: a value that cannot be read, or (strictly) a parameter that is not known.
    """
    query = Query(kind)
    if sum(value.count(",") + 1 for _, value in pairs) > _MOST_VALUES or sum(map(_length, pairs)) > _LONGEST:
        raise FhirBodyError(("too-long", f"more than {_MOST_VALUES} values, or {_LONGEST} characters", ""))
    if any("\0" in text for pair in pairs for text in pair):
        raise FhirBodyError(("value", "a NUL character", ""))
    for name, value in pairs:
        read = _general(query, name, value, asking) or _special(query, name, value, asking)
        if read is None:
            if strict:
                raise FhirBodyError(("not-supported", "no such search parameter", "".join(_plain(name))))
            query = replace(query, ignored=(*query.ignored, "".join(_plain(name))))
            continue
        accepted = query.accepted if name in {*_SILENT, "_cursor"} else (*query.accepted, (name, value))
        query = replace(read, accepted=accepted)
    if kind == "Patient" and query.wanted.ids is None and query.wanted.patient_ids is None:
        raise FhirBodyError(("too-costly", "a patient is looked for by identifier or _id", ""))
    if kind == "Practitioner" and query.wanted.ids is None:
        raise FhirBodyError(("too-costly", "a practitioner is looked for by _id", ""))
    return query


def cursor_of(at: datetime, key: str, skip: int) -> str:
    """Where the next page begins."""
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), key, skip]).encode()).decode().rstrip("=")


def _general(query: Query, name: str, value: str, asking: Asking) -> Query | None:  # noqa: PLR0911 - one line a parameter
    if name in _SILENT:
        return query
    if name == "_count":
        if not (value.isascii() and value.isdigit() and len(value) < 6):  # noqa: PLR2004 - a number that a page could have
            raise _unread(name)
        return replace(query, count=max(1, min(int(value), _MOST)))
    if name == "_id":
        return _narrow(query, "ids", frozenset(value.split(",")))
    if name == "_sort" and value == "-_lastUpdated":
        return query
    if name == "_lastUpdated":
        span = span_of(value, asking.zone) or _raise(name)
        return _updated(query, _raise(name) if span.prefix == "ne" else span)
    if name == "_include":
        kind, _, rest = value.partition(":")
        known = INCLUDES.get(query.kind, {}).get(rest.partition(":")[0])
        if kind != query.kind or known is None:
            raise FhirBodyError(("not-supported", "nothing like that can be included", "_include"))
        return replace(query, include=(*query.include, known))
    return _from(query, value) if name == "_cursor" else None


def _special(query: Query, name: str, value: str, asking: Asking) -> Query | None:  # noqa: PLR0911 - the same
    kind = query.kind
    head, _, tail = name.replace(":identifier", ".identifier").replace(":Patient", "").partition(".")
    if head in _PATIENT and kind not in {"Patient", "Practitioner"} and tail in {"", "identifier"}:
        ask = asking.keys_of_patient if tail else asking.keys_of_subject
        values = (one.rpartition("|" if tail else "/")[2] for one in value.split(","))
        return _narrow(query, "patient_ids", frozenset().union(*(ask(one) for one in values if one)))
    if head == _ORDERS.get(kind) and tail in {"", "identifier"}:
        return _narrow(query, "requests", frozenset(_requests(value, asking, by_number=bool(tail))))
    if tail:
        return None
    if name == "identifier" and kind == "Patient":
        values = (one.rpartition("|")[2] for one in value.split(","))
        return _narrow(query, "patient_ids", frozenset().union(*(asking.keys_of_patient(one) for one in values if one)))
    if name in _TOKENS[kind]:
        read = _numbered(query, value) if name == "identifier" else query
        return _with(read, _token_filter(_TOKENS[kind][name], value))
    if name in _DATES.get(kind, {}):
        return _with(query, _date_filter(_DATES[kind][name], span_of(value, asking.zone) or _raise(name), asking.zone))
    return None


def _requests(value: str, asking: Asking, *, by_number: bool) -> Iterator[str]:
    for one in value.split(","):
        if by_number:
            yield from asking.requests_of_number(one.rpartition("|")[2])
        else:
            yield one.rpartition("/")[2]


def _numbered(query: Query, value: str) -> Query:
    """An identifier narrows by what it is: a report's own, a study's own, or a number of the hospital's."""
    values = [one.rpartition("|")[2] for one in value.split(",")]
    if all(one.startswith("urn:uuid:") for one in values):
        return _narrow(query, "ids", frozenset(one.removeprefix("urn:uuid:").replace("-", "") for one in values))
    if query.kind == "ImagingStudy" and all(one.startswith("urn:oid:") for one in values):
        return _narrow(query, "ids", frozenset(one.removeprefix("urn:oid:") for one in values))
    return _narrow(query, "numbers", frozenset(values))


def _narrow(query: Query, name: str, values: frozenset[str]) -> Query:
    known: frozenset[str] | None = getattr(query.wanted, name)
    both: dict[str, Any] = {name: values if known is None else known & values}
    return replace(query, wanted=replace(query.wanted, **both))


def _updated(query: Query, span: Span) -> Query:
    since, until = span.bounds()
    wanted = query.wanted
    if since is not None and (wanted.since is None or since > wanted.since):
        wanted = replace(wanted, since=since)
    if until is not None and (wanted.until is None or until < wanted.until):
        wanted = replace(wanted, until=until)
    return replace(query, wanted=wanted)


def _from(query: Query, value: str) -> Query:
    try:
        at, key, skip = json.loads(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
        moment = datetime.fromisoformat(at).astimezone(UTC)
        skipped = min(max(int(skip), 0), 1000)
        if "\0" in key.encode().decode():
            raise _unread("_cursor")
    except (AttributeError, ValueError, TypeError, RecursionError, OverflowError) as error:
        raise _unread("_cursor") from error
    # a record whose resources filled a page is looked at again: its key itself is just before this one
    last = f"{key}~" if skipped else key
    return replace(query, skip=skipped, wanted=replace(query.wanted, before=(moment, last)))


def _token_filter(element: str, value: str) -> Filter:
    wanted = [one.rpartition("|") for one in value.split(",")]

    def fits(resource: Resource) -> bool:
        there = set(_pairs(resource.get(element)))
        return any(
            (not code or code == known) and (not bar or system == known_system)
            for system, bar, code in wanted
            for known_system, known in there
        )

    return fits


def _date_filter(element: str, span: Span, zone: ZoneInfo) -> Filter:
    def fits(resource: Resource) -> bool:
        there = span_of(str(resource.get(element) or ""), zone)
        return there is not None and span.takes(there)

    return fits


def _pairs(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield "", value
    elif isinstance(value, list):
        for one in value:
            yield from _pairs(one)
    elif isinstance(value, dict):
        if "coding" in value:
            yield from _pairs(value["coding"])
        elif "code" in value or "value" in value:
            yield str(value.get("system") or ""), str(value.get("code") or value.get("value") or "")


def _with(query: Query, one: Filter) -> Query:
    return replace(query, filters=(*query.filters, one))


def _plain(name: str) -> Iterable[str]:
    return (one for one in name[:40] if one.isascii() and (one.isalnum() or one in "._:-"))


def _length(pair: tuple[str, str]) -> int:
    return len(pair[0]) + len(pair[1])


def _unread(name: str) -> FhirBodyError:
    return FhirBodyError(("value", "a value that cannot be read", name))


def _raise(name: str) -> Span:
    raise _unread(name)
