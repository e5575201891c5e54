"""The next case is on the reader's computer before it is opened, encrypted, and gone after sign-out."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from dokuei.hub.archive.reading import Scope
from dokuei.hub.identity.guard import SESSION_COOKIE
from tests.journeys.viewer.conftest import FRAMES, SIZE, Room
from tests.makers.archive import image
from tests.makers.browsed_hub import CHROMIUM_ARGUMENTS, BrowsedHub

pytestmark = [pytest.mark.browser]
_SIDE = 256
_SLICES = 5
_BLOCK = 64
_KEPT = """async () => {
  const folder = await navigator.storage.getDirectory();
  const sum = async (from) => {
    let bytes = 0;
    for await (const one of from.values())
      bytes += one.kind === "file" ? (await one.getFile()).size : await sum(one);
    return bytes;
  };
  return sum(folder);
}"""


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return tmp_path / "profile"


@pytest.fixture
def context(
    playwright: Playwright, profile: Path, hub: BrowsedHub, session: str
) -> Iterator[BrowserContext]:  # a profile on disk, that can be searched
    made = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=shutil.which("chromium"),
        args=list(CHROMIUM_ARGUMENTS),
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
        viewport=SIZE,
    )
    made.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": hub.url}])
    yield made
    made.close()


def _noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 4096, (_SIDE, _SIDE)).astype(np.uint16)


def _study(patient_id: str, seed: int) -> list[Dataset]:
    study, series = generate_uid(), generate_uid()
    return [
        image(_noise(seed + number), study=study, series=series, number=number, patient_id=patient_id)
        for number in range(1, _SLICES + 1)
    ]


def _blocks(hub: BrowsedHub, objects: list[Dataset]) -> list[bytes]:
    """What would lie on the disk if a frame did: pieces of its pixels, and of it as it is stored."""
    found = []
    for coded in hub.hub.archive.instances(Scope("kita", str(objects[0].StudyInstanceUID))):
        data = hub.hub.archive.file_of(coded).read_bytes()
        for frame in coded.coded.frames:
            middle = frame.offset + frame.length // 2
            found.append(data[middle : middle + _BLOCK])
    found.extend(one.PixelData[len(one.PixelData) // 2 :][:_BLOCK] for one in objects)
    return found


def _lies_in(folder: Path, blocks: list[bytes]) -> list[str]:
    """Files of a folder that hold one of these blocks."""
    found = []
    for file in folder.rglob("*"):
        try:
            data = file.read_bytes() if file.is_file() and not file.is_symlink() else b""
        except FileNotFoundError:
            continue  # the browser tidies up meanwhile
        if any(block in data for block in blocks):
            found.append(str(file))
    return found


def _wait_for_kept(page: Page, least: int) -> None:
    for _ in range(300):
        if page.evaluate(_KEPT) >= least:
            break
        page.wait_for_timeout(100)
    assert page.evaluate(_KEPT) >= least


def test_the_next_case_opens_without_the_line_and_leaves_nothing_on_the_disk(
    hub: BrowsedHub, room: Room, profile: Path
) -> None:
    """NET-17: no image stays on a client after sign-out; while it is there it is encrypted."""
    studies = {hub.case(objects): objects for objects in (_study("A-1", 10), _study("A-2", 50))}
    page = room.page
    page.goto(f"{hub.url}/worklist")
    page.locator("[id^=row-]").nth(1).wait_for()
    listed = [row.get_attribute("id") or "" for row in page.locator("[id^=row-]").all()]
    first, second = (row.removeprefix("row-") for row in listed)
    blocks = [block for objects in studies.values() for block in _blocks(hub, objects)]
    stored = sum(
        frame.length
        for objects in studies.values()
        for coded in hub.hub.archive.instances(Scope("kita", str(objects[0].StudyInstanceUID)))
        for frame in coded.coded.frames
    )
    assert _lies_in(hub.folder, blocks)  # what is searched for can be found

    page.locator(f"#row-{first}").dblclick()
    page.locator("[data-drawn]").first.wait_for(timeout=60_000)
    _wait_for_kept(page, stored)

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route(FRAMES, lambda route: route.abort())
    page.keyboard.press("Shift+KeyN")
    page.wait_for_url(f"{hub.url}/read/{second}")
    room.settle()
    page.reload()
    room.settle()
    assert [url for url in asked if FRAMES.search(url)] == []
    assert _lies_in(profile, blocks) == []

    page.unroute(FRAMES)
    page.goto(f"{hub.url}/worklist")
    _sign_out(page)
    assert page.evaluate(_KEPT) == 0
    assert _lies_in(profile, blocks) == []


def _sign_out(page: Page) -> None:
    page.get_by_role("button", name="読影 よみ").click()
    page.get_by_role("button", name="サインアウト").click()
    page.wait_for_url("**/sign-in")
