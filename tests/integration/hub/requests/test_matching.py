"""Requests and studies find each other, whichever is first, and what is not certain waits for a person."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydicom.dataset import Dataset
from sqlalchemy import select

from dokuei.storage.audit import hub_entries
from tests.makers.archive import MG, image
from tests.makers.reading import ReadingRoom, reading_room
from tests.makers.requests import STAFF, asked, read, state, view

HERS: dict[str, Any] = {
    "patient_id": "000P1",
    "name": {"alphabetic": "", "ideographic": "山田　花子", "phonetic": "ﾔﾏﾀﾞ^ﾊﾅｺ"},
    "birth_date": "19700101",
    "sex": "F",
}


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path, url=database_url) as made:
        yield made


def hers(client: httpx.Client, **values: Any) -> dict[str, Any]:
    return asked(client, **{"patient": HERS, **values})


@pytest.mark.parametrize("first", ["request", "study"])
def test_a_request_and_its_study_find_each_other_whichever_is_first(room: ReadingRoom, first: str) -> None:
    staff, reader = room.reader("staff.a", STAFF), room.reader("reader.a")
    if first == "request":
        placed = hers(staff, priority="high", due_at="2026-12-01T09:00:00+09:00")
        item = room.take_in(view())
    else:
        item = room.take_in(view())
        assert state(reader, item) == ("none", "")
        placed = hers(staff, priority="high", due_at="2026-12-01T09:00:00+09:00")
        room.carry_out()
    found = read(staff, placed)
    assert (found["state"], found["worklist_item_id"], found["differences"]) == ("matched", item, [])
    assert state(reader, item) == ("matched", "")
    case = reader.get(f"/api/v1/worklist/{item}").json()
    assert (case["priority"], case["due_at"]) == ("high", "2026-12-01T00:00:00Z")
    assert reader.get(f"/api/v1/worklist/{item}/request").json() == found
    assert reader.post(f"/api/v1/worklist/{item}/claim").status_code == 200


def test_a_case_that_nobody_asked_for_has_no_request(room: ReadingRoom) -> None:
    item = room.take_in(view())
    assert room.reader("reader.a").get(f"/api/v1/worklist/{item}/request").status_code == 404


def test_without_a_number_patient_day_and_modality_are_a_proposal_that_a_person_decides(room: ReadingRoom) -> None:
    staff, reader = room.reader("staff.a", STAFF), room.reader("reader.a")
    placed = hers(staff, accession_number="")
    item = room.take_in(view(AccessionNumber=""))
    room.take_in(view(AccessionNumber="", StudyDate="20261102"))
    room.take_in(image(modality="MR", AccessionNumber=""))
    room.take_in(view(AccessionNumber="", patient_id="P2"))
    found = read(staff, placed)
    assert (found["state"], found["study_instance_uid"]) == ("proposed", None)
    (proposal,) = found["proposals"]
    assert (proposal["study_date"], proposal["modalities"], proposal["differences"]) == ("20261101", ["MG"], [])
    assert state(reader, item) == ("proposed", "")
    assert reader.post(f"/api/v1/worklist/{item}/claim").status_code == 200, "a proposal blocks nobody"
    path = f"/api/v1/requests/{placed['request_id']}"
    listed = staff.get(f"{path}/studies").json()["items"]
    assert {one["study_date"] for one in listed} == {"20261101", "20261102"}
    other = next(one for one in listed if one["patient"]["patient_id"] == "P2")
    assert [one["field"] for one in other["differences"]] == ["patient_id"]
    matched = staff.post(f"{path}/match", json={"study_instance_uid": proposal["study_instance_uid"]}).json()
    assert (matched["state"], matched["worklist_item_id"], matched["resolved_by"]) == ("matched", item, "人 staff.a")
    room.carry_out()
    assert state(reader, item) == ("matched", "")


def test_a_sites_rule_accepts_the_one_study_that_it_can_be(room: ReadingRoom) -> None:
    room.requests.set_rules("kita", actor="operator:x", accept_unique_match=True)
    staff = room.reader("staff.a", STAFF)
    placed = hers(staff, accession_number="")
    room.take_in(view(AccessionNumber=""))
    assert read(staff, placed)["state"] == "matched"
    second = hers(staff, accession_number="", modality="US", placer_order_number="P-2")
    for number in (1, 2):
        room.take_in(image(modality="US", AccessionNumber="", StudyTime=f"10{number}000"))
    assert read(staff, second)["state"] == "proposed", "two it can be are left to a person"


@pytest.mark.parametrize(
    ("elements", "fields"),
    [
        ({"patient_id": "P2"}, ["patient_id"]),
        ({"patient_name": "Yamada^Hanae=山田^花江=やまだ^はなえ"}, ["name"]),
        ({"PatientBirthDate": "19700102"}, ["birth_date"]),
        ({"PatientSex": "M"}, ["sex"]),
    ],
)
def test_another_patient_under_the_same_number_is_read_only_after_somebody_has_said_why(
    room: ReadingRoom, elements: dict[str, Any], fields: list[str]
) -> None:
    """REC-10: a mismatch of ID, name, birth date or sex blocks claiming and signing; both identifiers are kept."""
    staff, reader = room.reader("staff.a", STAFF), room.reader("reader.a")
    placed = hers(staff)
    item = room.take_in(view(**elements))
    found = read(staff, placed)
    assert (found["state"], [one["field"] for one in found["differences"]]) == ("mismatch", fields)
    assert found["differences"][0]["requested"] != found["differences"][0]["in_images"]
    assert state(reader, item) == ("mismatch", ",".join(fields))
    refused = reader.post(f"/api/v1/worklist/{item}/claim")
    assert refused.status_code == 409
    assert "P2" not in refused.text
    path = f"/api/v1/requests/{placed['request_id']}/resolve"
    assert reader.post(path, json={"because": "x"}).status_code == 403, "a reader does not decide this"
    assert staff.post(path, json={"because": " "}).status_code == 400
    resolved = staff.post(path, json={"because": "改姓前のカルテ"}).json()
    assert (resolved["state"], resolved["resolved_because"]) == ("matched", "改姓前のカルテ")
    assert [one["field"] for one in resolved["differences"]] == fields, "both identifiers stay"
    assert staff.post(path, json={"because": "again"}).status_code == 409
    room.carry_out()
    assert state(reader, item) == ("matched", "")
    assert reader.post(f"/api/v1/worklist/{item}/claim").status_code == 200
    with room.hub.database.read() as connection:
        entries = connection.execute(select(hub_entries).where(hub_entries.c.event == "request.matched")).all()
    assert [one.actor.startswith("person:") for one in entries] == [True]


def test_a_resolved_mismatch_is_one_again_when_other_things_differ(room: ReadingRoom) -> None:
    staff = room.reader("staff.a", STAFF)
    placed = hers(staff)
    room.take_in(view(patient_id="P2"))
    path = f"/api/v1/requests/{placed['request_id']}"
    resolved = staff.post(f"{path}/resolve", json={"because": "二重登録"}).json()
    body = {name: resolved[name] for name in ("accession_number", "modality", "examination_date")}
    later = {**body, "patient": {**HERS, "birth_date": "19710101"}}
    answer = staff.put(path, json=later, headers={"If-Match": f'"{resolved["version"]}"'})
    assert answer.json()["state"] == "mismatch"
    assert [one["field"] for one in answer.json()["differences"]] == ["patient_id", "birth_date"]
    assert answer.json()["former"][0]["patient"]["birth_date"] == "19700101"


def test_a_case_that_is_being_read_is_not_signed_once_a_mismatch_appears(room: ReadingRoom) -> None:
    """REC-10: what was claimed before the request came is held back at the signature."""
    staff, reader = room.reader("staff.a", STAFF), room.reader("reader.a")
    item = room.take_in(view(patient_id="P2"))
    room.written(reader, item)
    placed = hers(staff)
    begin = reader.post(f"/api/v1/worklist/{item}/report/signature/begin")
    assert (begin.status_code, placed["state"]) == (409, "mismatch")
    assert "patient" in begin.json()["detail"]
    staff.post(f"/api/v1/requests/{placed['request_id']}/resolve", json={"because": "確認済"}).raise_for_status()
    assert room.signed(reader, item, room.keys["reader.a"]).status_code == 200


def test_a_mismatch_between_the_screen_and_the_signature_stops_the_signature(room: ReadingRoom) -> None:
    staff, reader = room.reader("staff.a", STAFF), room.reader("reader.a")
    item = room.take_in(view(patient_id="P2"))
    room.written(reader, item)
    path = f"/api/v1/worklist/{item}/report/signature"
    begun = reader.post(f"{path}/begin").json()
    hers(staff)
    answer = room.keys["reader.a"].get(begun["options"])
    body = {"version_digest": begun["version_digest"], "credential": answer}
    assert reader.post(path, json=body).status_code == 409


def test_two_requests_for_one_study_are_never_silently_both_right(room: ReadingRoom) -> None:
    staff, reader = room.reader("staff.a", STAFF), room.reader("reader.a")
    first = hers(staff)
    item = room.take_in(view())
    second = hers(staff, placer_order_number="P-2")
    room.carry_out()
    assert [read(staff, one)["state"] for one in (first, second)] == ["matched", "mismatch"]
    assert read(staff, second)["reasons"] == ["two_requests"]
    assert state(reader, item) == ("mismatch", "two_requests")
    assert reader.post(f"/api/v1/worklist/{item}/claim").status_code == 409
    staff.post(f"/api/v1/requests/{first['request_id']}/cancel", json={"because": "重複"}).raise_for_status()
    room.carry_out()
    assert read(staff, second)["state"] == "matched"
    assert state(reader, item) == ("matched", "")
    assert reader.post(f"/api/v1/worklist/{item}/claim").status_code == 200


def test_two_requests_may_be_for_one_study_when_somebody_says_so(room: ReadingRoom) -> None:
    staff, reader = room.reader("staff.a", STAFF), room.reader("reader.a")
    hers(staff, priority="urgent")
    item = room.take_in(view())
    second = hers(staff, placer_order_number="P-2")
    path = f"/api/v1/requests/{second['request_id']}"
    assert staff.post(f"{path}/resolve", json={"because": "二科からの依頼"}).json()["state"] == "matched"
    room.take_in(
        image(
            study=read(staff, second)["study_instance_uid"],
            sop_class=MG,
            modality="MG",
            number=2,
            AccessionNumber="A-1",
        )
    )
    assert read(staff, second)["state"] == "matched"
    assert state(reader, item) == ("matched", "")


def test_a_study_of_another_patient_under_a_number_that_is_taken_is_blocked_and_the_right_one_is_not(
    room: ReadingRoom,
) -> None:
    staff, reader = room.reader("staff.a", STAFF), room.reader("reader.a")
    placed = hers(staff)
    right = room.take_in(view())
    wrong = room.take_in(view(patient_id="P2", patient_name="Suzuki^Jun=鈴木^順=すずき^じゅん"))
    assert read(staff, placed)["state"] == "mismatch"
    assert (state(reader, right)[0], state(reader, wrong)[0]) == ("matched", "mismatch")
    assert reader.post(f"/api/v1/worklist/{right}/claim").status_code == 200
    assert reader.post(f"/api/v1/worklist/{wrong}/claim").status_code == 409
    path = f"/api/v1/requests/{placed['request_id']}/unmatch"
    left = staff.post(path, json={"because": "別患者の検査"}).json()
    assert (left["state"], left["worklist_item_id"]) == ("matched", right)
    room.take_in(view(patient_id="P3", patient_name="Sato^Yumi=佐藤^由美=さとう^ゆみ"))
    room.carry_out()
    assert state(reader, wrong) == ("none", "")
    assert reader.post(f"/api/v1/worklist/{wrong}/claim").status_code == 200


def test_what_a_person_has_parted_is_not_joined_again_by_itself(room: ReadingRoom) -> None:
    staff, reader = room.reader("staff.a", STAFF), room.reader("reader.a")
    placed = hers(staff)
    one = view()
    item = room.take_in(one)
    path = f"/api/v1/requests/{placed['request_id']}"
    assert staff.post(f"{path}/unmatch", json={"because": ""}).status_code == 400
    assert staff.post(f"{path}/unmatch", json={"because": "再撮影分"}).json()["state"] == "waiting"
    room.take_in(view(study=one.StudyInstanceUID, series=one.SeriesInstanceUID, number=2))
    assert read(staff, placed)["state"] == "waiting"
    assert state(reader, item) == ("none", "")
    assert staff.post(f"{path}/unmatch", json={"because": "x"}).status_code == 409
    assert staff.post(f"{path}/match", json={"study_instance_uid": one.StudyInstanceUID}).json()["state"] == "matched"


def test_a_study_of_a_foreign_site_is_never_matched(room: ReadingRoom) -> None:
    staff = room.reader("staff.a", STAFF)
    placed = hers(staff)
    one = view()
    room.take_in(one, site_id="minami")
    path = f"/api/v1/requests/{placed['request_id']}"
    assert read(staff, placed)["state"] == "waiting"
    assert staff.get(f"{path}/studies").json()["items"] == []
    assert staff.post(f"{path}/match", json={"study_instance_uid": one.StudyInstanceUID}).status_code == 404


def test_numbers_that_cannot_be_compared_are_proposed_and_block_nobody(room: ReadingRoom) -> None:
    staff, reader = room.reader("staff.a", STAFF), room.reader("reader.a")
    placed = hers(staff, patient={**HERS, "issuer_of_patient_id": "OTHER"})
    item = room.take_in(view(IssuerOfPatientID="HERE"))
    assert read(staff, placed)["state"] == "proposed"
    assert reader.post(f"/api/v1/worklist/{item}/claim").status_code == 200


def test_one_number_of_two_issuers_is_two_numbers(room: ReadingRoom) -> None:
    staff = room.reader("staff.a", STAFF)
    issuer = Dataset()
    issuer.LocalNamespaceEntityID = "HIS"
    placed = hers(staff, issuer_of_accession_number="RIS")
    room.take_in(view(IssuerOfAccessionNumberSequence=[issuer]))
    assert read(staff, placed)["state"] == "waiting"
    right = hers(staff, issuer_of_accession_number="ＨＩＳ", placer_order_number="P-2")
    assert right["state"] == "matched"


def test_a_canceled_request_shows_at_its_case(room: ReadingRoom) -> None:
    staff, reader = room.reader("staff.a", STAFF), room.reader("reader.a")
    placed = hers(staff)
    item = room.take_in(view())
    staff.post(f"/api/v1/requests/{placed['request_id']}/cancel", json={"because": "中止"}).raise_for_status()
    room.carry_out()
    assert state(reader, item) == ("canceled", "")
    assert reader.get(f"/api/v1/worklist/{item}/request").json()["canceled_because"] == "中止"


def test_an_urgent_request_overtakes_and_a_reader_may_still_move_the_case(room: ReadingRoom) -> None:
    staff, reader = room.reader("staff.a", STAFF), room.reader("reader.a")
    hers(staff, priority="urgent")
    one = view()
    item = room.take_in(one, closed=False)
    assert room.worklist.urgent_studies("kita") == (str(one.StudyInstanceUID),)
    reader.put(f"/api/v1/worklist/{item}/priority", json={"priority": "routine"}).raise_for_status()
    room.take_in(view(study=one.StudyInstanceUID, series=one.SeriesInstanceUID, number=2))
    assert reader.get(f"/api/v1/worklist/{item}").json()["priority"] == "routine"


def test_a_change_after_the_signature_is_kept_and_shown_and_the_report_stays(room: ReadingRoom) -> None:
    staff, reader = room.reader("staff.a", STAFF), room.reader("reader.a")
    placed = hers(staff)
    item = room.take_in(view())
    room.written(reader, item)
    assert room.signed(reader, item, room.keys["reader.a"]).status_code == 200
    room.carry_out()
    before = reader.get(f"/api/v1/worklist/{item}/report").json()
    path = f"/api/v1/requests/{placed['request_id']}"
    body = {"accession_number": "A-1", "patient": HERS, "clinical": {"reason": "追記"}}
    late = staff.put(path, json=body, headers={"If-Match": '"1"'}).json()
    assert (late["changed_after_signature"], late["clinical"]["reason"], late["state"]) == (True, "追記", "matched")
    assert staff.post(f"{path}/cancel", json={"because": "x"}).status_code == 409
    room.carry_out()
    assert reader.get(f"/api/v1/worklist/{item}/report").json() == before
    assert reader.get(f"/api/v1/worklist/{item}").json()["status"] == "completed"
