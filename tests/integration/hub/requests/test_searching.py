"""Requests are found however old they are: by a word in any spelling, or by their patient's number."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import httpx
import pytest

from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.requests import store
from tests.makers.reading import ReadingRoom, reading_room
from tests.makers.requests import ASKED, STAFF, asked


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path, url=database_url) as made:
        yield made


def found(client: httpx.Client, **sought: str | None) -> list[str]:
    answer = client.post("/api/v1/requests/search", json=sought)
    assert answer.status_code == 200, answer.text
    return [one["placer_order_number"] for one in answer.json()["items"]]


def test_what_the_list_leaves_out_is_found_by_word_and_by_number(room: ReadingRoom) -> None:
    staff = room.reader("staff", STAFF)
    for number in range(3):
        patient = {**ASKED["patient"], "patient_id": f"0000{number}"}
        asked(staff, placer_order_number=f"P-{number}", accession_number=f"A-{number}", patient=patient)
    with patch.object(store, "MOST_LISTED", 2):
        listed = staff.get("/api/v1/requests").json()
        assert [one["placer_order_number"] for one in listed["items"]] == ["P-2", "P-1"]
        assert found(staff, text="やまだ a-0") == ["P-0"], "each word in any spelling"
    assert found(staff, patient_id="０") == ["P-0"], "width and leading zeros do not matter"
    assert found(staff, patient_id="1", site_id="kita", state="waiting") == ["P-1"]
    assert found(staff, text="a-1", state="matched") == []
    assert sum(listed["counts"].values()) == 3, "all are counted"


def test_a_corrected_request_is_found_by_what_it_says_now_and_by_what_it_said_before(room: ReadingRoom) -> None:
    """REC-10: both identifiers stay, and either finds the request; only the present one names the patient."""
    staff = room.reader("staff", STAFF)
    request, patient = asked(staff), ASKED["patient"]
    for number, kana in enumerate(("ヤマモト^ハナコ", "ヤマネ^ハナコ"), 1):
        other = {**patient, "patient_id": f"7777{number}", "name": {**patient["name"], "phonetic": kana}}
        answer = staff.put(
            f"/api/v1/requests/{request['request_id']}",
            json={**ASKED, "patient": other, "clinical": {"reason": "理由" * 200}},
            headers={"If-Match": f'"{number}"'},
        )
        assert answer.status_code == 200, answer.text
    for text in ("ﾔﾏﾈ", "77772", "ﾔﾏﾓﾄ", "77771", "ヤマダ", "00012345", "a-1"):
        assert found(staff, text=text) == ["P-1"], text
    assert [found(staff, patient_id=one) for one in ("77772", "77771")] == [["P-1"], []], "one patient's, as it is now"


def test_nobody_finds_a_request_of_another_site(room: ReadingRoom) -> None:
    asked(room.reader("staff", STAFF))
    stranger = room.reader("stranger", Grant(Role.SITE_STAFF, "minami"))
    assert found(stranger, text="山田") == []
    assert found(stranger, patient_id="00012345") == []
    assert stranger.post("/api/v1/requests/search", json={"site_id": "kita"}).status_code == 404
