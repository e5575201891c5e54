"""Two read one case blind and a third decides, a reading is handed over, a case put off: in real browsers."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dokuei.hub.identity.model import Grant, Role
from tests.journeys.portal.conftest import READER, Visiting, Visitor
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def read_twice(hub: BrowsedHub) -> Iterator[None]:
    hub.hub.sites.change("kita", actor="system", read_twice="mammograms")
    yield
    hub.hub.sites.change("kita", actor="system", read_twice="never")


def shot(visitor: Visitor, name: str) -> None:
    """A picture to look at, where somebody wants one."""
    folder = os.environ.get("DOKUEI_TEST_PICTURES")
    if folder:
        visitor.page.screenshot(path=Path(folder) / f"{name}.png")


def test_a_reading_is_offered_seen_by_all_and_taken(hub: BrowsedHub, visiting: Visiting) -> None:
    giver, taker = visiting("nakamura", READER), visiting("tanaka", READER, language="en")
    item = hub.mammogram_case(patient_name="Koyama^Aki=小山^秋=コヤマ^アキ", patient_id="K-31", StudyDate="20261128")
    giver.call("POST", f"/api/v1/worklist/{item}/claim")
    giver.open("/worklist?view=mine")
    page = giver.page
    page.get_by_role("button", name="引き継ぐ").click()
    shot(giver, "hand-over-ja")
    page.get_by_label("引き継ぎ先").select_option(label="田中 美咲")
    page.get_by_label("申し送り").fill("左MLOの石灰化まで見ました")
    page.get_by_role("button", name="依頼する").click()
    expect(page.get_by_text("中村 健一 → 田中 美咲 に引き継ぎを依頼中")).to_be_visible()
    shot(giver, "offered-ja")
    taker.open("/worklist?view=mine")
    expect(taker.page.get_by_text("左MLOの石灰化まで見ました")).to_be_visible()
    shot(taker, "offered-en")
    taker.page.get_by_role("button", name="Take it").click()
    expect(taker.page.get_by_role("button", name="Hand over")).to_be_visible()
    held = taker.call("GET", f"/api/v1/worklist/{item}")
    assert held["locked_by"]["display_name"] == "田中 美咲"
    expect(page.get_by_role("row", name="小山")).to_have_count(0, timeout=15_000)
    taker.page.get_by_role("button", name="Defer").click()
    taker.page.get_by_label("Reason").fill("waiting for the priors")
    shot(taker, "defer-en")
    taker.page.get_by_role("button", name="Defer").last.click()
    taker.open("/worklist?view=deferred")
    expect(taker.page.get_by_text("田中 美咲: waiting for the priors")).to_be_visible()
    shot(taker, "deferred-en")


def test_a_waiting_patient_leads_the_list_and_filters_are_kept(hub: BrowsedHub, visiting: Visiting) -> None:
    item = hub.mammogram_case(patient_name="Mori^Natsu=森^夏=モリ^ナツ", patient_id="K-32", StudyDate="20261129")
    staff = visiting("houshasen", Grant(Role.TECHNOLOGIST, "kita"))
    staff.open("/worklist")
    staff.page.get_by_role("row", name="森").click()
    staff.page.get_by_role("button", name="再撮影の判断待ち").click()
    expect(staff.page.get_by_role("row", name="森")).to_contain_text("再撮影判断")
    reader = visiting("reader31", READER)
    reader.open("/worklist?view=waiting")
    expect(reader.page.get_by_role("row").nth(1)).to_contain_text("森")
    shot(reader, "waiting-ja")
    reader.page.get_by_role("button", name="保存した条件").click()
    reader.page.get_by_role("menuitem", name="この条件を保存").click()
    reader.page.get_by_label("名前").fill("待っている人")
    shot(reader, "filter-ja")
    reader.page.get_by_role("button", name="この条件を保存").click()
    reader.open("/worklist")
    reader.page.get_by_role("button", name="保存した条件").click()
    reader.page.get_by_role("menuitem", name="待っている人").first.click()
    reader.page.wait_for_url("**/worklist?view=waiting")
    reader.page.get_by_role("button", name="待機を終了").click()
    assert reader.call("GET", f"/api/v1/worklist/{item}")["waiting"] is None


def test_the_third_reader_has_both_readings_before_their_eyes(hub: BrowsedHub, visiting: Visiting) -> None:
    item = hub.mammogram_case(patient_name="Ueda^Fuyu=上田^冬=ウエダ^フユ", patient_id="K-33", StudyDate="20261130")
    for name, words in (("reader32", "第一の所見"), ("reader33", "第二の所見")):
        visitor = visiting(name, READER)
        visitor.call("POST", f"/api/v1/worklist/{item}/claim")
        told = visitor.call("GET", f"/api/v1/worklist/{item}/report")
        assert "第一の所見" not in str(told)
        visitor.open(f"/cases/{item}")
        expect(visitor.page.get_by_text("第一の所見")).to_have_count(0)
        _sign(hub, visitor, item, words)
        visitor.open("/worklist?view=all")
        visitor.page.get_by_role("row", name="上田").click()
        shot(visitor, f"after-{name}-ja")
    for language, name in (("ja", "reader34"), ("en", "reader35")):
        third = visiting(name, READER, language=language)
        if language == "ja":
            third.call("POST", f"/api/v1/worklist/{item}/claim")
        third.open(f"/cases/{item}")
        for words in ("第一の所見", "第二の所見"):
            expect(third.page.get_by_text(words)).to_be_visible(timeout=15_000)
        shot(third, f"both-{language}")


def _sign(hub: BrowsedHub, visitor: Visitor, item: str, words: str) -> None:
    body = {
        "findings": words,
        "impression": "異常なし",
        "category_right": "1",
        "category_left": "1",
        "images_read": hub.images_read(item),
    }
    visitor.call("PUT", f"/api/v1/worklist/{item}/report", data=body, headers={"If-Match": '"0"'})
    visitor.open(f"/cases/{item}")
    page = visitor.page
    page.get_by_role("button", name="確認して確定").click()
    page.get_by_role("dialog").get_by_role("button", name="キーで署名して確定").click()
    expect(page.get_by_role("link", name="署名済PDFを開く")).to_be_visible(timeout=20_000)
