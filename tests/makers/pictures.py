"""The README's pictures: a reader at work on the demo's women, photographed in Chromium (``make pictures``)."""

import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal

import httpx
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright
from pydicom import dcmread

from dokuei.hub.identity.guard import SESSION_COOKIE
from dokuei.hub.identity.model import Grant, Role
from dokuei.phantom.cases import make
from tests.makers.authenticator import Authenticator
from tests.makers.browsed_hub import CHROMIUM_ARGUMENTS, BrowsedHub, browsed_hub, chromium

Language = Literal["ja", "en"]

_ROOT: Final = Path(__file__).parents[2]
_PICTURES: Final = _ROOT / "docs" / "images"
_SIZE: Final = ViewportSize(width=1440, height=900)
_LOCALES: Final = {"ja": "ja-JP", "en": "en-GB"}
_WITHOUT_GPU: Final = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
_FIRST_FRAMES_MS: Final = 180_000
_MASS_AT: Final = 150
"""The slice of the dynamic series, counted from 0, on which the mass is seen."""

_WOMEN: Final = (
    ("Sato^Yumiko=佐藤^由美子=さとう^ゆみこ", "K-10231", "19680412", "20261128"),
    ("Takahashi^Megumi=髙橋^恵=たかはし^めぐみ", "K-10442", "19751120", "20261128"),
    ("Saionji^Kaoruko=西園寺^薫子=さいおんじ^かおるこ", "M-00871", "19820703", "20261129"),
    ("Nakajima^Eri=中島^絵里=なかじま^えり", "M-00902", "19790118", "20261129"),
)
_REPORT: Final = {
    "findings": "左乳房 上外側に、スピキュラを伴う高濃度腫瘤を認める（約15 mm）。前回検査と比べて増大している。\n"
    "右乳房に境界明瞭な腫瘤を認め、前回から変化なし。両側に病的な石灰化を認めない。",
    "impression": "左乳房腫瘤：乳癌を強く疑う。要精検（超音波、針生検を推奨）。",
    "category_right": "2",
    "category_left": "5",
    "answers": [{"check": "critical_uncalled", "about": "left", "reason": "依頼医へ本日中に電話で連絡する。"}],
}


@dataclass
class Person:
    """Somebody of the reading centre with a key, signed in."""

    client: httpx.Client
    key: Authenticator

    @classmethod
    def enrol(cls, hub: BrowsedHub, user_name: str, name: str, kana: str) -> "Person":
        """A new reader at the whole centre."""
        code = hub.link(user_name, name, kana, Grant(Role.READER, None)).rsplit("#", 1)[1]
        client, key = (
            httpx.Client(base_url=hub.url, headers={"X-Dokuei-Request": "1"}, timeout=60),
            Authenticator(hub.url),
        )
        mine = {"X-Dokuei-Enrolment": code}
        options = client.post("/api/v1/enrolments/passkey/options", headers=mine).raise_for_status().json()
        made = {"credential": key.create(options), "label": "USB"}
        client.post("/api/v1/enrolments/passkey", json=made, headers=mine).raise_for_status()
        options = client.post("/api/v1/sign-in/passkey/options").raise_for_status().json()
        client.post("/api/v1/sign-in/passkey", json={"credential": key.get(options)}).raise_for_status()
        return cls(client, key)

    def claim(self, item: str) -> None:
        """Take a case."""
        self.client.post(f"/api/v1/worklist/{item}/claim").raise_for_status()

    def sign(self, hub: BrowsedHub, item: str) -> None:
        """Write about a case that is in hand, and sign."""
        path = f"/api/v1/worklist/{item}/report"
        written = {**_REPORT, "images_read": hub.images_read(item)}
        self.client.put(path, json=written, headers={"If-Match": '"0"'}).raise_for_status()
        begun = self.client.post(f"{path}/signature/begin").raise_for_status().json()
        body = {"version_digest": begun["version_digest"], "credential": self.key.get(begun["options"])}
        self.client.post(f"{path}/signature", json=body).raise_for_status()


@dataclass
class Studio:
    """The hub with its cases, and a browser in front of it; cases are known by the name of their folder."""

    hub: BrowsedHub
    browser: Browser
    cases: Path
    items: dict[str, str] = field(default_factory=dict)

    def bring(self, folder: str, *, site_id: str = "kita") -> str:
        """Store a study of the phantom as a gateway would have brought it."""
        objects = [dcmread(path) for path in sorted((self.cases / folder).rglob("*.dcm"))]
        self.items[folder] = self.hub.case(objects, site_id)
        sys.stdout.write(f"{folder}: {len(objects)} objects\n")
        return self.items[folder]

    def begin(self, folder: str, *, share: float, site_id: str = "kita") -> None:
        """A study of which only some has come yet, though the gateway has signed for all."""
        objects = [dcmread(path) for path in sorted((self.cases / folder).rglob("*.dcm"))]
        incoming = self.hub.coded(objects)
        self.hub.store(site_id, incoming[: int(len(incoming) * share)])
        self.hub.sign_for(site_id, str(objects[0].StudyInstanceUID), [one.coded for one in incoming])

    @contextmanager
    def page(self, person: Person, language: Language) -> Iterator[Page]:
        """A page of a signed-in person's browser."""
        context: BrowserContext = self.browser.new_context(
            locale=_LOCALES[language], timezone_id="Asia/Tokyo", viewport=_SIZE
        )
        session = person.client.cookies[SESSION_COOKIE]
        context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": self.hub.url}])
        yield context.new_page()
        context.close()

    def shoot(
        self,
        person: Person,
        name: str,
        address: str,
        language: Language,
        prepare: Callable[[Page], None],
        *,
        height: int = _SIZE["height"],
    ) -> None:
        """One picture of one page, ``height`` pixels high."""
        with self.page(person, language) as page:
            page.set_viewport_size({**_SIZE, "height": height})
            page.goto(f"{self.hub.url}{address}")
            prepare(page)
            page.mouse.move(_SIZE["width"] // 2, height - 2)
            page.wait_for_timeout(500)
            stem, suffix = name.split(".")
            save(page.screenshot(), _PICTURES / f"{stem}.{language}.{suffix}")


def save(shot: bytes, path: Path) -> None:
    """Write a screenshot: as PNG, or as JPEG what is mostly noise, as images of a magnet are."""
    options: dict[str, Any] = {"quality": 85} if path.suffix == ".jpg" else {"optimize": True}
    Image.open(BytesIO(shot)).convert("RGB").save(path, **options)
    sys.stdout.write(f"{path.name}: {path.stat().st_size // 1000} kB\n")


def settled(page: Page) -> None:
    """Every viewport shows a whole, proved image, and the room counts no frame as still to come."""
    page.locator("[data-pane]").first.wait_for(timeout=_FIRST_FRAMES_MS)
    page.wait_for_function(
        "() => document.querySelectorAll('[data-pane]').length ==="
        " document.querySelectorAll('[data-pane][data-proved]').length",
        timeout=_FIRST_FRAMES_MS,
    )
    page.wait_for_timeout(1500)


def all_proved(page: Page) -> None:
    """The ledger is green: the browser has proved every frame of the study."""
    settled(page)
    page.locator("[data-ledger=complete]", has_text="すべて到着").wait_for(timeout=_FIRST_FRAMES_MS)


def four_views(page: Page) -> None:
    """The current study alone, each view as large as it can be."""
    all_proved(page)
    page.get_by_role("button", name="全方向").click()
    settled(page)


def at_the_breast(page: Page) -> None:
    """Four phases beside each other at the mass, every image of all of them proved."""
    settled(page)
    page.keyboard.press("Shift+Digit5")
    settled(page)
    for pane in range(4):
        page.locator(f"[data-pane=pane-{pane}]").hover()
        page.locator(f"[data-pane=pane-{pane}]").click()
        for _ in range(_MASS_AT // 10):
            page.keyboard.press("PageDown")
            page.wait_for_timeout(100)
    settled(page)
    page.locator("[data-ledger=complete]", has_text="all here").wait_for(timeout=_FIRST_FRAMES_MS)


def in_hand(page: Page) -> None:
    """The list with a case chosen that waits to be read."""
    page.locator("[role=row]").nth(2).wait_for()
    page.wait_for_timeout(1000)


def final(page: Page) -> None:
    """The signed report, with the way of its case."""
    page.get_by_role("link", name="PDF").wait_for(timeout=_FIRST_FRAMES_MS)
    page.wait_for_timeout(5000)


def fill(studio: Studio, reader: Person, colleague: Person) -> None:
    """A day's list: signed, in hand, waiting, urgent, and one study of which images are still coming."""
    hub = studio.hub
    studio.bring("screening/2025-mammogram")
    screening = studio.bring("screening/2026-mammogram")
    normal = studio.bring("normal/mammogram", site_id="minami")
    mri = studio.bring("dynamic-mri/mri")
    studio.begin("pet-ct/pet", share=0.61)
    waiting = []
    for name, patient_id, birth, date in _WOMEN:
        waiting.append(
            hub.mammogram_case(
                site_id="kita" if patient_id.startswith("K") else "minami",
                patient_name=name,
                patient_id=patient_id,
                PatientBirthDate=birth,
                StudyDate=date,
                StudyDescription="マンモグラフィ検診 両側",
            )
        )
    reader.client.put(f"/api/v1/worklist/{mri}/priority", json={"priority": "urgent"}).raise_for_status()
    for person, item in ((colleague, waiting[1]), (reader, screening), (colleague, normal)):
        person.claim(item)
    colleague.sign(hub, normal)


def take(studio: Studio) -> None:
    """All pictures."""
    reader = Person.enrol(studio.hub, "yomi", "読影 よみ", "ドクエイ ヨミ")
    colleague = Person.enrol(studio.hub, "nakamura", "中村 健一", "ナカムラ ケンイチ")
    fill(studio, reader, colleague)
    screening, mri = studio.items["screening/2026-mammogram"], studio.items["dynamic-mri/mri"]
    studio.shoot(reader, "worklist.png", "/worklist", "ja", in_hand)
    studio.shoot(reader, "reading-room-mammogram.png", f"/read/{screening}", "ja", four_views, height=680)
    studio.shoot(reader, "reading-room-mri.jpg", f"/read/{mri}", "en", at_the_breast)
    reader.sign(studio.hub, screening)
    studio.shoot(reader, "report.png", f"/cases/{screening}", "ja", final)


def main() -> None:
    """The command; a folder with the phantom's cases may be named."""
    cases = Path(sys.argv[1]) if len(sys.argv) > 1 else _ROOT / "var" / "pictures" / "cases"
    made = make(cases, cases=["screening", "normal", "dynamic-mri", "pet-ct"]).root
    arguments = [*CHROMIUM_ARGUMENTS, *_WITHOUT_GPU]
    with (
        warnings.catch_warnings(),
        tempfile.TemporaryDirectory(prefix="dokuei-pictures-") as folder,
        browsed_hub(Path(folder)) as hub,
        sync_playwright() as driver,
    ):
        warnings.simplefilter("ignore")
        take(Studio(hub, driver.chromium.launch(executable_path=chromium(), args=arguments), made))


if __name__ == "__main__":
    main()
