"""A breast MRI by its purpose in a real browser: extent and response are entered, signed, in the SR and on paper."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.portal.conftest import READER, Visiting
from tests.journeys.portal.test_forms import case_of, on_paper, signed
from tests.journeys.portal.test_structured import choose, report_of, written
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser


def type_in(fields: Locator | Page, label: str, value: str) -> None:
    fields.get_by_label(label, exact=True).fill(value)


def examined(page: Page, purpose: str) -> None:
    """What every breast MRI is asked, with its purpose."""
    for name, word in (
        ("検査の目的", purpose),
        ("乳腺量（FGT）", "散在"),
        ("背景乳腺の造影効果（BPE）", "軽度"),
    ):
        choose(page, name, word)


def known_cancer(page: Page) -> None:
    """Proven right breast cancer, nothing in the left breast."""
    page.get_by_role("group", name="左").get_by_label("異常なし").check(force=True)
    choose(page, "推奨", "治療方針に従う")
    page.get_by_label("診断").fill("右乳癌。")


def in_the_sr(hub: BrowsedHub, report_id: str, folder: Path) -> str:
    """What another maker's program reads of the report's document."""
    program = shutil.which("dsrdump")
    if program is None:
        pytest.skip("dcmtk is not installed")
    reports = hub.hub.reports
    waiting = [one for one in reports.pending_deliveries("kita") if one.kind == "sr" and one.report_id == report_id]
    file = folder / f"{report_id}.dcm"
    file.write_bytes(reports.read_delivery("kita", waiting[-1].delivery_id)[1])
    asked = [program, "--print-all-codes", "--print-long-values", str(file)]
    read = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=60)
    assert "error" not in read.stderr.lower(), read.stderr
    return read.stdout


def test_the_extent_is_staged_and_a_t_that_contradicts_its_size_is_named(
    hub: BrowsedHub, visiting: Visiting, tmp_path: Path
) -> None:
    """REPORT-09, REPORT-10: figures of the findings go into the extent, and T is compared with them."""
    visitor = visiting("purposes1", READER)
    item = case_of(hub, "MR")
    page = written(visitor, hub, item)
    examined(page, "術前の広がり")
    choose(page, "対象乳房", "右")
    page.keyboard.press("Alt+KeyM")
    fields = page.locator("[data-number='1']")
    choose(fields, "区域", "C（外上部）")
    for label, value in (("長径", "34"), ("乳頭からの距離", "12")):
        type_in(fields, label, value)
    choose(fields, "カテゴリー", "6")
    page.get_by_role("button", name="病変の計測値を広がりに入れる").click()
    expect(page.get_by_label("右 広がりの最大径 mm")).to_have_value("34")
    expect(page.get_by_label("右 病変から乳頭までの距離 mm")).to_have_value("12")
    expect(page.get_by_label("左 広がりの最大径 mm")).to_have_count(0)
    for name, word in (
        ("右 胸壁浸潤", "なし"),
        ("右 病変の数", "多発（同一区域内、multifocal）"),
        ("右 リンパ節：腋窩レベルI", "転移を疑う"),
        ("右 臨床T分類（UICC第8版）", "T1c"),
        ("右 臨床N分類（UICC第8版）", "N1"),
        ("対側乳房の病変", "なし"),
    ):
        choose(page, name, word)
    known_cancer(page)
    named = page.get_by_role("region", name="確認が必要な項目")
    expect(named).to_contain_text("T分類と大きさが一致しません")
    choose(page, "右 臨床T分類（UICC第8版）", "T2")
    expect(named).to_have_count(0)
    signed(page)
    text = on_paper(visitor, item)
    for name, value in (
        ("右広がりの最大径", "34mm"),
        ("右臨床T分類", "T2"),
        ("右病変の数", "多発"),
        ("右胸壁浸潤", "なし"),
    ):
        assert re.search(f"{name}.{{0,60}}{value}", text), (name, text)
    read = in_the_sr(hub, report_of(visitor, item)["report_id"], tmp_path)
    for word in ("Distance from nipple", "Multifocal", "Clinical T (UICC, 8th ed.)", "T2", "millimeter", "Right"):
        assert word in read, word


def test_the_response_is_computed_taken_and_leaves_with_the_report(
    hub: BrowsedHub, visiting: Visiting, tmp_path: Path
) -> None:
    """RECIST 1.1: the sum of the diameters at both times; the reader takes what is computed or says why not."""
    visitor = visiting("purposes2", READER)
    item = case_of(hub, "MR")
    page = written(visitor, hub, item)
    examined(page, "術前薬物療法の効果判定")
    page.keyboard.press("Alt+KeyM")
    fields = page.locator("[data-number='1']")
    choose(fields, "区域", "C（外上部）")
    type_in(fields, "治療前の長径 mm", "40")
    choose(fields, "カテゴリー", "6")
    named = page.get_by_role("region", name="確認が必要な項目")
    expect(named).to_contain_text("どちらか一方しか計測されていません")
    type_in(fields, "現在の長径（消失は0） mm", "20")
    expect(page.locator("[data-response='PR']")).to_contain_text("40 mm → 現在 20 mm（-50.0 %）")
    choose(page, "縮小の様式", "求心性")
    choose(page, "残存する造影効果", "あり")
    choose(page, "効果判定（標的病変、RECIST 1.1に準ずる）", "CR（完全奏効）")
    known_cancer(page)
    expect(named).to_contain_text("計算される判定と異なります")
    page.get_by_role("button", name="PR と判定する").click()
    expect(named).to_have_count(0)
    signed(page)
    text = on_paper(visitor, item)
    for word in ("40→20mm(-50.0%)", "計算上の判定", "PR(RECIST1.1)", "PR（部分奏効）", "求心性"):
        assert word in text, word
    read = in_the_sr(hub, report_of(visitor, item)["report_id"], tmp_path)
    for word in ("Current Response", "Target Lesion Partial Response", "RECIST 1.1", "Concentric", "percent", "-50"):
        assert word in read, word
