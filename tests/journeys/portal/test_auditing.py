"""The auditor in a real browser: the trail with its filters, an entry whole, exports, and the month's review signed."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from dokuei.clock import now
from dokuei.hub.audits.tables import review
from dokuei.hub.identity.model import Grant, Role
from dokuei.storage.audit import hub_trail
from tests.journeys.portal.conftest import READER, Visiting
from tests.journeys.portal.test_looks import PAGE, Album, language
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser

CHIEF = Grant(Role.AUDITOR, None)
OF_MINAMI = Grant(Role.AUDITOR, "minami")
WORDS = {"ja": ("画像を取得", "署名済"), "en": ("Fetched images", "Signed")}
__all__ = ["language"]


@pytest.fixture(scope="module")
def lived(hub: BrowsedHub, items: list[str]) -> BrowsedHub:
    """A hub that ran through the month before: last month's review is open, the one before it overdue."""
    month = (now().replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    earlier = (now().replace(day=1) - timedelta(days=40)).strftime("%Y-%m")
    opened = now() - timedelta(days=20)
    with hub.hub.stores.database.begin() as connection:
        for one, due in ((earlier, opened), (month, now() + timedelta(days=9))):
            connection.execute(review.insert().values(month=one, opened_at=opened, due_at=due))
        hub_trail.append(connection, actor="nobody", event="sign-in.failed", details={"address": "192.0.2.7"})
    assert items
    return hub


def look_at_images(visiting: Visiting, language: str, item: str) -> None:
    """A reader opens a case."""
    reader = visiting(f"reader-{language}", READER, language=language)
    study = reader.call("GET", f"/api/v1/worklist/{item}")["study_instance_uid"]
    reader.call("GET", f"/api/v1/sites/kita/studies/{study}/images")


def test_an_auditor_finds_who_saw_whom(
    lived: BrowsedHub, items: list[str], visiting: Visiting, pictures: Path, language: str
) -> None:
    """LOG-01, LOG-02, LOG-05: from sign-in to the trail, an entry, a patient's entries, an export, a signed review."""
    opened_word, signed_word = WORDS[language]
    look_at_images(visiting, language, items[0])
    auditor = visiting(f"kansa-{language}", CHIEF, language=language)
    page = auditor.page
    expect(page).to_have_url(re.compile("/audit$"))  # the first page after sign-in
    album = Album(auditor, language, pictures)
    album.visit("audit", "/audit", sizes=PAGE)

    # The list also brought other cases to that reader's computer: fetched is not seen.
    row = page.get_by_role("row").filter(has_text="K-0001")
    row.get_by_role("button", name=opened_word).first.click()
    page.get_by_role("dialog").wait_for()
    album.look("audit-entry", shows_codes=True)
    page.get_by_role("dialog").locator("textarea").fill("担当外の検査を開いている。理由を確認する。")
    page.get_by_role("dialog").locator("button[type=submit]").click()
    page.get_by_role("dialog").get_by_role("status").wait_for()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("この患者|This patient")).click()
    expect(page).to_have_url(re.compile(r"study=[0-9.]+&patient=1$"))
    expect(page.get_by_role("button", name=opened_word).first).to_be_visible()
    assert not [one for one in auditor.asked if "K-0001" in one or "Sato" in one], "patient data in an address"
    album.look("audit-patient")

    with page.expect_download() as taken:
        page.get_by_role("button", name=re.compile("^(書き出し|Export)$")).click()
        page.get_by_role("menuitem").first.click()
    text = Path(taken.value.path()).read_text(encoding="utf-8-sig")
    assert "K-0001" in text
    assert "study.accessed" in text

    seek_a_patient(page, album)
    review_the_month(page, album, signed_word)
    with lived.hub.stores.database.begin() as connection:  # open again for the other language
        assert connection.execute(select(review.c.month).where(review.c.signed_at.is_not(None))).all()
        connection.execute(update(review).values(signed_at=None, signed_by=None, shown=None))


def seek_a_patient(page: Page, album: Album) -> None:
    """By number: what is typed goes in no address."""
    album.visit("audit-alerts", "/audit?group=alerts")
    page.get_by_role("button", name=re.compile("患者を指定|Choose a patient")).click()
    page.get_by_role("dialog").locator("input").fill("K-0001")
    page.get_by_role("dialog").locator("button[type=submit]").click()
    page.get_by_role("dialog").locator("li").first.wait_for()
    album.look("audit-seek")
    page.keyboard.press("Escape")


def review_the_month(page: Page, album: Album, signed_word: str) -> None:
    """The later month first: the earlier one is overdue, and shows it."""
    album.visit("audit-reviews", "/audit/reviews", sizes=PAGE)
    expect(page.locator("[data-tone=danger]").first).to_be_visible()
    page.get_by_role("button", name=re.compile("署名…|sign…")).first.click()
    page.get_by_role("dialog").locator("dl").wait_for()
    album.look("audit-sign")
    page.get_by_role("dialog").locator("button[type=submit]").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text(signed_word, exact=True).first).to_be_visible()
    resolve = page.get_by_placeholder(re.compile("確認結果|Explanation")).first
    resolve.fill("応援読影の割当があった。問題なし。")
    resolve.press("Enter")
    expect(page.get_by_text("応援読影の割当があった").first).to_be_visible()
    album.look("audit-reviewed")


@pytest.mark.usefixtures("lived")
def test_a_sites_auditor_sees_that_site_alone(visiting: Visiting, pictures: Path, language: str) -> None:
    auditor = visiting(f"kansa-minami-{language}", OF_MINAMI, language=language)
    expect(auditor.page).to_have_url(re.compile("/audit$"))
    expect(auditor.page.get_by_role("link", name=re.compile("月次|Monthly"))).to_have_count(0)
    expect(auditor.page.get_by_text("北原総合病院")).to_have_count(0)
    Album(auditor, language, pictures).visit("audit-of-a-site", "/audit")
