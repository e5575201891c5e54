"""A reader's and an office's work in the portal in a real browser: choose, claim, write, sign, watch, admit people."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dokuei.hub.identity.model import Grant, Role
from dokuei.transfer.protocol import Heartbeat
from tests.journeys.portal.conftest import ADMINISTRATOR, READER, Visiting, Visitor
from tests.makers.browsed_hub import BrowsedHub
from tests.makers.structured import CALCIFICATION, linked, structure

pytestmark = pytest.mark.browser

FINDINGS = "右乳房 U区域に不整形腫瘤を認める。"


def chosen_name(page: Page) -> str:
    return page.get_by_role("row", selected=True).text_content() or ""


def claimed(visitor: Visitor, hub: BrowsedHub, **elements: Any) -> str:
    """A case in this reader's hand, with all its images read."""
    item = hub.mammogram_case(**elements)
    visitor.call("POST", f"/api/v1/worklist/{item}/claim")
    body = {"images_read": hub.images_read(item)}
    visitor.call("PUT", f"/api/v1/worklist/{item}/report", data=body, headers={"If-Match": '"0"'})
    return item


@pytest.mark.usefixtures("items")
def test_the_keyboard_walks_through_the_list_and_opens_a_case(visiting: Visiting) -> None:
    visitor = visiting("tanaka", READER)
    page = visitor.page
    expect(page.get_by_role("grid")).to_be_focused()
    first = chosen_name(page)
    page.keyboard.press("ArrowDown")
    assert chosen_name(page) != first
    page.keyboard.press("End")
    page.keyboard.press("Home")
    assert chosen_name(page) == first
    name = page.get_by_role("complementary").get_by_role("heading", level=2).text_content() or ""
    assert name[:3] in first
    page.keyboard.press("Enter")
    page.wait_for_url("**/read/*")
    held = visitor.call("GET", f"/api/v1/worklist/{page.url.rsplit('/', 1)[1]}")
    assert held["locked_by"]["display_name"] == "田中 美咲"


def test_who_has_a_case_in_hand_is_seen_by_the_others_and_in_the_report(hub: BrowsedHub, visiting: Visiting) -> None:
    holder, other = visiting("nakamura", READER), visiting("reader11", READER)
    item = claimed(holder, hub, patient_name="Koyama^Aki=小山^秋=コヤマ^アキ")
    row = other.page.get_by_role("row", name=re.compile("小山"))
    expect(row).to_contain_text("中村 健一", timeout=15_000)
    other.open(f"/cases/{item}")
    expect(other.page.get_by_text("中村 健一 さんが担当し、レポートを作成中です。")).to_be_visible()
    expect(other.page.locator("[data-report-panel]").get_by_role("textbox")).to_have_count(0)


def test_a_text_that_awaits_approval_is_handed_on_with_its_responsibility_and_freed_by_the_office(
    hub: BrowsedHub, visiting: Visiting
) -> None:
    """REC-04, REC-06: a lane of its own, a tick with a reason when somebody signs for another, and a way out."""
    resident, giver = visiting("kenshui", Grant(Role.RESIDENT, None)), visiting("reader17", READER)
    item = claimed(resident, hub, patient_name="Okada^Rei=岡田^玲=オカダ^レイ", patient_id="K-17")
    page = giver.page
    giver.open("/worklist?view=approval")
    expect(page.get_by_role("row", name=re.compile("岡田"))).to_be_visible(timeout=15_000)
    resident.call("POST", f"/api/v1/worklist/{item}/release")
    giver.call("POST", f"/api/v1/worklist/{item}/claim")

    taker = visiting("reader18", READER)
    giver.open("/worklist?view=mine")
    page.get_by_role("row", name=re.compile("岡田")).click()
    page.get_by_role("button", name="引き継ぐ").click()
    dialog = page.get_by_role("dialog", name="読影を引き継ぐ")
    dialog.get_by_label("引き継ぎ先").select_option("試験 reader18")
    dialog.get_by_label("代理確定を依頼する").check()
    expect(dialog.get_by_role("button", name="依頼する")).to_be_disabled()
    dialog.get_by_label("確定できない理由").fill("急病のため")
    dialog.get_by_role("button", name="依頼する").click()
    taker.open("/worklist?view=all")
    taker.page.get_by_role("row", name=re.compile("岡田")).click()
    asked = taker.page.get_by_role("complementary").get_by_role("status").filter(has_text="代理確定の依頼です")
    expect(asked).to_contain_text("急病のため")
    asked.get_by_role("button", name="引き受ける").click()
    expect(asked).to_have_count(0)
    assert taker.call("GET", f"/api/v1/worklist/{item}")["locked_by"]["display_name"] == "試験 reader18"

    office = visiting("kanri5", ADMINISTRATOR)
    office.open("/centre")
    held = office.page.get_by_role("row", name=re.compile("試験 reader18"))
    held.get_by_role("button", name="担当を解除").click()
    freeing = office.page.get_by_role("dialog", name="担当を強制的に解除")
    expect(freeing.get_by_role("button", name="解除する")).to_be_disabled()
    freeing.get_by_label("解除する理由").fill("連絡が取れない")
    freeing.get_by_role("button", name="解除する").click()
    expect(held).to_have_count(0)
    assert taker.call("GET", f"/api/v1/worklist/{item}")["locked_by"] is None


def test_a_report_is_saved_as_it_is_typed_but_never_in_the_middle_of_a_composition(
    hub: BrowsedHub, visiting: Visiting
) -> None:
    visitor = visiting("reader12", READER)
    item = claimed(visitor, hub, patient_id="K-12")
    visitor.open(f"/cases/{item}")
    page = visitor.page
    page.get_by_label("所見").click()
    cdp = page.context.new_cdp_session(page)
    cdp.send("Input.imeSetComposition", {"text": "しゅりゅう", "selectionStart": 5, "selectionEnd": 5})
    page.wait_for_timeout(1500)
    assert visitor.call("GET", f"/api/v1/worklist/{item}/report")["findings"] == ""
    cdp.send("Input.insertText", {"text": "腫瘤"})
    expect(page.locator("[data-save=saved]")).to_contain_text(re.compile(r"保存済 \d\d:\d\d:\d\d"))
    kept = visitor.call("GET", f"/api/v1/worklist/{item}/report")
    assert kept["findings"] == "腫瘤"
    assert len(kept["images_read"]) == 2


def test_a_draft_survives_a_line_that_breaks_and_a_session_that_ends(hub: BrowsedHub, visiting: Visiting) -> None:
    visitor = visiting("reader13", READER)
    item = claimed(visitor, hub, patient_id="K-13")
    visitor.open(f"/cases/{item}")
    page = visitor.page
    page.get_by_label("所見").wait_for()
    page.context.set_offline(True)
    page.get_by_label("所見").fill("回線が切れている間に書いた。")
    expect(page.get_by_text("未保存：ハブが応答しません")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    # Typed before the page can know that its session has ended: it hears nothing meanwhile.
    page.context.set_offline(True)
    page.get_by_label("所見").fill("セッションが切れた後に書いた。")
    visitor.page.request.post(f"{hub.url}/api/v1/sign-out", headers={"X-Dokuei-Request": "1"})
    page.context.set_offline(False)
    expect(page.locator("[data-save=signed-out]")).to_be_attached(timeout=20_000)
    # Until the pause between two attempts is longer than what is waited for below.
    page.wait_for_timeout(8000)
    page.get_by_role("button", name=re.compile("パスキー")).click(timeout=15_000)
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=5000)
    assert visitor.call("GET", f"/api/v1/worklist/{item}/report")["findings"] == "セッションが切れた後に書いた。"


def test_another_text_at_the_hub_is_never_written_over(hub: BrowsedHub, visiting: Visiting) -> None:
    visitor = visiting("reader14", READER)
    item = claimed(visitor, hub, patient_id="K-14")
    visitor.open(f"/cases/{item}")
    page = visitor.page
    path = f"/api/v1/worklist/{item}/report"
    page.get_by_label("所見").wait_for()
    visitor.call("PUT", path, data={"findings": "別の端末の文"}, headers={"If-Match": '"1"'})
    page.get_by_label("所見").fill("この端末の文")
    expect(page.get_by_role("alert")).to_contain_text("他の場所でこのレポートが変更されました")
    assert visitor.call("GET", path)["findings"] == "別の端末の文"
    page.get_by_role("button", name="もう一方の内容を表示").click()
    expect(page.get_by_text("別の端末の文")).to_be_visible()
    page.get_by_role("button", name="自分の内容を採用").click()
    expect(page.locator("[data-save=saved]")).to_be_visible()
    assert visitor.call("GET", path)["findings"] == "この端末の文"


def test_a_report_is_signed_with_the_key_on_the_exact_text_and_comes_back_as_a_sealed_pdf(
    hub: BrowsedHub, visiting: Visiting, pictures: Path
) -> None:
    """REC-02: one confirmation screen with the whole content before it is final, the linked images among it."""
    visitor = visiting("reader15", READER)
    item = claimed(visitor, hub, patient_id="K-15", patient_name="Mori^Kei=森^恵=モリ^ケイ")
    read = hub.images_read(item)
    seen = structure(linked({**CALCIFICATION, "number": 1, "side": "right"}, read[:1]))
    path = f"/api/v1/worklist/{item}/report"
    visitor.call("PUT", path, data={"images_read": read, "structure": seen}, headers={"If-Match": '"1"'})
    visitor.open(f"/cases/{item}")
    page = visitor.page
    page.get_by_role("group", name="右").get_by_label("悪性の疑い").check(force=True)
    page.get_by_role("group", name="左").get_by_label("異常なし").check(force=True)
    page.get_by_role("radio", name="乳腺散在").check(force=True)
    page.get_by_role("radio", name="組織診").check(force=True)
    page.get_by_role("button", name=re.compile("^[+] 腫瘤")).click()
    finding = page.locator("[data-number='2']")
    finding.get_by_role("radio", name="U（上部）").check(force=True)
    finding.get_by_role("radio", name="4", exact=True).check(force=True)
    expect(page.locator("[data-examination='4']")).to_contain_text("マンモグラフィガイドライン 第4版")
    page.get_by_label("所見").fill(FINDINGS)
    page.get_by_label("診断").fill("乳癌の疑い。")
    page.get_by_role("button", name="確認して確定").click()
    dialog = page.get_by_role("dialog", name="確定前の確認")
    for shown in ("森", "モリ", FINDINGS, "乳癌の疑い。", "K-15"):
        expect(dialog).to_contain_text(shown)
    pictured = dialog.get_by_role("list", name="病変に結ばれた画像").get_by_role("listitem")
    expect(pictured).to_have_count(1)
    name = pictured.get_by_role("img").get_attribute("alt") or ""
    assert "画像 1、フレーム 1" in name
    expect(dialog.locator("pre")).to_contain_text(f"画像: {name}")
    page.screenshot(path=pictures / "confirming.png")
    dialog.get_by_role("button", name="キーで署名して確定").click()
    expect(page.get_by_text("確定", exact=True).first).to_be_visible(timeout=20_000)
    expect(page.locator("[data-report-panel]").get_by_role("textbox")).to_have_count(0)
    expect(page.get_by_text("セキュリティキー")).to_be_visible()
    address = page.get_by_role("link", name="署名済PDFを開く").get_attribute("href") or ""
    followed = page.context.expect_event("response", lambda answer: answer.url.endswith(address))
    with followed as told:
        page.get_by_role("link", name="署名済PDFを開く").click()
    assert told.value.status == 200, "the browser followed the link by itself, as this device"
    sealed = visitor.ask("GET", address)
    assert sealed.headers["content-type"] == "application/pdf"
    assert sealed.body().startswith(b"%PDF-")
    page.get_by_role("button", name="追記・修正する").click()
    expect(page.get_by_label("所見")).to_have_value(FINDINGS)


def test_what_cannot_be_signed_says_why_before_it_asks_for_the_key(hub: BrowsedHub, visiting: Visiting) -> None:
    visitor = visiting("reader16", READER)
    item = hub.mammogram_case(patient_id="K-16")
    visitor.call("POST", f"/api/v1/worklist/{item}/claim")
    visitor.open(f"/cases/{item}")
    visitor.page.get_by_role("button", name="確認して確定").click()
    dialog = visitor.page.get_by_role("dialog", name="確定前の確認")
    expect(dialog).to_contain_text("読影した画像の記録がありません。")
    expect(dialog.get_by_role("button", name="キーで署名して確定")).to_have_count(0)


@pytest.mark.usefixtures("items")
def test_gateways_say_in_words_what_is_wrong_and_show_each_study_on_its_way(
    hub: BrowsedHub, visiting: Visiting
) -> None:
    visitor = visiting("kanri", ADMINISTRATOR)
    gateway = hub.gateway("kita", "gw-second")
    hub.hear(gateway, Heartbeat(version="0.0.9", protocol=1))
    visitor.open("/gateways")
    page = visitor.page
    first = page.get_by_role("region", name="北原総合病院").first
    expect(first).to_contain_text("転送中 61 %")
    expect(first).to_contain_text("隔離 2件")
    expect(first).to_contain_text("受信時の注意（4枚中3枚）")
    expect(first.get_by_role("list", name="受信時の注意").get_by_role("listitem")).to_have_text(
        ["患者IDが空", "検査日付の形式不正", "その他の注意"]
    )
    first.get_by_role("button", name="その他の注意").click()
    expect(first.get_by_text("a warning of next year")).to_be_visible()
    recorded = {
        "ゲートウェイで停止中：施設での対応が必要です": "frame 2: decoders disagree",
        "途中で切れています": "admission: cut off",
    }
    for words, raw in recorded.items():
        first.get_by_role("button", name=words).click()
        expect(first.locator("[lang=en]", has_text=raw)).to_be_visible()
    expect(page.get_by_role("region", name="みなと乳腺クリニック")).to_contain_text("接続実績なし")
    expect(page.get_by_text("0.0.9")).to_be_visible()
    page.get_by_role("button", name="ゲートウェイを登録").click()
    page.get_by_role("button", name="登録コードを発行").click()
    expect(page.locator("[data-enrolment-code]")).to_contain_text("dokuei-1-")


def test_an_administrator_adds_a_person_who_then_enrols_and_can_be_locked_out(visiting: Visiting) -> None:
    admin, new = visiting("kanri2", ADMINISTRATOR), visiting("nobody yet")
    page = admin.page
    admin.open("/people")
    page.get_by_role("button", name="利用者を追加").click()
    page.get_by_label("氏名").fill("大野 彩")
    page.get_by_label("フリガナ").fill("オオノ アヤ")
    page.get_by_label("ユーザー名").fill("ohno")
    page.get_by_role("button", name="追加してリンクを発行").click()
    link = page.locator("[data-enrolment-link]").text_content() or ""
    page.get_by_role("button", name="閉じる").last.click()
    new.enrol_key(link)
    new.sign_in()
    expect(new.page.get_by_role("button", name="大野 彩")).to_be_visible()
    page.reload()
    row = page.get_by_role("row", name=re.compile("大野"))
    expect(row).to_contain_text("利用可能")
    row.get_by_role("button").click()
    page.get_by_role("menuitem", name="アカウントを停止").click()
    expect(row).to_contain_text("停止中")
    expect(new.page.get_by_role("heading", name="セッションが終了しました")).to_be_visible(timeout=15_000)


def test_who_may_not_read_reports_or_has_no_page_is_told_so(items: list[str], visiting: Visiting) -> None:
    technologist = visiting("giken", Grant(Role.TECHNOLOGIST, "kita"))
    technologist.open(f"/cases/{items[1]}")
    expect(technologist.page.get_by_text("この役割ではレポートを閲覧できません")).to_be_visible()
    assert not [url for url in technologist.asked if url.endswith("/report")]
    auditor = visiting("kansa", Grant(Role.AUDITOR, None), language="en")
    auditor.open("/")
    expect(auditor.page).to_have_url(re.compile("/audit$"))
