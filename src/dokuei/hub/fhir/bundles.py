"""Several orders in one Bundle (R4 3.1.0.11), and references within it resolved."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from dokuei.errors import FhirError
from dokuei.hub.fhir.model import Resource
from dokuei.hub.fhir.orders import Resolve

_UPDATE: Final = re.compile(r"ServiceRequest/([A-Za-z0-9.-]{1,64})")
_BESIDE: Final = frozenset({"Patient", "Practitioner", "PractitionerRole"})
_MOST: Final = 100


@dataclass(frozen=True)
class Entry:
    """One entry: an order (``request_id`` where it names the request), or what an order refers to.

    ``if_none_exist`` is the search that finds nothing where the order is to be placed.
    """

    place: int
    resource: Resource
    is_order: bool
    request_id: str | None = None
    if_match: str = ""
    if_none_exist: str = ""


def entries_of(bundle: Resource) -> tuple[Entry, ...]:
    """The entries of a batch or transaction.

    Raises:
        FhirError: another kind of Bundle, or something that is not done here.
    """
    if bundle.get("type") not in {"batch", "transaction"}:
        raise FhirError(("not-supported", "a Bundle here is a batch or a transaction", "Bundle.type"))
    entries = bundle.get("entry") or []
    if not 0 < len(entries) <= _MOST:
        raise FhirError(("too-costly", f"1 to {_MOST} entries", "Bundle.entry"))
    found = tuple(_entry(place, one) for place, one in enumerate(entries))
    if not any(one.is_order for one in found):
        raise FhirError(("required", "no ServiceRequest in it", "Bundle.entry"))
    return found


def resolver(document: Resource, bundle: Resource, elsewhere: Resolve) -> Resolve:
    """References of one resource: contained, in the same Bundle, by identifier alone, else ``elsewhere``.

    Raises:
        FhirError: two resources under one name, so that a reference to it may mean either.
    """
    named = ((f"#{one['id']}", one) for one in document.get("contained", ()) if one.get("id"))
    contained = _by_name(named, "ServiceRequest.contained")
    beside = _by_name(_addresses(bundle), "Bundle.entry")

    def resolve(reference: Resource, kind: str) -> Resource | None:
        address = str(reference.get("reference") or "")
        found = contained.get(address) or beside.get(address.partition("/_history")[0])
        if found is None and "identifier" in reference and not address:
            name = [{"text": reference["display"]}] if reference.get("display") else []
            found = {"resourceType": kind, "identifier": [reference["identifier"]], "name": name}
        if found is None:
            found = elsewhere(reference, kind)
        return found if found is not None and found.get("resourceType") == kind else None

    return resolve


def _entry(place: int, entry: Resource) -> Entry:
    where = f"Bundle.entry[{place}]"
    resource, request = entry.get("resource"), entry.get("request")
    if not isinstance(resource, dict) or not isinstance(request, dict):
        raise FhirError(("required", "an entry has a resource and a request", where))
    kind, method = str(resource.get("resourceType")), str(request.get("method"))
    path = urlsplit(str(request.get("url") or "")).path.strip("/")
    if kind in _BESIDE and method in {"POST", "PUT"}:
        return Entry(place, resource, is_order=False)
    named = _UPDATE.fullmatch(path)
    if kind == "ServiceRequest" and method == "PUT" and named:
        return Entry(place, resource, is_order=True, request_id=named[1], if_match=str(request.get("ifMatch") or ""))
    if kind == "ServiceRequest" and method in {"POST", "PUT"} and path == "ServiceRequest":
        condition = str(request.get("ifNoneExist") or "") if method == "POST" else ""
        return Entry(place, resource, is_order=True, if_none_exist=condition)
    raise FhirError(("not-supported", "a ServiceRequest by POST or PUT, with whom it names", f"{where}.request"))


def _by_name(found: Iterable[tuple[str, Resource]], where: str) -> dict[str, Resource]:
    names: dict[str, Resource] = {}
    for name, resource in found:
        if names.setdefault(name, resource) is not resource:
            raise FhirError(("duplicate", "two resources of one name", where))
    return names


def _addresses(bundle: Resource) -> Iterator[tuple[str, Resource]]:
    for entry in bundle.get("entry", ()):
        resource = entry.get("resource")
        if isinstance(resource, dict):
            if entry.get("fullUrl"):
                yield str(entry["fullUrl"]), resource
            if resource.get("id"):
                yield f"{resource.get('resourceType')}/{resource['id']}", resource
