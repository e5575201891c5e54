"""A hospital's system that speaks FHIR, in front of a reading room's hub."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from dokuei.hub.fhir import api as fhir_api
from dokuei.hub.fhir.door import FhirDoor
from dokuei.hub.fhir.service import fhir_service
from dokuei.hub.identity.model import Scope
from dokuei.hub.neighbours_of_fhir import FhirRequests
from dokuei.hub.neighbours_of_fhir_results import FhirReports, FhirStudies
from tests.makers.people import ORIGIN
from tests.makers.reading import ReadingRoom, reading_room

KIND = {"Content-Type": "application/fhir+json"}
PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p",
    "identifier": [{"value": "0000P1"}],
    "name": [
        {
            "extension": [
                {"url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", "valueCode": "IDE"}
            ],
            "family": "山田",
            "given": ["花子"],
        },
        {"text": "ヤマダ ハナコ"},
    ],
    "birthDate": "1970-01-01",
    "gender": "female",
}
PHYSICIAN: dict[str, Any] = {
    "resourceType": "Practitioner",
    "id": "d",
    "name": [{"family": "髙橋", "given": ["一郎"]}],
}
JJ1017 = {"system": "urn:example:JJ1017", "code": "2000000000000000", "display": "乳房撮影"}
ORDER: dict[str, Any] = {
    "resourceType": "ServiceRequest",
    "meta": {"profile": ["http://jpfhir.jp/fhir/core/StructureDefinition/JP_ServiceRequest_Common"]},
    "contained": [PATIENT, PHYSICIAN],
    "identifier": [
        {"system": "urn:example:orders", "value": "P-1"},
        {
            "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "ACSN"}]},
            "value": "A-1",
        },
    ],
    "status": "active",
    "intent": "order",
    "priority": "stat",
    "category": [{"coding": [{"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "MG"}]}],
    "code": {"coding": [{"system": "urn:example:local", "code": "77", "display": "MMG"}, JJ1017]},
    "subject": {"reference": "#p"},
    "requester": {"reference": "#d"},
    "occurrenceDateTime": "2026-11-01",
    "reasonCode": [{"text": "検診要精査"}],
    "note": [{"text": "左乳房術後"}],
}


def changed(**values: Any) -> dict[str, Any]:
    """The same order with some other words; None leaves one out."""
    return {name: value for name, value in {**ORDER, **values}.items() if value is not None}


@contextmanager
def fhir_room(folder: Path, url: str | None = None) -> Iterator[ReadingRoom]:
    """A reading room that answers FHIR as the real hub does."""
    with reading_room(folder, url=url) as room:
        fhir_api.answer_fhir_errors(room.hub.app)
        service = fhir_service(
            room.hub.database,
            requests=FhirRequests(room.requests),
            reports=FhirReports(room.reports, room.hub.identity),
            studies=FhirStudies(),
            hub_url=ORIGIN,
            time_zone="Asia/Tokyo",
        )
        room.hub.app.include_router(fhir_api.routes(service))
        room.hub.app.add_middleware(FhirDoor)
        yield room


def system(room: ReadingRoom, site_id: str = "kita", scope: Scope = Scope.FHIR) -> httpx.Client:
    """A hospital's system with a token of its site."""
    token = room.hub.identity.tokens.create(scope=scope, site_id=site_id, label="北病院の電子カルテ", actor="system")
    client = room.hub.client()
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def posted(client: httpx.Client, **values: Any) -> httpx.Response:
    """An order on its way in."""
    return client.post("/fhir/ServiceRequest", json=changed(**values), headers=KIND)


def told(answer: httpx.Response) -> str:
    """The words of an OperationOutcome."""
    assert answer.headers["content-type"] == "application/fhir+json", answer.headers
    body = answer.json()
    assert body["resourceType"] == "OperationOutcome", body
    return "; ".join(f"{one['code']} {one.get('expression', [''])[0]} {one['diagnostics']}" for one in body["issue"])


def entries(answer: httpx.Response, mode: str = "match") -> list[dict[str, Any]]:
    """The resources of a search's page."""
    assert answer.status_code == 200, answer.text
    found = answer.json().get("entry", [])
    return [one["resource"] for one in found if one["search"]["mode"] == mode]
