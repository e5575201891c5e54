"""An amended report: the version before stays, beside the one that holds, and the words that changed are marked."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.portal.conftest import READER, Visiting
from tests.journeys.portal.test_looks import PHONE, SMALL, Album
from tests.journeys.portal.test_outcomes import signed
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser
WORDS = {
    "ja": ("版の比較", "確認して確定", "確定前の確認", "キーで署名して確定", "封緘済み"),
    "en": ("Versions beside one another", "Check and sign", "Check and sign", "Sign with the key", "sealed"),
}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_old_version_stands_beside_the_new_one_with_the_changed_words_marked(
    hub: BrowsedHub, visiting: Visiting, pictures: Path, language: str
) -> None:
    """REC-03: every edit is a new version, the previous one stays viewable with its difference shown."""
    title, check, dialog, key, sealed = WORDS[language]
    maker = visiting(f"reader41{language}", READER)
    item = signed(maker, hub, "K-41")
    opened = maker.call("POST", f"/api/v1/worklist/{item}/report/amendment")
    body = {
        "findings": "左乳房 U区域に不整形腫瘤を認める。",
        "impression": "乳癌の疑い。超音波検査を勧める。",
        "category_right": "1",
        "category_left": "4",
        "images_read": hub.images_read(item),
    }
    headers = {"If-Match": f'"{opened["version"]}"'}
    maker.call("PUT", f"/api/v1/worklist/{item}/report", data=body, headers=headers)
    page = maker.page
    page.evaluate(f"localStorage.setItem('dokuei.language', '{language}')")
    maker.open(f"/cases/{item}")
    page.get_by_role("button", name=check).click()
    page.get_by_role("dialog", name=dialog).get_by_role("button", name=key).click()
    versions = page.get_by_role("region", name=title)
    gone = versions.locator("[data-version='1'] del")
    expect(gone.filter(has_text="右").first).to_be_visible(timeout=20_000)
    expect(versions.locator("[data-version='2'] ins").filter(has_text="超音波検査を勧める")).to_have_count(1)
    expect(versions.locator("[data-version='1'] ins")).to_have_count(0)
    expect(page.get_by_text(sealed).first).to_be_visible()
    versions.scroll_into_view_if_needed()
    Album(maker, language, pictures).look("versions-of-a-report", sizes=(SMALL, PHONE))
