"""From a roster to the table of judgements, through requests, images, two blind readings and a decision."""

import csv
import io
from datetime import timedelta
from typing import Any

import httpx

from dokuei.clock import now
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.identity.qualification import ReaderProfile
from tests.makers.reading import ReadingRoom

STAFF = Grant(Role.SITE_STAFF, "kita")
BATCH: dict[str, Any] = {
    "site_id": "kita", "name": "北町 乳がん検診", "held_on": "2026-11-01", "organiser": "北町", "read_twice": False,
}  # fmt: skip
HEAD = "受診番号,患者ID,カナ氏名,漢字氏名,生年月日,性別,受診日,視触診,前回判定,住所\r\n"
ROSTER = (
    HEAD
    + "0001,P1,ヤマダ ハナコ,山田 花子,S45.1.1,女,令和8年11月1日,異常なし,C1,北町1\r\n"
    + "0002,P2,ヤマダ ハナコ,山田　花子,1970/01/01,2,,=HYPERLINK(1),,北町2\r\n"
    + "0003,P3,ヤマダ ハナコ,山田 花子,19700101,F,20261101,,,北町3\r\n"
)


def made(client: httpx.Client, **changed: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/screening-batches", json={**BATCH, **changed})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def roster(client: httpx.Client, batch: dict[str, Any], text: str | bytes, *, take: bool = True) -> dict[str, Any]:
    data = text.encode("cp932") if isinstance(text, str) else text
    path = f"/api/v1/screening-batches/{batch['batch_id']}/roster"
    answer = client.post(path, content=data, params={"take": take})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def shown(client: httpx.Client, batch: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/v1/screening-batches/{batch['batch_id']}").json()
    return found


def judgements(client: httpx.Client, batch: dict[str, Any], encoding: str = "shift_jis") -> list[dict[str, str]]:
    path = f"/api/v1/screening-batches/{batch['batch_id']}/judgements.csv"
    answer = client.get(path, params={"encoding": encoding})
    assert answer.status_code == 200, answer.text
    text = answer.content.decode("cp932" if encoding == "shift_jis" else "utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def graded(room: ReadingRoom, name: str) -> httpx.Client:
    client = room.reader(name)
    who = client.get("/api/v1/session").json()["person"]["person_id"]
    until = (now() + timedelta(days=30)).date()
    profile = ReaderProfile(licence_number="123456", mammography_grade="A", mammography_until=until)
    room.hub.identity.qualifications.record(who, profile, actor="system")
    return client


def read(room: ReadingRoom, name: str, item: str, **written: Any) -> None:
    client = graded(room, name)
    body = {"findings": "=異常なし\n続き", "category_right": "1", "category_left": "1", **written}
    body["impression"] = "異常なし" if body["category_right"] == "1" else "悪性の疑い。要精検。"
    assert room.written(client, item, **body).status_code == 200
    assert room.signed(client, item, room.keys[name]).status_code == 200
    room.carry_out()


def test_a_batch_comes_in_by_roster_and_leaves_as_judgements(room: ReadingRoom) -> None:
    """JRS-10: form and names of the readers; progress without opening a case; nothing unread looks normal."""
    staff = room.reader("staff", STAFF)
    batch = made(staff)
    assert staff.post("/api/v1/screening-batches", json=BATCH).status_code == 409
    looked = roster(staff, batch, ROSTER, take=False)
    assert (looked["taken"], looked["counts"]) == (False, {"taken": 3, "known": 0, "refused": 0})
    assert looked["ignored"] == ["住所"]
    assert shown(staff, batch)["people"] == [], "looking takes nothing"
    assert roster(staff, batch, ROSTER)["counts"]["taken"] == 3
    again = roster(staff, batch, b"\xef\xbb\xbf" + ROSTER.encode())
    assert again["counts"] == {"taken": 0, "known": 3, "refused": 0}, "the same roster twice changes nothing"
    assert len(staff.get("/api/v1/requests").json()["items"]) == 3
    first = room.mammogram_case(patient_id="P1", AccessionNumber="")
    room.mammogram_case(patient_id="P2", AccessionNumber="")
    request = staff.get(f"/api/v1/worklist/{first}/request").json()
    assert (request["kind"], request["source"], request["state"]) == ("screening", "roster", "matched")
    assert (request["clinical"]["note"], request["clinical"]["prior_examinations"]) == (
        "受診番号: 0001\n視触診: 異常なし",
        "前回判定: C1",
    )
    read(room, "reader.a", first, category_right="3", findings="右M・Iに腫瘤。")
    known = shown(staff, batch)
    assert known["counts"] == {
        "expected": 3, "arrived": 2, "read_once": 1, "read_twice": 0, "judged": 1, "missing": 1, "unsettled": 0,
    }  # fmt: skip
    assert [one["stage"] for one in known["people"]] == ["judged", "arrived", "missing"]
    rows = judgements(staff, batch)
    assert [(one["受診番号"], one["判定"], one["右カテゴリー"]) for one in rows] == [
        ("0001", "要精検", "3"),
        ("0002", "未確定", "未確定"),
        ("0003", "未確定", "未確定"),
    ]
    assert (rows[0]["最終判定医"], rows[0]["所見"], rows[0]["版"]) == ("人 reader.a", "右M・Iに腫瘤。", "1")
    assert (rows[1]["状態"], rows[2]["状態"]) == ("未確定（読影待ち）", "未確定（画像未着）")
    assert {"roster.opened", "roster.taken", "roster.read", "roster.exported"} <= set(room.hub.events())


def test_a_batch_that_is_read_twice_says_so_and_keeps_the_first_opinion_to_itself(room: ReadingRoom) -> None:
    """JRS-02, JRS-10: the batch decides on two readings whatever the contract says, roster before or after images."""
    item = room.mammogram_case(patient_id="P1", AccessionNumber="")
    staff = room.reader("staff", STAFF)
    batch = made(staff, read_twice=True)
    roster(staff, batch, ROSTER)
    room.carry_out()
    ungraded = room.reader("ungraded")
    assert {one["role"] for one in ungraded.get(f"/api/v1/worklist/{item}").json()["readings"]} == {
        "first", "second", "arbiter",
    }  # fmt: skip
    lacks = ungraded.get(f"/api/v1/worklist/{item}/report/qualification").json()["lacks"]
    assert lacks == ["no_grade"], "a screening mammogram takes a grade, whatever the site's rules"
    read(room, "first.reader", item, category_right="4", category_left="1", findings="第一の所見")
    row = judgements(staff, batch)[0]
    assert (row["状態"], row["判定"], row["第一読影 右"], row["第一読影医"]) == ("未確定（読影中）", "未確定", "", "")
    assert "第一の所見" not in str(row)
    read(room, "second.reader", item)
    row = judgements(staff, batch)[0]
    assert (row["判定"], row["第一読影 右"], row["第二読影 右"]) == ("未確定", "4", "1")
    assert shown(staff, batch)["counts"]["read_twice"] == 1
    read(room, "third.reader", item)
    row = judgements(staff, batch, "utf-8")[0]
    assert (row["状態"], row["判定"], row["右カテゴリー"], row["左カテゴリー"]) == ("確定", "異常なし", "1", "1")
    assert row["所見"] == "'=異常なし 続き", "no cell is a formula"
    assert (row["第一読影医"], row["第二読影医"], row["最終判定医"]) == (
        "人 first.reader", "人 second.reader", "人 third.reader",
    )  # fmt: skip


def test_what_cannot_be_taken_is_told_by_line_and_the_rest_is_taken(small_room: ReadingRoom) -> None:
    staff = small_room.reader("staff", STAFF)
    batch = made(staff, accession_is_exam_number=True)
    lines = HEAD + (
        "0001,P1,ヤマダ,山田 <b>花子</b>,S45.1.1,女,,,,\r\n"
        "0001,P1,ヤマダ,山田 <b>花子</b>,S45.1.1,女,,,,\r\n"
        "0009,P1,ヤマダ,山田 花子,S45.1.1,女,,,,\r\n"
        "0002,,ヤマダ,山田 花子,S45.1.1,女,,,,\r\n"
        "0003,P3,,,S45.1.1,女,,,,\r\n"
        "0004,P4,ヤマダ,山田,S45.13.1,女,,,,\r\n"
        "0005,P5,ヤマダ,山田,S45.1.1,？,,,,\r\n"
        "0006,P6,ヤマダ\r\n"
        ",P7,ヤマダ,山田,S45.1.1,女,,,,\r\n"
        "0001,P8,ヤマダ,山田,S45.1.1,女,,,,\r\n"
        "0010,P10,ヤマダ,山田,S45.1.1,女,令和8年2月30日,,,\r\n"
    )
    told = roster(staff, batch, lines)
    assert [(one["number"], one["outcome"], one["reason"]) for one in told["lines"]] == [
        (2, "taken", None),
        (3, "known", None),
        (4, "refused", "twice_in_file"),
        (5, "refused", "no_patient_id"),
        (6, "refused", "no_name"),
        (7, "refused", "birth_date"),
        (8, "refused", "sex"),
        (9, "refused", "columns"),
        (10, "refused", "no_exam_number"),
        (11, "refused", "accession_taken"),
        (12, "refused", "examination_date"),
    ]
    assert told["lines"][2]["fields"] == ["exam_number", "accession_number", "name"]
    changed = roster(staff, batch, lines.replace("S45.1.1,女,,,,\r\n0001", "S46.1.1,女,,,,\r\n0001", 1))
    assert (changed["lines"][0]["reason"], changed["lines"][0]["fields"]) == ("changed", ["birth_date"])
    other = made(staff, name="二日目")
    assert roster(staff, other, lines)["lines"][0]["reason"] == "other_batch"
    path = f"/api/v1/screening-batches/{batch['batch_id']}/roster"
    for bad in (b"\x81\x00", b"", "氏名\r\n山田\r\n".encode(), '患者ID\r\n"P1'.encode()):
        assert staff.post(path, content=bad, params={"take": True}).status_code == 400


def test_strangers_see_nothing_and_shift_jis_says_what_it_lacks(small_room: ReadingRoom) -> None:
    """AUTH-13; a character that Shift_JIS lacks is named and never replaced."""
    room = small_room
    staff = room.reader("staff", STAFF)
    batch = made(staff)
    roster(staff, batch, ("患者ID,氏名\nP1,𠮷野 花子\n").encode())
    path = f"/api/v1/screening-batches/{batch['batch_id']}"
    refused = staff.get(f"{path}/judgements.csv", params={"encoding": "shift_jis"})
    assert (refused.status_code, "U+20BB7" in refused.json()["detail"]) == (400, True)
    assert "野" not in refused.text, "no name in an error"
    assert judgements(staff, batch, "utf-8")[0]["漢字氏名"] == "𠮷野 花子"
    stranger = room.reader("stranger", Grant(Role.SITE_STAFF, "minami"))
    assert stranger.get(path).status_code == 404
    assert stranger.get(f"{path}/judgements.csv").status_code == 404
    assert stranger.post(f"{path}/roster", content=b"x").status_code == 404
    assert stranger.get("/api/v1/screening-batches").json()["items"] == []
    assert stranger.get("/api/v1/screening-batches?site_id=kita").status_code == 404
    assert stranger.post("/api/v1/screening-batches", json=BATCH).status_code == 404
    for role in (Role.READER, Role.REFERRING_PHYSICIAN, Role.AUDITOR):
        assert room.reader(f"a-{role.value}", Grant(role, "kita")).get(path).status_code == 403
    for role in (Role.CLERK, Role.ADMINISTRATOR):
        assert room.reader(f"a-{role.value}", Grant(role, None)).get(path).status_code == 200
