"""The thread beside the images: opened by key, unread in sight, written without leaving the case."""

import uuid
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pydicom.uid import generate_uid

from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.messages.model import MessageKind, Written
from tests.journeys.viewer.conftest import Room
from tests.makers.archive import image
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser

_STAFF = Principal("person:staff", "staff", "北病院 佐々木", frozenset(Permission), frozenset({"kita"}))


def say(hub: BrowsedHub, item: str, text: str) -> None:
    hub.hub.messages.write(_STAFF, item, Written(uuid.uuid4().hex, MessageKind.NOTE, text))


@pytest.fixture
def item(hub: BrowsedHub) -> str:
    study, series = generate_uid(), generate_uid()
    return hub.case([image(study=study, series=series, patient_id="TALK", number=number) for number in (1, 2)])


def test_a_reader_talks_beside_the_images_by_key(hub: BrowsedHub, room: Room, item: str) -> None:
    page = room.page
    room.open(item)
    say(hub, item, "本日16時までにお願いできますか。")
    button = page.get_by_role("button", name="連絡と質問")
    expect(button.locator("[data-unread='1']")).to_be_visible(timeout=15_000)
    room.press("Shift+KeyW")
    panel = page.locator("[data-messages-panel]")
    expect(panel.locator("[data-message='1']")).to_contain_text("本日16時までに")
    expect(button.locator("[data-unread]")).to_have_count(0, timeout=15_000)

    panel.get_by_text("質問", exact=True).click()
    panel.get_by_label("質問の内容").fill("造影剤のアレルギーは？")
    panel.get_by_label("質問の内容").press("Control+Enter")
    expect(panel.locator("[data-message='2']")).to_contain_text("回答待ち")
    panel.get_by_label("連絡の内容").click()
    page.keyboard.type("f")
    room.press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    before = page.locator("[data-pane=pane-0]").get_attribute("data-index")
    room.press("KeyF")
    expect(page.locator("[data-pane=pane-0]")).not_to_have_attribute("data-index", before or "")
    expect(panel.get_by_label("連絡の内容")).to_have_value("f")
    say(hub, item, "ありません。")
    expect(panel.locator("[data-message='3']")).to_contain_text("ありません。", timeout=15_000)
    room.press("Shift+KeyW")
    expect(panel).to_have_count(0)


def test_the_thread_folds_below_the_report_and_the_sheet_names_its_key(hub: BrowsedHub, room: Room, item: str) -> None:
    folder = Path(__file__).parents[3] / "var" / "pictures" / "viewer"
    folder.mkdir(parents=True, exist_ok=True)
    say(hub, item, "前回は他院で撮影しています。画像は明日届く予定です。")
    page = room.page
    room.open(item)
    room.press("KeyR", "Shift+KeyW")
    panel = page.locator("[data-messages-panel]")
    expect(panel.locator("[data-message='1']")).to_be_visible()
    expect(page.locator("[data-report-panel]")).to_be_visible()
    page.screenshot(path=folder / "talk-ja-1280.png")
    page.evaluate("localStorage.setItem('dokuei.language', 'en')")
    room.open(item)  # as it was left: report and thread are open
    expect(panel.locator("[data-message='1']")).to_be_visible()
    page.screenshot(path=folder / "talk-en-1280.png")
    room.press("Shift+Slash")
    expect(page.get_by_role("dialog")).to_contain_text("Notes and questions")
