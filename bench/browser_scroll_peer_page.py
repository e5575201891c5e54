"""The peer at the far end: OHIF opens a study and scrolls through it; a line of JSON for each.

Runs inside the line's namespace; ``python bench/browser_scroll_peer_page.py '{"url": …, "warm": …}'``.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.browser_chromium import Received, chromium
from bench.browser_steps import VIEWPORTS, area, memory, scroll

_SIDES = {1: 1, 4: 2}
_GRID = """(side) => window.commandsManager.runCommand("setViewportGridLayout", { numRows: side, numCols: side })"""
_LINK = """() => window.commandsManager.runCommand("toggleSynchronizer", { type: "imageSlice" })"""
_FIRST = """() => window.commandsManager.runCommand("firstImage")"""
_SHOWN = f"(count) => {VIEWPORTS}.length === count"
_SETTLE_MS = 4000
_PATIENCE_SECONDS = 180.0
_LOOK_MS = 200


def main(wanted: dict[str, Any]) -> None:
    """Load the program, then do what is asked."""
    with chromium(wanted["host"], wanted["address"], wanted["key"], "en-US") as context:
        page = context.new_page()
        page.goto(f"{wanted['url']}/")
        page.get_by_text("Yamada, Hanako").first.wait_for()
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            asked = json.loads(line)
            print(json.dumps(_VERBS[asked.pop("do")](context, page, url=wanted["url"], **asked)), flush=True)


def _open(context: BrowserContext, page: Page, *, url: str, studies: list[str], frames: int) -> dict[str, Any]:
    """Until its prefetch has brought every frame, or time is over; then what it holds."""
    session = context.new_cdp_session(page)
    received = Received(session)
    began = time.monotonic()
    page.goto(f"{url}/viewer?StudyInstanceUIDs=" + "&StudyInstanceUIDs=".join(studies))
    while len(received.frames) < frames and time.monotonic() - began < _PATIENCE_SECONDS:
        page.wait_for_timeout(_LOOK_MS)
    whole = time.monotonic() - began
    session.detach()
    page.wait_for_timeout(_SETTLE_MS)
    return {"whole": round(whole, 1), "frames_come": len(received.frames), **memory(context, page)}


def _scroll(_: BrowserContext, page: Page, *, url: str, viewports: int, steps: int) -> dict[str, Any]:
    """From the first image on, viewports linked by its own means, over whatever area they have."""
    del url
    page.evaluate(_GRID, _SIDES[viewports])
    page.wait_for_function(_SHOWN, arg=viewports)
    page.wait_for_timeout(_SETTLE_MS)
    page.evaluate(_FIRST)
    page.wait_for_timeout(_SETTLE_MS)
    if viewports > 1:
        page.evaluate(_LINK)
    return {**scroll(page, steps), "area": area(page)}


_VERBS: dict[str, Callable[..., dict[str, Any]]] = {"open": _open, "scroll": _scroll}


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
