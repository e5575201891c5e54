"""A clerk enters for a physician, who approves by signing (REC-04): the clerk has no reading role and never signs."""

from typing import Any

import httpx

from dokuei.hub.identity.model import Grant, Role
from tests.makers.archive import MG, image
from tests.makers.reading import TEXT, ReadingRoom
from tests.makers.requests import asked

CLERK = Grant(Role.CLERK, "kita")


def entered(client: httpx.Client, item: str, version: int = 0, **words: str) -> httpx.Response:
    body = {**TEXT, **words}
    return client.put(f"/api/v1/worklist/{item}/report", json=body, headers={"If-Match": f'"{version}"'})


def case(client: httpx.Client, item: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/v1/worklist/{item}").raise_for_status().json()
    return found


def test_what_a_clerk_enters_waits_for_a_physician_who_signs_it(room: ReadingRoom) -> None:
    """REC-04: unapproved entries never leave as final, and the signed version says who entered them."""
    clerk, reader, item = room.reader("jimu", CLERK), room.reader("yomi"), room.mammogram_case()
    assert clerk.post(f"/api/v1/worklist/{item}/claim").status_code == 403
    assert entered(clerk, item, findings="口述の所見").status_code == 200
    room.carry_out()
    now_is = case(reader, item)
    assert (now_is["status"], now_is["awaiting_approval"], now_is["locked_by"]) == ("scheduled", True, None)
    assert entered(clerk, item, 1, findings="口述の所見。続き。").status_code == 200
    assert clerk.get(f"/api/v1/worklist/{item}/report").json()["findings"] == "口述の所見。続き。"
    assert clerk.post(f"/api/v1/worklist/{item}/report/signature/begin").status_code == 403
    assert reader.post(f"/api/v1/worklist/{item}/claim").status_code == 200
    refused = entered(clerk, item, 2, findings="二人目")
    assert (refused.status_code, "physician has this case" in refused.json()["detail"]) == (403, True)
    body = {**TEXT, "findings": "口述の所見。続き。", "images_read": room.images_read(item)}
    saved = reader.put(f"/api/v1/worklist/{item}/report", json=body, headers={"If-Match": '"2"'})
    assert saved.status_code == 200, saved.text
    begun = reader.post(f"/api/v1/worklist/{item}/report/signature/begin").json()
    assert [one["display_name"] for one in begun["document"]["entered_by"]] == ["人 jimu", "人 yomi"]
    assert room.signed(reader, item, room.keys["yomi"]).status_code == 200
    room.carry_out()
    assert case(reader, item)["awaiting_approval"] is False
    assert entered(clerk, item, 3).status_code in {403, 409}


def test_a_blind_reading_and_a_strangers_case_are_closed_to_a_clerk(room: ReadingRoom) -> None:
    clerk, item = room.reader("jimu", CLERK), room.mammogram_case()
    abroad = room.reader("yoso", Grant(Role.CLERK, "minami"))
    assert entered(abroad, item).status_code == 404
    room.hub.sites.change("kita", actor="system", read_twice="mammograms")
    twice = room.mammogram_case(patient_id="P2")
    assert entered(clerk, twice).status_code == 403
    answer = clerk.put(f"/api/v1/worklist/{twice}/report?role=first", json=TEXT, headers={"If-Match": '"0"'})
    assert answer.status_code == 403


def test_nothing_is_entered_while_the_patient_is_in_doubt(room: ReadingRoom) -> None:
    """REC-10."""
    clerk = room.reader("jimu", CLERK)
    asked(clerk, patient={"patient_id": "P1", "name": {"ideographic": "別^人"}, "birth_date": "19000101", "sex": "F"})
    item = room.take_in(image(sop_class=MG, modality="MG", AccessionNumber="A-1", PatientBirthDate="19700101"))
    assert entered(clerk, item).status_code == 409
