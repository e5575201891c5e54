"""A screening batch in real browsers: its roster in, a normal case in a handful of keys, its judgements out."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect
from pydicom.uid import generate_uid

from dokuei.clock import now
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.identity.qualification import ReaderProfile
from tests.journeys.portal.conftest import READER, STORED, Visiting, Visitor
from tests.journeys.portal.test_looks import complaints
from tests.makers.archive import MG, image
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser

MOST_ACTS = 6
STAFF = Grant(Role.SITE_STAFF, "kita")
ROSTER = (
    "受診番号,患者ID,カナ氏名,漢字氏名,生年月日,性別,受診日,視触診,前回判定,住所\r\n"
    "S0001,K-101,サトウ ユミコ,佐藤 由美子,S43.4.12,女,R8.11.1,異常なし,異常なし,北町1\r\n"
    "S0002,K-102,サトウ ユミコ,佐藤 由美子,S43.4.12,女,R8.11.1,,,北町2\r\n"
    "S0003,K-103,ミトウ チャク,未到 着,S50.13.1,女,,,,北町3\r\n"
    "S0004,K-104,ミチャク ハナ,未着 花,S50.1.1,女,,,,北町4\r\n"
)
# Whoever counts keys counts a chord once, and leaves out stepping through images.
COUNTER = """
window.acts = [];
window.addEventListener("keydown", (press) => {
  if (press.isTrusted && !["Alt", "Shift", "Control", "Meta"].includes(press.key) && press.code !== "Space")
    window.acts.push(press.code);
}, true);
window.addEventListener("pointerdown", (press) => press.isTrusted && window.acts.push("pointer"), true);
"""


def two_sided(hub: BrowsedHub, number: str, patient_id: str) -> str:
    """One view of each breast, with the examination number on it."""
    study, series = generate_uid(), generate_uid()
    views = [
        image(
            study=study,
            series=series,
            sop_class=MG,
            modality="MG",
            number=instance,
            patient_id=patient_id,
            patient_name="Sato^Yumiko=佐藤^由美子=サトウ^ユミコ",
            PatientBirthDate="19680412",
            AccessionNumber=number,
            ImageLaterality=side,
        )
        for instance, side in enumerate("RL", 1)
    ]
    return hub.case(views)


def graded(hub: BrowsedHub, visitor: Visitor) -> None:
    who = visitor.call("GET", "/api/v1/session")["person"]["person_id"]
    until = (now() + timedelta(days=30)).date()
    profile = ReaderProfile(licence_number="123456", mammography_grade="A", mammography_until=until)
    hub.hub.identity.qualifications.record(who, profile, actor="system")


def see_every_image(page: Page) -> None:
    """Step on until both sides were on the screen, whole and proved."""
    page.locator("[data-reading-room]").wait_for(timeout=30_000)
    for _ in range(2):
        page.wait_for_function(
            """() => document.querySelectorAll("[data-pane]").length > 0
            && document.querySelectorAll("[data-pane]:not([data-proved])").length === 0"""
        )
        page.wait_for_timeout(300)
        page.keyboard.press("Space")
    page.wait_for_timeout(300)


@contextmanager
def slow_form(page: Page) -> Iterator[None]:
    """The form comes late, as over a far line."""

    def late(route: Route) -> None:
        page.wait_for_timeout(1200)
        route.continue_()

    page.route("**/report/form", late)
    yield
    page.unroute("**/report/form", late)


def roster_taken(staff: Visitor, pictures: Path) -> str:
    """Made, dropped, looked at, taken; the batch's address."""
    page = staff.page
    staff.open("/screening")
    page.get_by_role("link", name="新しい検診バッチ").first.click()
    page.get_by_label("検診名").fill("北町 乳がん検診")
    page.get_by_label("検診日").fill("令和8年11月1日")
    page.get_by_label("実施主体").fill("北町")
    page.get_by_label("二重読影").uncheck()
    page.get_by_label("画像の受付番号は受診番号と同じ").check()
    assert complaints(page) == []
    page.screenshot(path=pictures / "screening-new-ja.png")
    page.get_by_role("button", name="作成して名簿へ進む").click()
    chosen = FilePayload(name="名簿.csv", mimeType="text/csv", buffer=ROSTER.encode("cp932"))
    page.locator("input[type=file]").set_input_files([chosen])
    lines = page.get_by_role("region", name="名簿の各行")
    expect(lines.get_by_role("row").nth(1)).to_contain_text("生年月日を読めません")
    expect(page.get_by_text("まだ取り込んでいません。")).to_be_visible()
    expect(page.get_by_text("使わない見出し: 住所")).to_be_visible()
    assert complaints(page) == []
    page.screenshot(path=pictures / "screening-roster-ja.png", full_page=True)
    page.get_by_role("button", name="3名を取り込む").click()
    expect(page.get_by_role("status").filter(has_text="取り込みました。")).to_be_visible()
    expect(page.get_by_role("region", name="受診者").get_by_role("row")).to_have_count(4)
    return page.url


def test_a_roster_comes_in_a_normal_case_takes_a_handful_of_keys_and_the_judgement_goes_out(
    hub: BrowsedHub, visiting: Visiting, pictures: Path
) -> None:
    """JRS-10, JRS-02; keys that are pressed before the form is there are not lost."""
    staff = visiting("screening-staff", STAFF)
    batch = roster_taken(staff, pictures)
    first, second = two_sided(hub, "S0001", "K-101"), two_sided(hub, "S0002", "K-102")

    reader = visiting("screening-reader", READER)
    graded(hub, reader)
    reader.page.add_init_script(COUNTER)
    reader.call("POST", f"/api/v1/worklist/{first}/claim")
    reader.page.goto(f"{hub.url}/read/{first}")
    page = reader.page
    see_every_image(page)
    with slow_form(page):
        for key in ("Alt+KeyN", "Alt+Digit3", "Alt+Enter"):
            page.keyboard.press(key)
        expect(page.get_by_role("button", name="キーで署名して確定")).to_be_focused(timeout=20_000)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="署名済PDFを開く")).to_be_visible(timeout=30_000)
    page.keyboard.press("Shift+KeyN")
    expect(page).to_have_url(re.compile(f"/read/{second}$"), timeout=20_000)
    acts = page.evaluate("window.acts")
    assert len(acts) <= MOST_ACTS, acts
    assert acts == ["KeyN", "Digit3", "Enter", "Enter", "KeyN"]
    report = reader.call("GET", f"/api/v1/worklist/{first}/report")
    assert (report["status"], report["category_right"], report["category_left"]) == ("final", "1", "1")

    page = staff.page
    judged = page.locator("dl").get_by_text("判定確定").locator("xpath=../dd")
    expect(judged).to_contain_text("1", timeout=20_000)
    page.screenshot(path=pictures / "screening-batch-ja.png", full_page=True)
    with page.expect_download() as kept:
        page.get_by_role("button", name="Shift_JISで書き出す").click()
    rows = list(csv.DictReader(io.StringIO(kept.value.path().read_bytes().decode("cp932"), newline="")))
    assert [(one["受診番号"], one["判定"], one["状態"]) for one in rows] == [
        ("S0001", "異常なし", "確定"),
        ("S0002", "未確定", "未確定（読影待ち）"),
        ("S0004", "未確定", "未確定（画像未着）"),
    ]
    assert rows[0]["乳房の構成"] == "不均一高濃度"
    page.evaluate(f"localStorage.setItem('{STORED}', 'en')")
    page.goto(batch)
    expect(page.get_by_role("heading", name="Judgements")).to_be_visible()
    assert complaints(page) == []
    page.screenshot(path=pictures / "screening-batch-en.png", full_page=True)
    page.goto(f"{hub.url}/screening")
    expect(page.get_by_role("link", name="北町 乳がん検診")).to_be_visible()
    page.screenshot(path=pictures / "screening-list-en.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
