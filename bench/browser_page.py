"""The far end of the line: headless Chromium signs in with a virtual key and opens a case; prints its marks as JSON.

Runs inside the line's namespace; ``python bench/browser_page.py '{"url": …, "cases": […], "port": …}'``.
"""

import json
import re
import shutil
import sys
import tempfile
import time
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, ViewportSize, sync_playwright

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)
_SIZE = ViewportSize(width=1280, height=800)
_MARKS = """() => Object.fromEntries(performance.getEntriesByType("mark")
  .filter((one) => one.name.startsWith("dokuei:")).map((one) => [one.name.slice(7), one.startTime]))"""
_HEAP = "() => Math.round(performance.memory.usedJSHeapSize / 1e6)"
_KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
_LOOK_SECONDS = 0.1
_IDLE_SECONDS = 6.0
_PATIENCE_MS = 180_000.0


def main(wanted: dict[str, Any]) -> None:
    """Sign in, then open one case after the other; a line of JSON for each."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="dokuei-profile-") as profile:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=shutil.which("chromium"),
            args=[
                *_ARGUMENTS,
                f"--host-resolver-rules=MAP {wanted['host']} {wanted['address']}",
                f"--ignore-certificate-errors-spki-list={wanted['key']}",
            ],
            viewport=_SIZE,
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
        )
        page = context.new_page()
        page.set_default_timeout(_PATIENCE_MS)
        _sign_in(context, page, wanted["link"])
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            asked = json.loads(line)
            done = _check(page, wanted["url"]) if asked.get("check") else _open(context, page, wanted["url"], **asked)
            print(json.dumps(done), flush=True)
        context.close()


def _sign_in(context: BrowserContext, page: Page, link: str) -> None:
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
    time.sleep(_IDLE_SECONDS)  # a reader looks at the list before opening a case
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    received = _Received(session)
    page.evaluate("() => performance.mark('dokuei:click')")
    row.dblclick()
    deadline = time.monotonic() + seconds
    marks: dict[str, float] = {}
    while time.monotonic() < deadline and "whole" not in marks:
        page.wait_for_timeout(_LOOK_SECONDS * 1000)
        marks = page.evaluate(_MARKS)
    found = {name: round((at - marks["click"]) / 1000, 3) for name, at in marks.items() if name != "click"}
    return {"marks": found, "bytes": received.bytes, "requests": received.requests, "heap_mb": page.evaluate(_HEAP)}


def _check(page: Page, url: str) -> dict[str, Any]:
    """The page's own check of its line, as the hub kept it."""
    page.goto(f"{url}/lines")
    button = page.get_by_role("button", name=re.compile("回線を測定|もう一度測定"))
    button.wait_for()
    with page.expect_response(lambda answer: answer.url.endswith("/line/checks")) as judged:
        button.click()
    found: dict[str, Any] = judged.value.json()
    return found


class _Received:
    """What came over the line for this page, headers included (CDP Network.loadingFinished)."""

    def __init__(self, session: CDPSession) -> None:
        self.bytes = 0
        self.requests = 0
        session.on("Network.dataReceived", self._data)
        session.on("Network.loadingFinished", self._finished)

    def _data(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def _finished(self, _: dict[str, Any]) -> None:
        self.requests += 1


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
