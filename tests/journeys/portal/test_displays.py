"""A display is registered and calibrated, a reader's device stands at it, and only then mammograms can be signed."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.portal.conftest import ADMINISTRATOR, READER, Visiting, Visitor
from tests.makers.browsed_hub import BrowsedHub
from tests.makers.displays import day, enforce

WORDS: dict[str, dict[str, Any]] = {
    "ja": {
        "add": "表示装置を登録",
        "fields": {"名称": "読影室1", "製造元": "EIZO", "型式": "RX570", "製造番号": "1"},
        "pixels": ("横の画素数", "縦の画素数"),
        "record": "校正を記録",
        "measured": ("測定日", "測定者", "測定器", "最大偏差", "L'max", "L'min", "Lamb"),
        "passed": "適合",
        "choose": "この端末の表示装置",
        "confirm": "この装置です",
        "valid": "表示 1A",
    },
    "en": {
        "add": "Register a display",
        "fields": {"Name": "Room 1", "Maker": "EIZO", "Model": "RX570", "Serial number": "2"},
        "pixels": ("Pixels across", "Pixels down"),
        "record": "Record a calibration",
        "measured": ("Measured on", "Measured by", "Instrument", "Largest deviation", "L'max", "L'min", "Lamb"),
        "passed": "Passed",
        "choose": "Display of this device",
        "confirm": "This is it",
        "valid": "Display 1A",
    },
}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_reader_signs_mammograms_where_the_display_is_known(
    hub: BrowsedHub, items: list[str], visiting: Visiting, pictures: Path, language: str
) -> None:
    """JRS-09: said before writing; registered, calibrated and chosen once, the block is gone."""
    enforce(hub.hub.displays)
    office = visiting(f"kanri-{language}", ADMINISTRATOR, language=language)
    reader = visiting(f"yomi-{language}", READER, language=language)
    reader.call("POST", f"/api/v1/worklist/{items[0]}/claim")
    reader.open(f"/cases/{items[0]}")
    blocked = reader.page.locator("[data-display-notice=blocked]")
    expect(blocked).to_be_visible()
    reader.page.screenshot(path=pictures / f"display-blocked.{language}.png")
    registered(office, language)
    office.page.screenshot(path=pictures / f"displays.{language}.png", full_page=True)
    choose(reader, language)
    reader.page.screenshot(path=pictures / f"this-display.{language}.png", full_page=True)
    reader.open(f"/cases/{items[0]}")
    expect(reader.page.locator("[data-report-panel]")).to_be_visible()
    expect(blocked).to_have_count(0)
    standing = reader.call("GET", f"/api/v1/worklist/{items[0]}/display")
    assert (standing["state"], standing["screen"]["width"]) == ("valid", 1280)
    reader.call("POST", f"/api/v1/worklist/{items[0]}/release")


def registered(office: Visitor, language: str) -> None:
    """Register the panel that Chromium says it is on, and what a meter said of it."""
    page, words = office.page, WORDS[language]
    office.open("/displays")
    page.get_by_role("button", name=words["add"]).first.click()
    dialog = page.get_by_role("dialog")
    for label, text in words["fields"].items():
        dialog.get_by_label(label, exact=True).fill(text)
    for label, number in zip(words["pixels"], ("1280", "800"), strict=True):
        dialog.get_by_label(label).fill(number)
    dialog.get_by_role("button", name=words["add"]).click()
    expect(dialog).to_have_count(0)
    card = page.get_by_role("article", name=next(iter(words["fields"].values())))
    card.get_by_role("button", name=words["record"]).click()
    for label, text in zip(words["measured"], (day(-30), "測定 太郎", "CA-310", "6", "500", "1.2", "0.2"), strict=True):
        dialog.get_by_label(re.compile(re.escape(label))).first.fill(text)
    dialog.get_by_role("button", name=words["record"]).click()
    expect(dialog).to_have_count(0)
    expect(card.get_by_text(words["passed"], exact=True)).to_be_visible()


def choose(reader: Visitor, language: str) -> None:
    """Say in the settings which display this is."""
    page: Page = reader.page
    words = WORDS[language]
    reader.open("/settings")
    name, maker, model, serial = words["fields"].values()
    page.get_by_label(words["choose"]).select_option(label=f"{name}  {maker} {model} S/N {serial}")
    page.get_by_role("button", name=words["confirm"]).click()
    expect(page.get_by_text(words["valid"], exact=True)).to_be_visible()
