"""Papers that come in a study of their own: nobody's case, part of the request once that is certain, never lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from dokuei.hub.archive.papers import SECONDARY_CAPTURES
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.worklist import store as worklist_store
from tests.makers.archive import MG, image
from tests.makers.reading import ReadingRoom, reading_room
from tests.makers.requests import ASKED, STAFF, asked, read

_NAME = "Yamada^Hanako=山田^花子=ヤマダ^ハナコ"
HERS: dict[str, Any] = {"patient_id": "00012345", "patient_name": _NAME, "PatientBirthDate": "19550401"}
OF_THE_DAY = {"accession_number": "", "placer_order_number": "P-9"}


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path, url=database_url) as made:
        yield made


def paper(**elements: Any) -> Dataset:
    """A scanned 依頼票 as a Secondary Capture."""
    said = {**HERS, "SeriesDescription": "検査依頼票", "AccessionNumber": "", **elements}
    return image(sop_class=SECONDARY_CAPTURES[0], modality="OT", **said)


def comes(room: ReadingRoom, *objects: Dataset) -> str:
    """A study that is in, whether it is a case or not."""
    room.archive.store_instances("kita", [room.coded(one) for one in objects], actor="gateway:1")
    room.carry_out()
    return str(objects[0].StudyInstanceUID)


def case_of(room: ReadingRoom, study: str) -> str | None:
    with room.hub.database.read() as connection:
        found = worklist_store.find_by_study(connection, "kita", study)
    return None if found is None else found.status


def waiting(client: httpx.Client) -> dict[str, list[tuple[str, str | None]]]:
    """Study -> its candidates by number and how the papers stand to them."""
    items = client.get("/api/v1/request-papers").raise_for_status().json()["items"]
    return {
        one["study_instance_uid"]: [(each["request_id"], each["papers"]) for each in one["candidates"]] for one in items
    }


def decided(client: httpx.Client, verb: str, request: dict[str, Any], study: str, because: str = "") -> httpx.Response:
    said = {"request_id": request["request_id"], "study_instance_uid": study, "because": because}
    return client.post(f"/api/v1/request-papers/{verb}", json=said)


def held(client: httpx.Client, request: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["study_instance_uid"], one["state"]) for one in read(client, request)["papers"]]


def test_papers_of_the_requests_number_are_hers_and_wait_with_her_request_for_the_images(room: ReadingRoom) -> None:
    staff = room.reader("staff", STAFF)
    papers = comes(room, paper())
    first = comes(room, paper(AccessionNumber="A-1"))
    assert waiting(staff) == {papers: [], first: []}, "before the request there is nothing that they belong to"
    request = asked(staff)
    assert (read(staff, request)["state"], case_of(room, papers)) == ("waiting", None)
    assert sorted(held(staff, request)) == sorted([(first, "joined"), (papers, "proposed")])
    assert waiting(staff) == {papers: [(request["request_id"], "proposed")]}, "what bears no number waits for a person"
    item = room.take_in(image(sop_class=MG, modality="MG", AccessionNumber="A-1", **HERS))
    shown = room.reader("reader").get(f"/api/v1/worklist/{item}/request").json()
    joined = [one["study_instance_uid"] for one in shown["papers"] if one["state"] == "joined"]
    assert (shown["state"], joined) == ("matched", [first])


def test_papers_of_the_patient_and_day_are_proposed_and_a_person_decides(room: ReadingRoom) -> None:
    """REC-10: never a guess about identity, and nothing is lost."""
    staff = room.reader("staff", STAFF)
    request, other = asked(staff, **OF_THE_DAY), asked(staff, **{**OF_THE_DAY, "placer_order_number": "P-10"})
    papers = comes(room, paper())
    assert sorted(waiting(staff)[papers]) == sorted((one["request_id"], "proposed") for one in (request, other))
    assert held(staff, request) == [(papers, "proposed")]
    assert decided(staff, "refuse", other, papers).status_code == 400, "a reason is wanted"
    assert decided(staff, "refuse", other, papers, "別の検査").status_code == 200
    assert decided(staff, "join", request, papers).json()["papers"][0]["state"] == "joined"
    assert (waiting(staff), held(staff, other)) == ({}, [])
    assert {"request.papers-joined", "request.papers-refused", "request.papers-in-doubt"} <= set(room.hub.events())
    assert staff.post(f"/api/v1/requests/{request['request_id']}/cancel", json={"because": "中止"}).status_code == 200
    stranger = room.reader("stranger", Grant(Role.SITE_STAFF, "minami"))
    assert (waiting(stranger), decided(stranger, "join", other, papers).status_code) == ({}, 404)
    assert stranger.get("/api/v1/request-papers?site_id=kita").status_code == 404


def test_another_patients_papers_under_the_same_number_are_shown_as_a_mismatch_and_block_nothing(
    room: ReadingRoom,
) -> None:
    staff, reader = room.reader("staff", STAFF), room.reader("reader")
    request = asked(staff)
    papers = comes(room, paper(AccessionNumber="A-1", PatientBirthDate="19800808"))
    assert waiting(staff) == {papers: [(request["request_id"], "mismatch")]}
    item = room.take_in(image(sop_class=MG, modality="MG", AccessionNumber="A-1", **HERS))
    assert reader.post(f"/api/v1/worklist/{item}/claim").status_code == 200, "the images are hers"
    assert decided(staff, "join", request, papers).status_code == 400
    (one,) = decided(staff, "join", request, papers, "生年月日の誤記を病院に確認").json()["papers"]
    assert (one["state"], [each["field"] for each in one["differences"]]) == ("joined", ["birth_date"])
    body = {**ASKED, "patient": {**ASKED["patient"], "sex": "M"}}
    changed = staff.put(f"/api/v1/requests/{request['request_id']}", json=body, headers={"If-Match": '"1"'})
    assert changed.json()["papers"][0]["state"] in {"joined", "mismatch"}


def test_a_unique_match_joins_by_itself_only_where_the_site_says_so(room: ReadingRoom) -> None:
    staff = room.reader("staff", STAFF)
    room.requests.set_rules("kita", actor="person:1", accept_unique_match=True)
    request = asked(staff, **OF_THE_DAY)
    papers = comes(room, paper())
    assert (held(staff, request), waiting(staff)) == ([(papers, "joined")], {})
    asked(staff, **{**OF_THE_DAY, "placer_order_number": "P-10"})
    assert held(staff, request) == [(papers, "proposed")], "two could be meant now"


def test_what_was_papers_alone_becomes_a_case_with_its_first_picture(room: ReadingRoom) -> None:
    staff, study = room.reader("staff", STAFF), generate_uid()
    request = asked(staff)
    comes(room, paper(study=study, AccessionNumber="A-1"))
    assert (case_of(room, study), held(staff, request)) == (None, [(study, "joined")])
    comes(room, image(study=study, sop_class=MG, modality="MG", AccessionNumber="A-1", **HERS))
    assert (case_of(room, study), held(staff, request)) == ("scheduled", [])
    assert read(staff, request)["state"] == "matched"


def test_other_rules_make_a_case_of_papers_and_papers_of_a_case(room: ReadingRoom) -> None:
    staff = room.reader("staff", STAFF)
    study = comes(room, paper(SeriesDescription="スケッチ"))
    assert (case_of(room, study), waiting(staff)) == ("scheduled", {}), "what no rule knows is read"
    rules = room.archive.papers.rules("kita")
    room.archive.papers.set_rules("kita", [type(rules[0])("schema", ("スケッチ",))], actor="person:1")
    room.carry_out()
    assert (case_of(room, study), list(waiting(staff))) == ("canceled", [study])
    room.archive.papers.set_rules("kita", rules, actor="person:1")
    room.carry_out()
    assert (case_of(room, study), waiting(staff)) == ("scheduled", {})


def test_a_page_that_asks_every_few_seconds_is_one_look_on_record(room: ReadingRoom) -> None:
    """LOG-01: who saw whose papers, once an hour; asking again writes nothing."""
    staff = room.reader("staff", STAFF)
    comes(room, paper())
    for _ in range(3):
        assert waiting(staff)
    assert room.hub.events().count("requests.papers.read") == 1
