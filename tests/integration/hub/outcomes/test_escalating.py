"""What is grave and stays unread comes before the site's report manager: once, by name; the mail says little."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update

from dokuei.clock import now
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.outcomes import escalating, tables
from dokuei.storage import claims
from dokuei.storage.audit import hub_entries
from tests.makers.at_once import together
from tests.makers.mail_server import running_mail_server
from tests.makers.reading import ReadingRoom, reading_room

PHYSICIAN = Grant(Role.REFERRING_PHYSICIAN, "kita")
HARMLESS = {"category_right": "2", "findings": "良性の石灰化。", "impression": "異常なし"}


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path, url=database_url) as made:
        yield made


def report(room: ReadingRoom, client: httpx.Client, key: str, *, days: float, **written: Any) -> str:
    """A signed report that has been with the hospital for so many days; the case's id."""
    item = room.mammogram_case(patient_id=f"P-{written.get('category_right', '4')}-{days}")
    assert room.written(client, item, **written).status_code == 200
    assert room.signed(client, item, room.keys[key]).status_code == 200
    room.carry_out()
    with room.hub.database.begin() as connection:
        late = update(tables.signed).where(tables.signed.c.worklist_item_id == item)
        connection.execute(late.values(signed_at=now() - timedelta(days=days)))
    return item


def name(chief: httpx.Client, **changed: Any) -> httpx.Response:
    """Name somebody, or nobody, for the site."""
    body = {"site_id": "kita", "person_id": None, "unread_days": 7, **changed}
    return chief.put("/api/v1/outcomes/managers", json=body)


def named(room: ReadingRoom, manager: httpx.Client, **changed: Any) -> httpx.Client:
    """The site's administrator names the person behind a client; the administrator's client."""
    chief = room.reader("chief.kita", Grant(Role.ADMINISTRATOR, "kita"))
    me = manager.get("/api/v1/session").json()["person"]["person_id"]
    answer = name(chief, person_id=me, **changed)
    assert answer.status_code == 200, answer.text
    assert answer.json()["can_open"] is True
    return chief


def before_me(client: httpx.Client) -> dict[str, list[str]]:
    """What stands before somebody: case → grounds."""
    items = client.get("/api/v1/outcomes").json()["items"]
    return {one["worklist_item_id"]: one["escalated"]["grounds"] for one in items if one["escalated"]}


def test_what_is_grave_and_unread_for_a_week_comes_before_the_named_manager_once(room: ReadingRoom) -> None:
    """JRS-12: category 4 and more, urgent, or important; unread for more than 7 days; until somebody opens it."""
    reader = room.reader("reader.a")
    manager, physician = room.reader("dr.kanri", PHYSICIAN), room.reader("dr.kato", PHYSICIAN)
    grave = report(room, reader, "reader.a", days=7.1)
    urgent = report(room, reader, "reader.a", days=7.2, **HARMLESS)
    important = report(room, reader, "reader.a", days=7.3, **HARMLESS)
    young = report(room, reader, "reader.a", days=6.9)
    harmless = report(room, reader, "reader.a", days=30, **HARMLESS)
    opened = report(room, reader, "reader.a", days=9)
    assert reader.put(f"/api/v1/worklist/{urgent}/priority", json={"priority": "urgent"}).status_code == 200
    told = {"because": "造影剤副作用の記載あり"}
    assert reader.post(f"/api/v1/worklist/{important}/outcome/important", json=told).status_code == 200
    assert physician.post(f"/api/v1/worklist/{opened}/outcome/opened", json={"number": 1}).status_code == 200
    assert room.escalations.escalate() == 0, "nobody is named yet"
    named(room, manager)
    assert room.escalations.escalate() == 3
    assert room.escalations.escalate() == 0, "once"
    expected = {grave: ["category"], urgent: ["urgent"], important: ["important"]}
    assert before_me(manager) == expected == before_me(reader)
    assert not {young, harmless, opened} & set(before_me(manager))
    assert manager.get("/api/v1/outcomes/escalated").json() == {"waiting": 3}
    assert physician.get("/api/v1/outcomes/escalated").json() == {"waiting": 0}
    assert manager.post(f"/api/v1/worklist/{grave}/outcome/opened", json={"number": 1}).status_code == 200
    assert manager.get("/api/v1/outcomes/escalated").json() == {"waiting": 2}
    _demand_audited(room, {grave, urgent, important})


def _demand_audited(room: ReadingRoom, cases: set[str]) -> None:
    with room.hub.database.read() as connection:
        rows = connection.execute(select(hub_entries).where(hub_entries.c.event == "outcome.escalated")).all()
    assert {json.loads(row.details)["worklist_item_id"] for row in rows} == cases
    assert {row.actor for row in rows} == {"system"}
    assert {row.site_id for row in rows} == {"kita"}


def test_a_site_sets_its_own_days_and_nobody_is_named_who_could_not_open_it(room: ReadingRoom) -> None:
    """JRS-12: the days are the site's; a person of another site, or who may read no report, is refused."""
    reader, manager = room.reader("reader.a"), room.reader("dr.kanri", PHYSICIAN)
    report(room, reader, "reader.a", days=2.5)
    chief = named(room, manager, unread_days=3)
    assert room.escalations.escalate() == 0
    stranger = room.reader("dr.minami", Grant(Role.REFERRING_PHYSICIAN, "minami"))
    foreign = stranger.get("/api/v1/session").json()["person"]["person_id"]
    for wrong in (foreign, "0" * 32):
        assert name(chief, person_id=wrong).status_code == 400
    for days in (0, 31, "x"):
        assert name(chief, unread_days=days).status_code in {400, 422}
    assert name(chief, site_id="minami").status_code == 404
    assert [one["site_id"] for one in chief.get("/api/v1/outcomes/managers").json()] == ["kita"]
    named_now = chief.get("/api/v1/outcomes/managers").json()[0]
    assert (named_now["unread_days"], named_now["can_open"]) == (3, True)
    lock = next(one for one in room.hub.identity.people.every() if one.person.user_name == "dr.kanri").person
    room.hub.identity.people.lock(lock.person_id, actor="system")
    assert chief.get("/api/v1/outcomes/managers").json()[0]["can_open"] is False, "nobody answers: it shows"


def test_the_mail_says_that_a_report_waits_and_nothing_of_whom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JRS-12: the manager is told without patient data, once; who wants no mail keeps nobody else from theirs.

    Several processes send, and one that has died over a mail holds it up for a while alone.
    """
    monkeypatch.setattr(escalating, "_AT_ONCE", 1)
    with running_mail_server(tmp_path / "mail") as server:
        url = "https://hub.example.org"
        with reading_room(tmp_path, mail=server.settings, hub_url=url) as room:
            reader, manager = room.reader("reader.a"), room.reader("dr.kanri", PHYSICIAN)
            item = report(room, reader, "reader.a", days=8)
            chief = named(room, manager)
            assert room.escalations.escalate() == 1
            room.escalations.mail()
            assert server.mails() == [], "no address is known"
            assert _mailed(room) == 0
            set_to = manager.put("/api/v1/messages/mail-address", json={"address": "kanri@example.org"})
            assert set_to.status_code == 200, set_to.text
            with room.hub.database.begin() as connection:
                claims.claim(connection, f"escalation mail {item} 1")
            room.escalations.mail()
            assert server.mails() == [], "another process is at it"
            with room.hub.database.begin() as connection:
                connection.execute(update(claims.work_claim).values(until=now()))
            together(*3 * [room.escalations.mail])
            room.escalations.mail()
            (mail,) = server.mails()
            assert mail["To"] == "kanri@example.org"
            text = mail.get_content()
            assert f"{url}/cases/" in text
            assert not [
                word for word in ("P-4", "CATEGORY", "腫瘤", "TEST", "北病院") if word in text + mail["Subject"]
            ]
            assert _mailed(room) == 1
            manager.put("/api/v1/messages/mail-address", json={"address": ""}).raise_for_status()
            report(room, reader, "reader.a", days=9)
            assert room.escalations.escalate() == 1
            after = room.reader("dr.ato", PHYSICIAN)
            after.put("/api/v1/messages/mail-address", json={"address": "ato@example.org"}).raise_for_status()
            assert name(chief, person_id=after.get("/api/v1/session").json()["person"]["person_id"]).status_code == 200
            report(room, reader, "reader.a", days=10)
            assert room.escalations.escalate() == 1
            room.escalations.mail()
            assert [mail["To"] for mail in server.mails()] == ["kanri@example.org", "ato@example.org"]
            assert _mailed(room) == 2


def _mailed(room: ReadingRoom) -> int:
    with room.hub.database.read() as connection:
        asked = select(func.count()).where(tables.escalation.c.mailed_at.is_not(None))
        return connection.execute(asked).scalar_one()
