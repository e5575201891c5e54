"""From a signed report to the physician who reads it and acts: seen by both sides, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import ViewportSize, expect

from dokuei.hub.identity.model import Grant, Role
from tests.journeys.portal.conftest import READER, Visiting, Visitor
from tests.journeys.portal.test_looks import PAGE, PHONE, Album
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser

PHYSICIAN = Grant(Role.REFERRING_PHYSICIAN, "kita")
NOTE = "患者へ説明し、組織診を予約した。"


def signed(visitor: Visitor, hub: BrowsedHub, patient_id: str) -> str:
    """A case whose report this reader has signed with the key."""
    item = hub.mammogram_case(patient_id=patient_id, patient_name=f"Mori^Kei=森^恵{patient_id[-1]}=モリ^ケイ")
    visitor.call("POST", f"/api/v1/worklist/{item}/claim")
    body = {
        "findings": "右乳房 U区域に不整形腫瘤を認める。",
        "impression": "乳癌の疑い。",
        "category_right": "5",
        "category_left": "1",
        "answers": [{"check": "critical_uncalled", "about": "right", "reason": "主治医へ本日午後に電話する。"}],
        "images_read": hub.images_read(item),
    }
    visitor.call("PUT", f"/api/v1/worklist/{item}/report", data=body, headers={"If-Match": '"0"'})
    visitor.open(f"/cases/{item}")
    page = visitor.page
    page.get_by_role("button", name="確認して確定").click()
    page.get_by_role("dialog", name="確定前の確認").get_by_role("button", name="キーで署名して確定").click()
    expect(page.get_by_role("link", name="署名済PDFを開く")).to_be_visible(timeout=20_000)
    return item


def test_a_report_is_unread_until_the_hospital_opens_it_and_done_when_somebody_says_what_was_done(
    hub: BrowsedHub, visiting: Visiting
) -> None:
    """未読, 既読 and 対応済 are three states, with who and when, shown to the reader."""
    reader = visiting("reader31", READER)
    item = signed(reader, hub, "K-31")
    panel = reader.page.get_by_role("region", name="施設での確認")
    expect(panel).to_contain_text("未読", timeout=20_000)
    panel.get_by_role("button", name="重要所見に指定").click()
    reader.page.get_by_label("見落としてはならない所見").fill("カテゴリー5の新出腫瘤")
    reader.page.get_by_role("button", name="指定する").click()
    expect(panel).to_contain_text("カテゴリー5の新出腫瘤")

    physician = visiting("kato31", PHYSICIAN)
    physician.open(f"/cases/{item}")
    theirs = physician.page.get_by_role("region", name="施設での確認")
    physician.page.wait_for_timeout(3000)
    expect(theirs).to_contain_text("未読")
    physician.page.mouse.move(300, 300)
    expect(theirs).to_contain_text("既読", timeout=10_000)
    expect(theirs).to_contain_text("重要所見")
    theirs.get_by_role("button", name="対応済にする").click()
    physician.page.get_by_label("対応内容").fill(NOTE)
    physician.page.get_by_role("button", name="記録する").click()
    expect(theirs).to_contain_text(NOTE)
    expect(theirs.get_by_role("button", name="対応済にする")).to_have_count(0)

    reader.open(f"/cases/{item}")
    expect(panel).to_contain_text("対応済", timeout=10_000)
    expect(panel).to_contain_text("kato31")


def test_a_reader_who_looks_at_it_does_not_make_it_read(hub: BrowsedHub, visiting: Visiting) -> None:
    reader = visiting("reader32", READER)
    item = signed(reader, hub, "K-32")
    reader.open(f"/cases/{item}")
    reader.page.wait_for_timeout(3000)
    assert reader.call("GET", f"/api/v1/worklist/{item}/outcome")["state"] == "unread"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_list_and_the_case_look_right(hub: BrowsedHub, visiting: Visiting, pictures: Path, language: str) -> None:
    maker = visiting(f"reader33{language}", READER)
    items = [signed(maker, hub, f"K-33{number}") for number in range(3)]
    flag = {"because": "カテゴリー5の新出腫瘤"}
    maker.call("POST", f"/api/v1/worklist/{items[0]}/outcome/important", data=flag)
    visitor = visiting(f"kato33{language}", PHYSICIAN, language=language)
    visitor.call("POST", f"/api/v1/worklist/{items[1]}/outcome/opened", data={"number": 1})
    visitor.call("POST", f"/api/v1/worklist/{items[2]}/outcome/acted", data={"number": 1, "note": NOTE})
    album = Album(visitor, language, pictures)
    visitor.open("/outcomes")
    visitor.page.get_by_role("table").wait_for()
    album.look("outcomes", sizes=PAGE)
    visitor.page.set_viewport_size(ViewportSize(width=1280, height=800))
    visitor.open(f"/cases/{items[2]}")
    visitor.page.get_by_text(NOTE).wait_for()
    album.look("outcome-of-a-case", sizes=(*PAGE, PHONE))
    with visitor.page.expect_download() as download:
        visitor.open("/outcomes")
        visitor.page.get_by_role("link", name="CSV").click()
    assert "K-331" in Path(download.value.path()).read_text(encoding="utf-8-sig")
