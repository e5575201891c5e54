"""The far end of the line: headless Chromium signs in with a virtual key and opens a case; prints its marks as JSON.

Runs inside the line's namespace; ``python bench/browser_page.py '{"url": …, "cases": […], "port": …}'``.
"""

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.browser_chromium import HEAP, IDLE_SECONDS, Received, chromium

_MARKS = """() => Object.fromEntries(performance.getEntriesByType("mark")
  .filter((one) => one.name.startsWith("dokuei:")).map((one) => [one.name.slice(7), one.startTime]))"""
_KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
_LOOK_SECONDS = 0.1
NOTHING_AHEAD, _AS_USUAL = (f"localStorage.setItem('dokuei.ahead', '{size}')" for size in (0, 2 << 30))


def main(wanted: dict[str, Any]) -> None:
    """Sign in, then open one case after the other; a line of JSON for each."""
    with chromium(wanted["host"], wanted["address"], wanted["key"], "ja-JP") as context:
        # What the line does is measured: nothing is brought before the click, and kept on the disk as usual after it.
        context.add_init_script(NOTHING_AHEAD)
        page = context.new_page()
        sign_in(context, page, wanted["link"])
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            asked = json.loads(line)
            done = _check(page, wanted["url"]) if asked.get("check") else _open(context, page, wanted["url"], **asked)
            print(json.dumps(done), flush=True)


def sign_in(context: BrowserContext, page: Page, link: str) -> None:
    """Enrol a key by a link, and sign in with it."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": _KEY})
    page.goto(link)
    passkey = re.compile("passkey|パスキー")
    page.get_by_role("button", name=passkey).first.click()
    page.get_by_role("status").wait_for()
    page.goto(link.split("/enrol", maxsplit=1)[0] + "/sign-in")
    page.get_by_role("button", name=passkey).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.locator("main").first.wait_for()


def _open(context: BrowserContext, page: Page, url: str, *, item: str, seconds: float) -> dict[str, Any]:
    """From the click on the case's row until every frame is proved, or the time is over."""
    page.goto(f"{url}/worklist")
    row = page.locator(f"#row-{item}")
    row.wait_for()
    time.sleep(IDLE_SECONDS)
    session = context.new_cdp_session(page)
    received = Received(session)
    page.evaluate(_AS_USUAL)
    page.evaluate("() => performance.mark('dokuei:click')")
    row.dblclick()
    deadline = time.monotonic() + seconds
    marks: dict[str, float] = {}
    while time.monotonic() < deadline and "whole" not in marks:
        page.wait_for_timeout(_LOOK_SECONDS * 1000)
        marks = page.evaluate(_MARKS)
    found = {name: round((at - marks["click"]) / 1000, 3) for name, at in marks.items() if name != "click"}
    return {"marks": found, "bytes": received.bytes, "requests": received.requests, "heap_mb": page.evaluate(HEAP)}


def _check(page: Page, url: str) -> dict[str, Any]:
    """The page's own check of its line, as the hub kept it."""
    page.goto(f"{url}/lines")
    button = page.get_by_role("button", name=re.compile("回線を測定|もう一度測定"))
    button.wait_for()
    with page.expect_response(lambda answer: answer.url.endswith("/line/checks")) as judged:
        button.click()
    found: dict[str, Any] = judged.value.json()
    return found


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
