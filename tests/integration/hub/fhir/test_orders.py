"""Orders in FHIR become reading requests as the portal's and HL7's do, each number once, of the token's site alone."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fhir.resources.R4B import get_fhir_model_class
from sqlalchemy import select

from dokuei.clock import now
from dokuei.hub.identity.model import Scope
from dokuei.hub.requests.model import Name, Patient
from dokuei.hub.requests.notices import Corrected, Notice
from dokuei.hub.requests.placing import Author
from dokuei.storage.audit import hub_entries
from tests.makers.fhir import JJ1017, KIND, ORDER, PATIENT, PHYSICIAN, changed, entries, fhir_room, posted, system, told
from tests.makers.people import ORIGIN
from tests.makers.reading import ReadingRoom
from tests.makers.requests import STAFF, state, view


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with fhir_room(tmp_path, database_url) as made:
        yield made


@pytest.fixture
def his(room: ReadingRoom) -> httpx.Client:
    return system(room)


def every(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/v1/requests").json()["items"]
    return found


def test_an_order_is_a_request_and_matches_its_study(room: ReadingRoom, his: httpx.Client) -> None:
    """REPORT-05: what a hospital's system asks for is matched and shown like every other request."""
    staff = room.reader("staff.a", STAFF)
    answer = posted(his)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["location"].endswith(f"/fhir/ServiceRequest/{made['id']}/_history/1")
    assert answer.headers["etag"] == 'W/"1"'
    (one,) = every(staff)
    assert (one["source"], one["placed_by"], one["state"]) == ("fhir", "北病院の電子カルテ", "waiting")
    assert (one["priority"], one["modality"], one["examination_date"]) == ("urgent", "MG", "20261101")
    assert one["patient"]["name"] == {"alphabetic": "", "ideographic": "山田^花子", "phonetic": "ヤマダ^ハナコ"}
    assert one["procedure"] == {"value": JJ1017["code"], "scheme": JJ1017["system"], "meaning": "乳房撮影"}
    assert (one["requesting_physician"], one["clinical"]["reason"]) == ("髙橋 一郎", "検診要精査")
    assert (one["placer_order_number"], one["accession_number"]) == ("P-1", "A-1")
    item = room.take_in(view())
    reader = room.reader("reader.a")
    assert state(reader, item) == ("matched", "")


def test_the_same_again_is_known_and_other_words_change_it(room: ReadingRoom, his: httpx.Client) -> None:
    made = posted(his).json()
    again = posted(his)
    assert (again.status_code, again.json()["id"], again.headers["etag"]) == (200, made["id"], 'W/"1"')
    other = posted(his, reasonCode=[{"text": "腫瘤触知"}])
    assert (other.status_code, other.headers["etag"]) == (200, 'W/"2"')
    stale = his.put(f"/fhir/ServiceRequest/{made['id']}", json=ORDER, headers={**KIND, "If-Match": 'W/"1"'})
    assert stale.status_code == 412
    assert "conflict" in told(stale)
    fresh = his.put(f"/fhir/ServiceRequest/{made['id']}", json=ORDER, headers={**KIND, "If-Match": 'W/"2"'})
    assert (fresh.status_code, fresh.headers["etag"]) == (200, 'W/"3"')
    history = his.get(f"/fhir/ServiceRequest/{made['id']}/_history").json()
    assert [one["resource"]["reasonCode"][0]["text"] for one in history["entry"]] == [
        "検診要精査",
        "腫瘤触知",
        "検診要精査",
    ]
    before = his.get(f"/fhir/ServiceRequest/{made['id']}/_history/2").json()
    assert before["reasonCode"] == [{"text": "腫瘤触知"}]
    assert before["code"] == ORDER["code"]
    assert len(every(room.reader("staff.b", STAFF))) == 1


def test_revoked_takes_it_back_once(room: ReadingRoom, his: httpx.Client) -> None:
    made = posted(his).json()
    for _ in range(2):
        answer = posted(his, status="revoked")
        assert (answer.status_code, answer.json()["status"]) == (200, "revoked"), answer.text
    assert every(room.reader("staff.a", STAFF))[0]["state"] == "canceled"
    assert his.get(f"/fhir/ServiceRequest/{made['id']}").headers["etag"] == 'W/"2"'
    unknown = posted(his, status="revoked", identifier=[{"value": "nobody's"}])
    assert unknown.status_code == 409
    assert "no open request has this number" in told(unknown)


def test_an_update_of_a_signed_case_is_answered_as_such(room: ReadingRoom, his: httpx.Client) -> None:
    posted(his)
    item = room.take_in(view(), view())
    reader = room.reader("reader.a")
    room.written(reader, item)
    assert room.signed(reader, item, room.keys["reader.a"]).status_code == 200
    room.carry_out()
    late = posted(his, reasonCode=[{"text": "腫瘤触知"}])
    assert late.status_code == 200
    assert "the report was signed already" in told(late)
    assert "signed" in late.headers["warning"]
    assert every(room.reader("staff.a", STAFF))[0]["changed_after_signature"] is True
    taken_back = posted(his, status="revoked")
    assert taken_back.status_code == 409
    assert "signed already" in told(taken_back)


def test_whom_a_request_named_before_a_merge_stays_with_when_and_by_what(room: ReadingRoom, his: httpx.Client) -> None:
    """REC-10: both identifiers stay, and either finds the patient and the request."""
    made = posted(his).json()
    prior = Patient("0000P1")
    surviving = Patient("777", name=Name(ideographic="鈴木^花子", phonetic="スズキ^ハナコ"), birth_date="19700101")
    merge = Notice("a40", "hl7", now(), Corrected(surviving, prior))
    assert room.requests.notices.take("kita", merge, author=Author("gateway:g", "北のゲートウェイ")) == ("taken", "")
    (one,) = entries(his.get("/fhir/ServiceRequest", params={"patient.identifier": "0000P1"}))
    (before,) = one["relevantHistory"]
    assert "(merge, 北のゲートウェイ): 0000P1 山田 花子 ヤマダ ハナコ 19700101" in before["display"]
    assert "relevantHistory" not in his.get(f"/fhir/ServiceRequest/{made['id']}/_history/1").json()
    (patient,) = entries(his.get("/fhir/Patient", params={"identifier": "777"}))
    assert [(each["value"], each.get("use")) for each in patient["identifier"]] == [("777", None), ("0000P1", "old")]
    names = [(each["text"], each["use"]) for each in patient["name"]]
    assert [("鈴木 花子", "official") in names, ("山田 花子", "old") in names] == [True, True]
    for resource in (patient, one):
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    again = posted(his, subject={"reference": f"Patient/{patient['id']}"}, reasonCode=[{"text": "腫瘤触知"}])
    assert again.status_code == 200, again.text
    (asked,) = every(room.reader("staff.a", STAFF))
    assert (asked["patient"]["patient_id"], asked["patient"]["name"]["ideographic"]) == ("777", "鈴木^花子")


REFUSED: tuple[tuple[dict[str, Any], int, str], ...] = (
    ({"subject": None}, 400, "required ServiceRequest.subject"),
    ({"subject": {"reference": "#nobody"}}, 422, "the patient is not there"),
    ({"subject": {"reference": "Patient/unknown"}}, 422, "the patient is not there"),
    ({"contained": [{**PATIENT, "identifier": []}, PHYSICIAN]}, 422, "the patient is not there"),
    ({"contained": [{**PATIENT, "name": []}, PHYSICIAN]}, 400, "names its patient"),
    ({"identifier": None}, 422, "a number of its own"),
    ({"meta": {"profile": ["http://example.org/other"]}}, 422, "JP_ServiceRequest_Common"),
    ({"status": "draft"}, 422, "ServiceRequest.status"),
    ({"intent": "plan"}, 422, "ServiceRequest.intent"),
    ({"doNotPerform": True}, 422, "asks for nothing"),
    ({"priority": "soon"}, 422, "no such priority"),
    ({"nonsense": 1}, 400, "no element of FHIR R4"),
    ({"reasonCode": [{"text": "x" * 20_000}]}, 422, "too-long"),
    ({"resourceType": "Patient"}, 400, "this address takes ServiceRequest"),
)


def test_what_is_no_order_is_refused_in_plain_words(room: ReadingRoom, his: httpx.Client) -> None:
    for values, status, words in REFUSED:
        answer = posted(his, **values)
        assert answer.status_code == status, answer.text
        assert words in told(answer), told(answer)
        assert "山田" not in answer.text
    assert every(room.reader("staff.a", STAFF)) == []


def test_a_number_of_another_patient_is_refused_and_on_record(room: ReadingRoom, his: httpx.Client) -> None:
    """REC-10."""
    posted(his)
    hers = {**PATIENT, "identifier": [{"value": "P2"}], "name": [{"text": "鈴木 一子"}], "birthDate": "1980-02-02"}
    answer = posted(his, contained=[hers, PHYSICIAN])
    assert answer.status_code == 409
    assert "another patient" in told(answer)
    assert "request.refused" in room.hub.events()


def test_a_transaction_is_all_or_nothing_and_a_batch_is_not(room: ReadingRoom, his: httpx.Client) -> None:
    def entry(number: str, **values: Any) -> dict[str, Any]:
        body = changed(identifier=[{"value": number}], subject={"reference": "urn:uuid:1"}, contained=None, **values)
        body = {name: value for name, value in body.items() if name != "requester"}
        return {"resource": body, "request": {"method": "POST", "url": "ServiceRequest"}}

    beside = {"fullUrl": "urn:uuid:1", "resource": PATIENT, "request": {"method": "POST", "url": "Patient"}}
    both = [beside, entry("T-1"), entry("T-2", status="draft")]
    staff = room.reader("staff.a", STAFF)
    refused = his.post("/fhir", json={"resourceType": "Bundle", "type": "transaction", "entry": both}, headers=KIND)
    assert refused.status_code == 422, refused.text
    assert "ServiceRequest.status" in told(refused)
    assert every(staff) == []
    batch = his.post("/fhir", json={"resourceType": "Bundle", "type": "batch", "entry": both}, headers=KIND)
    assert batch.status_code == 200, batch.text
    assert batch.json()["type"] == "batch-response"
    assert [one["response"]["status"][:3] for one in batch.json()["entry"]] == ["200", "201", "422"]
    whole = {"resourceType": "Bundle", "type": "transaction", "entry": [beside, entry("T-3"), entry("T-4")]}
    done = his.post("/fhir", json=whole, headers=KIND)
    assert [one["response"]["status"][:3] for one in done.json()["entry"]] == ["200", "201", "201"], done.text
    assert {one["placer_order_number"] for one in every(staff)} == {"T-1", "T-3", "T-4"}
    history = his.post("/fhir", json={"resourceType": "Bundle", "type": "history"}, headers=KIND)
    assert history.status_code == 422


def test_patients_by_identifier_alone_and_by_their_number_here(his: httpx.Client) -> None:
    posted(his)
    (patient,) = entries(his.get("/fhir/Patient", params={"identifier": "P1"}))
    assert patient["birthDate"] == "1970-01-01"
    again = posted(his, identifier=[{"value": "P-2"}], subject={"reference": f"Patient/{patient['id']}"})
    assert again.status_code == 201, again.text
    named = {"identifier": {"value": "0000P1"}, "display": "山田 花子"}
    alone = posted(his, identifier=[{"value": "P-3"}], subject=named)
    assert alone.status_code == 201, alone.text
    assert len(entries(his.get("/fhir/ServiceRequest", params={"patient.identifier": "P1"}))) == 3


def test_only_a_token_of_this_scope_opens_it_and_only_its_site(room: ReadingRoom, his: httpx.Client) -> None:
    """AUTH-13: strangers learn nothing, tokens of another site find nothing."""
    made = posted(his).json()
    stranger = room.hub.client()
    assert "login" in told(stranger.get("/fhir/metadata"))
    for client in (system(room, scope=Scope.DICOMWEB), room.reader("reader.a")):
        answer = client.get(f"/fhir/ServiceRequest/{made['id']}")
        assert (answer.status_code, "forbidden" in told(answer)) == (403, True)
    other = system(room, "minami")
    for path in (f"ServiceRequest/{made['id']}", f"ServiceRequest/{made['id']}/_history", made["subject"]["reference"]):
        assert other.get(f"/fhir/{path}").status_code == 404
    assert entries(other.get("/fhir/ServiceRequest")) == []
    assert other.put(f"/fhir/ServiceRequest/{made['id']}", json=ORDER, headers=KIND).status_code == 404
    assert his.get("/api/v1/worklist").status_code == 403
    assert his.get(f"/api/v1/requests/{made['id']}").status_code == 403


def test_every_patient_that_is_shown_is_on_record(room: ReadingRoom, his: httpx.Client) -> None:
    """LOG-01."""
    made = posted(his).json()
    his.get(f"/fhir/{made['subject']['reference']}").raise_for_status()
    his.get("/fhir/ServiceRequest").raise_for_status()
    query = select(hub_entries.c.event, hub_entries.c.subject, hub_entries.c.details)
    with room.hub.database.read() as connection:
        noted = {row.event: row for row in connection.execute(query) if '"way":"fhir"' in row.details}
    assert noted["request.read"].subject == made["id"]
    assert noted["patient.read"].subject == made["subject"]["reference"].removeprefix("Patient/")
    assert "archive.queried" in noted
    assert "山田" not in json.dumps([row.details for row in noted.values()])


def test_who_is_meant_is_never_left_to_chance(room: ReadingRoom, his: httpx.Client) -> None:
    """An order that may be read as two patients' is nobody's, and only its own patient's takes it back."""
    staff = room.reader("staff.a", STAFF)
    one, other = ({**PATIENT, "id": None, "identifier": [{"value": number}]} for number in ("1", "2"))
    for patient in (one, other):
        del patient["id"]
    twice = changed(contained=[{**one, "id": "p"}, {**other, "id": "p"}], requester=None)
    answer = his.post("/fhir/ServiceRequest", json=twice, headers=KIND)
    assert (answer.status_code, "ServiceRequest.contained" in told(answer)) == (422, True)
    order = changed(contained=None, requester=None, subject={"reference": "urn:uuid:1"})
    beside = [{"resource": who, "fullUrl": "urn:uuid:1", "request": _post("Patient")} for who in (one, other)]
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [*beside, {"resource": order, "request": _post("ServiceRequest")}],
    }
    answer = his.post("/fhir", json=bundle, headers=KIND)
    assert (answer.status_code, "Bundle.entry" in told(answer)) == (422, True)
    assert every(staff) == []
    made = posted(his).json()
    elsewhere = {"reference": f"https://elsewhere.example/fhir/{made['subject']['reference']}"}
    assert posted(his, identifier=[{"value": "P-2"}], subject=elsewhere).status_code == 422
    own = {"reference": f"{ORIGIN}/fhir/{made['subject']['reference']}"}
    assert posted(his, identifier=[{"value": "P-2"}], subject=own).status_code == 201
    hers = [
        {**PATIENT, "identifier": [{"value": "0000P2"}], "birthDate": "1980-01-01", "name": [{"text": "佐藤 桃子"}]}
    ]
    answer = posted(his, status="revoked", contained=hers, requester=None)
    assert (answer.status_code, "another patient" in told(answer)) == (409, True)
    assert posted(his, status="revoked").status_code == 200


def _post(url: str) -> dict[str, str]:
    return {"method": "POST", "url": url}


def test_control_characters_are_refused_and_a_number_is_one_line(room: ReadingRoom, his: httpx.Client) -> None:
    assert posted(his, identifier=[{"value": "P\x1b[2J"}]).status_code == 400
    assert posted(his, identifier=[{"value": "P\r\nOBX|1"}]).status_code == 201
    assert [one["placer_order_number"] for one in every(room.reader("staff.a", STAFF))] == ["P OBX|1"]


def test_who_only_looks_waits_for_nobody_who_writes(room: ReadingRoom, his: httpx.Client) -> None:
    made = posted(his).json()
    first = his.get("/fhir/ServiceRequest", params={"_id": made["id"]})
    with room.hub.database.begin():
        again = his.get("/fhir/ServiceRequest", params={"_id": made["id"]}, timeout=5)
        assert his.get(f"/fhir/ServiceRequest/{made['id']}", timeout=5).status_code == 200
    assert again.json() == first.json()
