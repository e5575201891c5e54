"""The peer at the far end of the line: OHIF opens a study; prints what was seen as a line of JSON for each.

Runs inside the line's namespace; ``python bench/browser_peer_page.py '{"url": …, "warm": …}'``.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.browser_chromium import HEAP, IDLE_SECONDS, Received, chromium

_LOOK_SECONDS = 0.1
_WATCH = """() => {
  window.peerFirst = undefined;
  const copy = document.createElement("canvas");
  copy.width = copy.height = 48;
  const context = copy.getContext("2d", { willReadFrequently: true });
  const greys = (canvas) => {
    context.fillStyle = "black";
    context.fillRect(0, 0, 48, 48);
    context.drawImage(canvas, 0, 0, 48, 48);
    return new Set(context.getImageData(0, 0, 48, 48).data.filter((_, at) => at % 4 === 0)).size;
  };
  clearInterval(window.peerWatch);
  window.peerWatch = setInterval(() => {
    const canvases = [...document.querySelectorAll(".cornerstone-canvas")];
    const shown = canvases.some((one) => one.width > 200 && greys(one) > 8);
    if (shown) { window.peerFirst = performance.now(); clearInterval(window.peerWatch); }
  }, 40);
}"""
_GO = """(to) => {
  history.pushState({}, "", to);
  dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  return performance.now();
}"""


def main(wanted: dict[str, Any]) -> None:
    """Load the program by a study of one image, then open what is asked."""
    with chromium(wanted["host"], wanted["address"], wanted["key"], "en-US") as context:
        page = context.new_page()
        page.goto(f"{wanted['url']}/")
        page.get_by_text("Yamada, Hanako").first.wait_for()
        _see(context, page, [wanted["warm"]], frames=1, seconds=60.0)
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            asked = json.loads(line)
            page.evaluate(_GO, "/")
            time.sleep(IDLE_SECONDS)
            print(json.dumps(_see(context, page, **asked)), flush=True)


def _see(context: BrowserContext, page: Page, studies: list[str], *, frames: int, seconds: float) -> dict[str, Any]:
    """From the click until every frame has come, or the time is over."""
    session = context.new_cdp_session(page)
    received = Received(session)
    page.evaluate(_WATCH)
    clicked = page.evaluate(_GO, "/viewer?StudyInstanceUIDs=" + "&StudyInstanceUIDs=".join(studies))
    began = time.monotonic()
    whole = first = None
    while (whole is None or first is None) and time.monotonic() - began < seconds:
        page.wait_for_timeout(_LOOK_SECONDS * 1000)
        first = page.evaluate("() => window.peerFirst")
        if whole is None and len(received.frames) >= frames:
            whole = round(time.monotonic() - began, 3)
    found = {
        "first_image": None if first is None else round((first - clicked) / 1000, 3),
        "whole": whole,
        "seconds": round(time.monotonic() - began, 3),
        "frames_come": len(received.frames),
        "bytes": received.bytes,
        "heap_mb": page.evaluate(HEAP),
    }
    session.detach()
    return found


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
