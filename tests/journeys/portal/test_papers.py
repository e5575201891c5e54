"""Papers that came without images, whom a request named before, and a clerk who types: in real browsers."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dokuei.hub.archive.papers import SECONDARY_CAPTURES
from dokuei.hub.identity.model import Grant, Role
from tests.journeys.portal.conftest import READER, Visiting, Visitor
from tests.journeys.portal.test_requests import arrives, patient, placed
from tests.makers.archive import image
from tests.makers.browsed_hub import BrowsedHub
from tests.makers.requests import changed

pytestmark = pytest.mark.browser


def test_papers_wait_for_their_request_a_former_name_stays_and_a_clerk_enters_for_a_physician(
    hub: BrowsedHub, visiting: Visiting
) -> None:
    """REC-10: whom the request named before is shown and found; who may see no image opens the paper all the same.

    REC-04: what a clerk types waits for a physician.
    """
    clerk = visiting("jimu9", Grant(Role.CLERK, "kita"))
    page, number = clerk.page, "REQ-9"
    known = placed(clerk, number, kind="screening", patient=patient("R-0900"), examination_date="20261109")
    path = f"/api/v1/requests/{known['request_id']}"
    body = changed(accession_number=number, placer_order_number="", kind="screening", patient=patient("R-0009"))
    clerk.call("PUT", path, data={**body, "examination_date": "20261109"}, headers={"If-Match": '"1"'})
    clerk.open("/requests?state=all")
    page.get_by_label("依頼を検索").fill("R-0900")
    row = page.get_by_role("row", name=re.compile("R-0009"))
    expect(row).to_contain_text("旧 R-0900")
    expect(row).to_contain_text("検診")
    shot(clerk, "former-list-ja")

    paper = image(
        sop_class=SECONDARY_CAPTURES[0],
        modality="OT",
        patient_id="R-0009",
        patient_name="Sato^Yumiko=佐藤^由美子=サトウ^ユミコ",
        SeriesDescription="検査依頼票",
        StudyDate="20261109",
        AccessionNumber="",
        PatientBirthDate="19680412",
    )
    hub.store("kita", hub.coded([paper]))
    clerk.open("/requests/papers")
    waiting = page.get_by_role("listitem").filter(has_text="候補")
    expect(waiting).to_contain_text("R-0009", timeout=20_000)
    with page.context.expect_event("response", lambda answer: answer.url.endswith(paper.SOPInstanceUID)) as opened:
        page.get_by_role("link", name="検査依頼票").click()
    assert (opened.value.status, opened.value.headers["content-type"]) == (200, "image/jpeg")
    shot(clerk, "papers-ja")
    page.evaluate("localStorage.setItem('dokuei.language', 'en')")
    clerk.open("/requests/papers")
    shot(clerk, "papers-en")
    page.evaluate("localStorage.setItem('dokuei.language', 'ja')")
    clerk.open("/requests/papers")
    page.get_by_role("button", name="この依頼の書類").click()
    expect(page.get_by_text("依頼待ちの書類はありません")).to_be_visible()

    item = arrives(hub, number, "R-0009", StudyDate="20261109")
    clerk.open("/worklist?view=all")
    page.get_by_role("row", name=re.compile("佐藤")).click()
    page.get_by_role("link", name="レポートを入力").click()
    page.wait_for_url(f"**/cases/{item}")
    expect(page.locator("[data-formerly]")).to_contain_text("R-0900")
    expect(page.locator('[data-papers="1"]')).to_contain_text("検査依頼票")
    page.get_by_label("所見", exact=True).fill("口述のとおり入力しました。")
    expect(page.get_by_text("このレポートは医師が確認のうえ確定します。")).to_be_visible()
    page.keyboard.press("Control+KeyS")
    shot(clerk, "clerk-enters-ja")
    reader = visiting("yomite9", READER, language="en")
    reader.open("/worklist?view=approval")
    expect(reader.page.get_by_role("row", name=re.compile("佐藤"))).to_be_visible(timeout=20_000)
    reader.open(f"/cases/{item}")
    expect(reader.page.locator("[data-formerly]")).to_contain_text("R-0900")
    shot(reader, "former-case-en")


def shot(visitor: Visitor, name: str) -> None:
    """A picture to look at, where somebody wants one."""
    folder = os.environ.get("DOKUEI_TEST_PICTURES")
    if folder:
        visitor.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
