"""Reading by key alone: layouts, the report and back, the case that comes next."""

import pytest
from playwright.sync_api import expect
from pydicom.uid import generate_uid

from tests.journeys.viewer.conftest import Room
from tests.makers.archive import image
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser

_COMPOSING = """(field) => field.dispatchEvent(
  new KeyboardEvent("keydown", { code: "Escape", key: "Escape", isComposing: true, bubbles: true }))"""


def _case(hub: BrowsedHub, patient_id: str) -> str:
    study, series = generate_uid(), generate_uid()
    return hub.case([image(study=study, series=series, patient_id=patient_id, number=number) for number in range(1, 4)])


def test_a_reader_goes_from_case_to_case_and_between_report_and_images_by_key(hub: BrowsedHub, room: Room) -> None:
    """The next case is one key; writing and looking are one key apart, and composing is left alone."""
    first, second = _case(hub, "K1"), _case(hub, "K2")
    page = room.page
    room.open(first)
    room.press("Shift+KeyP")
    expect(page.get_by_text("前の症例はありません")).to_be_visible()
    room.press("Shift+KeyN")
    page.wait_for_url(f"**/read/{second}")
    page.locator("[data-drawn]").first.wait_for(timeout=60_000)

    room.press("Shift+Digit5")
    expect(page.locator("[data-pane]")).to_have_count(4)
    room.press("Shift+Digit1")
    expect(page.locator("[data-pane]")).to_have_count(1)

    room.press("Enter")
    findings = page.get_by_label("所見")
    expect(findings).to_be_focused()
    page.keyboard.type("123 n")
    expect(findings).to_have_value("123 n")
    findings.evaluate(_COMPOSING)
    expect(findings).to_be_focused()
    room.press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    before = page.locator("[data-pane=pane-0]").get_attribute("data-index")
    room.press("KeyF")
    expect(page.locator("[data-pane=pane-0]")).not_to_have_attribute("data-index", before or "")
    expect(findings).to_have_value("123 n")
    room.press("Enter")
    page.keyboard.type("!")
    expect(findings).to_have_value("123 n!")
    room.press("Escape", "Shift+KeyN")
    expect(page.get_by_text("次の症例はありません")).to_be_visible()


def test_the_sheet_names_the_keys_of_layouts_and_cases(hub: BrowsedHub, room: Room) -> None:
    """A key that nobody can look up is no key."""
    room.open(_case(hub, "K3"))
    room.press("Shift+Slash")
    for words in ("4 面（2 × 2）", "次の症例", "レポートから画像へ戻る"):
        expect(room.page.get_by_text(words)).to_be_visible()
