"""Headless Chromium at the far end of the line, as both viewers are opened in it; what came to its page is counted."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, ViewportSize, sync_playwright

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
PATIENCE_MS = 180_000.0
IDLE_SECONDS = 6.0  # a reader looks at the list before opening a case
HEAP = "() => Math.round(performance.memory.usedJSHeapSize / 1e6)"


@contextmanager
def chromium(host: str, address: str, key: str, locale: str) -> Iterator[BrowserContext]:
    """A profile of its own; ``host`` is at ``address``, its certificate taken by the digest of its ``key``."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="dokuei-profile-") as profile:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=shutil.which("chromium"),
            args=[
                *_ARGUMENTS,
                f"--host-resolver-rules=MAP {host} {address}",
                f"--ignore-certificate-errors-spki-list={key}",
            ],
            viewport=_SIZE,
            locale=locale,
            timezone_id="Asia/Tokyo",
        )
        context.set_default_timeout(PATIENCE_MS)
        yield context
        context.close()


class Received:
    """What came over the line for one page, headers included (CDP Network.loadingFinished), and which frames."""

    def __init__(self, session: CDPSession, *, frames_at: str = "/frames/") -> None:
        session.send("Network.enable")
        self.bytes = 0
        self.requests = 0
        self.frames: set[str] = set()
        self._frames_at = frames_at
        self._asked: dict[str, str] = {}
        session.on("Network.requestWillBeSent", self._ask)
        session.on("Network.dataReceived", self._data)
        session.on("Network.loadingFinished", self._finished)

    def _ask(self, event: dict[str, Any]) -> None:
        self._asked[event["requestId"]] = event["request"]["url"]

    def _data(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def _finished(self, event: dict[str, Any]) -> None:
        self.requests += 1
        asked = self._asked.pop(event["requestId"], "")
        if self._frames_at in asked:
            self.frames.add(asked)
