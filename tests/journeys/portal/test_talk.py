"""Reader and hospital talk about a case in two real browsers: asked, held, answered, signed; nothing typed is lost."""

import re
import uuid
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Locator, Page, expect
from pydicom import dcmread
from sqlalchemy import select

from dokuei.hub.identity.model import Grant, Role
from dokuei.storage.db import hub_metadata
from tests.journeys.portal.conftest import READER, Visiting, Visitor
from tests.journeys.portal.test_looks import LARGE, PHONE, SMALL, Album, complaints
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser

STAFF = Grant(Role.SITE_STAFF, "kita")
QUESTION = "前回（2025年）の画像は右乳房の術前でしょうか。"
LATE = datetime(2031, 5, 5, 12, tzinfo=UTC)
LATE_TIMES = re.compile(r"2031(-05|/05|年|050|, 5, )")
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def claimed(visitor: Visitor, hub: BrowsedHub, **elements: Any) -> str:
    """A case in this reader's hand, written and with all its images read."""
    item = hub.mammogram_case(**elements)
    visitor.call("POST", f"/api/v1/worklist/{item}/claim")
    written = {"findings": "右乳房 U区域に腫瘤。", "category_right": "4", "category_left": "1"}
    body = {**written, "images_read": hub.images_read(item)}
    visitor.call("PUT", f"/api/v1/worklist/{item}/report", data=body, headers={"If-Match": '"0"'})
    return item


def panel(page: Page) -> Locator:
    return page.locator("[data-messages-panel]")


def card(page: Page, number: int) -> Locator:
    return panel(page).locator(f"[data-message='{number}']")


def words(page: Page) -> Locator:
    return panel(page).locator("[data-compose] textarea").last


def test_a_reader_asks_cannot_sign_is_answered_in_the_portal_and_signs(hub: BrowsedHub, visiting: Visiting) -> None:
    """JRS-08: the reader asks and gets answers in the system, and the dialogue stays with the case.

    LOG-04: the clocks of both browsers are years off, and no record of it all says their time.
    """
    reader, staff = visiting("talk-reader", READER, clock=LATE), visiting("talk-staff", STAFF, clock=LATE)
    item = claimed(reader, hub, patient_id="T-1", patient_name="Hayashi^Yui=林^結衣=ハヤシ^ユイ")
    reader.open(f"/cases/{item}")
    page = reader.page
    panel(page).get_by_text("質問", exact=True).click()
    words(page).fill(QUESTION)
    panel(page).get_by_label("回答があるまでレポートを確定させない").check()
    words(page).press("Enter")
    expect(card(page, 1)).to_have_count(0)
    words(page).press("Control+Enter")
    expect(card(page, 1)).to_contain_text(QUESTION)
    expect(card(page, 1)).to_contain_text("回答待ち：確定を保留中")

    page.get_by_role("button", name="確認して確定").click()
    dialog = page.get_by_role("dialog", name="確定前の確認")
    expect(dialog.get_by_role("alert")).to_contain_text("未回答の質問があるため、まだ確定できません")
    expect(dialog.get_by_role("alert")).to_contain_text(QUESTION)
    expect(dialog.get_by_role("button", name="キーで署名して確定")).to_have_count(0)

    row = staff.page.get_by_role("row", name=re.compile("林"))
    expect(row).to_contain_text("質問", timeout=15_000)
    expect(row).to_contain_text("未読1")
    staff.open(f"/cases/{item}")
    expect(card(staff.page, 1)).to_contain_text("新着")
    card(staff.page, 1).get_by_role("button", name="回答する").click()
    expect(words(staff.page)).to_be_focused()
    words(staff.page).fill("はい、2025年11月の術前です。")
    panel(staff.page).get_by_role("button", name="送信").click()
    expect(card(staff.page, 2)).to_contain_text("への回答")
    expect(staff.page.locator("[data-unread]")).to_have_count(0, timeout=15_000)

    expect(card(page, 1)).to_contain_text("回答済", timeout=15_000)
    dialog.get_by_role("button", name="キーで署名して確定").click(timeout=15_000)
    expect(page.locator("[data-report-panel]").get_by_text("セキュリティキー")).to_be_visible(timeout=30_000)
    _call_back(page)
    report = reader.call("GET", f"/api/v1/worklist/{item}/report")
    assert report["status"] == "final"
    assert LATE_TIMES.search(page.evaluate("new Date().toISOString()")), "these browsers are years ahead"
    _no_record_has_the_browsers_time(hub, reader.ask("GET", report["pdf_url"]).body())


def _call_back(page: Page) -> None:
    """A call on record, with the time that the page itself proposes."""
    panel(page).get_by_text("電話連絡", exact=True).click()
    panel(page).get_by_label("電話の相手").fill("外科 鈴木医師")
    panel(page).get_by_label("電話番号・内線").fill("内線 2210")
    panel(page).get_by_label("復唱あり").check()
    words(page).fill("悪性を強く疑う。")
    panel(page).get_by_role("button", name="送信").click()
    expect(card(page, 3)).to_contain_text("内線 2210")


def _no_record_has_the_browsers_time(hub: BrowsedHub, sealed: bytes) -> None:
    """Every row of every table, the audit trail among them, the sealed PDF, and what goes to the hospital's PACS."""
    with hub.hub.stores.database.read() as connection:
        for table in hub_metadata.sorted_tables:
            said = "\n".join(map(str, connection.execute(select(table))))
            assert not LATE_TIMES.search(said), table.name
    with closing(pypdfium2.PdfDocument(sealed)) as paper:
        said = "".join(page.get_textpage().get_text_range() for page in paper)
    assert not LATE_TIMES.search(said)
    reports = hub.hub.reports
    delivered = [reports.read_delivery("kita", one.delivery_id)[1] for one in reports.pending_deliveries("kita")]
    assert delivered
    assert not any(LATE_TIMES.search(str(dcmread(BytesIO(one)))) for one in delivered)


def test_a_question_is_waived_with_a_reason_that_both_sides_see(hub: BrowsedHub, visiting: Visiting) -> None:
    reader, staff = visiting("talk-waive", READER), visiting("talk-waive-staff", STAFF)
    item = claimed(reader, hub, patient_id="T-2")
    body = {"message_id": uuid.uuid4().hex, "kind": "question", "text": QUESTION, "blocks_signing": True}
    reader.call("POST", f"/api/v1/worklist/{item}/messages", data=body)
    staff.open(f"/cases/{item}")
    expect(card(staff.page, 1).get_by_role("button", name="回答する")).to_be_visible()
    expect(card(staff.page, 1).get_by_role("button", name="回答不要にする")).to_have_count(0)
    reader.open(f"/cases/{item}")
    card(reader.page, 1).get_by_role("button", name="回答不要にする").click()
    confirm = card(reader.page, 1).get_by_role("button", name="回答不要にする").last
    expect(confirm).to_be_disabled()
    card(reader.page, 1).get_by_label("回答を待たない理由").fill("紹介状に記載があった。")
    confirm.click()
    for page in (reader.page, staff.page):
        expect(card(page, 1)).to_contain_text("回答不要", timeout=15_000)
        expect(card(page, 1)).to_contain_text("紹介状に記載があった。")


def test_what_is_typed_survives_a_reload_and_is_never_sent_in_the_middle_of_a_composition(
    hub: BrowsedHub, visiting: Visiting
) -> None:
    visitor = visiting("talk-draft", STAFF)
    item = hub.mammogram_case(patient_id="T-3")
    visitor.open(f"/cases/{item}")
    page = visitor.page
    words(page).click()
    cdp = page.context.new_cdp_session(page)
    cdp.send("Input.imeSetComposition", {"text": "しつもん", "selectionStart": 4, "selectionEnd": 4})
    enter = (
        "(field) => field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', ctrlKey: true, %s, bubbles: true}))"
    )
    for how in ("isComposing: true", "keyCode: 229"):
        words(page).evaluate(enter % how)
    page.wait_for_timeout(1500)
    thread = visitor.call("GET", f"/api/v1/worklist/{item}/messages")
    assert (thread["messages"], thread["draft"]) == ([], None)
    cdp.send("Input.insertText", {"text": "質問の書きかけ"})
    expect(panel(page).locator("[data-keeping=kept]")).to_contain_text("下書き保存済")
    page.reload()
    expect(words(page)).to_have_value("質問の書きかけ")
    stored = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert "書きかけ" not in stored
    words(page).press("Control+Enter")
    expect(card(page, 1)).to_contain_text("質問の書きかけ")
    expect(words(page)).to_have_value("")
    page.reload()
    expect(card(page, 1)).to_be_visible()
    expect(words(page)).to_have_value("")


def test_a_message_that_the_line_lost_is_sent_again_and_stands_once(hub: BrowsedHub, visiting: Visiting) -> None:
    visitor = visiting("talk-line", STAFF)
    item = hub.mammogram_case(patient_id="T-4")
    visitor.open(f"/cases/{item}")
    page = visitor.page
    words(page).fill("一度だけ")
    expect(panel(page).locator("[data-keeping=kept]")).to_be_attached()
    lost: list[str] = []

    def lose(route: Any) -> None:
        """The hub takes it, and its answer never comes back."""
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().text())
            route.abort()
        else:
            route.fallback()

    page.route("**/messages", lose)
    panel(page).get_by_role("button", name="送信").click()
    expect(panel(page).get_by_role("alert")).to_be_visible()
    expect(words(page)).to_have_value("一度だけ")
    panel(page).get_by_role("button", name="送信").click()
    expect(panel(page).get_by_role("alert")).to_have_count(0)
    expect(card(page, 1)).to_be_visible()
    thread = visitor.call("GET", f"/api/v1/worklist/{item}/messages")
    assert [one["text"] for one in thread["messages"]] == ["一度だけ"]


def test_files_and_call_backs_and_script_stay_what_they_are(
    hub: BrowsedHub, visiting: Visiting, tmp_path: Path
) -> None:
    """MRPET-07: what looks like a page is what somebody typed."""
    visitor = visiting("talk-files", READER)
    item = hub.mammogram_case(patient_id="T-5")
    visitor.open(f"/cases/{item}")
    page = visitor.page
    wrong, right = tmp_path / "page.html", tmp_path / "問診票.pdf"
    wrong.write_text("<script>document.title = 'taken'</script>")
    right.write_bytes(PDF)
    chooser = panel(page).locator("input[type=file]")
    chooser.set_input_files(wrong)
    expect(panel(page).get_by_role("alert")).to_be_visible()
    chooser.set_input_files(right)
    expect(panel(page).get_by_role("list", name="添付するファイル")).to_contain_text("問診票.pdf")
    panel(page).get_by_text("電話連絡", exact=True).click()
    send = panel(page).get_by_role("button", name="送信")
    script = "<img src=x onerror=\"document.title='taken'\"><b>悪性を強く疑う</b>"
    words(page).fill(script)
    expect(send).to_be_disabled()
    panel(page).get_by_label("電話の相手").fill("外科 鈴木医師")
    panel(page).get_by_label("電話番号・内線").fill("内線 2210")
    expect(send).to_be_disabled()
    panel(page).get_by_label("復唱あり").check()
    send.click()
    for shown in (script, "外科 鈴木医師", "内線 2210", "復唱あり", "問診票.pdf"):
        expect(card(page, 1)).to_contain_text(shown)
    assert "taken" not in page.title()
    with page.expect_download() as download:
        card(page, 1).get_by_role("link", name="問診票.pdf").click()
    assert download.value.path().read_bytes() == PDF
    assert download.value.suggested_filename == "問診票.pdf"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_thread_in_both_languages(hub: BrowsedHub, visiting: Visiting, pictures: Path, language: str) -> None:
    reader, staff = visiting(f"talk-{language}", READER), visiting(f"staff-{language}", STAFF, language=language)
    item = claimed(reader, hub, patient_id=f"T-{language}", patient_name="Sato^Yumiko=佐藤^由美子=サトウ^ユミコ")
    path = f"/api/v1/worklist/{item}/messages"
    called = {"person": "外科 鈴木医師", "number": "内線 2210", "at": "2026-11-29T03:00:00Z", "read_back": False}
    note = {"kind": "note", "text": "追加の超音波画像を明日お送りします。", "to_do": True}
    call_back = {"kind": "call_back", "text": "左C区域に悪性を強く疑う腫瘤。", "call_back": called}
    for writer, said in ((reader, {"kind": "question", "text": QUESTION}), (staff, note), (reader, call_back)):
        writer.call("POST", path, data={"message_id": uuid.uuid4().hex, **said})
    album = Album(staff, language, pictures)
    album.visit("worklist-threads", "/worklist?view=all", sizes=(SMALL, LARGE))
    album.visit("case-thread", f"/cases/{item}", sizes=(SMALL, LARGE, PHONE))
    staff.page.set_viewport_size(SMALL)
    panel(staff.page).screenshot(path=pictures / f"thread-{language}.png")
    staff.page.locator("[data-compose] input[value=call_back]").check(force=True)
    assert complaints(staff.page) == []
    panel(staff.page).screenshot(path=pictures / f"thread-call-back-{language}.png")
