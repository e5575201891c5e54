"""Searches as they are asked for (R4 3.1.1): what the database narrows, and what is held against each resource."""

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from dokuei.errors import FhirBodyError
from dokuei.hub.fhir.dates import Span, span_of
from dokuei.hub.fhir.filters import Filter, date_filter, reference_filter, token_filter
from dokuei.hub.fhir.model import Wanted
from dokuei.hub.fhir.parameters import CHAINED, DATES, LINKS, PATIENT, SORTS, TOKENS, Link, reverse_includes_of

Pairs = Sequence[tuple[str, str]]
_SILENT: Final = frozenset({"_format", "_pretty"})
_MOST: Final = 100
_USUAL: Final = 20
_MOST_VALUES: Final = 200
_LONGEST: Final = 1 << 16
_REPORT_ID: Final = 32


@dataclass(frozen=True)
class Include:
    """References of a kind's element that are followed, to one kind of resource where that is named."""

    kind: str
    link: Link
    target: str = ""


@dataclass(frozen=True)
class Query:
    """A search as it will be carried out; ``skip`` of the first record's resources were on the page before."""

    kind: str
    wanted: Wanted = field(default_factory=Wanted)
    filters: tuple[Filter, ...] = ()
    count: int = _USUAL
    skip: int = 0
    include: tuple[Include, ...] = ()
    reverse: tuple[Include, ...] = ()
    accepted: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()
    cursor: str = ""


@dataclass(frozen=True)
class Asking:
    """What reading a search needs beside it: whose number is whose, and what time it is there."""

    keys_of_subject: Callable[[str], frozenset[str]]
    keys_of_patient: Callable[[str], frozenset[str]]
    subjects_of_patient: Callable[[str], frozenset[str]]
    requests_of_number: Callable[[str], frozenset[str]]
    studies_of_number: Callable[[str], frozenset[str]]
    base: str
    zone: ZoneInfo


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
        told = () if name in {*_SILENT, "_cursor"} else (_told(kind, name, value, asking),)
        accepted = (*query.accepted, *told)
        query = replace(read, accepted=accepted)
    if kind == "Patient" and query.wanted.ids is None and query.wanted.patient_ids is None:
        raise FhirBodyError(("too-costly", "a patient is looked for by identifier or _id", ""))
    if kind == "Practitioner" and query.wanted.ids is None:
        raise FhirBodyError(("too-costly", "a practitioner is looked for by _id", ""))
    return query


def cursor_of(at: datetime, key: str, skip: int) -> str:
    """Where the next page begins."""
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), key, skip]).encode()).decode().rstrip("=")


def _told(kind: str, name: str, value: str, asking: Asking) -> tuple[str, str]:
    """A parameter as links repeat it: logs keep addresses, so a patient's number here stands for the hospital's."""
    head, _, tail = name.replace(":identifier", ".identifier").partition(".")
    of_patient = (kind, name) == ("Patient", "identifier")
    if of_patient or (tail and head.partition(":")[0] in PATIENT):
        subjects = ",".join(sorted(_all(value, asking.subjects_of_patient))) or "none"
        return ("_id" if of_patient else "patient"), subjects
    return name, value


def _general(query: Query, name: str, value: str, asking: Asking) -> Query | None:  # noqa: PLR0911 - one line a parameter
    if name in _SILENT:
        return query
    if name == "_count":
        if not (value.isascii() and value.isdigit() and len(value) < 6):  # noqa: PLR2004 - a number that a page could have
            raise _unread(name)
        return replace(query, count=max(1, min(int(value), _MOST)))
    if name == "_id":
        return _narrow(query, "ids", frozenset(value.split(",")))
    if name == "_sort":
        return _sorted(query, value)
    if name == "_lastUpdated":
        span = span_of(value, asking.zone) or _raise(name)
        return _updated(query, _raise(name) if span.prefix == "ne" else span)
    if name == "_include":
        return replace(query, include=(*query.include, _include(query.kind, value)))
    if name == "_revinclude":
        return replace(query, reverse=(*query.reverse, _reverse(query.kind, value)))
    return _from(query, value) if name == "_cursor" else None


def _special(query: Query, name: str, value: str, asking: Asking) -> Query | None:
    kind = query.kind
    if name == "identifier" and kind == "Patient":
        return _narrow(query, "patient_ids", _all(value, asking.keys_of_patient))
    if name in TOKENS[kind]:
        read = _numbered(query, value) if name == "identifier" else query
        return _with(read, token_filter(TOKENS[kind][name], value))
    if name in DATES.get(kind, {}):
        return _with(query, date_filter(DATES[kind][name], span_of(value, asking.zone) or _raise(name), asking.zone))
    return _referring(query, name, value, asking)


def _referring(query: Query, name: str, value: str, asking: Asking) -> Query | None:
    """A reference, of one kind where that is named, or in its place an identifier (R4 3.1.1.4.12, chained)."""
    head, _, tail = name.replace(":identifier", ".identifier").partition(".")
    named, _, target = head.partition(":")
    link = LINKS.get(query.kind, {}).get(named)
    if link is None or tail not in {"", "identifier"} or (target and target not in link.targets):
        return None
    kinds = (target,) if target else link.targets
    if named in PATIENT:
        ask = asking.keys_of_patient if tail else lambda one: asking.keys_of_subject(one.rpartition("/")[2])
        return _narrow(query, "patient_ids", _all(value, ask))
    if tail:
        if kinds[0] not in CHAINED:
            return None
        ask = asking.requests_of_number if kinds[0] == "ServiceRequest" else asking.studies_of_number
        return _to(query, link, {f"{kinds[0]}/{one}" for one in _all(value, ask)})
    return _to(query, link, {address for one in value.split(",") for address in _addresses(one, kinds, asking.base)})


def _addresses(value: str, kinds: Iterable[str], base: str) -> Iterable[str]:
    """A reference as it stands in a resource: relative, and of each kind that it may be where none is named."""
    address = value.removeprefix(f"{base}/")
    return (address,) if "/" in address else tuple(f"{kind}/{address}" for kind in kinds)


def _to(query: Query, link: Link, addresses: set[str]) -> Query:
    """Narrowed where all that may be meant is of one kind that the database knows, and compared in any case."""
    query = _with(query, reference_filter(link.element, addresses))
    kinds = {one.partition("/")[0] for one in addresses}
    ids = frozenset(one.partition("/")[2] for one in addresses)
    if kinds == {"ServiceRequest"} or not addresses:
        return _narrow(query, "requests", ids)
    if kinds == {"ImagingStudy"}:
        return _narrow(query, "studies", ids)
    if kinds <= {"DiagnosticReport", "Observation", "Media"}:
        return _narrow(query, "reports", frozenset(one[:_REPORT_ID] for one in ids))
    return query


def _all(value: str, ask: Callable[[str], frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*(ask(number) for one in value.split(",") if (number := one.rpartition("|")[2])))


def _sorted(query: Query, value: str) -> Query:
    order = SORTS.get(query.kind, {}).get(value.removeprefix("-"))
    if order is None:
        raise FhirBodyError(("not-supported", "nothing is sorted by that", "_sort"))
    wanted = replace(query.wanted, ascending=not value.startswith("-"), by_placed=order == "placed")
    return replace(query, wanted=wanted)


def _include(kind: str, value: str) -> Include:
    source, _, rest = value.partition(":")
    name, _, target = rest.partition(":")
    link = LINKS.get(kind, {}).get(name)
    if source != kind or link is None or (target and target not in link.targets):
        raise FhirBodyError(("not-supported", "nothing like that can be included", "_include"))
    return Include(kind, link, target)


def _reverse(kind: str, value: str) -> Include:
    named, _, target = value.rpartition(":") if value.count(":") > 1 else (value, "", kind)
    if named not in reverse_includes_of(kind) or target != kind:
        raise FhirBodyError(("not-supported", "nothing like that can be included", "_revinclude"))
    source, _, name = named.partition(":")
    return Include(source, LINKS[source][name], kind)


def _numbered(query: Query, value: str) -> Query:
    """An identifier narrows by what it is: a report's own, a study's own, or a number of the hospital's."""
    values = [one.rpartition("|")[2] for one in value.split(",")]
    if all(one.startswith("urn:uuid:") for one in values):
        ids = frozenset(one.removeprefix("urn:uuid:").replace("-", "") for one in values)
        return _narrow(query, "reports", ids)
    if query.kind == "Media":
        return query
    if query.kind == "ImagingStudy" and all(one.startswith("urn:oid:") for one in values):
        return _narrow(query, "studies", frozenset(one.removeprefix("urn:oid:") for one in values))
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
    # a record whose resources filled a page is looked at again
    wanted = replace(query.wanted, beyond=(moment, key, skipped > 0))
    return replace(query, skip=skipped, cursor=value, wanted=wanted)


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
