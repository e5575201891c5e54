"""Every real image of the test data opens in the reading room: reachable, drawn, proved, and counted."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize
from playwright.sync_api import Error as BrowserError

from dokuei.errors import NotAcceptableError
from dokuei.hub.archive.reading import Scope
from dokuei.hub.identity.guard import SESSION_COOKIE
from tests.makers.browsed_hub import BrowsedHub
from tests.makers.real_cases import RealCase, put_in
from tests.makers.real_files import Outcome, all_files

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(900),
    pytest.mark.filterwarnings("ignore::UserWarning"),  # pydicom's about the files' oddities
]

_SIZE = ViewportSize(width=1000, height=640)
_MILLISECONDS = 30_000
_STACKS = "nav section:first-of-type button[aria-pressed]:has(canvas)"
_DOCUMENTS = "nav section:first-of-type [class*=_document_]"
_SHOWN = tuple(f"1.2.840.10008.5.1.4.1.1.{one}" for one in ("88.", "11.", "104.1"))
"""SR, key objects, presentation states and PDF: a document of another class is listed, and said not to be shown."""
_READY = """index => {
  const pane = document.querySelector("[data-pane][data-active]");
  if (pane === null || (index !== null && pane.dataset.index !== String(index))) return false;
  return pane.dataset.proved !== undefined || pane.dataset.failed !== undefined;
}"""
_LOOK = """() => {
  const pane = document.querySelector("[data-pane][data-active]");
  const canvas = pane.querySelector("canvas");
  const small = document.createElement("canvas");
  [small.width, small.height] = [128, 128];
  const context = small.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(canvas, 0, 0, small.width, small.height);
  const said = (query) => pane.querySelector(query)?.innerText ?? "";
  return {
    index: Number(pane.dataset.index), instance: pane.dataset.instance, frame: Number(pane.dataset.frame),
    proved: pane.dataset.proved !== undefined, alert: said("[role=alert]"), truth: said("[data-corner=truth]"),
    rgba: btoa(String.fromCharCode(...context.getImageData(0, 0, small.width, small.height).data)),
  };
}"""
_LEDGER = """() => {
  const mark = document.querySelector("[data-ledger]");
  return { state: mark.dataset.ledger, words: mark.innerText.trim() };
}"""


@dataclass
class Walk:
    """What a reader meets who opens every case: each thing that is not as it should be, by file."""

    hub: BrowsedHub
    page: Page
    cases: list[RealCase]
    outcomes: list[Outcome]
    wrong: list[str] = field(default_factory=list)
    undecodable: dict[str, str] = field(default_factory=dict)
    seen: set[tuple[str, str]] = field(default_factory=set)

    def open(self, case: RealCase) -> None:
        """One case without loading the page again: all stacks, and what the ledger says of them."""
        self.page.evaluate("path => history.pushState(null, '', path)", f"/read/{case.item_id}")
        self.page.locator(f'[data-reading-room][data-study="{case.study_instance_uid}"]').wait_for(
            timeout=_MILLISECONDS
        )
        stacks = self.page.locator(_STACKS)
        for number in range(stacks.count()):
            stacks.nth(number).click()
            self._scroll(case)
        self._count(case)

    def _scroll(self, case: RealCase) -> None:
        """First, last and middle image of the stack that was just hung."""
        self._look(case, None)
        self.page.keyboard.press("End")
        last = self._look(case, None)
        if last > 1:
            self.page.keyboard.press("Home")
            for _ in range(last // 2 // 10):
                self.page.keyboard.press("PageDown")
            for _ in range(last // 2 % 10):
                self.page.keyboard.press("ArrowDown")
            self._look(case, last // 2)

    def _look(self, case: RealCase, index: int | None) -> int:
        """Wait for the image that is on the screen, and judge it."""
        self.page.wait_for_function(_READY, arg=index, timeout=_MILLISECONDS)
        for _ in range(30):
            seen: dict[str, Any] = self.page.evaluate(_LOOK)
            drawn = np.frombuffer(base64.b64decode(seen["rgba"]), np.uint8).reshape(-1, 4)[:, :3]
            blank = not np.ptp(drawn)
            if seen["alert"] or not blank:
                break
            self.page.wait_for_timeout(100)
        held = case.objects.get(seen["instance"])
        if held is None:
            self.wrong.append(f"{case.name}: shows {seen['instance']}, which is not of the case")
            return int(seen["index"])
        name = f"{held.outcome.category} {held.outcome.path.name}, frame {seen['frame']}"
        if not seen["proved"]:
            self._cannot(case, seen, name)
        elif blank and not _is_constant(held.outcome.path, seen["frame"]):
            self.wrong.append(f"{name}: nothing is drawn")
        elif held.coded.lossy is not None and "非可逆" not in seen["truth"]:
            self.wrong.append(f"{name}: came lossy, and it says {seen['truth']!r}")
        self.seen.add((case.site_id, seen["instance"]))
        return int(seen["index"])

    def _cannot(self, case: RealCase, seen: dict[str, Any], name: str) -> None:
        """Only what the hub cannot decode either may stay without its picture."""
        archive = self.hub.hub.archive
        (one,) = archive.instances(Scope(case.site_id, case.study_instance_uid, sop_instance_uid=seen["instance"]))
        try:
            archive.decodability.demand(archive.file_of(one), one)
        except NotAcceptableError:
            self.undecodable[name] = seen["alert"]
        else:
            self.wrong.append(f"{name}: {seen['alert']!r}, and the hub can decode it")

    def _count(self, case: RealCase) -> None:
        """The ledger has proved all that can be proved, and its numbers are those of the files."""
        frames = sum(len(one.coded.frames) for one in case.objects.values())
        unproved = sum(one.outcome.path.name in name for one in case.objects.values() for name in self.undecodable)
        documents = [one.coded for one in case.objects.values() if not one.coded.frames]
        unshown = sum(not one.sop_class_uid.startswith(_SHOWN) for one in documents)
        state = "unshown" if unshown else "complete"
        wanted = f"{frames} 中 {frames - unproved} 照合済み" if unproved else f"{frames} 画像 すべて到着"
        wanted = f"{unshown} 件は表示できません" if unshown else wanted
        for _ in range(600):
            ledger = self.page.evaluate(_LEDGER)
            if ledger == {"state": state, "words": wanted}:
                break
            self.page.wait_for_timeout(50)
        else:
            self.wrong.append(f"{case.name}: the ledger says {ledger} instead of {wanted!r}")
        if self.page.locator(_DOCUMENTS).count() < len(documents):
            self.wrong.append(f"{case.name}: not all of {len(documents)} documents are listed")


def _is_constant(path: Path, frame: int) -> bool:
    cells = pydicom.dcmread(path, force=True).pixel_array
    return not np.ptp(cells if int(cells.ndim) == 2 else cells[frame - 1])


def _expected(message: ConsoleMessage) -> bool:
    """Chromium itself notes each answer that is an error; a frame that nobody can decode is answered 406."""
    return "status of 406" in message.text


@pytest.fixture(scope="module")
def walk(hub: BrowsedHub, session: str, browser: Browser, test_data: Path) -> Iterator[Walk]:
    outcomes = all_files(test_data)
    context = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", viewport=_SIZE)
    context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": hub.url}])
    walked = Walk(hub, context.new_page(), put_in(hub, outcomes), outcomes)
    page, said = walked.page, list[str]()
    page.on("pageerror", lambda error: said.append(f"page error: {error.stack or error}"))
    page.on("console", lambda one: said.append(one.text) if one.type == "error" and not _expected(one) else None)
    page.on("crash", lambda _: said.append("the page crashed"))
    page.goto(f"{hub.url}/worklist")
    page.get_by_role("main").wait_for(timeout=60_000)
    for case in (one for one in walked.cases if one.item_id is not None):
        said.clear()
        try:
            walked.open(case)
        except BrowserError as error:
            walked.wrong.append(f"{case.name}: {error.message.splitlines()[0]}")
        walked.wrong += [f"{case.name}: {line}" for line in said]
    yield walked
    context.close()


def test_every_real_image_is_reachable_drawn_proved_and_counted(walk: Walk) -> None:
    """IMG-01 IMG-13: what a modality made is what the reader sees, whatever it came in."""
    assert walk.wrong == [], "\n".join(walk.wrong)
    assert len(walk.seen) > 120


def test_what_nobody_can_decode_says_so_and_why_in_the_readers_language(walk: Walk) -> None:
    """No HTTP status and no English stand where a picture should."""
    assert len(walk.undecodable) == 2, walk.undecodable
    for name, told in walk.undecodable.items():
        message, *reason = told.splitlines()
        assert "復号できません" in message, (name, told)
        assert re.search("[ぁ-ん]", "".join(reason)), (name, told)
        assert "HTTP" not in told, (name, told)


def test_every_image_that_can_be_filed_is_in_a_case(walk: Walk) -> None:
    left = [one for one in walk.outcomes if one.category[0] in "12347" and one.hub != "found"]
    assert {one.path.name for one in left if one.sop_instance_uid and one.study_instance_uid} <= {"GH364.dcm"}
