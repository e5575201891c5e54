"""Questions and answers between two sites' people and the reading centre, over HTTP, on both databases."""

import json
import threading
import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from dokuei.clock import now
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.identity.tables import person
from dokuei.hub.messages.tables import message
from tests.makers.reading import ReadingRoom
from tests.makers.talk import STAFF_OF_KITA, STAFF_OF_MINAMI, answered, asked, events, say, thread_of

SCRIPT = "<script>alert('所見')</script> & \"左\" {{name}}"


def test_a_question_holds_the_signature_until_it_is_answered(room: ReadingRoom) -> None:
    """JRS-08: the reader asks and gets answers in the system, and the dialogue stays with the case."""
    item = room.mammogram_case()
    reader, staff = room.reader("reader.a"), room.reader("staff.a", STAFF_OF_KITA)
    room.written(reader, item)
    question = asked(reader, item)
    begin = f"/api/v1/worklist/{item}/report/signature/begin"
    refused = reader.post(begin)
    assert refused.status_code == 409
    assert "前回の画像" not in refused.text, "an error quotes nobody"
    assert reader.get(f"/api/v1/worklist/{item}").json()["open_question"] is True

    assert answered(staff, item, question).status_code == 200
    said = reader.get(thread_of(item)).json()["messages"]
    assert [(one["number"], one["kind"], one["side"], one["text"]) for one in said] == [
        (1, "question", "centre", "前回の画像はありますか。"),
        (2, "answer", "site", "ありません。"),
    ]
    assert said[0]["to_do"]["state"] == "answered"
    assert said[0]["to_do"]["by"] == "人 staff.a"
    assert said[1]["answers"] == question
    assert reader.get(f"/api/v1/worklist/{item}").json()["open_question"] is False
    assert room.signed(reader, item, room.keys["reader.a"]).status_code == 200


def test_a_question_that_comes_between_showing_and_signing_holds_the_signature_too(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    reader, staff = room.reader("reader.a"), room.reader("staff.a", STAFF_OF_KITA)
    room.written(reader, item)
    begun = reader.post(f"/api/v1/worklist/{item}/report/signature/begin").json()
    question = asked(staff, item, "患者が違うかもしれません。確定を待ってください。")
    credential = room.keys["reader.a"].get(begun["options"])
    presented = {"version_digest": begun["version_digest"], "credential": credential}
    assert reader.post(f"/api/v1/worklist/{item}/report/signature", json=presented).status_code == 409
    assert reader.post(f"{thread_of(item)}/{question}/waive", json={"reason": "  "}).status_code == 400
    waived = reader.post(f"{thread_of(item)}/{question}/waive", json={"reason": "電話で確認した。本人の画像。"})
    assert waived.json()["messages"][0]["to_do"] | {"at": None} == {
        "state": "waived",
        "by": "人 reader.a",
        "at": None,
        "reason": "電話で確認した。本人の画像。",
    }
    assert room.signed(reader, item, room.keys["reader.a"]).status_code == 200


def test_an_open_question_that_blocks_nothing_leaves_the_signature_alone(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    reader = room.reader("reader.a")
    room.written(reader, item)
    asked(reader, item, blocks_signing=False)
    assert room.signed(reader, item, room.keys["reader.a"]).status_code == 200


def test_who_may_not_sign_waives_only_what_they_asked(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    reader, staff = room.reader("reader.a"), room.reader("staff.a", STAFF_OF_KITA)
    by_reader, by_staff = asked(reader, item), asked(staff, item)
    shown = {one["message_id"]: one["may_waive"] for one in staff.get(thread_of(item)).json()["messages"]}
    assert shown == {by_reader: False, by_staff: True}
    body = {"reason": "不要"}
    assert staff.post(f"{thread_of(item)}/{by_reader}/waive", json=body).status_code == 403
    assert staff.post(f"{thread_of(item)}/{by_staff}/waive", json=body).status_code == 200
    assert staff.post(f"{thread_of(item)}/{by_staff}/waive", json=body).status_code == 409
    assert staff.post(f"{thread_of(item)}/{by_reader}/done").status_code == 409


def test_somebody_of_another_site_finds_nothing_and_changes_nothing(room: ReadingRoom) -> None:
    """AUTH-13: a foreign thread answers exactly like one that does not exist."""
    item, other = room.mammogram_case(), room.mammogram_case(site_id="minami", patient_id="P2")
    reader, stranger = room.reader("reader.a"), room.reader("staff.b", STAFF_OF_MINAMI)
    question = asked(reader, item)
    for path in (thread_of(item), thread_of("0" * 32)):
        assert stranger.get(path).status_code == 404
        assert say(stranger, path.split("/")[4], "x").status_code == 404
        assert stranger.post(f"{path}/{question}/read").status_code == 404
        assert stranger.put(f"{path}/draft", json={"text": "x"}).status_code == 404
    # a message of one case is none of another, even where both are one's own to see
    for verb, body in (("answer", {"message_id": uuid.uuid4().hex, "text": "x"}), ("waive", {"reason": "x"})):
        assert stranger.post(f"{thread_of(other)}/{question}/{verb}", json=body).status_code == 404
    assert stranger.get("/api/v1/messages/unread").json() == {"unread_messages": 0, "cases": []}
    assert len(reader.get(thread_of(item)).json()["messages"]) == 1


def test_a_role_without_messages_is_refused(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    maintainer = room.reader("maintainer.a", Grant(Role.MAINTAINER, "kita"))
    assert maintainer.get(thread_of(item)).status_code == 403
    assert maintainer.get("/api/v1/messages/unread").status_code == 403


def test_unread_is_counted_for_each_person_until_they_have_read(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    reader, staff, later = (
        room.reader("reader.a"),
        room.reader("staff.a", STAFF_OF_KITA),
        room.reader("staff.c", STAFF_OF_KITA),
    )
    first = asked(reader, item)
    say(reader, item, "至急お願いします。")

    def unread(client: httpx.Client) -> tuple[int, int, int]:
        listed = client.get("/api/v1/worklist").json()["items"][0]["unread_messages"]
        one = client.get(f"/api/v1/worklist/{item}").json()["unread_messages"]
        return client.get("/api/v1/messages/unread").json()["unread_messages"], listed, one

    assert unread(reader) == (0, 0, 0)
    assert unread(staff) == unread(later) == (2, 2, 2)
    assert staff.get("/api/v1/messages/unread").json()["cases"] == [
        {"worklist_item_id": item, "unread_messages": 2, "open_question": True, "holds_signing": True}
    ]
    assert staff.post(f"{thread_of(item)}/{first}/read").json()["read_up_to"] == 1
    assert unread(staff) == (1, 1, 1)
    last = staff.get(thread_of(item)).json()["messages"][-1]["message_id"]
    staff.post(f"{thread_of(item)}/{last}/read")
    assert staff.post(f"{thread_of(item)}/{first}/read").json()["read_up_to"] == 2, "nobody unreads"
    assert unread(staff) == (0, 0, 0)
    assert unread(later) == (2, 2, 2)
    seen = reader.get(thread_of(item)).json()["seen"]
    assert [(one["display_name"], one["number"]) for one in seen] == [("人 staff.a", 2)]


def test_what_nobody_opened_for_a_month_is_no_news_and_an_open_question_stays_one(room: ReadingRoom) -> None:
    """ADR 90: whoever opens the thread still sees where they stopped."""
    item = room.mammogram_case()
    reader, staff = room.reader("reader.a"), room.reader("staff.a", STAFF_OF_KITA)
    asked(reader, item)
    say(reader, item, "追記です。")
    unread = "/api/v1/messages/unread"
    for days, expected in ((29, 2), (31, 0)):
        with room.hub.database.begin() as connection:
            connection.execute(update(person).values(created_at=now() - timedelta(days=days + 1)))
            connection.execute(update(message).values(written_at=now() - timedelta(days=days)))
        told = {"worklist_item_id": item, "unread_messages": expected, "open_question": True, "holds_signing": True}
        assert staff.get(unread).json() == {"unread_messages": expected, "cases": [told]}
        assert staff.get(f"/api/v1/worklist/{item}").json()["unread_messages"] == expected
    assert staff.get(thread_of(item)).json()["read_up_to"] == 0


def test_who_came_later_finds_nothing_unread_of_before(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    say(room.reader("reader.a"), item, "以前のやり取り")
    newcomer = room.reader("staff.new", STAFF_OF_KITA)
    assert newcomer.get("/api/v1/messages/unread").json()["unread_messages"] == 0
    assert len(newcomer.get(thread_of(item)).json()["messages"]) == 1


def test_a_message_that_is_sent_twice_is_said_once(room: ReadingRoom) -> None:
    """A line that loses the answer loses no message and doubles none."""
    item = room.mammogram_case()
    reader, staff = room.reader("reader.a"), room.reader("staff.a", STAFF_OF_KITA)
    body = {"message_id": uuid.uuid4().hex, "kind": "note", "text": "届きましたか。"}
    for _ in range(3):
        assert reader.post(thread_of(item), json=body).status_code == 200
    assert len(reader.get(thread_of(item)).json()["messages"]) == 1
    assert staff.post(thread_of(item), json=body).status_code == 409
    assert reader.post(thread_of(item), json={**body, "text": "別の文"}).status_code == 409
    question = asked(reader, item)
    answer = {"message_id": uuid.uuid4().hex, "text": "はい"}
    for _ in range(2):
        assert staff.post(f"{thread_of(item)}/{question}/answer", json=answer).status_code == 200
    assert [one["number"] for one in reader.get(thread_of(item)).json()["messages"]] == [1, 2, 3]


def test_a_correction_is_another_message_and_the_first_one_stays(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    reader, staff = room.reader("reader.a"), room.reader("staff.a", STAFF_OF_KITA)
    wrong = say(staff, item, "右乳房です。").json()["messages"][0]["message_id"]
    assert say(reader, item, "いいえ。", corrects=wrong).status_code == 403
    said = say(staff, item, "左乳房の誤りでした。", corrects=wrong).json()["messages"]
    assert [(one["text"], one["corrects"]) for one in said] == [("右乳房です。", None), ("左乳房の誤りでした。", wrong)]
    assert say(staff, item, "x", corrects="0" * 32).status_code == 404


def test_a_call_back_is_kept_with_name_number_time_and_read_back(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    reader = room.reader("reader.a")
    called = {"person": "外科 鈴木医師", "number": "内線 2210", "at": now().isoformat(), "read_back": True}
    kept = say(reader, item, "左C区域に悪性を強く疑う腫瘤。", kind="call_back", call_back=called).json()["messages"][0]
    assert (kept["kind"], kept["call_back"]["person"], kept["call_back"]["number"]) == (
        "call_back",
        "外科 鈴木医師",
        "内線 2210",
    )
    assert kept["call_back"]["read_back"] is True
    for changed in ({"person": " "}, {"number": ""}, {"at": (now() + timedelta(hours=1)).isoformat()}):
        refused = say(reader, item, "所見", kind="call_back", call_back={**called, **changed})
        assert refused.status_code == 400, changed
    assert say(reader, item, "所見", kind="call_back").status_code == 400
    assert say(reader, item, "所見", call_back=called).status_code == 400


def test_script_in_every_field_stays_text(room: ReadingRoom) -> None:
    """MRPET-07: what looks like a page is what somebody typed."""
    item = room.mammogram_case()
    reader = room.reader("reader.a")
    called = {"person": SCRIPT, "number": SCRIPT, "at": now().isoformat(), "read_back": False}
    said = say(reader, item, SCRIPT, kind="call_back", call_back=called)
    assert said.headers["content-type"] == "application/json"
    kept = said.json()["messages"][0]
    assert (kept["text"], kept["call_back"]["person"], kept["call_back"]["number"]) == (SCRIPT, SCRIPT, SCRIPT)
    waived = reader.post(f"{thread_of(item)}/{asked(reader, item)}/waive", json={"reason": SCRIPT}).json()
    assert waived["messages"][1]["to_do"]["reason"] == SCRIPT


@pytest.mark.parametrize(
    "body",
    [
        {"text": "x"},
        {"message_id": "1", "kind": "note", "text": "x"},
        {"message_id": "a" * 32, "kind": "answer", "text": "x"},
        {"message_id": "a" * 32, "kind": "note", "text": "x\0"},
        {"message_id": "a" * 32, "kind": "note", "text": "x", "number": 7},
        {"message_id": "a" * 32, "kind": "note", "text": "\a"},
        {"message_id": "a" * 32, "kind": "note", "text": "x", "blocks_signing": True},
        {"message_id": "a" * 32, "kind": "note", "text": "x", "attachments": ["b" * 32]},
    ],
)
def test_what_cannot_be_kept_is_refused_and_leaves_nothing(room: ReadingRoom, body: dict[str, Any]) -> None:
    item = room.mammogram_case()
    reader = room.reader("reader.a")
    assert reader.post(thread_of(item), json=body).status_code in {400, 422}
    assert reader.get(thread_of(item)).json()["messages"] == []


def test_a_draft_is_kept_for_its_writer_alone_until_it_is_sent(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    reader, staff = room.reader("reader.a"), room.reader("staff.a", STAFF_OF_KITA)
    typed = {"kind": "question", "text": "書きかけの質", "blocks_signing": True}
    assert reader.put(f"{thread_of(item)}/draft", json=typed).status_code == 204
    kept = reader.get(thread_of(item)).json()["draft"]
    assert {name: kept[name] for name in typed} == typed
    assert staff.get(thread_of(item)).json()["draft"] is None
    say(reader, item, "質問です。")
    assert reader.get(thread_of(item)).json()["draft"] is None
    reader.put(f"{thread_of(item)}/draft", json=typed)
    reader.put(f"{thread_of(item)}/draft", json={})
    assert reader.get(thread_of(item)).json()["draft"] is None


def test_a_to_do_is_ticked_off_once_with_who_and_when(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    reader, staff = room.reader("reader.a"), room.reader("staff.a", STAFF_OF_KITA)
    wanted = say(reader, item, "外来予約をお願いします。", to_do=True).json()["messages"][0]
    assert wanted["to_do"]["state"] == "open"
    plain = say(reader, item, "以上です。").json()["messages"][1]["message_id"]
    assert staff.post(f"{thread_of(item)}/{plain}/done").status_code == 409
    done = staff.post(f"{thread_of(item)}/{wanted['message_id']}/done").json()["messages"][0]["to_do"]
    assert (done["state"], done["by"]) == ("done", "人 staff.a")
    assert done["at"] is not None
    assert reader.post(f"{thread_of(item)}/{wanted['message_id']}/done").status_code == 409


def test_the_trail_tells_who_wrote_answered_waived_and_read_and_never_what(room: ReadingRoom) -> None:
    """LOG-01: every look and every change has an actor; the words themselves stay in the thread."""
    item = room.mammogram_case()
    reader, staff = room.reader("reader.a"), room.reader("staff.a", STAFF_OF_KITA)
    question = asked(reader, item, "秘密の質問")
    for _ in range(3):
        staff.get(thread_of(item))
    staff.post(f"{thread_of(item)}/{question}/read")
    answered(staff, item, question, "秘密の回答")
    reader.post(f"{thread_of(item)}/{asked(reader, item)}/waive", json={"reason": "秘密の理由"})
    told = events(room, "message.written", "messages.read", "messages.seen", "message.answered", "message.waived")
    assert Counter(one[0] for one in told) == {
        "message.written": 3,
        "messages.read": 1,
        "messages.seen": 1,
        "message.answered": 1,
        "message.waived": 1,
    }
    assert {one[2] for one in told} == {"kita"}
    assert all(one[1].startswith("person:") for one in told)
    assert "秘密" not in json.dumps(told, ensure_ascii=False)


def test_many_at_once_get_a_number_each_and_one_settles_the_question(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    reader = room.reader("reader.a")
    question = asked(reader, item)
    staff = [room.reader(f"staff.{n}", STAFF_OF_KITA) for n in range(4)]
    statuses: list[int] = []

    def work(client: httpx.Client) -> None:
        statuses.append(answered(client, item, question, "同時の回答").status_code)
        for _ in range(4):
            statuses.append(say(client, item, "同時").status_code)
            statuses.append(client.post(f"{thread_of(item)}/{question}/read").status_code)

    threads = [threading.Thread(target=work, args=(client,)) for client in staff]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) == {200}
    with room.hub.database.read() as connection:
        numbers = connection.execute(select(message.c.number).order_by(message.c.number)).scalars().all()
    assert list(numbers) == list(range(1, 22))
    assert len(events(room, "message.answered")) == 1
