"""A grave finding is told to a person and stays open until somebody of the hospital has it: seen by both sides."""

from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.journeys.portal.conftest import READER, Visiting
from tests.journeys.portal.test_looks import PAGE, PHONE, Album
from tests.journeys.portal.test_outcomes import PHYSICIAN, signed
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser

FINDING = "右乳房の新出腫瘤、膿瘍の疑い。"
SIZES = (*PAGE, PHONE)


def test_a_finding_is_told_by_voice_and_closed_by_the_hospital_alone(
    hub: BrowsedHub, visiting: Visiting, tmp_path: Path
) -> None:
    """REPORT-13: who told whom, when, how, with read-back; the clock ends when the hospital says that it has it."""
    reader = visiting("reader113", READER)
    item = signed(reader, hub, "K-113")
    page = reader.page
    panel = page.get_by_role("region", name="緊急・重要連絡")
    panel.get_by_role("button", name="所見を連絡する").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("所見").fill(FINDING)
    looks = Album(reader, "ja", tmp_path)
    looks.look("communication-open", sizes=SIZES)

    def refuse(route: Route) -> None:
        route.abort()

    posts = f"**/api/v1/worklist/{item}/communications*"
    page.route(posts, refuse)
    dialog.get_by_role("button", name="記録する").click()
    expect(dialog.get_by_role("alert")).to_be_visible(timeout=10_000)
    expect(dialog.get_by_label("所見")).to_have_value(FINDING)  # what was typed stays
    page.unroute(posts)
    dialog.get_by_role("button", name="記録する").click()
    expect(panel).to_contain_text("未伝達・あと")
    expect(panel).to_contain_text(FINDING)

    panel.get_by_role("button", name="伝達を記録する").click()
    dialog.get_by_label("伝達した相手").fill("加藤 外科部長")
    expect(dialog.get_by_role("button", name="記録する")).to_be_disabled()
    dialog.get_by_label("復唱あり").check()
    looks.look("communication-tell", sizes=SIZES)
    dialog.get_by_role("button", name="記録する").click()
    expect(panel).to_contain_text("伝達済・受領未確認")
    expect(panel).to_contain_text("加藤 外科部長 · 電話")
    expect(panel.get_by_role("button", name="受領を記録する")).to_have_count(0)  # not by whoever told it

    physician = visiting("kato113", PHYSICIAN)
    physician.open("/outcomes")
    theirs = physician.page
    expect(theirs.get_by_role("region", name="受領確認待ちの連絡")).to_contain_text("伝達済・受領未確認")
    physician.open(f"/cases/{item}")
    case = theirs.get_by_role("region", name="緊急・重要連絡")
    case.get_by_role("button", name="受領を記録する").click()
    theirs.get_by_role("dialog").get_by_label("補足").fill("外来で本日対応")
    theirs.get_by_role("dialog").get_by_role("button", name="記録する").click()
    expect(case).to_contain_text("受領済")
    Album(physician, "ja", tmp_path).look("communication-had", sizes=SIZES)
    reader.open("/worklist")
    expect(page.get_by_role("region", name="受領確認待ちの連絡")).to_have_count(0)
