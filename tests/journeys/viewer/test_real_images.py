"""Every real image of the test data opens in the reading room: reachable, drawn, proved, and counted."""

import base64
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page

from dokuei.hub.identity.guard import SESSION_COOKIE
from tests.journeys.viewer.conftest import SIZE, Room
from tests.makers.browsed_hub import BrowsedHub
from tests.makers.real_cases import RealCase, RealObject, put_in
from tests.makers.real_files import Outcome, all_files

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(900),
    pytest.mark.filterwarnings("ignore::UserWarning"),  # pydicom's about the files' oddities
]

_SECONDS = 30

_LOOK = """([wanted, index]) => {
  const pane = document.querySelector("[data-pane][data-active]");
  if (pane === null || (index !== null && pane.dataset.index !== String(index))) return null;
  if (wanted && pane.dataset.proved === undefined && pane.dataset.failed === undefined) return null;
  const canvas = pane.querySelector("canvas");
  const small = document.createElement("canvas");
  small.width = Math.min(canvas.width, 256);
  small.height = Math.max(Math.round((canvas.height * small.width) / canvas.width), 1);
  const context = small.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(canvas, 0, 0, small.width, small.height);
  const { data } = context.getImageData(0, 0, small.width, small.height);
  let rgba = "";
  for (let at = 0; at < data.length; at += 8192) rgba += String.fromCharCode(...data.subarray(at, at + 8192));
  const said = (query) => pane.querySelector(query)?.innerText ?? "";
  return {
    index: Number(pane.dataset.index), instance: pane.dataset.instance, frame: Number(pane.dataset.frame),
    proved: pane.dataset.proved !== undefined, failed: pane.dataset.failed !== undefined,
    alert: said("[class*=middle]"), truth: said("[data-corner=truth]"), identity: said("[data-corner=identity]"),
    width: small.width, height: small.height, rgba: btoa(rgba),
  };
}"""
_LEDGER = """() => {
  const mark = document.querySelector("[data-ledger]");
  return { state: mark.dataset.ledger, words: mark.innerText };
}"""


@dataclass
class Walk:
    """What a reader who opened every case has seen, and everything that was not as it should be."""

    cases: list[RealCase]
    outcomes: list[Outcome]
    wrong: list[str] = field(default_factory=list)
    seen: int = 0
    refused: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def walk(hub: BrowsedHub, session: str, browser: Browser, test_data: Path) -> Iterator[Walk]:
    outcomes = all_files(test_data)
    walked = Walk(put_in(hub, outcomes), outcomes)
    context = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", viewport=SIZE)
    context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": hub.url}])
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(f"page error: {error}"))
    page.on("console", lambda one: said.append(f"console: {one.text}") if one.type == "error" else None)
    page.on("crash", lambda _: said.append("the page crashed"))
    page.goto(f"{hub.url}/worklist")
    page.locator("table, [role=table], main").first.wait_for(timeout=60_000)
    for case in walked.cases:
        if case.item_id is None:
            continue
        said.clear()
        began = time.monotonic()
        try:
            _open(Room(page, hub), case, walked)
        except Exception as error:  # noqa: BLE001 - told with the case that it happened in; the others are still to come
            walked.wrong.append(f"{case.name}: {type(error).__name__}: {str(error)[:300]}")
        walked.wrong += [f"{case.name}: {line}" for line in said]
        print(f"{time.monotonic() - began:.1f} s {case.name}")
    yield walked
    context.close()


def _open(room: Room, case: RealCase, walked: Walk) -> None:
    page = room.page
    page.evaluate("address => history.pushState(null, '', address)", f"/read/{case.item_id}")
    page.wait_for_function(
        "uid => document.querySelector('[data-reading-room]') !== null", arg=case.study_instance_uid, timeout=20_000
    )
    stacks = page.locator("nav section").first.locator("button[aria-pressed]")
    for number in range(stacks.count()):
        stacks.nth(number).click()
        _scroll(room, case, walked)
    page.screenshot(path=f"/tmp/realview/{case.site_id}-{case.name.replace(': ', '-').replace('/', '_')}.png")
    _count(page, case, walked)


def _scroll(room: Room, case: RealCase, walked: Walk) -> None:
    """First, middle and last image of the stack that was just hung."""
    _look(room, case, walked, None)
    room.page.keyboard.press("End")
    room.page.wait_for_timeout(100)
    last = _look(room, case, walked, None)
    for index in sorted({0, last // 2} - {last}):
        room.page.keyboard.press("Home")
        for _ in range(index // 10):
            room.page.keyboard.press("PageDown")
        for _ in range(index % 10):
            room.page.keyboard.press("ArrowDown")
        _look(room, case, walked, index)


def _look(room: Room, case: RealCase, walked: Walk, index: int | None) -> int:
    try:
        handle = room.page.wait_for_function(_LOOK, arg=[True, index], timeout=_SECONDS * 1000)
    except Exception:
        handle = None
    seen = handle.json_value() if handle else room.page.evaluate(_LOOK, [False, None])
    if handle is None:
        walked.wrong.append(f"{case.name}: image {index} of {seen}"[:400])
        return int(seen["index"]) if seen else 0
    walked.seen += 1
    for _ in range(20):
        rgb = np.frombuffer(base64.b64decode(seen["rgba"]), np.uint8).reshape(seen["height"], seen["width"], 4)[..., :3]
        if seen["failed"] or np.ptp(rgb) > 0:
            break
        room.page.wait_for_timeout(100)
        seen = room.page.evaluate(_LOOK, [False, None])
    held = case.objects.get(seen["instance"])
    name = f"{held.outcome.category}: {held.outcome.path.name}" if held else f"{case.name}: not of this case"
    if seen["failed"]:
        walked.wrong.append(f"{name} frame {seen['frame']} failed: {seen['alert']!r}")
    elif np.ptp(rgb) == 0:
        walked.wrong.append(f"{name} frame {seen['frame']} blank {seen['truth']!r}")
    return int(seen["index"])


def _count(page: Page, case: RealCase, walked: Walk) -> None:
    for _ in range(600):
        ledger = page.evaluate(_LEDGER)
        if "照合済み" not in ledger["words"]:
            break
        page.wait_for_timeout(50)
    if ledger["state"] != "complete" or "すべて到着" not in ledger["words"]:
        walked.wrong.append(f"{case.name}: ledger {ledger}")


def test_every_image_opens(walk: Walk) -> None:
    assert walk.wrong == [], "\n".join(walk.wrong)
