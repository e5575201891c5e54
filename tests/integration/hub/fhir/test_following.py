"""A hospital's system follows its request: on hold, completed, revoked, with the reason, each a version of its own."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fhir.resources.R4B import get_fhir_model_class
from sqlalchemy import update

from dokuei.clock import now
from dokuei.hub.requests.tables import progress
from dokuei.hub.worklist.tables import item as worklist_item
from tests.makers.fhir import KIND, ORDER, changed, entries, fhir_room, posted, system, told
from tests.makers.reading import ReadingRoom
from tests.makers.requests import STAFF, view


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with fhir_room(tmp_path, database_url) as made:
        yield made


@pytest.fixture
def his(room: ReadingRoom) -> httpx.Client:
    return system(room)


def stands(his: httpx.Client, request: dict[str, Any]) -> tuple[str, str, str, str]:
    """Version, status, and the reason with its kind."""
    answer = his.get(f"/fhir/ServiceRequest/{request['id']}")
    one = answer.json()
    get_fhir_model_class("ServiceRequest").model_validate(one)
    assert answer.headers["etag"] == f'W/"{one["meta"]["versionId"]}"'
    why = [extension["valueCodeableConcept"] for extension in one.get("extension", ())]
    kind, reason = (why[0]["coding"][0]["code"], why[0]["text"]) if why else ("", "")
    return one["meta"]["versionId"], one["status"], kind, reason


def deferred(room: ReadingRoom, reader: httpx.Client, item: str) -> None:
    until = (now() + timedelta(hours=1)).isoformat()
    answer = reader.put(f"/api/v1/worklist/{item}/deferral", json={"until": until, "reason": "追加画像待ち"})
    assert answer.status_code == 200, answer.text
    room.carry_out()


def test_a_request_is_followed_from_the_order_to_the_report(room: ReadingRoom, his: httpx.Client) -> None:
    """REPORT-05: what becomes of a request is told where it was placed."""
    made = posted(his).json()
    item = room.take_in(view())
    reader = room.reader("reader.a")
    assert stands(his, made) == ("1", "active", "", "")
    before = now().isoformat()
    deferred(room, reader, item)
    version, status, kind, reason = stands(his, made)
    assert (version, status, kind) == ("1.1", "on-hold", "deferred")
    assert reason.startswith("追加画像待ち (- 20")
    (held,) = entries(his.get("/fhir/ServiceRequest", params={"status": "on-hold", "_lastUpdated": f"ge{before}"}))
    assert held["id"] == made["id"]
    stale = his.put(f"/fhir/ServiceRequest/{made['id']}", json=ORDER, headers={**KIND, "If-Match": 'W/"1"'})
    assert (stale.status_code, "come further" in told(stale)) == (412, True)
    other = changed(reasonCode=[{"text": "腫瘤触知"}])
    fresh = his.put(f"/fhir/ServiceRequest/{made['id']}", json=other, headers={**KIND, "If-Match": 'W/"1.1"'})
    assert (fresh.status_code, fresh.headers["etag"]) == (200, 'W/"2"')
    room.carry_out()
    assert stands(his, made)[:3] == ("2", "on-hold", "deferred")
    assert reader.delete(f"/api/v1/worklist/{item}/deferral").status_code == 200
    room.carry_out()
    assert stands(his, made) == ("2.1", "active", "", "")
    room.written(reader, item)
    assert room.signed(reader, item, room.keys["reader.a"]).status_code == 200
    room.carry_out()
    assert stands(his, made) == ("2.2", "completed", "", "")
    assert room.withdrawn(reader, item, room.keys["reader.a"]).status_code == 200
    room.carry_out()
    assert stands(his, made)[:3] == ("2.3", "active", "withdrawn")
    history = his.get(f"/fhir/ServiceRequest/{made['id']}/_history").json()["entry"]
    told_of = [(one["resource"]["meta"]["versionId"], one["resource"]["status"]) for one in history]
    assert told_of == [
        ("2.3", "active"),
        ("2.2", "completed"),
        ("2.1", "active"),
        ("2", "on-hold"),
        ("1.1", "on-hold"),
        ("1", "active"),
    ]
    moments = [one["resource"]["meta"]["lastUpdated"] for one in history]
    assert moments == sorted(moments, reverse=True)
    was = his.get(f"/fhir/ServiceRequest/{made['id']}/_history/1.1").json()
    assert (was["status"], was["reasonCode"][0]["text"]) == ("on-hold", "検診要精査")
    assert his.get(f"/fhir/ServiceRequest/{made['id']}/_history/1.2").status_code == 404
    assert system(room, "minami").get(f"/fhir/ServiceRequest/{made['id']}/_history/1.1").status_code == 404


def test_what_was_put_off_until_now_waits_again_by_itself(room: ReadingRoom, his: httpx.Client) -> None:
    made = posted(his).json()
    item = room.take_in(view())
    deferred(room, room.reader("reader.a"), item)
    room.requests.following.step()
    assert stands(his, made)[:2] == ("1.1", "on-hold")
    passed = now() - timedelta(seconds=1)
    with room.hub.database.begin() as connection:
        connection.execute(update(worklist_item).values(deferred_until=passed))
        connection.execute(update(progress).values(until=passed))
    room.requests.following.not_before = 0
    room.requests.following.step()
    assert stands(his, made) == ("1.2", "active", "", "")
    room.requests.following.not_before = 0
    room.requests.following.step()
    assert stands(his, made)[0] == "1.2"


def test_a_mismatch_holds_a_request_until_it_is_settled_and_revoked_has_its_reason(
    room: ReadingRoom, his: httpx.Client
) -> None:
    """REC-10: the system that asked learns that nobody reads before it is known whose images these are."""
    made = posted(his).json()
    room.take_in(view(PatientBirthDate="19990909"))
    room.carry_out()
    version, status, kind, reason = stands(his, made)
    assert (version, status, kind) == ("1.1", "on-hold", "mismatch")
    assert reason.endswith("(birth_date)")
    staff = room.reader("staff.a", STAFF)
    resolved = staff.post(f"/api/v1/requests/{made['id']}/resolve", json={"because": "転記の誤り"})
    assert resolved.status_code == 200, resolved.text
    room.carry_out()
    assert stands(his, made) == ("1.2", "active", "", "")
    canceled = staff.post(f"/api/v1/requests/{made['id']}/cancel", json={"because": "検査を取りやめたため"})
    assert canceled.status_code == 200, canceled.text
    room.carry_out()
    assert stands(his, made) == ("2", "revoked", "canceled", "検査を取りやめたため")
