"""How a viewer scrolls, and what its page takes: the same for both viewers, which both draw with Cornerstone3D."""

import os
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page

from bench.browser_chromium import HEAP
from bench.resident import family

LONG_TASKS = """() => {
  window.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) window.longTasks.push([startTime, duration]);
  }).observe({ type: "longtask", buffered: true });
}"""
"""From the start of the page: when a task took more than 50 ms, and how long."""
VIEWPORTS = """[...document.querySelectorAll("[data-viewport-uid]")].filter((one) => one.clientWidth > 50)"""
_AREA = (
    """() => {
  const boxes = """
    + VIEWPORTS
    + """.map((one) => one.getBoundingClientRect());
  const of = (ends, begins) => Math.max(...boxes.map(ends)) - Math.min(...boxes.map(begins));
  return { width: of((one) => one.right, (one) => one.left), height: of((one) => one.bottom, (one) => one.top) };
}"""
)
_SCROLL = (
    """async ({ steps, patience }) => {
  const all = """
    + VIEWPORTS
    + """;
  const [fresh, shown] = [new Set(), new Set()];
  let done = () => {};
  const stop = new AbortController();
  for (const one of all) {
    one.addEventListener("CORNERSTONE_STACK_NEW_IMAGE", () => fresh.add(one), { signal: stop.signal });
    one.addEventListener("CORNERSTONE_IMAGE_RENDERED", () => {
      if (fresh.delete(one)) shown.add(one);
      if (shown.size === all.length) done();
    }, { signal: stop.signal });
  }
  const key = { key: "ArrowDown", code: "ArrowDown", keyCode: 40, which: 40, bubbles: true, cancelable: true };
  const turn = () => document.dispatchEvent(new KeyboardEvent("keydown", key));
  const frames = [];
  let beat = requestAnimationFrame(function tick(now) { frames.push(now); beat = requestAnimationFrame(tick); });
  const waits = [];
  let missed = 0;
  const began = performance.now();
  for (let step = 0; step < steps; step += 1) {
    fresh.clear(); shown.clear();
    const from = performance.now();
    let late;
    await new Promise((resolve) => {
      late = setTimeout(() => { missed += 1; resolve(); }, patience);
      done = resolve;
      turn();
    });
    clearTimeout(late);
    waits.push(performance.now() - from);
  }
  const took = performance.now() - began;
  cancelAnimationFrame(beat);
  stop.abort();
  const beats = frames.slice(1).map((now, at) => now - frames[at]);
  const p95 = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? null;
  return { viewports: all.length, steps, missed, steps_per_second: steps / (took / 1000), p95_frame_ms: p95(beats),
    p95_step_ms: p95(waits) };
}"""
)
_PATIENCE_MS = 2000
_SETTLE_MS = 1500


def scroll(page: Page, steps: int) -> dict[str, Any]:
    """One arrow key after the other, each once all viewports show the image of the one before."""
    page.wait_for_timeout(_SETTLE_MS)
    found: dict[str, Any] = page.evaluate(_SCROLL, {"steps": steps, "patience": _PATIENCE_MS})
    return {name: round(value, 1) if isinstance(value, float) else value for name, value in found.items()}


def area(page: Page) -> dict[str, float]:
    """Width and height over which images are drawn."""
    found: dict[str, float] = page.evaluate(_AREA)
    return found


def fit(page: Page, wanted: dict[str, float]) -> dict[str, float]:
    """Make the window so large that images are drawn over this area."""
    size, now = page.viewport_size, area(page)
    if size is None:
        raise SystemExit("a page without a size")
    width = size["width"] + round(wanted["width"] - now["width"])
    height = size["height"] + round(wanted["height"] - now["height"])
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(_SETTLE_MS)
    return area(page)


def memory(context: BrowserContext, page: Page) -> dict[str, int]:
    """MB that the page's processes hold once its rubbish is gone; what they share is counted in parts."""
    session: CDPSession = context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.detach()
    page.wait_for_timeout(_SETTLE_MS)
    held = {"renderer": 0.0, "gpu-process": 0.0}
    for pid in family(os.getpid()):
        kind = _kind(pid)
        if kind in held:
            held[kind] += _proportional_mb(pid)
    return {
        "renderer_mb": round(held["renderer"]),
        "gpu_mb": round(held["gpu-process"]),
        "heap_mb": page.evaluate(HEAP),
    }


def _kind(pid: int) -> str:
    try:
        # Processes that Chromium forks itself have one word there, with spaces in it.
        found = re.search(rb"--type=([\w-]+)", Path(f"/proc/{pid}/cmdline").read_bytes())
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return found[1].decode() if found else ""


def _proportional_mb(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0.0
