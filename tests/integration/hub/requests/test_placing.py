"""Requests in the portal over HTTP, on both databases."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dokuei.clock import now
from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.requests.tables import version
from dokuei.storage.audit import hub_entries
from tests.makers.reading import ReadingRoom, reading_room
from tests.makers.requests import ASKED, STAFF, asked, changed

SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>"


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path, url=database_url) as made:
        yield made


def test_a_request_says_what_a_breast_reader_needs_and_comes_back_as_it_was_said(room: ReadingRoom) -> None:
    """JRS-08: question, history, palpation, surgery, implants, hormone and menstrual data travel with the request."""
    client = room.reader("staff.a", STAFF)
    answer = client.post("/api/v1/requests", json={**ASKED, "site_id": "kita"})
    assert answer.status_code == 201, answer.text
    placed = answer.json()
    assert {name: placed[name] for name in ASKED} == ASKED
    assert (placed["state"], placed["source"], placed["version"]) == ("waiting", "portal", 1)
    assert (placed["placed_by"], placed["site_name"], placed["study_instance_uid"]) == ("人 staff.a", "北病院", None)
    assert client.get(f"/api/v1/requests/{placed['request_id']}").json() == placed
    listed = client.get("/api/v1/requests?site_id=kita&state=waiting").json()
    assert listed["items"] == [placed]
    assert listed["counts"] == {"mismatch": 0, "proposed": 0, "waiting": 1, "matched": 0, "canceled": 0}
    assert client.get("/api/v1/requests?state=matched").json()["items"] == []


def test_a_change_needs_the_version_it_was_made_over_and_the_words_before_stay(room: ReadingRoom) -> None:
    client = room.reader("staff.a", STAFF)
    placed = asked(client)
    path = f"/api/v1/requests/{placed['request_id']}"
    body = changed(requesting_department="外科")
    assert client.put(path, json=body).status_code == 400
    answer = client.put(path, json=body, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["etag"], answer.json()["version"]) == (200, '"2"', 2)
    assert client.put(path, json=ASKED, headers={"If-Match": '"1"'}).status_code == 412
    assert client.get(path).json()["requesting_department"] == "外科"
    with room.hub.database.read() as connection:
        kept = connection.execute(select(version.c.document).order_by(version.c.number)).scalars().all()
    assert ["乳腺外科" in kept[0], "外科" in kept[1], len(kept)] == [True, True, 2]


def test_a_canceled_request_stays_and_is_changed_no_more(room: ReadingRoom) -> None:
    client = room.reader("staff.a", STAFF)
    path = f"/api/v1/requests/{asked(client)['request_id']}"
    assert client.post(f"{path}/cancel", json={"because": "  "}).status_code == 400
    canceled = client.post(f"{path}/cancel", json={"because": "患者都合"}).json()
    assert (canceled["state"], canceled["canceled_because"]) == ("canceled", "患者都合")
    assert client.post(f"{path}/cancel", json={"because": "again"}).status_code == 409
    assert client.put(path, json=ASKED, headers={"If-Match": f'"{canceled["version"]}"'}).status_code == 409
    assert client.get("/api/v1/requests").json()["counts"]["canceled"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"patient": {**ASKED["patient"], "patient_id": " "}},
        {"patient": {"patient_id": "1"}},
        {"patient": {**ASKED["patient"], "birth_date": "19551332"}},
        {"patient": {**ASKED["patient"], "birth_date": "yesterday"}},
        {"examination_date": "2026-02-30"},
        {"due_at": "2026-11-30T10:00:00"},
        {"priority": "now"},
        {"clinical": {"symptoms": [{"side": "R", "kind": "lump", "clock": 13}]}},
        {"clinical": {"reason": "x" * 4001}},
        {"clinical": {"reason": "a\0b"}},
        {"unknown": 1},
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(room: ReadingRoom, wrong: dict[str, Any]) -> None:
    client = room.reader("staff.a", STAFF)
    answer = client.post("/api/v1/requests", json={**ASKED, "site_id": "kita", **wrong})
    assert answer.status_code in {400, 422}, answer.text
    assert "山田" not in answer.text
    assert client.get("/api/v1/requests").json()["items"] == []


def test_a_birth_date_in_an_era_is_read_as_what_it_means(room: ReadingRoom) -> None:
    client = room.reader("staff.a", STAFF)
    placed = asked(client, patient={**ASKED["patient"], "birth_date": "昭和30年4月1日"})
    assert placed["patient"]["birth_date"] == "19550401"


def test_script_in_every_text_field_stays_text(room: ReadingRoom) -> None:
    """MRPET-07: what somebody types is shown as it was typed, and runs nowhere."""
    client = room.reader("staff.a", STAFF)
    body = _with(ASKED, SCRIPT)
    answer = client.post("/api/v1/requests", json={**body, "site_id": "kita"})
    assert answer.status_code == 201, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert {name: answer.json()[name] for name in body} == body


def _with(value: Any, text: str, name: str = "") -> Any:
    """The same document with this text in every field that takes any."""
    if isinstance(value, dict):
        return {key: _with(one, text, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_with(one, text, name) for one in value]
    fixed = "priority due_at birth_date sex examination_date side kind zone cancer gene menstruation last_period"
    if not isinstance(value, str) or name in {*fixed.split(), "implants", "pregnancy"}:
        return value
    return text[:16] if name == "modality" else text


@pytest.mark.parametrize("days", [(1, 30), (-30, -1)])
def test_outside_the_contract_a_request_is_refused_with_the_reason(room: ReadingRoom, days: tuple[int, int]) -> None:
    """JRS-03: a request without a valid contract is refused."""
    client = room.reader("staff.a", STAFF)
    path = f"/api/v1/requests/{asked(client)['request_id']}"
    today = now().date()
    first, last = (today + timedelta(days=day + (1 if day > 0 else -1)) for day in days)
    room.hub.sites.change("kita", actor="system", contract_from=first, contract_until=last)
    refused = client.post("/api/v1/requests", json={**ASKED, "site_id": "kita"})
    assert refused.status_code == 403
    assert "契約" in refused.json()["detail"]
    body = changed(requesting_department="外科")
    assert client.put(path, json=body, headers={"If-Match": '"1"'}).status_code == 403
    assert len(client.get("/api/v1/requests").json()["items"]) == 1
    assert client.post(f"{path}/cancel", json={"because": "契約終了"}).status_code == 200


def test_a_hospital_that_wants_pseudonyms_is_asked_for_under_pseudonyms_alone(room: ReadingRoom) -> None:
    client = room.reader("staff.a", STAFF)
    room.hub.sites.change("kita", actor="system", identity_mode="pseudonym")
    refused = client.post("/api/v1/requests", json={**ASKED, "site_id": "kita"})
    assert (refused.status_code, "山田" in refused.text) == (403, False)
    pseudonym = Pseudonyms(b"k" * 32).patient("00012345", "", "")
    named = {"patient_id": pseudonym, "name": {"alphabetic": pseudonym}}
    half = {**named, "birth_date": "19550401"}
    assert client.post("/api/v1/requests", json={**ASKED, "site_id": "kita", "patient": half}).status_code == 403
    assert asked(client, patient=named)["patient"]["patient_id"] == pseudonym


def test_a_foreign_site_is_neither_asked_for_nor_seen(room: ReadingRoom) -> None:
    """AUTH-13: a request of a foreign site answers exactly like one that does not exist."""
    request_id = asked(room.reader("staff.a", STAFF))["request_id"]
    stranger = room.reader("staff.b", Grant(Role.SITE_STAFF, "minami"))
    assert stranger.post("/api/v1/requests", json={**ASKED, "site_id": "kita"}).status_code == 404
    assert stranger.get("/api/v1/requests?site_id=kita").status_code == 404
    assert stranger.get("/api/v1/requests").json()["items"] == []
    for one in (request_id, "0" * 32):
        path = f"/api/v1/requests/{one}"
        answers = (
            stranger.get(path),
            stranger.get(f"{path}/studies"),
            stranger.put(path, json=ASKED, headers={"If-Match": '"1"'}),
            stranger.post(f"{path}/cancel", json={"because": "x"}),
            stranger.post(f"{path}/match", json={"study_instance_uid": "1.2.3"}),
            stranger.post(f"{path}/unmatch", json={"because": "x"}),
            stranger.post(f"{path}/resolve", json={"because": "x"}),
            stranger.get(f"{path}/attachments/1"),
        )
        assert {answer.status_code for answer in answers} == {404}


def test_every_step_is_on_record_and_no_patient_is(room: ReadingRoom) -> None:
    """LOG-01: who placed, looked at, changed and canceled, without a word of the patient."""
    client = room.reader("staff.a", STAFF)
    path = f"/api/v1/requests/{asked(client)['request_id']}"
    client.get(path).raise_for_status()
    client.get(path).raise_for_status()
    client.put(path, json=changed(modality="US"), headers={"If-Match": '"1"'}).raise_for_status()
    client.post(f"{path}/cancel", json={"because": "中止"}).raise_for_status()
    with room.hub.database.read() as connection:
        found = select(hub_entries).where(hub_entries.c.event.like("request%")).order_by(hub_entries.c.sequence)
        entries = connection.execute(found).all()
    assert [one.event for one in entries] == ["request.placed", "request.read", "request.changed", "request.canceled"]
    assert not any("山田" in str(one) or "00012345" in str(one) for one in entries)
