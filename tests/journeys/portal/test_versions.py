"""An amended report: the version before stays, beside the one that holds, and the words that changed are marked.

The amendment is signed at a site that wants the physician's own certificate too.
"""

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from dokuei.hub.identity.signing_certificate import given_certificate
from tests.journeys.portal.conftest import READER, Visiting, Visitor
from tests.journeys.portal.test_looks import PHONE, SMALL, Album
from tests.journeys.portal.test_outcomes import signed
from tests.makers.browsed_hub import BrowsedHub, browsed_hub
from tests.makers.hpki import Card, HpkiAuthority

pytestmark = pytest.mark.browser
WORDS = {
    "ja": ("版の比較", "確認して確定", "確定前の確認", "キーで署名して確定", "封緘済み", "新しいコードを表示"),
    "en": (
        "Versions beside one another",
        "Check and sign",
        "Check and sign",
        "Sign with the key",
        "sealed",
        "Show a new code",
    ),
}


@lru_cache(maxsize=1)
def authority() -> HpkiAuthority:
    return HpkiAuthority()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowsedHub]:
    """One that believes an authority for physicians' certificates."""
    folder = tmp_path_factory.mktemp("versions")
    (folder / "home").mkdir()
    (folder / "hpki.pem").write_bytes(authority().pem)
    (folder / "home" / "dokuei.toml").write_text(f'[hpki]\nauthorities = "{folder / "hpki.pem"}"\n')
    with browsed_hub(folder) as served:
        yield served


def present(hub: BrowsedHub, code: str, card: Card) -> int:
    """What the program at the reader's desk does, with a card in memory."""
    with httpx.Client(base_url=hub.url, trust_env=False) as client:
        waits = client.post("/api/v1/desk/signature/open", json={"code": code}).json()
        with ThreadPoolExecutor(1) as beside:  # Playwright's loop runs in this thread
            cms = beside.submit(card.sign, bytes.fromhex(waits["document_digest"])).result()
        body = {"code": code, "cms": base64.b64encode(cms).decode()}
        return client.post("/api/v1/desk/signature", json=body).status_code


def wants_certificate(hub: BrowsedHub, reader: Visitor) -> Card:
    """From now on the site does; the reader's own is on record."""
    card = authority().card()
    person_id = reader.call("GET", "/api/v1/session")["person"]["person_id"]
    certificate = given_certificate(card.pem)
    hub.hub.identity.qualifications.bind(person_id, certificate, compared=True, actor="system")
    hub.hub.sites.change("kita", actor="system", qualified_signature_required=True)
    return card


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_old_version_stands_beside_the_new_one_with_the_changed_words_marked(
    hub: BrowsedHub, visiting: Visiting, pictures: Path, language: str
) -> None:
    """REC-03: every edit is a new version, the previous one stays viewable with its difference shown.

    REC-17: the page waits for the physician's own certificate, shows what was refused, and names it once it has signed.
    """
    title, check, dialog, key, sealed, new_code = WORDS[language]
    hub.hub.sites.change("kita", actor="system", qualified_signature_required=False)
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
    card = wants_certificate(hub, maker)
    page = maker.page
    page.evaluate(f"localStorage.setItem('dokuei.language', '{language}')")
    maker.open(f"/cases/{item}")
    page.get_by_role("button", name=check).click()
    page.get_by_role("dialog", name=dialog).get_by_role("button", name=key).click()
    waits = page.locator("[data-awaiting]")
    assert present(hub, waits.locator("[data-code]").inner_text(timeout=20_000), authority().card()) == 422
    expect(waits.locator("[data-refused='other_person']")).to_be_visible()
    Album(maker, language, pictures).look("a-report-that-waits-for-a-card", sizes=(SMALL, PHONE))
    page.reload()
    waits.get_by_role("button", name=new_code).click()
    assert present(hub, waits.locator("[data-code]").inner_text(), card) == 200
    expect(page.locator("[data-certificate]").first).to_contain_text("Medical Doctor", timeout=20_000)
    versions = page.get_by_role("region", name=title)
    gone = versions.locator("[data-version='1'] del")
    expect(gone.filter(has_text="右").first).to_be_visible(timeout=20_000)
    expect(versions.locator("[data-version='2'] ins").filter(has_text="超音波検査を勧める")).to_have_count(1)
    expect(versions.locator("[data-version='1'] ins")).to_have_count(0)
    expect(page.get_by_text(sealed).first).to_be_visible()
    versions.scroll_into_view_if_needed()
    Album(maker, language, pictures).look("versions-of-a-report", sizes=(SMALL, PHONE))
