"""A study leaves with its series, a report with its key images; what belongs together comes in one answer."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fhir.resources.R4B import get_fhir_model_class
from pydicom.uid import generate_uid

from dokuei.hub.archive import api as archive_api
from dokuei.hub.identity.model import Scope
from tests.makers.fhir import KIND, changed, entries, fhir_room, posted, system, told
from tests.makers.people import ORIGIN
from tests.makers.reading import TEXT, ReadingRoom
from tests.makers.requests import view
from tests.makers.structured import CALCIFICATION, MASS, linked, structure


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with fhir_room(tmp_path, database_url) as made:
        made.hub.app.state.hub_url = ORIGIN
        made.hub.app.include_router(archive_api.routes(made.archive))
        yield made


@pytest.fixture
def his(room: ReadingRoom) -> httpx.Client:
    return system(room)


def named(resources: list[dict[str, Any]]) -> set[str]:
    """``Kind/id`` of each, after the library's model of R4 has taken it."""
    for one in resources:
        get_fhir_model_class(one["resourceType"]).model_validate(one)
    return {f"{one['resourceType']}/{one['id']}" for one in resources}


def seen(his: httpx.Client, kind: str, **wanted: Any) -> set[str]:
    return named(entries(his.get(f"/fhir/{kind}", params={name.replace("__", ":"): v for name, v in wanted.items()})))


def both_breasts() -> list[Any]:
    """Two series of one study, one for each breast."""
    study, right, left = generate_uid(), generate_uid(), generate_uid()
    common = {"study": study, "BodyPartExamined": "BREAST"}
    return [
        view(**common, series=right, SeriesDescription="R-MLO", Laterality="R", number=1),
        view(**common, series=left, SeriesDescription="L-MLO", Laterality="L", SeriesNumber=2, number=2),
    ]


def test_key_images_and_series_are_told_with_where_they_are_fetched(room: ReadingRoom, his: httpx.Client) -> None:
    """REPORT-03 REPORT-10: what a finding is seen on is found from the report, and the other way round."""
    asked = posted(his).json()
    item = room.take_in(*both_breasts())
    images = room.images_read(item)
    reader = room.reader("reader.a")
    fields = structure(linked(MASS, images[:1]), linked(CALCIFICATION, images[:1]))
    assert room.written(reader, item, structure=fields, category_right="4").status_code == 200
    assert room.signed(reader, item, room.keys["reader.a"]).status_code == 200
    room.carry_out()

    whole = his.get(
        "/fhir/ServiceRequest",
        params=[
            ("_id", asked["id"]),
            *(
                ("_revinclude", one)
                for one in (
                    "DiagnosticReport:based-on",
                    "ImagingStudy:basedon",
                    "Media:based-on",
                    "Observation:based-on",
                )
            ),
        ],
    )
    together = entries(whole, "include")
    assert named(entries(whole)) == {f"ServiceRequest/{asked['id']}"}
    of_kind = {kind: [one for one in together if one["resourceType"] == kind] for kind in ("ImagingStudy", "Media")}
    (study,), (media,) = of_kind["ImagingStudy"], of_kind["Media"]
    (report,) = (one for one in together if one["resourceType"] == "DiagnosticReport")

    assert [(one["laterality"]["display"], one["numberOfInstances"]) for one in study["series"]] == [
        ("Right", 1),
        ("Left", 1),
    ]
    assert {one["bodySite"]["code"] for one in study["series"]} == {"76752008"}
    endpoint = his.get(f"/fhir/{study['endpoint'][0]['reference']}").json()
    named([endpoint, study])
    dicom_web = room.hub.client()
    token = room.hub.identity.tokens.create(scope=Scope.DICOMWEB_READ, site_id="kita", label="PACS", actor="system")
    dicom_web.headers["Authorization"] = f"Bearer {token}"
    series = f"{urlsplit(endpoint['address']).path}/studies/{study['id']}/series/{study['series'][0]['uid']}"
    assert dicom_web.get(f"{series}/metadata").status_code == 200

    assert [one["link"]["reference"] for one in report["media"]] == [f"Media/{media['id']}"]
    assert report["media"][0]["comment"] == "所見 1, 2 / finding 1, 2"
    assert media["bodySite"]["coding"][0]["display"] == "Right breast structure"
    picture = dicom_web.get(urlsplit(media["content"]["url"]).path, headers={"Accept": "image/jpeg"})
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")

    mass = f"Observation/{report['id']}-finding-1"
    assert mass in seen(his, "Observation", **{"derived-from": f"Media/{media['id']}"})
    assert seen(his, "DiagnosticReport", result=mass) == {f"DiagnosticReport/{report['id']}"}
    assert seen(his, "DiagnosticReport", study=f"ImagingStudy/{study['id']}") == {f"DiagnosticReport/{report['id']}"}
    assert seen(his, "DiagnosticReport", **{"study.identifier": "A-1"}) == {f"DiagnosticReport/{report['id']}"}
    assert seen(his, "Observation", **{"value-concept": "screening-4", "patient.identifier": "P1"})
    around = his.get(
        "/fhir/Observation", params={"_id": mass.partition("/")[2], "_revinclude": "DiagnosticReport:result"}
    )
    assert named(entries(around, "include")) == {f"DiagnosticReport/{report['id']}"}
    hers = his.get(
        "/fhir/Patient", params={"identifier": "P1", "_revinclude": ["ImagingStudy:patient", "Media:subject"]}
    )
    assert named(entries(hers, "include")) == {f"ImagingStudy/{study['id']}", f"Media/{media['id']}"}
    out = his.get("/fhir/DiagnosticReport", params={"_include": ["DiagnosticReport:media", "DiagnosticReport:study"]})
    assert named(entries(out, "include")) == {f"Media/{media['id']}", f"ImagingStudy/{study['id']}"}

    other = system(room, "minami")
    for address in (f"Media/{media['id']}", f"ImagingStudy/{study['id']}", f"Media/{media['id']}/_history/1"):
        assert (other.get(f"/fhir/{address}").status_code, his.get(f"/fhir/{address}").status_code) == (404, 200)
    assert (
        entries(other.get("/fhir/Media"))
        == entries(other.get("/fhir/Media", params={"patient.identifier": "P1"}))
        == []
    )
    assert (
        entries(other.get("/fhir/ServiceRequest", params={"_id": asked["id"], "_revinclude": "Media:based-on"})) == []
    )

    not_any_more(room, reader, his, item, report)


def not_any_more(room: ReadingRoom, reader: httpx.Client, his: httpx.Client, item: str, report: dict[str, Any]) -> None:
    """A key image that the amended report does not have was entered in error."""
    address = report["media"][0]["link"]["reference"]
    path = f"/api/v1/worklist/{item}/report"
    assert reader.post(f"{path}/amendment").status_code == 200
    body = {**TEXT, "images_read": room.images_read(item), "structure": structure(), "category_right": "1"}
    body |= {"findings": "異常なし。", "impression": "異常なし。"}
    assert reader.put(path, json=body, headers={"If-Match": reader.get(path).headers["etag"]}).status_code == 200
    assert room.signed(reader, item, room.keys["reader.a"]).status_code == 200
    gone = his.get(f"/fhir/{address}").json()
    assert (gone["status"], gone["meta"]["versionId"]) == ("entered-in-error", "2")
    assert "media" not in his.get(f"/fhir/DiagnosticReport/{report['id']}").json()


def test_an_order_is_placed_only_where_the_condition_finds_none(room: ReadingRoom, his: httpx.Client) -> None:
    def asked(condition: str, **values: Any) -> httpx.Response:
        headers = {**KIND, "If-None-Exist": condition}
        return his.post("/fhir/ServiceRequest", json=changed(**values), headers=headers)

    first = asked("identifier=urn:example:orders|P-1")
    assert first.status_code == 201, first.text
    other_words = {"reasonCode": [{"text": "腫瘤触知"}]}
    again = asked("identifier=urn:example:orders|P-1", **other_words)
    assert (again.status_code, again.json(), again.headers["etag"]) == (200, first.json(), 'W/"1"')
    assert posted(his, identifier=[{"system": "urn:example:orders", "value": "P-2"}]).status_code == 201
    several = asked("patient.identifier=P1", **other_words)
    assert (several.status_code, "several requests" in told(several)) == (412, True)
    for unread in ("nonsense=1", "_count=1", "=", "&" * 30):
        assert asked(unread).status_code == 400, unread
    entry = {"resource": changed(**other_words), "request": {"method": "POST", "url": "ServiceRequest"}}
    entry["request"]["ifNoneExist"] = "identifier=P-1"
    new = {"resource": changed(identifier=[{"value": "P-3"}]), "request": {"method": "POST", "url": "ServiceRequest"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry, new]}
    done = his.post("/fhir", json=bundle, headers=KIND)
    assert [one["response"]["status"][:3] for one in done.json()["entry"]] == ["200", "201"], done.text
    assert done.json()["entry"][0]["resource"] == first.json()
    elsewhere = system(room, "minami").post(
        "/fhir/ServiceRequest", json=changed(), headers={**KIND, "If-None-Exist": "identifier=P-1"}
    )
    assert elsewhere.json().get("id") != first.json()["id"], "another site's request fulfils no condition"


def test_pages_in_either_order_follow_one_another(his: httpx.Client) -> None:
    numbers = [f"P-{number}" for number in range(5)]
    for number in numbers:
        assert posted(his, identifier=[{"value": number}]).status_code == 201
    posted(his, identifier=[{"value": "P-0"}], reasonCode=[{"text": "腫瘤触知"}])

    def paged(sort: str) -> list[str]:
        found: list[str] = []
        address = f"/fhir/ServiceRequest?_count=2&_sort={sort}"
        while address:
            page = his.get(address)
            found += [one["identifier"][0]["value"] for one in entries(page)]
            links = {one["relation"]: urlsplit(one["url"]) for one in page.json()["link"]}
            assert ("_cursor" in links["self"].query) == ("_cursor" in address)
            assert "_cursor" not in links["first"].query
            address = f"{links['next'].path}?{links['next'].query}" if "next" in links else ""
        return found

    assert paged("authored") == numbers
    assert paged("-authored") == numbers[::-1]
    assert paged("_lastUpdated") == [*numbers[1:], "P-0"]
    assert paged("-_lastUpdated") == ["P-0", *numbers[:0:-1]]
    assert his.get("/fhir/ServiceRequest", params={"_sort": "status"}).status_code == 400
    first = his.post("/fhir/ServiceRequest/_search", data={"patient.identifier": "0000P1", "_count": "3"})
    links = {one["relation"]: one["url"] for one in first.json()["link"]}
    assert "P1" not in "".join(links.values()), "an address is in many logs"
    rest = entries(his.get(f"{urlsplit(links['next']).path}?{urlsplit(links['next']).query}"))
    assert len({one["id"] for one in (*entries(first), *rest)}) == len(numbers)
