"""The list as pages keep it: open cases, the last finished ones, what has changed since, and what is looked for."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import update

from dokuei.clock import now
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.worklist import store_lists
from dokuei.hub.worklist.model import STUCK_AFTER
from dokuei.hub.worklist.tables import item as worklist_item
from tests.makers.reading import ReadingRoom, reading_room
from tests.makers.talk import asked


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path, url=database_url) as made:
        yield made


def quiet(room: ReadingRoom) -> None:
    """An hour and a half in which nothing happens."""
    past = now() - timedelta(minutes=90)
    values = {"touched_at": past, "first_received_at": past, "last_received_at": past}
    with room.hub.database.begin() as connection:
        connection.execute(update(worklist_item).values(**values))


def changes(client: httpx.Client, since: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1/worklist/changes?{urlencode({'since': since})}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def ids(listing: dict[str, Any]) -> set[str]:
    return {one["worklist_item_id"] for one in listing["items"]}


def test_a_quiet_list_tells_nothing_and_each_change_tells_its_case(room: ReadingRoom) -> None:
    first, second = room.mammogram_case(patient_id="P1"), room.mammogram_case(patient_id="P2")
    quiet(room)
    me, other = room.reader("reader.a"), room.reader("reader.b")
    since = me.get("/api/v1/worklist").json()["as_of"]
    assert changes(me, since)["items"] == []

    other.post(f"/api/v1/worklist/{first}/claim")
    (told,) = changes(me, since)["items"]
    assert (told["worklist_item_id"], told["locked_by"]["display_name"]) == (first, "人 reader.b")
    quiet(room)
    readers = other.get(f"/api/v1/worklist/{first}/readers").json()
    other.post(f"/api/v1/worklist/{first}/hand-over", json={"to_person_id": readers[0]["person_id"], "note": ""})
    assert ids(changes(me, since)) == {first}, "an offer stands in a table of its own"
    quiet(room)
    other.delete(f"/api/v1/worklist/{first}/hand-over")
    assert ids(changes(me, since)) == {first}
    quiet(room)
    new = room.mammogram_case(patient_id="P2")
    assert ids(changes(me, since)) == {second, new}, "the patient's other case has one prior more"


def test_what_time_alone_changes_is_told(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    quiet(room)
    me = room.reader("reader.a")
    since = now().isoformat()
    assert changes(me, since)["items"] == []
    with room.hub.database.begin() as connection:
        connection.execute(update(worklist_item).values(deferred_until=now(), touched_at=now() - timedelta(hours=1)))
    assert ids(changes(me, since)) == {item}, "it comes back by itself"
    with room.hub.database.begin() as connection:
        heard = now() - STUCK_AFTER
        connection.execute(
            update(worklist_item).values(
                deferred_until=None, last_received_at=heard, touched_at=now() - timedelta(hours=1)
            )
        )
    assert ids(changes(me, since)) == {item}, "images that nobody sends any more become a problem"


def test_what_no_database_keeps_is_refused(room: ReadingRoom) -> None:
    """The ends of the calendar have no other zone, and PostgreSQL keeps no NUL."""
    me, item = room.reader("reader.a"), room.mammogram_case()
    for since in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59"):
        assert me.get(f"/api/v1/worklist/changes?{urlencode({'since': since})}").status_code == 422
        deferred = {"until": since, "reason": "前回画像待ち"}
        assert me.put(f"/api/v1/worklist/{item}/deferral", json=deferred).status_code == 422
    assert me.post("/api/v1/worklist/search", json={"text": "a\0b"}).status_code == 422
    assert me.post("/api/v1/worklist-filters", json={"name": "a\0b", "chosen": {}}).status_code == 422


def test_threads_in_which_something_waits_come_with_every_answer(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    reader, staff = room.reader("reader.a"), room.reader("staff", Grant(Role.SITE_STAFF, "kita"))
    quiet(room)
    since = staff.get("/api/v1/worklist").json()["as_of"]
    assert changes(staff, since)["threads"] == []
    asked(reader, item)
    told = changes(staff, since)
    assert told["threads"] == [{"worklist_item_id": item, "unread_messages": 1, "open_question": True}]


def test_every_open_case_is_listed_and_of_the_finished_ones_the_last(room: ReadingRoom) -> None:
    me = room.reader("reader.a")
    finished = [room.mammogram_case(patient_id=f"P{number}") for number in range(3)]
    for item in finished:
        room.written(me, item)
        assert room.signed(me, item, room.keys["reader.a"]).status_code == 200
        room.carry_out()
    still = room.mammogram_case(patient_id="P9")
    with patch.object(store_lists, "MOST_FINISHED", 2):
        listed = me.get("/api/v1/worklist").json()
    assert [one["worklist_item_id"] for one in listed["items"]] == [still, finished[2], finished[1]]
    assert (listed["counts"]["completed"], listed["counts"]["scheduled"]) == (3, 1)
    sought = me.post("/api/v1/worklist/search", json={"text": "p0"})
    assert ids(sought.json()) == {finished[0]}


@pytest.mark.parametrize("typed", ["高橋", "髙橋 花子", "たかはし", "ﾀｶﾊｼ", "TAKAHASHI", "kita-77", "A_7%"])
def test_a_case_is_found_in_any_spelling(room: ReadingRoom, typed: str) -> None:
    item = room.mammogram_case(
        patient_id="KITA-77",
        SpecificCharacterSet="ISO_IR 192",
        PatientName="Takahashi^Hanako=髙橋^花子=タカハシ^ハナコ",
        AccessionNumber="A_7%",
    )
    room.mammogram_case(patient_id="P2", AccessionNumber="A57x")
    me = room.reader("reader.a")
    assert ids(me.post("/api/v1/worklist/search", json={"text": typed}).json()) == {item}


def test_nobody_finds_a_case_of_another_site_and_nothing_is_found_by_nothing(room: ReadingRoom) -> None:
    room.mammogram_case(site_id="minami", patient_id="SECRET")
    me = room.reader("reader.a")
    assert me.post("/api/v1/worklist/search", json={"text": "secret"}).json()["items"] == []
    assert changes(me, (now() - timedelta(days=1)).isoformat())["items"] == []
    assert me.post("/api/v1/worklist/search", json={"text": " ^ "}).status_code == 400
    assert me.get("/api/v1/worklist/changes").status_code == 422
    assert me.get("/api/v1/worklist/changes?since=yesterday").status_code == 422
