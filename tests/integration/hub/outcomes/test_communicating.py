"""A finding that must reach a person: told, urged by the clock of its grade, and ended by the hospital alone."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import select, update

from dokuei.clock import now
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.outcomes import tables
from dokuei.storage.audit import hub_entries
from tests.makers.at_once import together
from tests.makers.mail_server import running_mail_server
from tests.makers.reading import ReadingRoom, reading_room

PHYSICIAN = Grant(Role.REFERRING_PHYSICIAN, "kita")
FINDING = "左緊張性気胸"


def path(item: str, rest: str = "") -> str:
    """Where communications about a case are."""
    return f"/api/v1/worklist/{item}/communications{rest}"


def opened(client: httpx.Client, item: str, *, grade: int = 1) -> dict[str, Any]:
    """A reader opens one, twice under one name, as a page does whose answer was lost; what is there."""
    body = {"communication_id": uuid4().hex, "grade": grade, "finding": FINDING}
    first, again = (client.post(path(item), json=body) for _ in range(2))
    assert first.status_code == 200, first.text
    assert first.json() == again.json()
    return next(one for one in again.json()["items"] if one["communication_id"] == body["communication_id"])


def tell(client: httpx.Client, one: dict[str, Any], **changed: Any) -> httpx.Response:
    """Record a call."""
    body = {"recipient": "加藤医師", "method": "telephone", "at": now().isoformat(), "read_back": True, **changed}
    return client.post(path(one["worklist_item_id"], f"/{one['communication_id']}/told"), json=body)


def acknowledge(client: httpx.Client, one: dict[str, Any], note: str = "") -> httpx.Response:
    """Somebody of the hospital says that they have it."""
    return client.post(path(one["worklist_item_id"], f"/{one['communication_id']}/acknowledged"), json={"note": note})


def late(room: ReadingRoom, one: dict[str, Any], waited: timedelta) -> None:
    """The clock goes on: a communication has waited so long."""
    with room.hub.database.begin() as connection:
        mine = tables.communication.c.communication_id == one["communication_id"]
        row = connection.execute(select(tables.communication).where(mine)).one()
        begun = now() - waited
        values = {"opened_at": begun, "due_at": begun + (row.due_at - row.opened_at)}
        connection.execute(update(tables.communication).where(mine).values(**values))


def events(room: ReadingRoom) -> list[tuple[str, dict[str, Any]]]:
    """What is on record of communications."""
    with room.hub.database.read() as connection:
        asked = select(hub_entries).where(hub_entries.c.event.like("communication.%")).order_by(hub_entries.c.sequence)
        return [(row.event, json.loads(row.details)) for row in connection.execute(asked)]


def test_only_a_person_of_the_hospital_ends_it_and_only_after_a_call_that_was_read_back(room: ReadingRoom) -> None:
    """REPORT-13: who, to whom, when, method, read-back; posting it and opening the report do not close it."""
    reader, physician = room.reader("reader.a"), room.reader("dr.kato", PHYSICIAN)
    centre = room.reader("dr.chuo", Grant(Role.REFERRING_PHYSICIAN, None))
    item = room.mammogram_case()
    one = opened(reader, item)
    assert (one["state"], one["overdue"], one["opened"]["note"]) == ("untold", False, FINDING)
    assert room.written(reader, item).status_code == 200
    assert room.signed(reader, item, room.keys["reader.a"]).status_code == 200
    room.carry_out()
    assert physician.post(f"/api/v1/worklist/{item}/outcome/opened", json={"number": 1}).status_code == 200
    assert acknowledge(physician, one).status_code == 409, "nobody was told by voice"
    assert tell(reader, one, method="secure_message", read_back=False).status_code == 200
    assert acknowledge(physician, one).status_code == 409, "a message is not enough for minutes"
    assert [kept["worklist_item_id"] for kept in waiting(reader)] == [item]
    assert waiting(reader) == waiting(physician)
    at = now().isoformat()
    for _ in range(2):
        assert tell(reader, one, at=at).status_code == 200
    (known,) = reader.get(path(item)).json()["items"]
    assert [told["method"] for told in known["tellings"]] == ["secure_message", "telephone"], "a call sent twice is one"
    assert known["tellings"][1]["recipient"] == "加藤医師"
    assert known["state"] == "told"
    assert acknowledge(centre, one).status_code == 403
    assert acknowledge(reader, one).status_code == 403
    answers: list[int] = []
    together(*3 * [lambda: answers.append(acknowledge(physician, one, "了解。救急へ連絡済").status_code)])
    assert sorted(answers) == [200, 409, 409]
    (known,) = reader.get(path(item)).json()["items"]
    assert (known["state"], known["acknowledged"]["note"]) == ("acknowledged", "了解。救急へ連絡済")
    assert waiting(reader) == waiting(physician) == []
    found = events(room)
    assert [event for event, _ in found] == [
        "communication.opened", "communication.told", "communication.told", "communication.acknowledged",
    ]  # fmt: skip
    assert "加藤" not in str(found), "the trail names no patient and nobody outside"
    assert FINDING not in str(found)


def waiting(client: httpx.Client) -> list[dict[str, Any]]:
    """What is open, as lists show it."""
    items: list[dict[str, Any]] = client.get("/api/v1/outcomes/communications").json()["items"]
    return items


def test_what_is_overdue_comes_before_reader_and_manager_at_each_limit_once(room: ReadingRoom) -> None:
    """REPORT-13: cat 1 minutes, cat 2 hours, cat 3 days, a site's own; escalates until acknowledged."""
    reader, physician = room.reader("reader.a"), room.reader("dr.kanri", PHYSICIAN)
    chief = room.reader("chief.kita", Grant(Role.ADMINISTRATOR, "kita"))
    item = room.mammogram_case()
    by_grade = {grade: opened(reader, item, grade=grade) for grade in (1, 2, 3)}
    for grade, wait in ((1, timedelta(minutes=59)), (2, timedelta(hours=23)), (3, timedelta(days=2.9))):
        late(room, by_grade[grade], wait)
    assert room.communicating.escalate() == 0
    late(room, by_grade[1], timedelta(minutes=61))
    assert room.communicating.escalate() == 1, "the reader; nobody is named at the site"
    manager = physician.get("/api/v1/session").json()["person"]["person_id"]
    wanted = {"site_id": "kita", "person_id": manager, "unread_days": 7, "first_minutes": 15, "second_hours": 2}
    answer = chief.put("/api/v1/outcomes/managers", json=wanted)
    assert (answer.json()["first_minutes"], answer.json()["second_hours"], answer.json()["third_days"]) == (15, 2, 3)
    assert chief.put("/api/v1/outcomes/managers", json={**wanted, "first_minutes": 0}).status_code == 422
    assert room.communicating.escalate() == 1, "the manager who is named now"
    assert room.communicating.escalate() == 0, "once"
    for grade, wait in ((1, timedelta(minutes=121)), (2, timedelta(hours=25)), (3, timedelta(days=3.1))):
        late(room, by_grade[grade], wait)
    told: list[int] = []
    together(*2 * [lambda: told.append(room.communicating.escalate())])
    assert sum(told) == 6
    mine = {one["grade"]: one for one in waiting(reader)}
    assert {grade: [urge["step"] for urge in one["escalated"]] for grade, one in mine.items()} == {
        1: [1, 1, 2, 2],
        2: [1, 1],
        3: [1, 1],
    }
    assert all(one["overdue"] for one in mine.values())
    sooner = opened(reader, item, grade=1)
    late(room, sooner, timedelta(minutes=16))
    assert room.communicating.escalate() == 2, "the site's own limit holds for what is opened from then on"
    assert tell(reader, sooner).status_code == 200
    assert acknowledge(physician, sooner).status_code == 200
    late(room, sooner, timedelta(days=1))
    assert room.communicating.escalate() == 0, "whoever has it is urged no more"
    urged = [details for event, details in events(room) if event == "communication.escalated"]
    assert len(urged) == 10
    assert {details["to"] for details in urged} == {manager, mine[1]["opened"]["person_id"]}


def test_a_call_that_a_communication_records_is_a_call_about_an_important_finding(room: ReadingRoom) -> None:
    """REPORT-13: the list does not ask for a call that is on record; a message is none."""
    reader = room.reader("reader.a")
    item = room.mammogram_case()
    assert room.written(reader, item).status_code == 200
    assert room.signed(reader, item, room.keys["reader.a"]).status_code == 200
    room.carry_out()
    outcome = f"/api/v1/worklist/{item}/outcome"
    assert reader.post(f"{outcome}/important", json={"because": FINDING}).json()["uncalled"] is True
    one = opened(reader, item, grade=2)
    assert tell(reader, one, method="secure_message", read_back=False).status_code == 200
    assert reader.get(outcome).json()["uncalled"] is True
    assert tell(reader, one).status_code == 200
    assert reader.get(outcome).json()["uncalled"] is False


def test_another_site_sees_and_changes_nothing(room: ReadingRoom) -> None:
    """REPORT-13: a communication is its hospital's and its reader's."""
    reader, stranger = room.reader("reader.a"), room.reader("dr.minami", Grant(Role.REFERRING_PHYSICIAN, "minami"))
    item, other = room.mammogram_case(), room.mammogram_case(patient_id="P2")
    one = opened(reader, item)
    assert waiting(stranger) == []
    assert stranger.get(path(item)).status_code == 404
    assert acknowledge(stranger, one).status_code == 404
    body = {"communication_id": one["communication_id"], "grade": 1, "finding": "x"}
    assert reader.post(path(other), json=body).status_code == 404, "the name is another case's"
    assert tell(reader, {**one, "worklist_item_id": other}).status_code == 404
    for wrong in ({"grade": 4}, {"finding": " "}, {"communication_id": "x"}):
        assert reader.post(path(item), json={**body, "communication_id": uuid4().hex, **wrong}).status_code in {
            400,
            422,
        }
    assert tell(reader, one, at=(now() + timedelta(hours=1)).isoformat()).status_code == 400


def test_the_mail_says_that_a_finding_waits_and_nothing_of_whom(tmp_path: Path) -> None:
    """REPORT-13: overdue is told by mail, without patient data, once each limit."""
    with running_mail_server(tmp_path / "mail") as server:
        url = "https://hub.example.org"
        with reading_room(tmp_path, mail=server.settings, hub_url=url) as room:
            reader = room.reader("reader.a")
            item = room.mammogram_case()
            one = opened(reader, item)
            reader.put("/api/v1/messages/mail-address", json={"address": "reader@example.org"}).raise_for_status()
            for waited in (61, 121):
                late(room, one, timedelta(minutes=waited))
                assert room.communicating.escalate() == 1
                together(*2 * [room.communicating.mail])
                room.communicating.mail()
            mails = server.mails()
            assert [mail["To"] for mail in mails] == 2 * ["reader@example.org"]
            text = mails[0]["Subject"] + mails[0].get_content()
            assert f"{url}/cases/{item}" in text
            assert not [word for word in ("P1", "気胸", "TEST", "北病院") if word in text]
