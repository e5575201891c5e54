"""Displays over HTTP: the register, which display a device stands at, and reports that are signed on it or not."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pydicom
import pytest

from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.reports import store
from dokuei.hub.reports.wording import shown_text
from tests.makers.archive import image
from tests.makers.device import Device
from tests.makers.displays import PANEL, SCREEN, day, enforce, measured, registered, sit
from tests.makers.people import sign_in
from tests.makers.reading import ReadingRoom, reading_room
from tests.makers.talk import events

ADMINISTRATOR = Grant(Role.ADMINISTRATOR, None)
MANAGER_OF_KITA = Grant(Role.DISPLAY_MANAGER, "kita")
REASON = "移行期間のため"


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path, url=database_url) as made:
        enforce(made.displays)
        yield made


def begin(client: httpx.Client, item: str, *, preliminary: bool = False) -> httpx.Response:
    return client.post(f"/api/v1/worklist/{item}/report/signature/begin", json={"preliminary": preliminary})


def standing(client: httpx.Client, item: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/v1/worklist/{item}/display").raise_for_status().json()
    return found


def kept(room: ReadingRoom, item: str) -> dict[str, Any]:
    with room.hub.database.read() as connection:
        report = store.find(connection, item, "sole")
        assert report is not None
        document: dict[str, Any] = json.loads(store.versions(connection, report.report_id)[-1].signed.canonical)
    return document


def magnet(room: ReadingRoom) -> str:
    return room.take_in(image(modality="MR"))


def test_mammograms_are_signed_on_a_calibrated_display_and_the_report_says_which(room: ReadingRoom) -> None:
    """JRS-09, REC-21: display, grade, calibration and what the page saw stand in document, PDF, SR and on the page."""
    office, reader = room.reader("kanri", ADMINISTRATOR), room.reader("yomi", Grant(Role.READER, None))
    sit(reader, registered(office, measured()))
    item = room.mammogram_case()
    assert standing(reader, item)["state"] == "valid"
    assert room.written(reader, item).status_code == 200
    assert room.signed(reader, item, room.keys["yomi"]).status_code == 200
    said = kept(room, item)["display"]
    assert (said["state"], said["use"], said["waiver"]) == ("valid", "mammography", None)
    assert said["calibration"]["measured_on"] == day(-30)
    assert said["screen"] == {"columns": 2560, "rows": 2048, "pixel_ratio": 1, "colour_depth": 30, "screens": None}
    words = f"EIZO RX570 S/N 12345678（2560×2048、管理グレード 1A、GSDF PS3.14 校正 {day(-30)}、"
    lines = reader.get(f"/api/v1/worklist/{item}/report").json()["circumstances"]
    assert any(one["ja"].startswith(words) for one in lines)
    assert words in shown_text(kept(room, item))
    made = [room.reports.read_delivery("kita", one.delivery_id) for one in room.reports.pending_deliveries("kita")]
    sr = next(pydicom.dcmread(io.BytesIO(data)) for delivery, data in made if delivery.kind == "sr")
    assert any(words in str(one.value) for one in sr.iterall() if one.keyword == "TextValue")


def test_a_client_that_reports_nothing_signs_no_mammogram(room: ReadingRoom) -> None:
    """JRS-09: unknown is blocked, preliminary reports too; told before writing, and never answered away."""
    reader, item = room.reader("yomi"), room.mammogram_case()
    assert (standing(reader, item)["state"], standing(reader, item)["blocks"]) == ("unknown", True)
    answer = {"check": "display_invalid", "about": "", "reason": "急ぎ"}
    checks = room.written(reader, item, answers=[answer]).json()["checks"]
    assert [one["answerable"] for one in checks if one["check"] == "display_invalid"] == [False]
    for preliminary in (False, True):
        refused = begin(reader, item, preliminary=preliminary)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:dokuei:problem:display-invalid")


def test_mammograms_under_another_modality_are_blocked_all_the_same(room: ReadingRoom) -> None:
    """JRS-09: the SOP class says what they are."""
    reader = room.reader("yomi")
    item = room.take_in(image(sop_class="1.2.840.10008.5.1.4.1.1.1.2", modality="DX"))
    assert standing(reader, item)["blocks"]
    room.written(reader, item)
    assert begin(reader, item).status_code == 409


def test_another_screen_between_showing_and_signing_is_not_signed_on(room: ReadingRoom) -> None:
    """JRS-09: judged when the signature is made; a display that is swapped or scaled is not the registered one."""
    office, reader = room.reader("kanri", ADMINISTRATOR), room.reader("yomi", Grant(Role.READER, None))
    display = registered(office, measured())
    sit(reader, display)
    item = room.mammogram_case()
    room.written(reader, item)
    begun = begin(reader, item).json()
    assert sit(reader, display, width=1920, height=1080)["state"] == "other"
    body = {"version_digest": begun["version_digest"], "credential": room.keys["yomi"].get(begun["options"])}
    assert reader.post(f"/api/v1/worklist/{item}/report/signature", json=body).status_code == 409
    sit(reader, registered(office, measured(), serial="2"))
    begun_on_the_first = {**body, "credential": room.keys["yomi"].get(begun["options"])}
    refused = reader.post(f"/api/v1/worklist/{item}/report/signature", json=begun_on_the_first)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:dokuei:problem:display-changed")


def test_both_displays_of_a_desk_have_to_hold_and_stand_in_the_report(room: ReadingRoom) -> None:
    """JRS-09, REC-21: two of one kind, and a third that is too coarse for mammograms and is not asked for."""
    office, reader = room.reader("kanri", ADMINISTRATOR), room.reader("yomi", Grant(Role.READER, None))
    left = registered(office, measured(), name="左")
    right = registered(office, measured(200), name="右", serial="2")
    third = registered(office, name="中", serial="3", columns=1920, rows=1200, pitch_mm=0.27)
    item = room.mammogram_case()
    assert sit(reader, left, right, third)["state"] == "lapsed"
    lapsed = standing(reader, item)
    assert (lapsed["blocks"], lapsed["display"]["name"]) == (True, "右")
    assert [(one["display"]["name"], one["state"]) for one in lapsed["beside"]] == [("左", "valid")]
    room.written(reader, item)
    assert begin(reader, item).json()["type"] == "urn:dokuei:problem:display-invalid"
    office.post(f"/api/v1/displays/{right}/calibrations", json=measured(3)).raise_for_status()
    assert room.signed(reader, item, room.keys["yomi"]).status_code == 200
    text = shown_text(kept(room, item))
    assert all(serial in text for serial in ("S/N 12345678", "S/N 2"))
    assert "S/N 3" not in text
    own = reader.get("/api/v1/session/display").json()
    assert [one["name"] for one in own["chosen"]] == sorted(["左", "右", "中"])
    assert sit(reader, left, third, width=1920, height=1200)["state"] == "uncalibrated", "the page is on the third one"
    assert reader.put("/api/v1/session/display", json={"display_ids": [left, "unknown"]}).status_code == 404
    assert len(reader.get("/api/v1/session/display").json()["chosen"]) == 2
    assert sit(reader)["state"] == "unknown"


def test_two_mammography_displays_of_different_makes_are_both_asked_for(room: ReadingRoom) -> None:
    """JRS-09: the page is on one of them, and images may hang on the other."""
    office, reader = room.reader("kanri", ADMINISTRATOR), room.reader("yomi", Grant(Role.READER, None))
    here = registered(office, measured())
    there = registered(office, serial="2", columns=4200, rows=2800)
    assert sit(reader, here, there)["state"] == "uncalibrated"
    mr = standing(reader, magnet(room))
    assert (mr["state"], mr["beside"]) == ("valid", []), "what is no mammogram is judged where the page is"
    office.post(f"/api/v1/displays/{there}/calibrations", json=measured(5)).raise_for_status()
    assert sit(reader, here, there)["state"] == "valid"


def test_a_magnet_is_signed_with_a_warning_in_the_report(room: ReadingRoom) -> None:
    """JRS-09, DISP-16: everything beside mammography is warned of; a reference display says that it is one."""
    office, reader = room.reader("kanri", ADMINISTRATOR), room.reader("yomi", Grant(Role.READER, None))
    sit(reader, registered(office, purpose="reference"))
    item = magnet(room)
    assert (standing(reader, item)["state"], standing(reader, item)["blocks"]) == ("reference", False)
    room.written(reader, item)
    assert room.signed(reader, item, room.keys["yomi"]).status_code == 200
    assert "警告: 参照用表示" in shown_text(kept(room, item))


def test_a_site_is_content_with_a_lower_grade_beside_mammography(room: ReadingRoom) -> None:
    """JRS-09: the site's own table, which does not reach mammograms."""
    office, reader = room.reader("kanri", ADMINISTRATOR), room.reader("yomi", Grant(Role.READER, None))
    sit(reader, registered(office, measured(grade="2", luminance_max=120, luminance_min=1.1)))
    mr, mg = magnet(room), room.mammogram_case()
    assert standing(reader, mr)["state"] == "short"
    keeper = room.reader("shina", MANAGER_OF_KITA)
    assert keeper.put("/api/v1/sites/kita/display-grades", json={"grades": {"MR": "2"}}).status_code == 200
    assert (standing(reader, mr)["state"], standing(reader, mg)["state"]) == ("valid", "short")
    assert keeper.put("/api/v1/sites/kita/display-grades", json={"grades": {"MG": "2"}}).status_code == 400


def test_a_waiver_has_a_reason_a_name_and_a_date_in_each_report(room: ReadingRoom) -> None:
    """JRS-09: off is said, by whom and why, and the change stands in the trail."""
    office, reader = room.reader("kanri", ADMINISTRATOR), room.reader("yomi", Grant(Role.READER, None))
    rules = {"mode": "off", "reason": " ", "months_mammography": 6, "months_other": 12}
    assert office.put("/api/v1/display-rules", json=rules).status_code == 400
    assert reader.put("/api/v1/display-rules", json=rules).status_code == 403
    told = office.put("/api/v1/display-rules", json={**rules, "reason": REASON}).json()
    assert told["set_by"] == "人 kanri"
    item = room.mammogram_case()
    room.written(reader, item)
    assert room.signed(reader, item, room.keys["yomi"]).status_code == 200
    assert f"理由: {REASON}（人 kanri、{day(0)}）" in shown_text(kept(room, item))
    assert events(room, "display.rules-set")[-1][3]["reason"] == REASON
    office.put("/api/v1/display-rules", json={**rules, "mode": "warn"}).raise_for_status()
    later = room.mammogram_case(patient_id="P2")
    assert not standing(reader, later)["blocks"]
    room.written(reader, later)
    assert room.signed(reader, later, room.keys["yomi"]).status_code == 200
    assert "警告: 登録された表示装置と確認されていない" in shown_text(kept(room, later))


def test_what_misses_the_limits_of_its_grade_is_kept_as_failed(room: ReadingRoom) -> None:
    """DISP-07, DISP-08: failed records stay on record, the latest one counts, none is written over."""
    office, reader = room.reader("kanri", ADMINISTRATOR), room.reader("yomi", Grant(Role.READER, None))
    display = registered(office, measured(40), measured(20, deviation=17.0))
    (known,) = office.get("/api/v1/displays").json()["displays"]
    assert [one["failures"] for one in known["calibrations"]] == [["deviation"], []]
    assert sit(reader, display)["state"] == "failed"
    office.post(f"/api/v1/displays/{display}/calibrations", json=measured(0)).raise_for_status()
    assert sit(reader, display)["state"] == "valid"
    assert office.post(f"/api/v1/displays/{display}/calibrations", json=measured(-1)).status_code == 400
    assert [one[3]["failures"] for one in events(room, "display.calibrated")] == ["", "deviation", ""]


def test_a_record_has_its_paper_once_and_as_it_came(room: ReadingRoom) -> None:
    """DISP-08: the maker's own record beside the numbers."""
    office = room.reader("kanri", ADMINISTRATOR)
    display = registered(office, measured())
    (known,) = office.get("/api/v1/displays").json()["displays"]
    path = f"/api/v1/displays/{display}/calibrations/{known['calibrations'][0]['calibration_id']}/paper"
    kind = {"Content-Type": "application/pdf"}
    assert office.get(path).status_code == 404
    assert office.post(path, content=b"GIF89a", headers=kind).status_code in {400, 415, 422}
    assert office.post(f"{path}?name=校正.pdf", content=b"%PDF-1.7 x", headers=kind).status_code == 201
    assert office.post(path, content=b"%PDF-1.7 y", headers=kind).status_code == 409
    assert office.get(path).content == b"%PDF-1.7 x"


def test_the_named_manager_of_a_site_looks_after_its_displays_and_no_others(room: ReadingRoom) -> None:
    """DISP-12: a named person a site, with a right of their own; outsourcing is on record."""
    office, keeper = room.reader("kanri", ADMINISTRATOR), room.reader("shina", MANAGER_OF_KITA)
    registered(office, measured())
    mine = registered(keeper, measured(outsourced_to="モニタ管理株式会社"), serial="2", site_id="kita")
    (known,) = keeper.get("/api/v1/displays").json()["displays"]
    assert (known["display_id"], known["calibrations"][0]["outsourced_to"]) == (mine, "モニタ管理株式会社")
    assert keeper.post("/api/v1/displays", json={**PANEL, "serial": "3"}).status_code == 403
    assert keeper.post("/api/v1/displays", json={**PANEL, "serial": "3", "site_id": "minami"}).status_code == 404
    assert office.post("/api/v1/displays", json=PANEL).status_code == 409
    register = office.get("/api/v1/displays").json()
    assert register["managers"] == [{"name": "人 shina", "site_id": "kita"}]
    assert len(register["displays"]) == 2
    stranger = room.reader("yoso", Grant(Role.READER, "minami"))
    assert stranger.put("/api/v1/session/display", json={"display_ids": [mine]}).status_code == 404
    assert office.post(f"/api/v1/displays/{mine}/retirement", json={"because": "廃棄"}).status_code == 204
    assert office.post(f"/api/v1/displays/{mine}/retirement", json={"because": "廃棄"}).status_code == 404


def test_a_display_belongs_to_the_device_and_outlives_the_session(room: ReadingRoom) -> None:
    """JRS-09, AUTH-12: chosen once per device; another device of the same person stands nowhere."""
    office, reader = room.reader("kanri", ADMINISTRATOR), room.reader("yomi", Grant(Role.READER, None))
    display, device = registered(office, measured()), Device()
    for chosen in (display, None):
        client = room.hub.client()
        client.headers["X-Dokuei-Device-Key"] = device.name
        assert sign_in(client, room.keys["yomi"]).status_code == 200
        device.prove(client)
        client.put("/api/v1/session/screen", json=SCREEN).raise_for_status()
        if chosen:
            client.put("/api/v1/session/display", json={"display_ids": [chosen]}).raise_for_status()
        assert client.get("/api/v1/session/display").json()["standing"]["state"] == "valid"
    assert reader.get("/api/v1/session/display").json()["standing"]["state"] == "unknown"
    assert len(events(room, "display.chosen")) == 1
