"""What is held against each resource after the database has narrowed a search: codes, dates, references."""

from collections.abc import Callable, Collection, Iterator, Mapping
from zoneinfo import ZoneInfo

from dokuei.hub.fhir.dates import Span, span_of
from dokuei.hub.fhir.model import Resource

Filter = Callable[[Resource], bool]


def token_filter(element: str, value: str) -> Filter:
    """``code``, ``system|code``, ``|code`` or ``system|``, any of several (R4 3.1.1.4.10)."""
    wanted = [one.rpartition("|") for one in value.split(",")]

    def fits(resource: Resource) -> bool:
        there = set(_pairs(resource.get(element)))
        return any(
            (not code or code == known) and (not bar or system == known_system)
            for system, bar, code in wanted
            for known_system, known in there
        )

    return fits


def date_filter(element: str, span: Span, zone: ZoneInfo) -> Filter:
    """A time that is told against one that is sought."""

    def fits(resource: Resource) -> bool:
        there = span_of(str(resource.get(element) or ""), zone)
        return there is not None and span.takes(there)

    return fits


def reference_filter(element: str, addresses: Collection[str]) -> Filter:
    """Whether an element refers to one of these resources."""
    return lambda resource: not set(addresses).isdisjoint(references(resource.get(element)))


def references(value: object) -> Iterator[str]:
    """Every address that an element refers to, however deep."""
    if isinstance(value, Mapping):
        if "reference" in value:
            yield str(value["reference"])
        for one in value.values():
            yield from references(one)
    elif isinstance(value, list):
        for one in value:
            yield from references(one)


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
