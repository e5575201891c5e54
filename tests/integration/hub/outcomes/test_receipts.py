"""From a signed report to "done": who opened it, who acted, what was amended meanwhile, and the list of the unread."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from dokuei.clock import now
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.outcomes import tables
from dokuei.storage.audit import hub_entries
from tests.makers.reading import ReadingRoom
from tests.makers.talk import say

PHYSICIAN = Grant(Role.REFERRING_PHYSICIAN, "kita")


def _signed(room: ReadingRoom, name: str = "reader.a", **case: Any) -> tuple[httpx.Client, str]:
    item = room.mammogram_case(**case)
    reader = room.reader(name)
    assert room.written(reader, item).status_code == 200
    assert room.signed(reader, item, room.keys[name]).status_code == 200
    room.carry_out()
    return reader, item


def _outcome(client: httpx.Client, item: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1/worklist/{item}/outcome")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _tell(client: httpx.Client, item: str, what: str, **body: Any) -> httpx.Response:
    return client.post(f"/api/v1/worklist/{item}/outcome/{what}", json=body)


def _events(room: ReadingRoom) -> list[str]:
    with room.hub.database.read() as connection:
        events = connection.execute(select(hub_entries.c.event).order_by(hub_entries.c.sequence)).scalars()
        return [event for event in events if event.startswith("receipt.")]


def test_unread_read_and_done_are_three_states_with_who_and_when(room: ReadingRoom) -> None:
    """Arrival, 未読, 既読 and 対応済 are different things; the reader sees each."""
    reader, item = _signed(room)
    physician = room.reader("dr.kato", PHYSICIAN)
    assert _outcome(reader, item)["state"] == "unread"
    assert _tell(physician, item, "opened", number=1).json()["state"] == "read"
    again = _tell(physician, item, "opened", number=1).json()
    assert [one["display_name"] for one in again["opened"]] == ["人 dr.kato"]
    done = _tell(physician, item, "acted", number=1, note="患者へ説明し、組織診を予約")
    assert done.json()["acted"]["note"] == "患者へ説明し、組織診を予約"
    assert _outcome(reader, item)["state"] == "done"
    assert _tell(room.reader("dr.sato", PHYSICIAN), item, "acted", number=1, note="もう一度").status_code == 409
    assert _events(room)[-2:] == ["receipt.opened", "receipt.acted"]


def test_a_reader_of_the_centre_opens_nothing_for_the_hospital(room: ReadingRoom) -> None:
    reader, item = _signed(room)
    assert _tell(reader, item, "opened", number=1).status_code == 403
    assert _outcome(reader, item)["opened"] == []


def test_nothing_becomes_of_what_is_not_signed(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    physician = room.reader("dr.kato", PHYSICIAN)
    assert (_outcome(physician, item)["state"], _outcome(physician, item)["number"]) == ("unsigned", 0)
    assert _tell(physician, item, "opened", number=1).status_code == 409
    assert physician.get("/api/v1/outcomes").json()["items"] == []


def test_a_stranger_sees_and_marks_nothing(room: ReadingRoom) -> None:
    _, item = _signed(room)
    stranger = room.reader("dr.minami", Grant(Role.REFERRING_PHYSICIAN, "minami"))
    assert stranger.get(f"/api/v1/worklist/{item}/outcome").status_code == 404
    assert _tell(stranger, item, "opened", number=1).status_code == 404
    assert stranger.get("/api/v1/outcomes?site_id=kita").status_code == 404
    assert stranger.get("/api/v1/outcomes").json()["items"] == []


def test_an_amendment_is_unread_again_and_keeps_its_warning(room: ReadingRoom) -> None:
    """What was opened is a version: nobody has read the new one."""
    reader, item = _signed(room)
    physician = room.reader("dr.kato", PHYSICIAN)
    assert _tell(reader, item, "important", because="カテゴリー5").json()["important"]["note"] == "カテゴリー5"
    _tell(physician, item, "opened", number=1)
    amended = reader.post(f"/api/v1/worklist/{item}/report/amendment").json()
    body: dict[str, Any] = {"findings": "訂正", "impression": "訂正", "category_right": "5", "category_left": "1"}
    told = {"check": "critical_uncalled", "about": "right", "reason": "主治医へ本日午後に電話する。"}
    body |= {"images_read": room.images_read(item), "answers": [told]}
    saved = reader.put(f"/api/v1/worklist/{item}/report", json=body, headers={"If-Match": f'"{amended["version"]}"'})
    assert saved.status_code == 200, saved.text
    assert room.signed(reader, item, room.keys["reader.a"]).status_code == 200
    room.carry_out()
    found = _outcome(reader, item)
    assert (found["number"], found["state"], found["important"]["note"]) == (2, "unread", "カテゴリー5")
    assert _tell(physician, item, "opened", number=1).status_code == 409
    assert _tell(physician, item, "opened", number=2).json()["state"] == "read"


def test_a_warning_is_given_and_taken_back_with_a_reason(room: ReadingRoom) -> None:
    """REPORT-13: the reader says which findings must not be overlooked; arrival in the record does not close it."""
    reader, item = _signed(room)
    assert _tell(reader, item, "important", because=" ").status_code in {400, 422}
    assert _tell(reader, item, "important", because="新出腫瘤", withdrawn=True).status_code == 409
    assert _tell(reader, item, "important", because="新出腫瘤").status_code == 200
    assert _tell(reader, item, "important", because="新出腫瘤").status_code == 409
    assert _tell(reader, item, "important", because="別の患者の所見", withdrawn=True).json()["important"] is None
    physician = room.reader("dr.kato", PHYSICIAN)
    assert _tell(physician, item, "important", because="x").status_code == 403


def test_the_list_says_what_must_be_looked_after(room: ReadingRoom) -> None:
    """Months begin where the centre's clock stands; who else may see it is decided site by site."""
    reader, item = _signed(room, patient_id="P1")
    _, other = _signed(room, "reader.b", patient_id="P2")
    physician = room.reader("dr.kato", PHYSICIAN)
    _tell(physician, other, "opened", number=1)
    assert physician.get("/api/v1/outcomes").json()["counts"] == {
        "unread": 1, "read": 1, "done": 0, "overdue": 0, "important": 0, "uncalled": 0,
    }  # fmt: skip
    with room.hub.database.begin() as connection:
        late = update(tables.signed).where(tables.signed.c.worklist_item_id == item)
        connection.execute(late.values(signed_at=now() - timedelta(days=4)))
    listed = physician.get("/api/v1/outcomes").json()["items"]
    assert [(one["patient_id"], one["state"], one["overdue"]) for one in listed] == [
        ("P1", "unread", "unread"),
        ("P2", "read", None),
    ]
    month = f"{now() + timedelta(hours=9):%Y-%m}"
    assert [one["patient_id"] for one in reader.get(f"/api/v1/outcomes?month={month}").json()["items"]][-1] == "P2"
    assert reader.get("/api/v1/outcomes?month=2001-01").json()["items"] == []
    for wrong in ("2026-13", "0000-01", "9999-12", "x"):
        assert reader.get(f"/api/v1/outcomes?month={wrong}").status_code in {400, 422}, wrong


def test_the_table_for_the_hospital_holds_no_formula(room: ReadingRoom) -> None:
    _, item = _signed(room, patient_id="=HYPERLINK(1)")
    physician = room.reader("dr.kato", PHYSICIAN)
    _tell(physician, item, "acted", number=1, note="<script>alert(1)</script>\n=1+1")
    answer = physician.get("/api/v1/outcomes.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2
    told = dict(zip(rows[0], rows[1], strict=True))
    assert (told["患者ID"], told["状態"]) == ("'=HYPERLINK(1)", "対応済")
    assert told["対応内容"] == "<script>alert(1)</script>\n=1+1"


def test_two_who_act_at_once_are_one(room: ReadingRoom) -> None:
    _, item = _signed(room)
    clients = [room.reader(f"dr.{number}", PHYSICIAN) for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(lambda client: _tell(client, item, "acted", number=1, note="済").status_code, clients))
    assert sorted(said) == [200, 409, 409, 409]
    with room.hub.database.read() as connection:
        assert len(connection.execute(select(tables.mark)).all()) == 1


@pytest.mark.parametrize("note", ["a\x00b", "a\x1bb", "a" * 3000])
def test_notes_that_cannot_be_shown_are_refused(room: ReadingRoom, note: str) -> None:
    _, item = _signed(room)
    assert _tell(room.reader("dr.kato", PHYSICIAN), item, "acted", number=1, note=note).status_code in {400, 422}


def test_a_finding_that_is_flagged_after_signing_demands_a_call(room: ReadingRoom) -> None:
    """REPORT-13: posting it alone does not close it; it stands first on the list until somebody was called."""
    reader, item = _signed(room)
    _, other = _signed(room, "reader.b", patient_id="P2")
    assert not _outcome(reader, item)["uncalled"]
    assert _tell(reader, item, "important", because="左にも小さな腫瘤").json()["uncalled"]
    listed = reader.get("/api/v1/outcomes").json()
    assert [one["worklist_item_id"] for one in listed["items"]] == [item, other]
    assert listed["counts"]["uncalled"] == 1
    assert "電話連絡の記録なし" in reader.get("/api/v1/outcomes.csv").content.decode("utf-8-sig")
    call = {"person": "佐藤医師", "number": "内線 4123", "at": now().isoformat(), "read_back": True}
    assert say(reader, item, "重要所見を伝えた。", kind="call_back", call_back=call).status_code == 200
    assert not _outcome(reader, item)["uncalled"]
    assert reader.get("/api/v1/outcomes").json()["counts"]["uncalled"] == 0
