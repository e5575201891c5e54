"""Signed reports leave in FHIR as JP Core wants them: found, paged, versioned, each with its sealed document."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fhir.resources.R4B import get_fhir_model_class

from dokuei.hub.reports import store
from tests.makers.fhir import entries, fhir_room, posted, system, told
from tests.makers.reading import TEXT, ReadingRoom
from tests.makers.requests import view
from tests.makers.structured import MASS, structure

CORE = "http://jpfhir.jp/fhir/core/StructureDefinition"


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with fhir_room(tmp_path, database_url) as made:
        yield made


@pytest.fixture
def his(room: ReadingRoom) -> httpx.Client:
    return system(room)


def signed(room: ReadingRoom, reader: httpx.Client, name: str, item: str, **fields: Any) -> None:
    written = room.written(reader, item, **fields)
    assert written.status_code == 200, written.text
    done = room.signed(reader, item, room.keys[name])
    assert done.status_code == 200, done.text
    room.carry_out()


def amended(room: ReadingRoom, reader: httpx.Client, name: str, item: str, **fields: Any) -> None:
    path = f"/api/v1/worklist/{item}/report"
    assert reader.post(f"{path}/amendment").status_code == 200
    tag = reader.get(path).headers["etag"]
    body = {**TEXT, "images_read": room.images_read(item), **fields}
    saved = reader.put(path, json=body, headers={"If-Match": tag})
    assert saved.status_code == 200, saved.text
    assert room.signed(reader, item, room.keys[name]).status_code == 200
    room.carry_out()


def holds(resource: dict[str, Any]) -> None:
    """What the library's model of R4 takes, and a profile where JP Core has one."""
    get_fhir_model_class(resource["resourceType"]).model_validate(resource)


def test_a_signed_report_as_jp_core_has_it(room: ReadingRoom, his: httpx.Client) -> None:
    """REPORT-01 REPORT-03 REPORT-04 REPORT-06 REPORT-10: everything that is known stands where JP Core has it."""
    asked = posted(his).json()
    item = room.take_in(view())
    reader = room.reader("reader.a")
    signed(room, reader, "reader.a", item, structure=structure({**MASS, "images": []}), category_right="4")
    wanted = {"patient.identifier": "P1", "_include": ["DiagnosticReport:result", "DiagnosticReport:subject"]}
    answer = his.get("/fhir/DiagnosticReport", params=wanted)
    (report,) = entries(answer)
    included = {f"{one['resourceType']}/{one['id']}": one for one in entries(answer, "include")}
    for one in (report, *included.values()):
        holds(one)
    assert report["meta"]["profile"] == [f"{CORE}/JP_DiagnosticReport_Radiology"]
    assert (report["status"], report["meta"]["versionId"]) == ("final", "1")
    assert [one["coding"][0]["code"] for one in report["category"]] == ["LP29684-5", "MG"]
    assert {one["code"] for one in report["code"]["coding"]} == {"18748-4"}
    assert report["basedOn"] == [{"reference": f"ServiceRequest/{asked['id']}"}]
    assert report["subject"] == asked["subject"]
    assert report["conclusion"] == TEXT["impression"]
    assert "微細鋸歯状" in report["text"]["div"]
    assert report["effectiveDateTime"] < report["issued"]
    assert report["performer"][0]["display"] == report["resultsInterpreter"][0]["display"] == "人 reader.a"
    results = {name.partition("-")[2]: one for name, one in included.items() if name.startswith("Observation/")}
    assert [f"{one['reference']}" for one in report["result"]] == [n for n in included if n.startswith("Observation/")]
    assert results["findings"]["meta"]["profile"] == [f"{CORE}/JP_Observation_Radiology_Findings"]
    assert (results["findings"]["valueString"], results["impression"]["valueString"]) == (
        TEXT["findings"],
        TEXT["impression"],
    )
    assert results["category-right"]["bodySite"]["coding"][0]["display"] == "Right breast structure"
    assert results["category-right"]["valueCodeableConcept"]["coding"][0]["code"] == "screening-4"
    mass = results["finding-1"]
    assert mass["bodySite"]["coding"][0]["code"] == "73056007"
    sizes = [one["valueQuantity"] for one in mass["component"] if "valueQuantity" in one]
    assert [(one["value"], one["code"]) for one in sizes] == [(12, "mm"), (9.5, "mm")]
    patient = next(one for one in included.values() if one["resourceType"] == "Patient")
    assert patient["name"][0]["text"] == "山田 花子"


def test_the_sealed_document_and_whoever_signed(room: ReadingRoom, his: httpx.Client) -> None:
    """REPORT-01: presentedForm leads to the very bytes that were sealed."""
    item = room.mammogram_case()
    signed(room, room.reader("reader.a"), "reader.a", item)
    (report,) = entries(his.get("/fhir/DiagnosticReport"))
    assert entries(his.get("/fhir/DocumentReference", params={"related": "none"})) == []
    (document,) = entries(his.get("/fhir/DocumentReference", params={"status": "current"}))
    holds(document)
    address = document["content"][0]["attachment"]["url"]
    assert address == report["presentedForm"][0]["url"]
    plain = his.get(f"/fhir/{address}", headers={"Accept": "application/pdf"})
    assert plain.headers["content-type"] == "application/pdf"
    with room.hub.database.read() as connection:
        (kept,) = store.versions(connection, report["id"])
    assert hashlib.sha256(plain.content).hexdigest() == kept.sealed.pdf_sha256
    wrapped = his.get(f"/fhir/{address}").json()
    assert base64.b64decode(wrapped["data"]) == plain.content
    practitioner = his.get(f"/fhir/{report['performer'][0]['reference']}").json()
    holds(practitioner)
    assert practitioner["qualification"][0]["identifier"][0]["value"] == "123456"
    assert "report.exported" in room.hub.events()
    other = system(room, "minami")
    for path in (address, f"DiagnosticReport/{report['id']}", report["performer"][0]["reference"]):
        assert other.get(f"/fhir/{path}").status_code == 404, path
    for kind in ("DiagnosticReport", "DocumentReference", "Observation", "ImagingStudy"):
        assert entries(other.get(f"/fhir/{kind}")) == []


def test_an_amended_report_keeps_every_version(room: ReadingRoom, his: httpx.Client) -> None:
    """REPORT-02: amended, with what was before beside it; a finding that is gone was entered in error."""
    item = room.mammogram_case()
    reader = room.reader("reader.a")
    signed(room, reader, "reader.a", item, structure=structure({**MASS, "images": []}), category_right="4")
    (report,) = entries(his.get("/fhir/DiagnosticReport"))
    amended(
        room,
        reader,
        "reader.a",
        item,
        findings="異常なし。",
        impression="異常なし。",
        category_right="1",
        structure=structure(),
    )
    now = his.get(f"/fhir/DiagnosticReport/{report['id']}")
    assert (now.json()["status"], now.headers["etag"]) == ("amended", 'W/"2"')
    assert his.get(f"/fhir/DiagnosticReport/{report['id']}", headers={"If-None-Match": 'W/"2"'}).status_code == 304
    before = his.get(f"/fhir/DiagnosticReport/{report['id']}/_history/1").json()
    assert before == report
    history = his.get(f"/fhir/DiagnosticReport/{report['id']}/_history").json()
    assert [one["resource"]["status"] for one in history["entry"]] == ["amended", "final"]
    holds(history)
    gone = his.get(f"/fhir/Observation/{report['id']}-finding-1").json()
    assert (gone["status"], gone["meta"]["versionId"]) == ("entered-in-error", "2")
    was = his.get(f"/fhir/Observation/{report['id']}-finding-1/_history/1").json()
    assert was["status"] == "final"


def test_searches_narrow_and_page(room: ReadingRoom, his: httpx.Client) -> None:
    """REPORT-03: by patient, number, request, code, status and date; pages follow one another without a gap."""
    asked = posted(his).json()
    reader = room.reader("reader.a")
    items = [room.take_in(view())]
    items += [room.mammogram_case(patient_id=f"Q{n}", AccessionNumber=f"B-{n}") for n in range(4)]
    for item in items:
        signed(room, reader, "reader.a", item)
    (first,) = entries(his.get("/fhir/DiagnosticReport", params={"identifier": "A-1"}))
    for wanted in (
        {"based-on": f"ServiceRequest/{asked['id']}"},
        {"based-on.identifier": "P-1"},
        {"patient": asked["subject"]["reference"]},
        {"subject:Patient.identifier": "0000P1"},
        {"_id": first["id"]},
        {"identifier": first["identifier"][0]["value"]},
        {"patient.identifier": "P1", "code": "http://loinc.org|18748-4", "status": "final,amended"},
    ):
        assert [one["id"] for one in entries(his.get("/fhir/DiagnosticReport", params=wanted))] == [first["id"]], wanted
    for nothing in (
        {"status": "preliminary"},
        {"code": "18782-3"},
        {"patient": "Patient/unknown"},
        {"_lastUpdated": "lt2020-01-01"},
        {"date": "gt2100"},
        {"identifier": "A-1", "patient.identifier": "Q1"},
    ):
        assert entries(his.get("/fhir/DiagnosticReport", params=nothing)) == [], nothing
    whole = [one["id"] for one in entries(his.get("/fhir/DiagnosticReport", params={"_lastUpdated": "ge2020"}))]
    assert len(whole) == 5
    for kind, count in (("DiagnosticReport", 2), ("Observation", 3)):
        everything = [one["id"] for one in entries(his.get(f"/fhir/{kind}", params={"_count": "100"}))]
        paged: list[str] = []
        address = f"/fhir/{kind}?_count={count}"
        while address:
            page = his.get(address)
            found = [one["id"] for one in entries(page)]
            assert 0 < len(found) <= count
            paged += found
            following = [one["url"] for one in page.json()["link"] if one["relation"] == "next"]
            address = f"{urlsplit(following[0]).path}?{urlsplit(following[0]).query}" if following else ""
        assert paged == everything
        assert len(set(paged)) == len(paged)
    form = his.post("/fhir/DiagnosticReport/_search", data={"patient.identifier": "P1"})
    assert [one["id"] for one in entries(form)] == [first["id"]]
    (study,) = entries(his.get("/fhir/ImagingStudy", params={"identifier": "A-1", "modality": "MG"}))
    holds(study)
    assert study["basedOn"] == first["basedOn"]
    assert entries(his.get("/fhir/Observation", params={"patient.identifier": "P1", "code": "18782-3"}))


def test_formats_and_unknown_parameters_are_handled_plainly(room: ReadingRoom, his: httpx.Client) -> None:
    statement = his.get("/fhir/metadata").json()
    holds(statement)
    assert statement["fhirVersion"] == "4.0.1"
    assert his.get("/fhir/metadata", params={"_format": "json"}).status_code == 200
    for answer, status in (
        (his.get("/fhir/metadata", params={"_format": "xml"}), 406),
        (his.get("/fhir/metadata", headers={"Accept": "application/fhir+xml"}), 406),
        (his.post("/fhir/ServiceRequest", content=b"<x/>", headers={"Content-Type": "application/fhir+xml"}), 415),
        (his.get("/fhir/DiagnosticReport", params={"nonsense": "1"}), 400),
        (his.get("/fhir/DiagnosticReport", params={"date": "yesterday"}), 400),
        (his.get("/fhir/Patient"), 400),
        (his.get("/fhir/Medication"), 404),
        (his.delete("/fhir/ServiceRequest/x"), 404),
        (his.get("/fhir/a/b/c/d/e"), 404),
        (his.get("/fhir/DiagnosticReport/%00"), 400),
        (room.hub.client().get("/fhir/Patient"), 401),
    ):
        assert (answer.status_code, bool(told(answer))) == (status, True), answer.text
    lenient = his.get("/fhir/DiagnosticReport", params={"nonsense": "1"}, headers={"Prefer": "handling=lenient"})
    assert entries(lenient, "outcome")[0]["issue"][0]["expression"] == ["nonsense"]
    minimal = posted(his)
    assert minimal.status_code == 201
    again = his.post(
        "/fhir/ServiceRequest",
        json=minimal.json() | {"subject": {"identifier": {"value": "P1"}, "display": "山田 花子"}},
        headers={"Content-Type": "application/fhir+json", "Prefer": "return=minimal"},
    )
    assert (again.status_code, again.content) == (200, b"")
