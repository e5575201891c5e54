"""Our viewer at the far end: opens a case, scrolls through it, leaves it again; a line of JSON for each.

Runs inside the line's namespace; ``python bench/browser_scroll_page.py '{"url": …, "link": …}'``.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.browser_chromium import chromium
from bench.browser_page import NOTHING_AHEAD, sign_in
from bench.browser_steps import LONG_TASKS, fit, memory, scroll

_LAYOUTS = {1: "Shift+Digit1", 4: "Shift+Digit5"}
_WHOLE = """() => performance.getEntriesByName("dokuei:whole").length > 0"""
_MARKED = """() => {
  const at = (name) => performance.getEntriesByName(`dokuei:${name}`)[0].startTime;
  const long = window.longTasks.filter(([start]) => start >= at("opened") && start <= at("whole"));
  const took = long.map(([, duration]) => Math.round(duration));
  return { whole: (at("whole") - at("opened")) / 1000, long_tasks: took.length, longest_task_ms: Math.max(0, ...took) };
}"""
_LOOK_MS = 200


def main(wanted: dict[str, Any]) -> None:
    """Sign in, then do what is asked."""
    with chromium(wanted["host"], wanted["address"], wanted["key"], "ja-JP") as context:
        context.add_init_script(NOTHING_AHEAD)
        context.add_init_script(f"({LONG_TASKS})()")
        page = context.new_page()
        sign_in(context, page, wanted["link"])
        page.goto(f"{wanted['url']}/worklist")
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            asked = json.loads(line)
            print(json.dumps(_VERBS[asked.pop("do")](context, page, **asked)), flush=True)


def _open(context: BrowserContext, page: Page, *, item: str, seconds: float) -> dict[str, Any]:
    """From the list until every frame is proved; then what it holds."""
    row = page.locator(f"#row-{item}")
    row.wait_for()
    page.evaluate("performance.clearMarks()")
    row.dblclick()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not page.evaluate(_WHOLE):
        page.wait_for_timeout(_LOOK_MS)
    marked: dict[str, Any] = page.evaluate(_MARKED)
    return {**marked, **memory(context, page)}


def _leave(context: BrowserContext, page: Page) -> dict[str, Any]:
    """Back to the list, as a reader goes; then what is still held."""
    page.keyboard.press("Shift+Escape")
    page.wait_for_url("**/worklist")
    return {**memory(context, page)}


def _scroll(_: BrowserContext, page: Page, *, viewports: int, over: dict[str, float], steps: int) -> dict[str, Any]:
    """From the first image on, all viewports linked, over this area."""
    page.keyboard.press(_LAYOUTS[viewports])
    drawn = fit(page, over)
    page.keyboard.press("Home")
    return {**scroll(page, steps), "area": drawn}


_VERBS: dict[str, Callable[..., dict[str, Any]]] = {"open": _open, "leave": _leave, "scroll": _scroll}


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
