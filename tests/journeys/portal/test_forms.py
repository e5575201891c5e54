"""Ultrasound, MRI and PET/CT are reported in a real browser; then a report is preliminary, final, and withdrawn."""

import re
from contextlib import closing
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page, expect
from pydicom.uid import generate_uid

from tests.journeys.portal.conftest import ADMINISTRATOR, READER, Visiting, Visitor
from tests.journeys.portal.test_structured import choose, report_of, written
from tests.makers.archive import image
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pictures")


def case_of(hub: BrowsedHub, modality: str) -> str:
    """One image of a method, of a patient of its own."""
    return hub.case([image(study=generate_uid(), modality=modality, patient_id=f"F-{modality}")])


def signed(page: Page, *, by: str = "確認して確定", key: str = "キーで署名して確定") -> None:
    page.get_by_role("button", name=by).click()
    page.get_by_role("dialog").get_by_role("button", name=key).click(timeout=30_000)
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=30_000)


def on_paper(visitor: Visitor, item: str) -> str:
    """The text of the sealed document that stands, without its breaks."""
    sealed = visitor.ask("GET", report_of(visitor, item)["pdf_url"]).body()
    with closing(pypdfium2.PdfDocument(sealed)) as paper:
        return re.sub(r"\s", "", "".join(page.get_textpage().get_text_range() for page in paper))


def test_ultrasound_mri_and_pet_are_entered_signed_and_on_paper(
    hub: BrowsedHub, visiting: Visiting, pictures: Path
) -> None:
    """REPORT-07: category, clock, distance, size, D/W; REPORT-09: FGT and BPE demanded, cycle and therapy offered."""
    visitor = visiting("forms1", READER)
    item = case_of(hub, "US")
    page = written(visitor, hub, item)
    page.keyboard.press("Alt+KeyM")
    fields = page.locator("[data-number='1']")
    choose(fields, "時計位置", "10時")
    for label, value in (("幅・短径", "8"), ("縦・奥行", "6"), ("乳頭からの距離", "30")):
        fields.get_by_label(label).fill(value)
    choose(fields, "内部エコー", "低エコー")
    choose(fields, "カテゴリー", "3")
    page.get_by_role("group", name="左").get_by_label("異常なし").check(force=True)
    choose(page, "推奨", "追加検査（要精検）")
    page.get_by_label("診断").fill("右乳房の腫瘤。")
    signed(page)
    text = on_paper(visitor, item)
    for word in (
        "超音波検診カテゴリー",
        "10時",
        "8×6mm",
        "縦横比D/W:0.75",
        "乳頭からの距離:30mm",
        "低エコー",
        "追加検査",
    ):
        assert word in text, word
    page.screenshot(path=pictures / "us.png", full_page=True)

    item = case_of(hub, "MR")
    page = written(visitor, hub, item)
    page.keyboard.press("Alt+KeyN")
    page.get_by_role("button", name="確認して確定").click()
    expect(page.get_by_role("dialog")).to_contain_text("乳腺量（FGT）", timeout=20_000)
    page.get_by_role("dialog").get_by_role("button", name="入力に戻る").last.click()
    for name, word in (("検査の目的", "HBOCサーベイランス"), ("乳腺量（FGT）", "不均一")):
        choose(page, name, word)
    choose(page, "背景乳腺の造影効果（BPE）", "軽度")
    choose(page, "月経周期", "第2週")
    choose(page, "治療", "なし")
    choose(page, "次回MRIまでの間隔", "12か月")
    signed(page)
    text = on_paper(visitor, item)
    for word in ("HBOCサーベイランス", "不均一", "軽度", "第2週", "12か月", "BI-RADS"):
        assert word in text, word

    item = case_of(hub, "PT")
    page = written(visitor, hub, item)
    choose(page, "検査の目的", "病期")
    page.keyboard.press("Alt+KeyJ")
    choose(page, "検査の判定", "領域リンパ節まで")
    choose(page.locator("[data-number='1']"), "部位", "腋窩")
    page.get_by_label("SUVmax（体重補正） g/mL").fill("7.4")
    for side in ("右", "左"):
        page.get_by_role("group", name=side).get_by_label("該当なし").check(force=True)
    page.get_by_label("診断").fill("右腋窩リンパ節への集積。")
    signed(page)
    text = on_paper(visitor, item)
    for word in ("PET/CT", "病期", "リンパ節への集積", "腋窩", "7.4g/mL", "領域リンパ節まで", "比較対象なし"):
        assert word in text, word


def test_a_report_goes_out_as_preliminary_is_final_and_is_withdrawn(
    hub: BrowsedHub, visiting: Visiting, pictures: Path
) -> None:
    """REPORT-12, REPORT-02: each stage is seen by whoever opens the case; snippets go in by key."""
    visitor = visiting("forms2", READER)
    snippet = {"name": "正常", "findings": "両側乳房に異常を認めません。"}
    visitor.call("POST", "/api/v1/report-phrases?site_id=kita", data=snippet)
    item = case_of(hub, "US")
    page = written(visitor, hub, item)
    findings = page.get_by_label("所見")
    findings.fill("前回と同様。")
    page.keyboard.press("Home")
    page.keyboard.press("Alt+Shift+Digit1")
    expect(findings).to_have_value("両側乳房に異常を認めません。前回と同様。")
    press = {"code": "Digit1", "altKey": True, "shiftKey": True, "bubbles": True, "isComposing": True}
    page.evaluate("press => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', press))", press)
    page.get_by_label("診断").fill("異常なし。")
    for side in ("右", "左"):
        page.get_by_role("group", name=side).get_by_label("異常なし").check(force=True)
    expect(findings).to_have_value("両側乳房に異常を認めません。前回と同様。")
    signed(page, by="速報として発行", key="署名して速報を発行")
    expect(page.get_by_text(re.compile("速報（第1版）を施設へ発行済です"))).to_be_visible()
    assert "速報（暫定報告）" in on_paper(visitor, item)
    page.screenshot(path=pictures / "preliminary.png", full_page=True)

    signed(page)
    expect(page.get_by_role("link", name="署名済PDFを開く")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="レポートを取り下げる").click()
    dialog = page.get_by_role("dialog", name="レポートの取り下げ")
    dialog.get_by_label("取り下げの理由").fill("別の患者の画像でした。")
    dialog.get_by_role("button", name="内容を確認").click()
    expect(dialog).to_contain_text("別の患者の画像でした。", timeout=20_000)
    page.screenshot(path=pictures / "withdrawing.png")
    dialog.get_by_role("button", name="署名して取り下げる").click()
    expect(page.get_by_text("このレポートは取り下げられました。診療に使用しないでください。")).to_be_visible(
        timeout=30_000
    )
    expect(page.get_by_text("別の患者の画像でした。").first).to_be_visible()
    page.screenshot(path=pictures / "withdrawn.png", full_page=True)
    text = on_paper(visitor, item)
    assert "このレポートは取り下げられました" in text
    assert "両側乳房に異常を認めません" not in text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_lists_look_as_they_should(visiting: Visiting, pictures: Path, language: str) -> None:
    visitor = visiting(f"lists-{language}", READER, ADMINISTRATOR, language=language)
    page = visitor.page
    visitor.open("/lists")
    page.get_by_label(re.compile("^日本語$|^Japanese$")).fill(f"金平糖状{language}")
    page.get_by_label(re.compile("^英語$|^English$")).fill(f"burr-like {language}")
    page.get_by_role("region", name=re.compile("選択肢の語句|Words to choose")).get_by_role(
        "button", name=re.compile("^追加$|^Add$")
    ).click()
    expect(page.get_by_text(f"金平糖状{language}")).to_be_visible()
    page.screenshot(path=pictures / f"lists-{language}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
