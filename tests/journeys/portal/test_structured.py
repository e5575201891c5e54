"""A structured report in a real browser: findings by key, a contradiction named, mended, signed, on paper."""

import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Locator, Page, expect
from pydicom.uid import generate_uid

from tests.journeys.portal.conftest import READER, Visiting, Visitor
from tests.makers.archive import MG, image
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser

US = "1.2.840.10008.5.1.4.1.1.6.1"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pictures")


def two_sided(hub: BrowsedHub, patient_id: str) -> str:
    """One view of each breast."""
    study, series = generate_uid(), generate_uid()
    return hub.case(
        [
            image(
                study=study,
                series=series,
                sop_class=MG,
                modality="MG",
                number=number,
                patient_id=patient_id,
                patient_name="Mori^Kei=森^恵=モリ^ケイ",
                ImageLaterality=side,
            )
            for number, side in enumerate("RL", 1)
        ]
    )


def written(visitor: Visitor, hub: BrowsedHub, item: str) -> Page:
    """A case in hand, all its images read, its page open."""
    visitor.call("POST", f"/api/v1/worklist/{item}/claim")
    body = {"images_read": hub.images_read(item)}
    visitor.call("PUT", f"/api/v1/worklist/{item}/report", data=body, headers={"If-Match": '"0"'})
    visitor.open(f"/cases/{item}")
    visitor.page.get_by_role("button", name=re.compile("^両側異常なし|^Both breasts")).wait_for()
    return visitor.page


def choose(fields: Locator | Page, name: str, word: str) -> None:
    fields.get_by_role("radiogroup", name=name, exact=True).get_by_role("radio", name=word, exact=True).check(
        force=True
    )


def report_of(visitor: Visitor, item: str) -> Any:
    return visitor.call("GET", f"/api/v1/worklist/{item}/report")


def test_findings_are_entered_a_contradiction_is_named_and_mended_and_the_paper_shows_the_diagram(
    hub: BrowsedHub, visiting: Visiting, pictures: Path
) -> None:
    """REPORT-06, REPORT-10: sides in text, code and image are compared before anybody signs."""
    visitor = visiting("structured1", READER)
    item = two_sided(hub, "S-1")
    page = written(visitor, hub, item)
    page.keyboard.press("Alt+KeyM")
    fields = page.locator("[data-number='1']")
    choose(fields, "MLOでの位置", "U（上部）")
    choose(fields, "CCでの位置", "O（外側）")
    fields.get_by_label("長径").fill("12")
    choose(fields, "境界・辺縁", "スピキュラを伴う")
    choose(fields, "カテゴリー", "4")
    expect(page.get_by_label("所見")).to_have_value(
        re.compile(r"^右乳房 U（上部）・O（外側）に腫瘤を認める（12 mm大、スピキュラを伴う）。")
    )
    expect(page.get_by_role("img", name="乳房図").locator("[data-finding='1']")).to_be_visible()
    page.keyboard.press("Alt+Digit2")
    choose(page, "推奨", "組織診")
    page.get_by_role("group", name="左").get_by_label("異常なし").check(force=True)
    page.get_by_label("診断").fill("左乳癌の疑い。")
    page.get_by_label("所見").fill("左乳房に腫瘤を認める。")
    named = page.get_by_role("region", name="確認が必要な項目")
    expect(named).to_contain_text("病変1: 文章の左右と一致しません")
    page.screenshot(path=pictures / "contradiction.png", full_page=True)
    page.keyboard.press("Alt+Enter")
    dialog = page.get_by_role("dialog", name="確定前の確認")
    expect(dialog).to_contain_text("文章の左右と一致しません", timeout=20_000)
    expect(dialog.get_by_role("button", name="キーで署名して確定")).to_have_count(0)
    dialog.get_by_role("button", name="入力に戻る").last.click()

    page.get_by_label("所見").fill("右乳房に腫瘤を認める。")
    page.get_by_label("診断").fill("右乳癌の疑い。")
    expect(named).to_have_count(0)
    page.keyboard.press("Alt+Enter")
    expect(dialog).to_contain_text("spiculated", timeout=20_000)
    dialog.get_by_role("button", name="キーで署名して確定").click()
    expect(page.get_by_role("link", name="署名済PDFを開く")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("img", name="乳房図")).to_be_visible()
    page.screenshot(path=pictures / "final.png", full_page=True)
    sealed = visitor.ask("GET", report_of(visitor, item)["pdf_url"]).body()
    text, drawn = on_paper(sealed)
    assert "スピキュラを伴う" in text
    assert drawn >= 20


def test_a_study_of_two_methods_has_one_form_for_both_and_either_alone_where_nothing_is_lost(
    hub: BrowsedHub, visiting: Visiting
) -> None:
    """REPORT-01: each finding has its own method's lists; what is entered decides which forms are still open."""
    visitor = visiting("structured-both", READER)
    study = generate_uid()
    views = [
        image(study=study, series=generate_uid(), sop_class=sop_class, modality=modality, patient_id="S-5")
        for sop_class, modality in ((MG, "MG"), (US, "US"))
    ]
    item = hub.case(views)
    page = written(visitor, hub, item)
    form, findings = page.get_by_label("所見の様式"), page.get_by_label("所見", exact=True)
    expect(form).to_have_value("MG+US")
    page.keyboard.press("Alt+KeyU")
    fields = page.locator("[data-number='1']")
    choose(fields, "時計位置", "10時")
    fields.get_by_label("幅・短径").fill("12")
    fields.get_by_label("縦・奥行").fill("9")
    choose(fields, "境界部高エコー像（halo）", "あり")
    choose(fields, "カテゴリー", "0")
    expect(findings).to_have_value(re.compile("^右乳房 10時に腫瘤（US）を認める（12×9 mm大"))
    page.keyboard.press("Alt+KeyM")
    choose(page.locator("[data-number='2']"), "MLOでの位置", "U（上部）")
    expect(form.locator("option[value=US]")).to_be_disabled()
    page.locator("[data-number='2']").get_by_role("button", name="削除").click()
    form.select_option("US")
    expect(page.get_by_role("radiogroup", name="乳房の構成")).to_have_count(0)
    expect(findings).to_have_value(re.compile("^右乳房 10時に腫瘤を認める（12×9 mm大"))
    expect(page.get_by_text("保存済").first).to_be_visible(timeout=20_000)
    kept = report_of(visitor, item)["structure"]
    assert (kept["method"], kept["scale"]) == ("US", "screening_us")
    assert [(one["kind"], one["category"]) for one in kept["findings"]] == [("mass", "0")]


def on_paper(sealed: bytes) -> tuple[str, int]:
    """The text of the first page without its breaks, and how many paths and forms it draws."""
    with (
        closing(pypdfium2.PdfDocument(sealed)) as paper,
        closing(paper[0]) as page,
        closing(page.get_textpage()) as text,
    ):
        drawn = sum(one.type in {2, 5} for one in page.get_objects(max_depth=4))
        return re.sub(r"\s", "", text.get_text_range()), drawn


def test_a_normal_case_is_written_and_shown_for_signing_with_three_keys(hub: BrowsedHub, visiting: Visiting) -> None:
    visitor = visiting("structured2", READER)
    item = two_sided(hub, "S-2")
    page = written(visitor, hub, item)
    for key in ("Alt+KeyN", "Alt+Digit3", "Alt+Enter"):
        page.keyboard.press(key)
    dialog = page.get_by_role("dialog", name="確定前の確認")
    expect(dialog).to_contain_text("不均一高濃度", timeout=15_000)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="署名済PDFを開く")).to_be_visible(timeout=30_000)
    report = report_of(visitor, item)
    assert (report["status"], report["category_right"], report["category_left"]) == ("final", "1", "1")


def test_a_key_of_an_input_method_adds_nothing_and_signs_nothing(hub: BrowsedHub, visiting: Visiting) -> None:
    visitor = visiting("structured3", READER)
    item = two_sided(hub, "S-3")
    page = written(visitor, hub, item)
    page.get_by_label("所見").click()
    for taken in ({"isComposing": True}, {"key": "Process"}, {"keyCode": 229}):
        for code in ("KeyM", "KeyN", "Enter"):
            page.evaluate(
                "press => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', press))",
                {"code": code, "altKey": True, "bubbles": True, "cancelable": True, **taken},
            )
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("[data-number]")).to_have_count(0)
    page.keyboard.press("Alt+KeyM")
    expect(page.locator("[data-number]")).to_have_count(1)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_form_looks_as_it_should(hub: BrowsedHub, visiting: Visiting, pictures: Path, language: str) -> None:
    visitor = visiting(f"structured-{language}", READER, language=language)
    item = two_sided(hub, f"S-{language}")
    page = written(visitor, hub, item)
    page.keyboard.press("Alt+KeyM")
    page.keyboard.press("Alt+KeyK")
    page.locator("[data-number='2']").get_by_role("radio").nth(3).check(force=True)
    page.wait_for_timeout(1500)
    page.screenshot(path=pictures / f"form-{language}.png", full_page=True)
    page.goto(f"{hub.url}/read/{item}")
    page.locator("[data-reading-room]").wait_for()
    page.keyboard.press("KeyR")
    page.get_by_role("button", name=re.compile("^両側異常なし|^Both breasts")).wait_for()
    page.wait_for_timeout(1500)
    page.screenshot(path=pictures / f"room-{language}.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
