"""A hub with cases and gateways for the portal's journeys, and people with virtual USB keys in front of it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Browser, BrowserContext, Page, ViewportSize, expect

from dokuei.hub.identity.model import Grant, Role
from dokuei.transfer.protocol import Heartbeat, Refusal, StudyReport, ToldPriorRule, ToldPriorRules
from tests.makers.browsed_hub import CHROMIUM_ARGUMENTS, BrowsedHub, browsed_hub, chromium

ADMINISTRATOR = Grant(Role.ADMINISTRATOR, None)
READER = Grant(Role.READER, None)
SIZE = ViewportSize(width=1280, height=800)
STORED = "dokuei.language"
LOADING = re.compile("読み込み中|Loading")
LOCALES = {"ja": "ja-JP", "en": "en-GB"}


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": chromium(), "args": list(CHROMIUM_ARGUMENTS)}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowsedHub]:
    with browsed_hub(tmp_path_factory.mktemp("portal")) as served:
        yield served


class VirtualKey:
    """A USB key that is plugged in and touched at once (WebAuthn Level 3, 11)."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self._cdp = context.new_cdp_session(page)
        self._cdp.send("WebAuthn.enable")
        key = {
            "protocol": "ctap2",
            "transport": "usb",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        self._id = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": key})["authenticatorId"]

    def take_over(self, other: "VirtualKey") -> None:
        """The credentials of a key that was plugged in at another tab."""
        kept = other._cdp.send("WebAuthn.getCredentials", {"authenticatorId": other._id})["credentials"]
        for credential in kept:
            self._cdp.send("WebAuthn.addCredential", {"authenticatorId": self._id, "credential": credential})

    def refuse_verification(self) -> None:
        """Whoever touches it now does not know its PIN."""
        self._cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": False})


@dataclass
class Visitor:
    """Somebody in front of a browser, with a virtual USB key plugged in."""

    page: Page
    hub: BrowsedHub
    user_name: str
    key: VirtualKey
    asked: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a page of the portal and wait until nothing is being loaded."""
        self.page.goto(f"{self.hub.url}{path}")
        self.page.locator("main").first.wait_for()
        expect(self.page.get_by_role("status", name=LOADING)).to_have_count(0)

    def enrol_key(self, link: str) -> None:
        """Follow the one-time link and enrol the key."""
        self.page.goto(link)
        self.page.get_by_role("button", name=re.compile("passkey|パスキー")).first.click()
        self.page.get_by_role("status").wait_for()

    def sign_in(self) -> None:
        """Sign in with the key, from wherever the page is."""
        if "/sign-in" not in self.page.url:
            self.page.goto(f"{self.hub.url}/sign-in")
        self.page.get_by_role("button", name=re.compile("passkey|パスキー")).click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        self.page.locator("main").first.wait_for()

    def call(self, method: str, path: str, **options: Any) -> Any:
        """The hub's answer to this browser's session."""
        answer = self.ask(method, path, **options)
        assert answer.ok, answer.text()
        return answer.json()

    def ask(self, method: str, path: str, **options: Any) -> APIResponse:
        """The same, whatever it is: as this browser's device, which proves itself by the key that the page keeps."""
        proof = self.page.evaluate(_PROVE)
        headers = {"X-Dokuei-Request": "1", "X-Dokuei-Proof": proof, **options.pop("headers", {})}
        return self.page.request.fetch(f"{self.hub.url}{path}", method=method, headers=headers, **options)


_PROVE = """async () => {
  const answer = await fetch("/api/v1/session/challenge", { method: "POST", headers: { "X-Dokuei-Request": "1" } });
  if (!answer.ok) return "";
  const { challenge } = await answer.json();
  const database = await new Promise((resolve, reject) => {
    const asked = indexedDB.open("dokuei-device", 1);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const pair = await new Promise((resolve, reject) => {
    const asked = database.transaction("keys").objectStore("keys").get("session");
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  database.close();
  const text = new TextEncoder().encode(`dokuei session ${challenge}`);
  const signed = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, text);
  const letters = btoa(String.fromCharCode(...new Uint8Array(signed)));
  return `${challenge}~${letters.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}"""


Visiting = Callable[..., Visitor]


@pytest.fixture
def visiting(browser: Browser, hub: BrowsedHub) -> Iterator[Visiting]:
    """Opens a browser for somebody: ``visiting("tanaka", READER, language="en")``; enrolled and signed in.

    ``clock``: what the browser's own clock says when it is opened; it goes on from there.
    """
    contexts: list[BrowserContext] = []

    def visit(
        user_name: str,
        *grants: Grant,
        language: str = "ja",
        size: ViewportSize = SIZE,
        clock: datetime | None = None,
    ) -> Visitor:
        context = browser.new_context(locale=LOCALES[language], timezone_id="Asia/Tokyo", viewport=size)
        context.add_init_script(f"localStorage.getItem('{STORED}') ?? localStorage.setItem('{STORED}', '{language}')")
        contexts.append(context)
        if clock is not None:
            context.clock.install(time=clock)
        page = context.new_page()
        visitor = Visitor(page, hub, user_name, VirtualKey(context, page))
        page.on("request", lambda request: visitor.asked.append(request.url))
        if grants:
            visitor.enrol_key(hub.link(user_name, *NAMES.get(user_name, (f"試験 {user_name}", "")), *grants))
            visitor.sign_in()
        return visitor

    yield visit
    for context in contexts:
        context.close()


NAMES = {
    "tanaka": ("田中 美咲", "タナカ ミサキ"),
    "nakamura": ("中村 健一", "ナカムラ ケンイチ"),
    "kanri": ("管理 太郎", "カンリ タロウ"),
}

PATIENTS = (
    ("Sato^Yumiko=佐藤^由美子=サトウ^ユミコ", "K-0001", "19680412"),
    ("Takahashi^Megumi=髙橋^恵=タカハシ^メグミ", "K-0002", "19751120"),
    ("Saionji^Kaoruko=西園寺^薫子=サイオンジ^カオルコ", "K-0003", "19820703"),
    ("Garcia^Maria Elena", "K-0004", "19900229"),
)


def fill(hub: BrowsedHub) -> list[str]:
    """Four cases, the first with a prior, and two gateways of which one has fallen silent."""
    name, patient_id, birth = PATIENTS[0]
    hub.mammogram_case(patient_name=name, patient_id=patient_id, PatientBirthDate=birth, StudyDate="20251110")
    items = [
        hub.mammogram_case(
            patient_name=name,
            patient_id=patient_id,
            PatientBirthDate=birth,
            StudyDate="20261122",
            StudyDescription="マンモグラフィ 2方向",
        )
        for name, patient_id, birth in PATIENTS
    ]
    speaking = hub.gateway("kita", "gw-main")
    hub.gateway("minami", "minato-01")
    studies = [
        StudyReport(study_instance_uid="1.2.3.1", state="forwarding", percent=61, instances=1500, bytes=342_000_000),
        StudyReport(
            study_instance_uid="1.2.3.2",
            state="proved",
            instances=4,
            bytes=21_000_000,
            warned_instances=3,
            warnings=["Patient ID is empty", "Study Date is ill-formed", "a warning of next year"],
        ),
        StudyReport(study_instance_uid="1.2.3.3", state="problem", instances=3, error="frame 2: decoders disagree"),
    ]
    refusals = [
        Refusal(at="2026-11-20T09:30:00+00:00", code="truncated", reason="admission: cut off", sending_ae="MAMMO1")
    ]
    beat = Heartbeat(version="0.1.0", protocol=1, studies=studies, quarantine=2, refusals=refusals)
    rule = ToldPriorRule(current=["MG"], priors=["MG"], body_part="any", years=10, most=4)
    rules = ToldPriorRules(brought=True, least_days=7, rules=[rule])
    hub.hear(speaking, beat.model_copy(update={"free_bytes": 9_000_000_000, "prior_rules": rules}))
    return items


@pytest.fixture(scope="module")
def items(hub: BrowsedHub) -> list[str]:
    return fill(hub)


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where screenshots are left to be looked at."""
    folder = Path(__file__).parents[3] / "var" / "pictures" / "portal"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
