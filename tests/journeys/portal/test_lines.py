"""A reader checks the line before opening a case; the office sets by what lines are judged."""

import re
from pathlib import Path

from playwright.sync_api import expect

from dokuei.line.measured import Measured
from tests.journeys.portal.conftest import ADMINISTRATOR, READER, STORED, Visiting
from tests.journeys.portal.test_looks import beyond_the_window, complaints, keys_in_sight
from tests.makers.browsed_hub import BrowsedHub


def test_a_line_is_checked_from_the_worklist_and_judged_by_the_centres_limits(
    hub: BrowsedHub, items: list[str], visiting: Visiting, pictures: Path
) -> None:
    """NET-20: measured before a session, shown in the worklist, with each line's history."""
    checking = hub.hub.lines.checking
    for megabits in (48, 51, 12, 50):
        found = Measured(megabits * 1e6, megabits * 4e5, 14, 40, 1.5, 0.002, 1420, 9)
        checking.record_gateway("g1", "北病院の門", found, site_id="kita", address="192.0.2.9")
    reader, office = visiting("tanaka", READER), visiting("kanri", ADMINISTRATOR)
    page = reader.page
    reader.open("/worklist")
    strip = page.locator("[data-line=none]")
    expect(strip).to_have_text("回線: 未測定")
    strip.click()
    page.get_by_role("button", name="回線を測定").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator("[data-kind=mammography]")).to_have_attribute("data-verdict", "fit", timeout=20_000)
    expect(page.get_by_text("Mbit/s").first).to_be_visible()
    expect(page.locator("[data-line-kind=gateway] svg[role=img] circle")).to_have_count(4)
    reader.open("/worklist")
    page.locator(f"#row-{items[0]}").click()
    expect(page.locator("[data-line=fit]")).to_contain_text("マンモグラフィ＋前回: 最初")
    page.screenshot(path=pictures / "worklist-line.ja.png")
    limits = office.page
    office.open("/lines")
    limits.get_by_label(re.compile("マンモグラフィ 4方向: 全画像の完了")).fill("8")
    limits.get_by_role("button", name="保存").click()
    expect(limits.get_by_text("設定:")).to_be_visible()
    assert office.call("GET", "/api/v1/line-limits")["kinds"]["mammography"]["whole"] == 8
    for name, visitor in (("lines", reader), ("lines-office", office)):
        for language in ("ja", "en"):
            visitor.page.evaluate(f"localStorage.setItem('{STORED}', '{language}')")
            visitor.open("/lines")
            expect(visitor.page.locator("[data-line-kind=gateway]")).to_be_visible()
            visitor.page.screenshot(path=pictures / f"{name}.{language}.png", full_page=True)
            assert complaints(visitor.page) == []
            assert keys_in_sight(visitor.page) == []
            assert beyond_the_window(visitor.page) == []
