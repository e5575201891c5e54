"""Two read a case without knowing of each other, a third decides; readings change hands in the open."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.reports.tables import delivery
from dokuei.storage.audit import hub_entries
from tests.makers.archive import image
from tests.makers.reading import ReadingRoom, reading_room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path) as made:
        made.hub.sites.change("kita", actor="system", read_twice="mammograms")
        yield made


def report_of(client: httpx.Client, item: str, role: str = "") -> httpx.Response:
    return client.get(f"/api/v1/worklist/{item}/report", params={"role": role} if role else {})


def read_by(room: ReadingRoom, name: str, item: str, **written: Any) -> httpx.Client:
    """Somebody claims what is free for them, writes and signs."""
    client = room.reader(name)
    assert room.written(client, item, **written).status_code == 200
    assert room.signed(client, item, room.keys[name]).status_code == 200
    room.carry_out()
    return client


def person_id(client: httpx.Client) -> str:
    return str(client.get("/api/v1/session").json()["person"]["person_id"])


def test_two_read_blind_and_a_third_decides_with_both_before_their_eyes(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    first = read_by(room, "first.reader", item, findings="第一の所見")
    shown = first.get(f"/api/v1/worklist/{item}").json()
    assert [(one["role"], bool(one["signed_at"])) for one in shown["readings"]] == [
        ("arbiter", False),
        ("first", True),
        ("second", False),
    ]
    assert (shown["status"], shown["report_status"]) == ("in_progress", None), "nothing is out yet"
    second, third = room.reader("second.reader"), room.reader("third.reader")
    for reader in (second, third):
        assert report_of(reader, item, "first").status_code == 403
        assert "第一の所見" not in report_of(reader, item).text
        assert reader.get(f"/api/v1/worklist/{item}/report/pdf?role=first").status_code == 403
    assert report_of(first, item).json()["findings"] == "第一の所見", "one's own stays readable"
    assert first.post(f"/api/v1/worklist/{item}/claim").status_code == 409, "one person does not read twice"
    early = third.post(f"/api/v1/worklist/{item}/claim", json={"role": "arbiter"})
    assert (early.status_code, early.json()["detail"].partition(".")[0]) == (409, "both readings come first")
    assert second.get(f"/api/v1/worklist/{item}").json()["my_role"] == "second"
    assert room.written(second, item, findings="第二の所見").status_code == 200
    assert report_of(second, item).json()["role"] == "second"
    assert room.signed(second, item, room.keys["second.reader"]).status_code == 200
    room.carry_out()
    assert report_of(second, item, "first").json()["findings"] == "第一の所見"
    assert report_of(first, item, "second").json()["findings"] == "第二の所見"
    assert first.post(f"/api/v1/worklist/{item}/report/amendment").status_code == 409, "both are open: they stand"
    assert second.post(f"/api/v1/worklist/{item}/claim").status_code == 409
    assert room.written(third, item, findings="最終の所見").status_code == 200
    assert room.signed(third, item, room.keys["third.reader"]).status_code == 200
    room.carry_out()
    done = third.get(f"/api/v1/worklist/{item}").json()
    assert (done["status"], done["report_status"]) == ("completed", "final")
    assert report_of(third, item, "second").json()["findings"] == "第二の所見"


def test_only_the_third_reading_reaches_the_hospital(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    read_by(room, "first.reader", item, findings="第一の所見")
    read_by(room, "second.reader", item, findings="第二の所見")
    assert room.reports.pending_deliveries("kita") == ()
    staff = room.reader("staff", Grant(Role.SITE_STAFF, "kita"))
    assert report_of(staff, item, "first").status_code == 403
    assert report_of(staff, item).json()["findings"] == ""
    read_by(room, "third.reader", item, findings="最終の所見")
    assert report_of(staff, item).json()["findings"] == "最終の所見"
    assert {one.kind for one in room.reports.pending_deliveries("kita")} == {"sr", "pdf"}
    with room.hub.database.read() as connection:
        rows = connection.execute(select(delivery.c.report_id).distinct()).all()
    assert len(rows) == 1
    opinions = {report_of(staff, item).json()["report_id"]}
    assert opinions == {rows[0].report_id}
    assert staff.get("/api/v1/outcomes").json()["items"][0]["worklist_item_id"] == item


def test_who_has_held_one_reading_never_gets_the_other(room: ReadingRoom) -> None:
    """A draft that was left is seen by whoever takes the reading next: they have seen an opinion."""
    item = room.mammogram_case()
    one = room.reader("one")
    room.written(one, item, findings="書きかけ")
    assert one.post(f"/api/v1/worklist/{item}/release").status_code == 200
    refused = one.post(f"/api/v1/worklist/{item}/claim", json={"role": "second"})
    assert refused.status_code == 409
    other = room.reader("other")
    assert other.post(f"/api/v1/worklist/{item}/claim").json()["my_role"] == "first"
    assert report_of(other, item).json()["findings"] == "書きかけ"
    assert report_of(one, item, "first").status_code == 403, "no longer theirs"


def test_what_is_no_mammogram_is_read_once(room: ReadingRoom) -> None:
    item = room.take_in(image(modality="US", study="1.2.9"))
    one = room.reader("one").get(f"/api/v1/worklist/{item}").json()
    assert [held["role"] for held in one["readings"]] == ["sole"]
    grown = room.take_in(image(modality="MG", study="1.2.9", number=2))
    assert grown == item
    one = room.reader("two").get(f"/api/v1/worklist/{item}").json()
    assert sorted(held["role"] for held in one["readings"]) == ["arbiter", "first", "second"]


def test_a_reading_is_offered_taken_and_given_back_in_the_open(room: ReadingRoom) -> None:
    """JRS-07: the hospital sees each change of reader."""
    item = room.mammogram_case()
    giver, taker, third = room.reader("giver"), room.reader("taker"), room.reader("third")
    hospital = room.reader("staff", Grant(Role.SITE_STAFF, "kita"))
    path = f"/api/v1/worklist/{item}"
    room.written(giver, item, findings="前半")
    named = giver.get(f"{path}/readers").json()
    assert sorted(one["display_name"] for one in named) == ["人 taker", "人 third"], "staff read nothing"
    body = {"to_person_id": person_id(taker), "note": "続きをお願いします"}
    assert third.post(f"{path}/hand-over", json=body).status_code == 403, "not theirs to give"
    assert giver.post(f"{path}/hand-over", json={**body, "to_person_id": "0" * 32}).status_code == 400
    offered = giver.post(f"{path}/hand-over", json=body).json()
    assert offered["locked_by"]["display_name"] == "人 giver", "it stays theirs until it is taken"
    assert taker.get(path).json()["offer"]["note"] == "続きをお願いします"
    seen = third.get(path).json()["offer"]
    assert (seen["giver"]["display_name"], seen["taker"]["display_name"], seen["note"]) == ("人 giver", "人 taker", "")
    assert third.post(f"{path}/hand-over/accept").status_code == 403
    assert taker.delete(f"{path}/hand-over").json()["offer"] is None
    assert taker.post(f"{path}/hand-over/accept").status_code == 409
    giver.post(f"{path}/hand-over", json=body)
    assert taker.post(f"{path}/hand-over/accept").json()["locked_by"]["display_name"] == "人 taker"
    assert report_of(taker, item).json()["findings"] == "前半"
    late = giver.put(f"{path}/report", json={"findings": "遅れて"}, headers={"If-Match": '"1"'})
    assert late.status_code == 403, "two never write one report"
    told = hospital.get(f"{path}/way").json()["changes"]
    assert [(one["kind"], one["from_name"], one["to_name"]) for one in told] == [
        ("handed_over", "人 giver", "人 taker")
    ]
    assert taker.post(f"{path}/release").status_code == 200
    last = hospital.get(f"{path}/way").json()["changes"][-1]
    assert (last["kind"], last["from_name"], last["to_name"]) == ("released", "人 taker", "")
    assert [name for name in room.hub.events() if name.startswith(("case.offered", "case.hand", "case.giv"))] == [
        "case.offered",
        "case.given-back",
        "case.offered",
        "case.handed-over",
    ]


def test_an_administrator_frees_a_reading_for_a_reason_and_it_is_on_record(room: ReadingRoom) -> None:
    """JRS-07: a reading taken away by force shows as that, without the reason, which is the centre's own."""
    item = room.mammogram_case()
    away = room.reader("away")
    room.written(away, item, findings="途中")
    administrator = room.reader("admin", Grant(Role.ADMINISTRATOR, "kita"))
    held = administrator.get("/api/v1/worklist/held").json()["items"]
    assert [(one["role"], one["display_name"]) for one in held] == [("first", "人 away")]
    assert "P1" not in json.dumps(held), "nothing of the patient"
    path = f"/api/v1/worklist/{item}/take-away"
    assert away.post(path, json={"role": "first", "reason": "x"}).status_code == 403
    assert administrator.post(path, json={"role": "first", "reason": "  "}).status_code == 400
    assert administrator.post(path, json={"role": "second", "reason": "長期不在"}).status_code == 409
    assert administrator.post(path, json={"role": "first", "reason": "長期不在"}).status_code == 204
    assert administrator.get("/api/v1/worklist/held").json()["items"] == []
    hospital = room.reader("staff.kita", Grant(Role.SITE_STAFF, "kita"))
    way = hospital.get(f"/api/v1/worklist/{item}/way")
    assert [(one["kind"], one["from_name"]) for one in way.json()["changes"]] == [("taken_away", "人 away")]
    assert "長期不在" not in way.text
    foreign = room.reader("abroad", Grant(Role.ADMINISTRATOR, "minami"))
    assert foreign.post(path, json={"role": "first", "reason": "x"}).status_code == 404
    with room.hub.database.read() as connection:
        entry = connection.execute(select(hub_entries).where(hub_entries.c.event == "case.taken-away")).one()
    assert json.loads(entry.details) == {"role": "first", "from": person_id(away), "reason": "長期不在"}
    assert entry.actor == f"person:{person_id(administrator)}"


def test_a_signed_reading_is_nobodys_to_give_even_before_the_list_has_heard_of_it(room: ReadingRoom) -> None:
    """A worker that is away leaves no gap in which a sealed opinion could change hands."""
    item = room.mammogram_case()
    path = f"/api/v1/worklist/{item}"
    one, two, three = room.reader("one"), room.reader("two"), room.reader("three")
    administrator = room.reader("admin", Grant(Role.ADMINISTRATOR, "kita"))
    room.written(one, item, findings="第一の所見")
    one.post(f"{path}/hand-over", json={"to_person_id": person_id(two), "note": ""})
    assert room.signed(one, item, room.keys["one"]).status_code == 200
    assert one.post(f"{path}/release").status_code == 409
    assert two.post(f"{path}/hand-over/accept").status_code == 409
    taken = administrator.post(f"{path}/take-away", json={"role": "first", "reason": "x"})
    assert taken.status_code == 409
    assert three.post(f"{path}/claim", json={"role": "first"}).status_code == 409
    assert report_of(three, item, "first").status_code == 403
    before = one.get(path).json()["readings"]
    room.carry_out()
    assert one.get(path).json()["readings"] == before
