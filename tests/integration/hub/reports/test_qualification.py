"""Who may stand for a report, and what a signature keeps of that (JRS-01, JRS-02)."""

import json
from datetime import timedelta

import httpx
import pytest

from dokuei.clock import now
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.identity.passkeys import still_holds
from dokuei.hub.identity.qualification import ReaderProfile, qualification_of
from dokuei.hub.reports import store
from dokuei.hub.reports.seal_model import KeptVersion
from dokuei.hub.worklist.model import Asked
from tests.makers.people import LICENSED
from tests.makers.reading import ReadingRoom

YESTERDAY = (now() - timedelta(days=2)).date()
TOMORROW = (now() + timedelta(days=2)).date()


def record(room: ReadingRoom, client: httpx.Client, profile: ReaderProfile) -> None:
    who = client.get("/api/v1/session").json()["person"]["person_id"]
    room.hub.identity.qualifications.record(who, profile, actor="system")


def told(client: httpx.Client, item: str) -> list[str]:
    found: list[str] = client.get(f"/api/v1/worklist/{item}/report/qualification").raise_for_status().json()["lacks"]
    return found


def kept(room: ReadingRoom, item: str) -> list[KeptVersion]:
    with room.hub.database.read() as connection:
        report = store.find(connection, item, "sole")
        assert report is not None
        return list(store.versions(connection, report.report_id))


def test_without_a_licence_on_record_nobody_signs_and_the_reader_knows_before_working(room: ReadingRoom) -> None:
    """JRS-01: reading is a medical act; who could not sign is told when taking a case, in the words of signing."""
    client, item = room.reader("yomi"), room.mammogram_case()
    record(room, client, ReaderProfile())
    assert told(client, item) == ["no_licence"]
    refused = client.post(f"/api/v1/worklist/{item}/claim")
    assert (refused.status_code, "医籍登録番号" in refused.json()["detail"]) == (403, True)
    record(room, client, LICENSED)
    assert told(client, item) == []
    assert room.written(client, item).status_code == 200
    record(room, client, ReaderProfile())
    later = client.post(f"/api/v1/worklist/{item}/report/signature/begin")
    assert (later.status_code, later.json()["detail"]) == (403, refused.json()["detail"])
    record(room, client, LICENSED)
    assert room.signed(client, item, room.keys["yomi"]).status_code == 200


def test_a_reading_that_is_offered_asks_for_the_same(room: ReadingRoom) -> None:
    """JRS-01: work that changes hands is not begun by one who could not end it."""
    giver, taker, item = room.reader("yuzuru"), room.reader("morau"), room.mammogram_case()
    assert giver.post(f"/api/v1/worklist/{item}/claim").status_code == 200
    record(room, taker, ReaderProfile("123456", YESTERDAY))
    who = taker.get("/api/v1/session").json()["person"]["person_id"]
    offer = {"to_person_id": who, "note": ""}
    assert giver.post(f"/api/v1/worklist/{item}/hand-over", json=offer).status_code == 200
    refused = taker.post(f"/api/v1/worklist/{item}/hand-over/accept")
    assert (refused.status_code, "期限が過ぎています" in refused.json()["detail"]) == (403, True)
    record(room, taker, LICENSED)
    assert taker.post(f"/api/v1/worklist/{item}/hand-over/accept").status_code == 200


def test_what_lapses_between_showing_and_signing_still_blocks(room: ReadingRoom) -> None:
    """JRS-01: judged when the signature is made, not when the page was opened."""
    client, item = room.reader("yomi"), room.mammogram_case()
    room.written(client, item)
    begun = client.post(f"/api/v1/worklist/{item}/report/signature/begin").json()
    record(room, client, ReaderProfile(licence_number="123456", licence_until=YESTERDAY))
    body = {"version_digest": begun["version_digest"], "credential": room.keys["yomi"].get(begun["options"])}
    assert client.post(f"/api/v1/worklist/{item}/report/signature", json=body).status_code == 403
    assert kept(room, item) == []


@pytest.mark.parametrize(
    ("grade", "until", "lacking"),
    [
        ("", None, ["no_grade"]),
        ("C", None, ["grade_too_low"]),
        ("A", YESTERDAY, ["grade_lapsed"]),
        ("B", TOMORROW, []),
        ("AS", None, []),
    ],
)
def test_a_site_that_sends_screening_mammograms_may_ask_for_a_grade(
    room: ReadingRoom, grade: str, until: object, lacking: list[str]
) -> None:
    """JRS-02: off by default; A, B or AS."""
    client, item = room.reader("yomi"), room.mammogram_case()
    record(room, client, ReaderProfile("123456", None, (), grade, until))  # type: ignore[arg-type] # a date or none
    assert told(client, item) == []
    room.hub.sites.change("kita", actor="system", mammography_grade_required=True)
    assert told(client, item) == lacking
    assert client.post(f"/api/v1/worklist/{item}/claim").status_code == (403 if lacking else 200)
    room.hub.sites.change("kita", actor="system", mammography_grade_required=False)
    room.written(client, item)
    room.hub.sites.change("kita", actor="system", mammography_grade_required=True)
    status = client.post(f"/api/v1/worklist/{item}/report/signature/begin").status_code
    assert status == (403 if lacking else 200)


def test_a_request_for_screening_asks_for_a_grade_wherever_it_came_from(room: ReadingRoom) -> None:
    """JRS-02: no roster and no rule of the site is needed, and a diagnostic mammogram takes none."""
    client, item = room.reader("yomi"), room.mammogram_case()
    record(room, client, ReaderProfile("123456"))
    with room.hub.database.read() as connection:
        study = room.worklist.case_in(connection, item, site_ids={"kita"}).study.study_instance_uid
    room.worklist.request_changed("kita", study, Asked("matched", kind="diagnostic"))
    assert told(client, item) == []
    assert client.get(f"/api/v1/worklist/{item}/report/form").json()["scale"] == "diagnostic"
    room.worklist.request_changed("kita", study, Asked("matched", kind="screening"))
    assert told(client, item) == ["no_grade"]
    assert client.post(f"/api/v1/worklist/{item}/claim").status_code == 403
    record(room, client, ReaderProfile("123456", None, (), "A", TOMORROW))
    room.written(client, item)
    assert room.signed(client, item, room.keys["yomi"]).status_code == 200


def test_a_signature_keeps_the_qualification_as_it_was_then(room: ReadingRoom) -> None:
    """JRS-02 REC-03: what an administrator changes later changes nothing about what was signed."""
    client, item = room.reader("yomi"), room.mammogram_case()
    record(room, client, ReaderProfile("123456", None, LICENSED.specialities, "A", TOMORROW))
    room.written(client, item)
    assert room.signed(client, item, room.keys["yomi"]).status_code == 200
    record(room, client, ReaderProfile("999999"))
    (version,) = kept(room, item)
    then = qualification_of(version.signed.signature.evidence)
    assert then is not None
    assert (then["licence_number"], then["mammography_grade"]) == ("123456", "A")
    assert still_holds(version.signed.signature.evidence, expected_shown=version.signed.canonical)
    assert room.hub.events().count("report.signed") == 1


def test_signed_versions_of_before_stay_as_they_are() -> None:
    """REC-03: a record without a qualification is read as one, and nothing is added to its bytes."""
    assert qualification_of(json.loads("{}")) is None


def test_a_resident_writes_and_is_told_that_somebody_else_signs(room: ReadingRoom) -> None:
    """JRS-01: a resident's words wait for a physician's signature."""
    client, item = room.reader("wakate", Grant(Role.RESIDENT, "kita")), room.mammogram_case()
    assert told(client, item) == ["no_licence"]
    assert room.written(client, item).status_code == 200
    stranger = room.reader("yoso", Grant(Role.READER, "minami"))
    assert stranger.get(f"/api/v1/worklist/{item}/report/qualification").status_code == 404
