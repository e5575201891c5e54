"""A display is registered and calibrated, a reader's device stands at it, and only then mammograms can be signed."""

from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.portal.conftest import ADMINISTRATOR, READER, SIZE, STORED, Visiting, Visitor
from tests.makers.browsed_hub import BrowsedHub
from tests.makers.displays import day, enforce

FIELDS = {"名称": "読影室1", "製造元": "EIZO", "型式": "RX570", "製造番号": "1"}
MEASURED = {
    "測定日": day(-30),
    "測定者": "測定 太郎",
    "測定器": "CA-310",
    "最大偏差": "6",
    "L'max": "500",
    "L'min": "1.2",
    "Lamb": "0.2",
}


def test_a_reader_signs_mammograms_where_the_display_is_known(
    hub: BrowsedHub, items: list[str], visiting: Visiting, pictures: Path
) -> None:
    """JRS-09: said before writing; registered, calibrated and chosen once, the block is gone."""
    enforce(hub.hub.displays)
    office, reader = visiting("kanri", ADMINISTRATOR), visiting("tanaka", READER)
    reader.call("POST", f"/api/v1/worklist/{items[0]}/claim")
    reader.page.goto(f"{hub.url}/cases/{items[0]}")
    blocked = reader.page.locator("[data-display-notice=blocked]")
    blocked.wait_for()
    reader.page.screenshot(path=pictures / "display-blocked.ja.png")
    register(office)
    choose(reader)
    for name, visitor, path in (("displays", office, "/displays"), ("this-display", reader, "/settings")):
        for language in ("ja", "en"):
            visitor.page.evaluate(f"localStorage.setItem('{STORED}', '{language}')")
            visitor.open(path)
            visitor.page.screenshot(path=pictures / f"{name}.{language}.png", full_page=True)
    reader.open(f"/cases/{items[0]}")
    expect(reader.page.locator("[data-report-panel]")).to_be_visible()
    expect(blocked).to_have_count(0)
    standing = reader.call("GET", f"/api/v1/worklist/{items[0]}/display")
    assert (standing["state"], standing["screen"]["width"]) == ("valid", SIZE["width"])


def register(office: Visitor) -> None:
    """The panel that Chromium says it is on, and what a meter said of it."""
    page = office.page
    office.open("/displays")
    page.get_by_role("button", name="表示装置を登録").click()
    dialog = page.get_by_role("dialog")
    for label, text in FIELDS.items():
        dialog.get_by_label(label, exact=True).fill(text)
    dialog.get_by_label("横の画素数").fill(str(SIZE["width"]))
    dialog.get_by_label("縦の画素数").fill(str(SIZE["height"]))
    dialog.get_by_role("button", name="表示装置を登録").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="校正を記録").click()
    for label, text in MEASURED.items():
        dialog.get_by_label(label).first.fill(text)
    dialog.get_by_role("button", name="校正を記録").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("適合", exact=True)).to_be_visible()


def choose(reader: Visitor) -> None:
    """Say in the settings which display this is."""
    reader.open("/settings")
    reader.page.get_by_role("checkbox", name="読影室1 EIZO RX570 S/N 1").check()
    reader.page.get_by_role("button", name="この装置です").click()
    expect(reader.page.get_by_text("表示 1A", exact=True)).to_be_visible()
