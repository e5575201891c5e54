"""What hospitals' PACS have from before: kept as gateways tell it, shown with cases, and said in reports."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydicom.uid import generate_uid

from dokuei.clock import now
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.neighbours_of_priors import PatientCases
from dokuei.hub.priors.model import PatientNumber, PriorSearch, PriorState, PriorStudy
from dokuei.hub.priors.service import PriorsService
from dokuei.storage.audit import hub_trail
from tests.integration.hub.worklist.test_lists import changes, ids, quiet
from tests.makers.archive import MG, image
from tests.makers.reading import ReadingRoom, reading_room

PATIENT = PatientNumber("kita", "P1", "")


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path, url=database_url) as made:
        yield made


def prior(uid: str, state: PriorState = "requested", day: str = "20250401", reason: str = "") -> PriorStudy:
    return PriorStudy(uid, state, day, ("MG",), "マンモグラフィ", reason)


def search(*studies: PriorStudy, version: int = 1, **more: Any) -> PriorSearch:
    return PriorSearch(PATIENT, more.pop("state", "answered"), version, now(), studies=studies, **more)


def tell(room: ReadingRoom, *searches: PriorSearch, told_by: str = "gateway:1") -> None:
    PriorsService(room.hub.database, PatientCases(room.worklist)).told("kita", searches, told_by=told_by)


def take_in(room: ReadingRoom, uid: str, day: str) -> str:
    one = image(study=uid, series=generate_uid(), sop_class=MG, modality="MG", patient_id="P1")
    one.StudyDate = day
    return room.take_in(one)


def test_a_case_shows_what_the_pacs_has_and_has_not_given(room: ReadingRoom) -> None:
    """IMG-12: exists, requested, refused with the reason; the list hears of each change, other sites of none."""
    item = room.mammogram_case(StudyDate="20261104")
    me, foreign = room.reader("reader.a"), room.reader("reader.m", Grant(Role.READER, "minami"))
    quiet(room)
    since = me.get("/api/v1/worklist").json()["as_of"]
    assert me.get(f"/api/v1/worklist/{item}").json()["prior_ledger"] is None
    refused = prior("1.2", "refused", "20240401", "the PACS could not send 1 of 2 objects")
    tell(room, search(prior("1.1"), refused, prior("1.3", day="20270101"), version=3, others=1))
    assert ids(changes(me, since)) == {item}
    ledger = me.get(f"/api/v1/worklist/{item}").json()["prior_ledger"]
    assert (ledger["state"], ledger["others"]) == ("answered", 1)
    told = [(one["study_instance_uid"], one["state"], one["reason"]) for one in ledger["awaited"]]
    assert told == [("1.1", "requested", ""), ("1.2", "refused", refused.reason)], "and nothing of the future"
    assert foreign.get(f"/api/v1/worklist/{item}").status_code == 404

    tell(room, replace(search(prior("1.1", "arrived"), version=2), at=now() - timedelta(minutes=1)))
    assert len(me.get(f"/api/v1/worklist/{item}").json()["prior_ledger"]["awaited"]) == 2, "an older word"
    tell(room, replace(search(version=9), patient=PatientNumber("minami", "P1", "")), told_by="gateway:2")
    assert len(me.get(f"/api/v1/worklist/{item}").json()["prior_ledger"]["awaited"]) == 2, "another site's"
    with room.hub.database.read() as connection:
        entries = list(hub_trail.named(connection, "priors.told"))
    assert [one.actor for one in entries] == ["gateway:1", "gateway:2"]
    assert "P1" not in "".join(one.details for one in entries)


def test_a_study_that_came_for_anothers_sake_is_nobodys_to_read_until_somebody_wants_it(room: ReadingRoom) -> None:
    """It is compared with and found when looked for; whoever takes it makes it a case like others."""
    item = room.mammogram_case(StudyDate="20261104")
    me, uid = room.reader("reader.a"), generate_uid()
    tell(room, search(prior(uid)))
    brought = take_in(room, uid, "20250401")
    tell(room, search(prior(uid, "arrived"), version=2))
    listed = me.get("/api/v1/worklist").json()
    assert ids(listed) == {item}
    assert listed["counts"]["scheduled"] == 1
    (shown,) = listed["items"]
    assert [one["study_instance_uid"] for one in shown["priors"]] == [uid]
    assert shown["prior_ledger"]["awaited"] == []
    found = me.post("/api/v1/worklist/search", json={"text": "P1"}).json()["items"]
    assert {one["worklist_item_id"]: one["prior_only"] for one in found} == {item: False, brought: True}
    assert me.post(f"/api/v1/worklist/{brought}/claim").json()["prior_only"] is False
    assert ids(me.get("/api/v1/worklist").json()) == {item, brought}


def test_a_report_does_not_say_that_there_is_nothing_where_the_pacs_has_something(room: ReadingRoom) -> None:
    """REPORT-11: what exists is compared, or said not to have been available."""
    me = room.reader("reader.a")
    item = room.mammogram_case(StudyDate="20261104")
    room.written(me, item)

    def said() -> str:
        text: str = me.post(f"/api/v1/worklist/{item}/report/signature/begin").json()["text"]
        return next(line for line in text.splitlines() if line.startswith("比較した検査"))

    assert said() == "比較した検査: 比較対象なし  /  Compared with: none available"
    tell(room, search(state="failing", reason="the PACS does not answer"))
    assert "施設のPACSに過去検査があるかは確認できていません" in said()
    assert "could not be confirmed" in said()
    tell(room, search(prior("1.1"), prior("1.2", "refused", "20240401"), version=2))
    assert (
        "なし。施設のPACSにあり比較できなかった検査: 2025-04-01  MG（取り寄せ中）、2024-04-01  MG（取得不可）" in said()
    )
    assert "none. In the hospital's PACS, not available for comparison: 2025-04-01  MG (requested)" in said()
    uid = generate_uid()
    take_in(room, uid, "20250401")
    tell(room, search(prior(uid, "arrived"), prior("1.2", "refused", "20240401"), version=3))
    body = {**me.get(f"/api/v1/worklist/{item}/report").json(), "priors_shown": [uid]}
    kept = {name: body[name] for name in ("findings", "impression", "category_right", "category_left", "priors_shown")}
    kept["images_read"] = room.images_read(item)
    path = f"/api/v1/worklist/{item}/report"
    assert me.put(path, json=kept, headers={"If-Match": '"1"'}).status_code == 200
    assert "比較した検査: 2025-04-01  MG（北病院）。施設のPACSにあり比較できなかった検査" in said()


def test_an_issuer_tells_two_patients_of_one_number_apart(room: ReadingRoom) -> None:
    """REC-10: nobody's priors are shown with somebody else."""
    mine = room.mammogram_case(StudyDate="20261104", IssuerOfPatientID="A")
    other = room.mammogram_case(StudyDate="20261104", IssuerOfPatientID="B")
    me = room.reader("reader.a")
    tell(room, replace(search(prior("1.1")), patient=PatientNumber("kita", "P1", "A")))
    told = {one: me.get(f"/api/v1/worklist/{one}").json()["prior_ledger"] for one in (mine, other)}
    assert told[mine]["awaited"]
    assert told[other] is None
    later = replace(search(prior("1.2")), patient=PatientNumber("kita", "P1", "B"), at=now() + timedelta(minutes=1))
    tell(room, later)
    assert [
        one["study_instance_uid"] for one in me.get(f"/api/v1/worklist/{other}").json()["prior_ledger"]["awaited"]
    ] == ["1.2"]
