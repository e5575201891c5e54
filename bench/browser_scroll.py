"""Scrolling through a breast MRI that is here, ours beside OHIF on Orthanc in one run, and what the pages hold.

Run as ``python bench/browser_scroll.py [--quick] [--cases FOLDER]``; needs root, as ``bench/browser.py``. Both viewers
draw with Cornerstone3D in headless Chromium over equal areas, without a graphics processor: compare them with each
other, and with no reader's screen. A step is an arrow key, in both; the next follows once all show its image.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.browser import (
    CASES,
    HOST,
    LONGEST_SECONDS,
    Browser,
    Served,
    browsing,
    browsing_peer,
    certificate_of,
    files_of,
    serving,
)
from bench.browser_peer import Peer, peer
from bench.shaped_line import Line, ShapedLine, shaped_line
from dokuei.phantom import cases

_SCROLLED = "mri"
_OPENED = ("mri", "mammogram")
_VIEWPORTS = (1, 4)
_STEPS, _FEW_STEPS = 249, 60
_CASES, _FEW_CASES = 20, 4


def run(*, quick: bool = False, kept: Path | None = None) -> dict[str, Any]:
    """The peer first: ours is then drawn over the same area."""
    with tempfile.TemporaryDirectory(prefix="dokuei-scroll-") as name:
        folder = Path(name)
        made = cases.make(kept or folder / "cases", cases=[CASES[name] for name in _OPENED])
        sources = {name: files_of(made, name) for name in _OPENED}
        with (
            shaped_line(Line("unshaped")) as line,
            serving(folder / "home", sources) as served,
            peer(folder / "peer", HOST, certificate_of(folder / "home"), {_SCROLLED: sources[_SCROLLED]}) as beside,
        ):
            steps = _FEW_STEPS if quick else _STEPS
            theirs = _peers(line, served, beside, steps)
            with browsing(line, served, program="browser_scroll_page.py") as ours:
                opened = _said(_open(ours, served, _SCROLLED))
                rows = [_beside(ours, row, steps) for row in theirs["rows"]]
                _said(ours.ask(do="leave"))
                held = [_in_a_row(ours, served, at) for at in range(_FEW_CASES if quick else _CASES)]
    return {
        "command": "python bench/browser_scroll.py",
        "rows": rows,
        "opened": {"dokuei": opened, "peer": theirs["opened"]},
        "in_a_row": held,
    }


def _peers(line: ShapedLine, served: Served, beside: Peer, steps: int) -> dict[str, Any]:
    shown = beside.cases[_SCROLLED]
    with browsing_peer(line, served, beside, program="browser_scroll_peer_page.py") as theirs:
        opened = _said(theirs.ask(do="open", studies=shown.studies, frames=shown.frames))
        return {
            "opened": opened,
            "rows": [_said(theirs.ask(do="scroll", viewports=count, steps=steps)) for count in _VIEWPORTS],
        }


def _beside(ours: Browser, theirs: dict[str, Any], steps: int) -> dict[str, Any]:
    found = _said(ours.ask(do="scroll", viewports=theirs["viewports"], over=theirs["area"], steps=steps))
    return {
        "viewports": theirs["viewports"],
        "dokuei": found,
        "peer": theirs,
        "ratio": round(found["steps_per_second"] / max(theirs["steps_per_second"], 0.1), 2),
    }


def _open(ours: Browser, served: Served, name: str) -> dict[str, Any]:
    return ours.ask(do="open", item=served.opened[name].worklist_item_id, seconds=LONGEST_SECONDS)


def _in_a_row(ours: Browser, served: Served, at: int) -> dict[str, Any]:
    """One case more, opened until it is whole and left again."""
    name = _OPENED[at % len(_OPENED)]
    opened = _open(ours, served, name)
    return _said({"case": name, "open": opened, "left": ours.ask(do="leave")})


def _said(found: dict[str, Any]) -> dict[str, Any]:
    print(json.dumps(found), flush=True)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--cases", type=Path, help="folder in which phantom cases are kept")
    given = parser.parse_args()
    print(json.dumps(run(quick=given.quick, kept=given.cases), indent=1))
