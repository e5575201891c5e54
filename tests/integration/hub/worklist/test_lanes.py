"""Cases that are put off, patients who are still there, terms by working days, and one's own filters."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from dokuei.clock import now
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.sites.calendar import due_after
from dokuei.hub.worklist.tables import item as worklist_item
from tests.makers.archive import image
from tests.makers.reading import ReadingRoom, reading_room


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path, url=database_url) as made:
        yield made


def test_a_case_is_put_off_for_a_reason_and_comes_back_by_itself(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    me = room.reader("reader.a")
    path = f"/api/v1/worklist/{item}/deferral"
    until = (now() + timedelta(days=2)).isoformat()
    assert me.put(path, json={"until": until, "reason": " "}).status_code == 400
    assert me.put(path, json={"until": now().isoformat(), "reason": "前回待ち"}).status_code == 400
    assert me.put(path, json={"until": (now() + timedelta(days=200)).isoformat(), "reason": "x"}).status_code == 400
    put_off = me.put(path, json={"until": until, "reason": "前回画像待ち"}).json()["deferral"]
    assert (put_off["reason"], put_off["display_name"]) == ("前回画像待ち", "人 reader.a")
    assert me.get("/api/v1/worklist").json()["counts"]["deferred"] == 1
    assert me.delete(path).json()["deferral"] is None
    me.put(path, json={"until": until, "reason": "前回画像待ち"})
    with room.hub.database.begin() as connection:
        connection.execute(update(worklist_item).values(deferred_until=now() - timedelta(seconds=1)))
    assert me.get(f"/api/v1/worklist/{item}").json()["deferral"] is None
    assert me.get("/api/v1/worklist").json()["counts"]["deferred"] == 0
    assert [name for name in room.hub.events() if name in {"case.deferred", "case.brought-back"}] == [
        "case.deferred",
        "case.brought-back",
        "case.deferred",
    ]


def test_a_patient_who_is_still_there_goes_before_everything_else(room: ReadingRoom) -> None:
    urgent, waits = room.mammogram_case(patient_id="P1"), room.mammogram_case(patient_id="P2")
    reader, staff = room.reader("reader.a"), room.reader("staff", Grant(Role.TECHNOLOGIST, "kita"))
    reader.put(f"/api/v1/worklist/{urgent}/priority", json={"priority": "urgent"})
    path = f"/api/v1/worklist/{waits}/waiting"
    assert reader.put(path, json={"why": "retake"}).status_code == 403, "only the hospital knows who is there"
    assert staff.put(path, json={"why": "lunch"}).status_code == 422
    until = (now() + timedelta(days=1)).isoformat()
    reader.put(f"/api/v1/worklist/{waits}/deferral", json={"until": until, "reason": "x"})
    told = staff.put(path, json={"why": "retake"}).json()
    assert (told["waiting"]["why"], told["deferral"]) == ("retake", None), "nobody who waits is put off"
    assert reader.put(f"/api/v1/worklist/{waits}/deferral", json={"until": until, "reason": "x"}).status_code == 409
    listed = reader.get("/api/v1/worklist").json()
    assert [one["worklist_item_id"] for one in listed["items"]] == [waits, urgent]
    assert listed["counts"]["waiting"] == 1
    room.written(reader, waits)
    assert room.signed(reader, waits, room.keys["reader.a"]).status_code == 200
    room.carry_out()
    assert reader.get(f"/api/v1/worklist/{waits}").json()["waiting"] is None, "the report is the answer"
    staff.put(f"/api/v1/worklist/{urgent}/waiting", json={"why": "additional"})
    assert reader.delete(f"/api/v1/worklist/{urgent}/waiting").json()["waiting"] is None


def test_a_contract_gives_a_term_in_working_days_where_no_request_does(room: ReadingRoom) -> None:
    room.hub.sites.change("kita", actor="system", turnaround_days=2, due_time="12:30", closed_on="sat,sun,holidays")
    item = room.mammogram_case()
    client = room.reader("reader.a")
    one = client.get(f"/api/v1/worklist/{item}").json()
    arrived = datetime.fromisoformat(one["arrived_at"])
    zone = ZoneInfo("Asia/Tokyo")
    expected = due_after(arrived, days=2, at="12:30", closed_on="sat,sun,holidays", zone=zone)
    assert datetime.fromisoformat(one["due_at"]) == expected
    room.hub.sites.change("kita", actor="system", turnaround_days=None)
    without = room.take_in(image(modality="US", study="1.2.77"))
    assert client.get(f"/api/v1/worklist/{without}").json()["due_at"] is None


def test_a_list_is_narrowed_by_site_modality_and_reader(room: ReadingRoom) -> None:
    mammogram = room.mammogram_case()
    ultrasound = room.take_in(image(modality="US", study="1.2.77"))
    me = room.reader("reader.a", Grant(Role.READER, None))
    me.post(f"/api/v1/worklist/{ultrasound}/claim")

    def found(**asked: str) -> list[str]:
        return [one["worklist_item_id"] for one in me.get("/api/v1/worklist", params=asked).json()["items"]]

    assert found(modality="MG") == [mammogram]
    assert found(reader="me") == [ultrasound]
    assert found(site_id="minami") == []
    assert me.get("/api/v1/worklist", params={"modality": "%"}).status_code == 422


def test_filters_are_each_persons_own(room: ReadingRoom) -> None:
    me, other = room.reader("reader.a"), room.reader("reader.b")
    wanted = {"name": "北・MG", "chosen": {"view": "mine", "site": "kita", "modality": "MG", "sort": "due"}}
    kept = me.post("/api/v1/worklist-filters", json=wanted)
    assert kept.status_code == 201
    again = me.post("/api/v1/worklist-filters", json={**wanted, "chosen": {"view": "all"}}).json()
    assert [(one["name"], one["chosen"]["view"]) for one in me.get("/api/v1/worklist-filters").json()] == [
        ("北・MG", "all")
    ]
    assert other.get("/api/v1/worklist-filters").json() == []
    assert other.delete(f"/api/v1/worklist-filters/{again['filter_id']}").status_code == 404
    assert me.post("/api/v1/worklist-filters", json={**wanted, "name": " "}).status_code == 400
    assert me.post("/api/v1/worklist-filters", json={**wanted, "chosen": {"text": "山田"}}).status_code == 422
    for number in range(29):
        assert me.post("/api/v1/worklist-filters", json={**wanted, "name": str(number)}).status_code == 201
    assert me.post("/api/v1/worklist-filters", json={**wanted, "name": "too many"}).status_code == 409
    assert len(me.get("/api/v1/worklist-filters").json()) == 30
    assert me.delete(f"/api/v1/worklist-filters/{again['filter_id']}").status_code == 204
