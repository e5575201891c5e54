"""A reader in front of the reading room: a real hub, the built viewer, Chromium, and what stands on the canvas."""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize

from dokuei.hub.identity.guard import SESSION_COOKIE
from dokuei.hub.identity.model import Grant, Role
from tests.makers.authenticator import Authenticator
from tests.makers.browsed_hub import BrowsedHub, browsed_hub
from tests.makers.people import licence

SIZE = ViewportSize(width=1280, height=800)
_READ_CANVAS = """(pane) => {
  const canvas = document.querySelector(`[data-pane="${pane}"] canvas`);
  const { width, height } = canvas;
  const rgba = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  let text = "";
  for (let at = 0; at < rgba.length; at += 8192) text += String.fromCharCode(...rgba.subarray(at, at + 8192));
  return { width, height, rgba: btoa(text) };
}"""


FRAMES = re.compile(r"/instances/[^/]+/frames/|/frame-parts$")
"""Where frames come from: one alone, or parts of many together."""
_PART_HEAD = 32


def frames_in(route: Route, body: bytes) -> Iterator[tuple[str, int, int]]:
    """Whose frames lie where in an answer: SOP Instance UID, first byte, end."""
    if not route.request.url.endswith("/frame-parts"):
        yield route.request.url.split("/instances/")[1].split("/")[0], 0, len(body)
        return
    at, asked = 0, route.request.post_data_json
    assert isinstance(asked, dict)
    for part in asked["parts"]:
        begin, length = at + _PART_HEAD, int.from_bytes(body[at + 8 : at + 16], "big")
        yield part["instance"], begin, begin + length
        at = begin + length


@dataclass
class Room:
    """The reading room as a reader has it."""

    page: Page
    hub: BrowsedHub

    def open(self, item_id: str, query: str = "") -> None:
        """Open a case; return when its first picture is on the screen."""
        self.begin(item_id, query)
        self.page.locator("[data-drawn]").first.wait_for(timeout=60_000)

    def begin(self, item_id: str, query: str = "") -> None:
        """Open a case; return at once."""
        self.page.goto(f"{self.hub.url}/read/{item_id}{query}")
        self.page.locator("[data-reading-room]").wait_for(timeout=60_000)

    def settle(self, *panes: str) -> None:
        """Wait until these viewports (default: all) show a whole, proved image."""
        wanted = [f'[data-pane="{pane}"][data-proved]' for pane in panes] or ["[data-pane][data-proved]"]
        count = len(panes) or self.page.locator("[data-pane]").count()
        for _ in range(600):
            if self.page.locator(",".join(wanted)).count() == count:
                break
            self.page.wait_for_timeout(50)
        assert self.page.locator(",".join(wanted)).count() == count
        self.page.wait_for_timeout(300)

    def put(self, description: str) -> None:
        """Hang the series of this name in the active viewport."""
        self.page.locator(f'nav button[title="{description}"]').first.click()

    def press(self, *keys: str) -> None:
        """Keys, one after the other, and time for the picture to follow."""
        for key in keys:
            self.page.keyboard.press(key)
            self.page.wait_for_timeout(150)

    def least(self, measure: Callable[[], float], *, goal: float) -> float:
        """A measure of the canvas, read again until it reaches its goal: a slow machine draws late."""
        value = measure()
        for _ in range(60):
            if value <= goal:
                break
            self.page.wait_for_timeout(100)
            value = measure()
        return value

    def canvas(self, pane: str = "pane-0") -> NDArray[np.uint8]:
        """What is on a viewport's canvas: rows x columns x RGB."""
        read: dict[str, Any] = self.page.evaluate(_READ_CANVAS, pane)

        pixels = np.frombuffer(base64.b64decode(read["rgba"]), np.uint8)
        return pixels.reshape(read["height"], read["width"], 4)[..., :3]

    def still(self, pane: str = "pane-0") -> NDArray[np.uint8]:
        """What is on a viewport's canvas once it has stopped changing: a slow machine draws late."""
        before = self.canvas(pane)
        for _ in range(40):
            self.page.wait_for_timeout(400)
            now = self.canvas(pane)
            if np.array_equal(before, now):
                break
            before = now
        return before

    def corner(self, name: str, pane: str = "pane-0") -> str:
        """The text in a corner of a viewport."""
        return self.page.locator(f'[data-pane="{pane}"] [data-corner="{name}"]').inner_text()

    def marks(self, pane: str = "pane-0") -> dict[str, str]:
        """The letters at the four edges."""
        edges = ("top", "right", "bottom", "left")
        return {edge: self.page.locator(f'[data-pane="{pane}"] [data-mark="{edge}"]').inner_text() for edge in edges}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowsedHub]:
    with browsed_hub(tmp_path_factory.mktemp("reading")) as served:
        yield served


@pytest.fixture(scope="module")
def session(hub: BrowsedHub) -> str:
    """The cookie of a reader who signed in by key."""
    identity = hub.hub.identity
    person = identity.people.add(
        user_name="yomi",
        display_name="読影 よみ",
        display_name_kana="ドクエイ ヨミ",
        grants=[Grant(Role.READER, None)],
        actor="system",
    )
    licence(identity, person, Grant(Role.READER, None))
    key = Authenticator(hub.url)
    code = identity.people.link(person.person_id, actor="system")
    identity.enrolments.passkey(code, key.create(identity.enrolments.passkey_options(code)), label="test key")
    return _sign_in(hub, key)


def _sign_in(hub: BrowsedHub, key: Authenticator) -> str:

    with httpx.Client(base_url=hub.url, headers={"X-Dokuei-Request": "1"}) as client:
        options = client.post("/api/v1/sign-in/passkey/options", json={}).json()
        answer = client.post("/api/v1/sign-in/passkey", json={"credential": key.get(options)})
        assert answer.status_code == 200, answer.text
        return client.cookies[SESSION_COOKIE]


@pytest.fixture
def context(browser: Browser, hub: BrowsedHub, session: str) -> Iterator[BrowserContext]:
    made = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", viewport=SIZE)
    made.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": hub.url}])
    yield made
    made.close()


@pytest.fixture
def room(context: BrowserContext, hub: BrowsedHub) -> Iterator[Room]:
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield Room(page, hub)
    assert errors == []
