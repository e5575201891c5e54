"""A case is what the hub has of it: what came since, whose each image is, and which priors are not in the room."""

from typing import Any

import pytest
from playwright.sync_api import Route, expect
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from tests.journeys.viewer.conftest import Room
from tests.makers.archive import image
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser


def slices(count: int, *, first: int = 1, **elements: Any) -> list[Dataset]:
    """Some images of one series."""
    return [image(number=number, **elements) for number in range(first, first + count)]


def one_series() -> dict[str, Any]:
    """The UIDs of a study with one series."""
    return {"study": generate_uid(), "series": generate_uid()}


def test_images_that_come_while_a_case_is_open_are_counted_and_offered(hub: BrowsedHub, room: Room) -> None:
    """IMG-13: a study that is still coming is never called complete, and is shown whole without another page."""
    uids = one_series()
    room.open(hub.case(slices(3, patient_id="C1", **uids)))
    room.settle()
    ledger = room.page.locator("[data-ledger]")
    expect(ledger).to_contain_text("3 画像 すべて到着")
    room.press("ArrowDown")
    hub.case(slices(2, first=4, patient_id="C1", **uids))
    more = room.page.locator("[data-arrivals]")
    expect(more).to_have_text("新たに 2 画像到着：表示する", timeout=20_000)
    expect(ledger).to_contain_text("5 件中 5 件到着、受信中")
    more.click()
    expect(room.page.locator("[data-corner=identity]")).to_contain_text("1/5", timeout=20_000)
    room.settle()
    expect(more).to_have_count(0)
    ledger.click()
    expect(room.page.get_by_role("row", name="表示済み")).to_contain_text("2")


def test_a_prior_that_is_another_persons_says_so_in_red(hub: BrowsedHub, room: Room) -> None:
    """MAMMO-12: each image names its own patient, with the age on its own day; what differs is said on the viewport."""
    stranger: dict[str, Any] = {"PatientName": "SATO^TARO=佐藤^太郎", "PatientSex": "M", "PatientBirthDate": "19600101"}
    hub.case(slices(1, patient_id="C2", StudyDate="20241101", SeriesDescription="before", **stranger))
    room.open(hub.case(slices(1, patient_id="C2", StudyDate="20261101", SeriesDescription="now")))
    room.settle()
    identity = room.page.locator("[data-pane=pane-0] [data-corner=identity]")
    expect(identity).to_contain_text("山田 花子")
    expect(identity).not_to_contain_text("不一致")
    room.put("before")
    room.settle()
    for wanted in (
        "佐藤 太郎",
        "1960-01-01",
        "64歳",
        "男",
        "過去 2024-11-01",
        "今回の検査と不一致：氏名、生年月日、性別",
    ):
        expect(identity).to_contain_text(wanted)
    room.press("KeyT")
    expect(identity).to_be_visible()


@pytest.mark.filterwarnings("ignore:The value length:UserWarning")
def test_a_patient_id_of_any_length_leaves_the_room_its_tools_and_its_warning(hub: BrowsedHub, room: Room) -> None:
    """The hub takes what a sender should not send; the reader loses nothing by it."""
    for patient_id, written in (("7" * 64, "7" * 64), ("7" * 4999 + "8", f"{'7' * 20}…{'7' * 10}8")):
        room.open(hub.mammogram_case(patient_id=patient_id))
        expect(room.page.locator("[data-pane=pane-0] [data-corner=identity]")).to_contain_text(written)
        strip = room.page.locator("header").first
        assert strip.evaluate("one => one.scrollWidth <= one.clientWidth")
        assert strip.get_by_title(patient_id, exact=True).count() == 1
        for kept in (strip.locator("[data-evaluation]"), strip.get_by_role("button", name="レポート")):
            expect(kept).to_be_in_viewport(ratio=1)


def test_a_prior_that_cannot_be_opened_is_named_and_tried_again(hub: BrowsedHub, room: Room) -> None:
    """IMG-13: no prior is left out without a word."""
    before = slices(1, patient_id="C3", StudyDate="20241101", SeriesDescription="before")
    hub.case(before)
    item = hub.case(slices(1, patient_id="C3", StudyDate="20261101"))
    broken = f"**/studies/{before[0].StudyInstanceUID}/**"

    def refuse(route: Route) -> None:
        route.fulfill(status=404, body="")

    room.page.route(broken, refuse)
    room.open(item)
    room.settle()
    failed = room.page.locator("[data-absent=failed]")
    expect(failed).to_contain_text("2024-11-01")
    expect(failed).to_contain_text("開けませんでした")
    room.page.unroute(broken, refuse)
    failed.get_by_role("button", name="再試行").click()
    expect(room.page.get_by_title("before")).to_be_visible(timeout=20_000)
    expect(failed).to_have_count(0)


def test_more_priors_than_open_by_themselves_are_listed_and_one_click_away(hub: BrowsedHub, room: Room) -> None:
    """IMG-13: the fifth prior is listed, and opens when asked for."""
    for year in range(2020, 2025):
        hub.case(slices(1, patient_id="C4", StudyDate=f"{year}1101", SeriesDescription=f"of {year}"))
    room.open(hub.case(slices(1, patient_id="C4", StudyDate="20261101")))
    room.settle()
    omitted = room.page.locator("[data-absent=omitted]")
    expect(omitted).to_contain_text("2020-11-01")
    omitted.get_by_role("button", name="開く").click()
    expect(room.page.get_by_title("of 2020")).to_be_visible(timeout=20_000)
    expect(omitted).to_have_count(0)


def test_what_is_under_evaluation_says_so_beside_the_images(hub: BrowsedHub, room: Room) -> None:
    """OPS-14: without a recorded certification the words stand in the reading room too."""
    room.open(hub.case(slices(1, patient_id="C5")))
    expect(room.page.locator("[data-evaluation]")).to_be_visible()


def test_a_case_that_is_unknown_has_a_heading(hub: BrowsedHub, room: Room) -> None:
    for place in ("read", "cases"):
        room.page.goto(f"{hub.url}/{place}/nowhere")
        expect(room.page.get_by_role("heading", level=1)).to_have_count(1)


def test_series_zoom_and_ledger_are_reached_by_key_and_the_strip_by_tab(hub: BrowsedHub, room: Room) -> None:
    study = generate_uid()
    objects = [image(study=study, patient_id="C6", SeriesNumber=n, SeriesDescription=f"series {n}") for n in (1, 2)]
    room.open(hub.case(objects))
    room.settle()
    identity = room.page.locator("[data-pane=pane-0] [data-corner=identity]")
    expect(identity).to_contain_text("series 1")
    room.press("Period")
    expect(identity).to_contain_text("series 2")
    room.press("Comma")
    expect(identity).to_contain_text("series 1")
    before = room.corner("window")
    room.press("Equal")
    assert room.corner("window") != before
    room.press("Minus")
    assert room.corner("window") == before
    room.press("Shift+KeyR")
    expect(room.page.get_by_role("row", name="到着")).to_be_visible()
    room.press("Escape", "Tab")
    assert room.page.evaluate("document.activeElement.closest('header') !== null")
    assert room.page.evaluate("document.activeElement.tagName") == "BUTTON"
