"""Every page of the portal in both languages and sizes: axe-core has nothing to complain of, and there is a picture."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.identity.signing_certificate import given_certificate
from dokuei.hub.sites.contracting import Scribe
from dokuei.hub.sites.register import Contact
from tests.journeys.portal.conftest import ADMINISTRATOR, READER, Visiting, Visitor
from tests.makers.archive import image
from tests.makers.browsed_hub import BrowsedHub
from tests.makers.hpki import HpkiAuthority
from tests.makers.people import LICENSED

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[3] / "viewer" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LARGE, SMALL, PHONE = (
    ViewportSize(width=1920, height=1080),
    ViewportSize(width=1280, height=800),
    ViewportSize(width=390, height=844),
)


EMERGENCY_BUTTON = re.compile("緊急用アカウントを開く|Open the emergency account")
ASK_BUTTON = re.compile("役割を申請|Ask for a role")
PAGE = (SMALL, LARGE)
STATE = (SMALL,)


def complaints(page: Page) -> list[str]:
    """What axe-core finds (WCAG 2.2 AA and good practice)."""
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(RULES)}}})")
    return [f"{one['id']}: {node['html']}" for one in found["violations"] for node in one["nodes"]]


def keys_in_sight(page: Page) -> list[str]:
    """Words on the page that look like a catalogue's key instead of a text."""
    return re.findall(r"\b[a-z]+(?:_[a-z]+)*\.[a-z_]+\.?[a-z_]*\b(?!@)", page.locator("body").inner_text())


_BEYOND = """() => [...document.querySelectorAll("main a, main button, main input, main h2")].filter((one) => {
  if (one.getBoundingClientRect().right <= window.innerWidth + 1 || !one.checkVisibility()) return false;
  for (let around = one.parentElement; around && around.tagName !== "MAIN"; around = around.parentElement)
    if (/auto|scroll/.test(getComputedStyle(around).overflowX) && around.clientWidth <= window.innerWidth) return false;
  return true;
}).map((one) => one.outerHTML.slice(0, 120))"""


def beyond_the_window(page: Page) -> list[str]:
    """What somebody should press or read, and cannot reach: cut off at the right, with nothing to scroll it by."""
    found: list[str] = page.evaluate(_BEYOND)
    return found


@dataclass
class Album:
    """Looks at one page after another and keeps a picture of each."""

    visitor: Visitor
    language: str
    folder: Path

    def look(self, name: str, *, sizes: tuple[ViewportSize, ...] = STATE, shows_codes: bool = False) -> None:
        """``shows_codes``: an auditor sees what the hub wrote, whose names look like keys."""
        page = self.visitor.page
        for size in sizes:
            page.set_viewport_size(size)
            page.wait_for_timeout(250)
            page.screenshot(path=self.folder / f"{name}-{self.language}-{size['width']}.png")
            if size is not LARGE:
                assert complaints(page) == [], f"{name} {self.language} {size['width']}"
                assert shows_codes or keys_in_sight(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} runs over"
            assert beyond_the_window(page) == [], f"{name} {self.language} {size['width']}"

    def visit(self, name: str, path: str, prepare: Callable[[Page], None] | None = None, **options: Any) -> None:
        self.visitor.page.set_viewport_size(SMALL)
        self.visitor.open(path)
        self.visitor.page.wait_for_timeout(300)
        if prepare is not None:
            prepare(self.visitor.page)
        self.look(name, **options)


@pytest.fixture(params=["ja", "en"])
def language(request: pytest.FixtureRequest) -> str:
    language: str = request.param
    return language


def test_the_doors(hub: BrowsedHub, visiting: Visiting, pictures: Path, language: str) -> None:
    visitor = visiting("nobody yet", language=language)
    album = Album(visitor, language, pictures)
    album.visit("sign-in", "/sign-in", sizes=(SMALL, LARGE, PHONE))
    album.visit("sign-in-password", "/sign-in", lambda page: page.locator("main button").last.click())
    link = hub.link(f"door-{language}", "扉 開", "トビラ ヒラク", READER).removeprefix(hub.url)
    album.visit("enrol", link, sizes=PAGE)
    page = visitor.page
    page.locator("main button").nth(1).click()
    for number in (0, 1):
        page.locator("input[type=password]").nth(number).fill("Kumo-ga-tobu 7 hashi")
    album.look("enrol-password")
    page.locator("button[type=submit]").click()
    page.locator("img").wait_for()
    album.look("enrol-codes")
    album.visit("enrol-spent", "/enrol#not-a-code")


def test_the_readers_pages(
    hub: BrowsedHub, items: list[str], visiting: Visiting, pictures: Path, language: str
) -> None:
    """OPS-14: the notice stands on every page while no certification is recorded."""
    visitor = visiting(f"look-{language}", READER, language=language)
    album = Album(visitor, language, pictures)
    item = hub.mammogram_case(patient_id=f"L-{language}")
    hub.case([image(patient_id=f"N-{language}")], "minami")  # a second hospital and kind: the list offers to choose
    visitor.call("POST", f"/api/v1/worklist/{item}/claim")
    album.visit("worklist", "/worklist", sizes=PAGE)
    album.visit("worklist-menu", "/worklist", lambda page: page.get_by_role("banner").get_by_role("button").click())
    album.visit("worklist-empty", "/worklist?view=attention")
    album.visit("worklist-nothing-found", "/worklist", lambda page: page.get_by_role("searchbox").fill("zzz"))
    album.visit("case-of-nobody", f"/cases/{items[1]}", sizes=PAGE)
    album.visit(
        "case-sign-not-yet", f"/cases/{item}", lambda page: page.locator("[data-report-panel] button").last.click()
    )
    write(visitor, hub, item)
    album.visit("case-draft", f"/cases/{item}", sizes=(SMALL, LARGE, PHONE))
    visitor.page.set_viewport_size(SMALL)
    visitor.page.locator("[data-report-panel] button").last.click()
    visitor.page.get_by_role("dialog").locator("pre").wait_for()
    album.look("case-sign")
    visitor.page.get_by_role("dialog").locator("button[type=submit]").click()
    visitor.page.get_by_role("link", name="PDF").wait_for(timeout=90_000)
    album.look("case-final", sizes=(SMALL, LARGE, PHONE))
    album.visit("sessions", "/settings", sizes=PAGE)
    album.visit("nowhere", "/nowhere")
    album.visit("gateways", "/gateways", sizes=PAGE)


@pytest.mark.usefixtures("items")
def test_the_offices_pages(hub: BrowsedHub, visiting: Visiting, pictures: Path, language: str) -> None:
    hub.link(f"seen-{language}", "見本 花子", "ミホン ハナコ", READER)
    visitor = visiting(f"office-{language}", ADMINISTRATOR, language=language)
    album = Album(visitor, language, pictures)
    album.visit("people", "/people", sizes=PAGE)
    album.visit("people-add", "/people", lambda page: page.locator("main button").first.click())
    album.visit("people-actions", "/people", lambda page: page.get_by_role("row").nth(1).get_by_role("button").click())
    album.visit("gateways-enrol", "/gateways", lambda page: page.locator("main button").first.click())
    night = Contact("", "kita", "night", 0, "当直 放射線科", "医師", "03-0000-0001", "03-0000-0002")
    hub.hub.sites.registering.add_contact("kita", night, by=Scribe("system"))
    album.visit("sites", "/hospitals", sizes=PAGE)
    album.visit("site", "/hospitals/kita", sizes=PAGE)
    album.visit("site-contract", "/hospitals/kita", lambda page: page.locator("main section button").first.click())
    album.visit("site-register", "/hospitals/kita", lambda page: page.locator("main section button").last.click())
    for at, name in ((1, "people-qualification"), (2, "people-end"), (3, "people-substitute")):
        album.visit(name, "/people", partial(choose, user_name=f"seen-{language}", at=at))


def test_the_pages_of_rights(hub: BrowsedHub, visiting: Visiting, pictures: Path, language: str) -> None:
    visitor = visiting(f"safe-{language}", ADMINISTRATOR, language=language)
    hub.link(f"mine-{language}", "見本 太郎", "ミホン タロウ", READER)
    people, who = hub.hub.identity.people, f"mine-{language}"
    person_id = people.by_user_name(who).person_id
    wanted = Grant(Role.TECHNOLOGIST, "kita")
    hub.hub.identity.role_requests.ask(
        person_id,
        wanted,
        department="放射線科",
        reason="異動",
        manager=f"safe-{language}",
        ends_on=None,
        actor=f"person:{person_id}",
    )
    other = f"person:{people.by_user_name(f'safe-{language}').person_id}"
    hub.hub.identity.substitutes.ask(person_id, reason="破損", hours=12, lost=False, actor=other)
    hub.hub.identity.substitutes.open_emergency(reason="災害時訓練", hours=1, actor="operator:root")
    hub.hub.certifications.record(number="304ABBZX00001000", holder="株式会社 例示", version="0.0.9", actor=other)
    card = given_certificate(HpkiAuthority().card(licence=LICENSED.licence_number).pem)
    hub.hub.identity.qualifications.offer(person_id, card, actor=f"person:{person_id}")
    album = Album(visitor, language, pictures)
    album.visit("people-offers", "/people", lambda page: page.locator("main p").get_by_role("button").first.click())
    expect(visitor.page.get_by_role("dialog")).to_contain_text("見本 太郎")
    album.visit("safety", "/safety", sizes=(SMALL, LARGE, PHONE))
    album.visit("lists", "/lists", sizes=(SMALL, LARGE, PHONE))
    whole = pictures / f"safety-whole-{language}.png"
    visitor.page.set_viewport_size(ViewportSize(width=1280, height=2000))
    visitor.page.screenshot(path=whole)
    album.visit("centre", "/centre", sizes=(SMALL, LARGE, PHONE))
    album.visit("displays", "/displays", sizes=(SMALL, LARGE, PHONE))
    album.visit("safety-emergency", "/safety", lambda page: page.get_by_role("button", name=EMERGENCY_BUTTON).click())
    album.visit("own-requests", "/settings", lambda page: page.get_by_role("button", name=ASK_BUTTON).click())
    hospitals = visiting(f"chief-{language}", Grant(Role.ADMINISTRATOR, "kita"), language=language)
    Album(hospitals, language, pictures).visit("not-yours", "/safety")
    expect(hospitals.page.locator("main [role=alert]")).to_have_count(0)


def choose(page: Page, *, user_name: str, at: int) -> None:
    """Open what stands at this place in the menu of one person."""
    page.get_by_role("row", name=re.compile(user_name)).get_by_role("button").click()
    page.get_by_role("menuitem").nth(at).click()
    page.get_by_role("dialog").get_by_role("button").last.wait_for()


def write(visitor: Visitor, hub: BrowsedHub, item: str) -> None:
    """A report as a reader would have written it."""
    report = {
        "findings": "右乳房 U・外側に約12 mmの不整形高濃度腫瘤を認める。辺縁は微細鋸歯状、一部スピキュラを伴う。\n"
        "同領域に微細線状・分枝状石灰化を区域性に認める。\n左乳房に特記すべき所見なし。",
        "impression": "右乳房 U区域の腫瘤：乳癌の疑い。要精検（超音波・針生検を推奨）。",
        "category_right": "4",
        "category_left": "1",
        "images_read": hub.images_read(item),
    }
    visitor.call("PUT", f"/api/v1/worklist/{item}/report", data=report, headers={"If-Match": '"0"'})
