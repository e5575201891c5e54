"""Whether a line's check says the truth: predicted against opened, for a mammogram of four views over many lines.

Run as ``python bench/line_check.py [--cell MBIT,MS,PERCENT]``; needs root (namespaces and TUN devices) and, for all 36
lines, an hour and more. On each line the page checks it, then the case is opened in the same browser. What the machine
itself takes is found on an unshaped line before.
"""

import argparse
import itertools
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydicom import dcmread

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.browser import CASES, LONGEST_SECONDS, Browser, Served, browsing, serving
from bench.shaped_line import Line, ShapedLine, shaped_line
from dokuei.hub.archive import weights
from dokuei.hub.prepare import open_stores
from dokuei.line.measured import Measured
from dokuei.line.predict import Machine, predict
from dokuei.line.sizes import StudySize
from dokuei.phantom import cases
from dokuei.settings import read_settings

CASE = "mammogram"
CELLS = tuple(itertools.product((5, 10, 30, 100), (10, 50, 150), (0, 1, 3)))
CLOSE = 0.2
_EXACT = 1.01
_TOLD = ["StudyDate", "PresentationIntentType"]
_UNSHAPED = Line("unshaped")


@dataclass(frozen=True)
class Predicted:
    """Seconds until the case was whole, as said before and as it was."""

    line: str
    measured: Measured
    said: float
    took: float

    @property
    def off(self) -> float:
        """How far what was said is from what was."""
        return self.said / self.took - 1


def run(cells: Sequence[tuple[float, float, float]] = CELLS, *, kept: Path | None = None) -> dict[str, Any]:
    """Each line checked and then opened over."""
    rows: list[Predicted] = []
    with tempfile.TemporaryDirectory(prefix="dokuei-line-check-") as folder:
        home = Path(folder) / "home"
        made = _four_views(cases.make(kept or Path(folder) / "cases", cases=[CASES[CASE]]))
        with shaped_line(_UNSHAPED) as line, serving(home, {CASE: made.cases[0].files}) as served:
            size = _size(home)
            with browsing(line, served) as browser:
                machine = _machine(browser, served, size)
                for cell in cells:
                    rows.append(_tried(line, cell, browser, served, (size, machine)))
                    print(_row(rows[-1]), flush=True)
    close = sum(abs(row.off) <= CLOSE for row in rows)
    return {
        "command": "python bench/line_check.py",
        "machine": vars(machine),
        "study": vars(size),
        "within_20_percent": f"{close} of {len(rows)}",
        "rows": [{**vars(row), "measured": vars(row.measured), "off": round(row.off, 3)} for row in rows],
    }


def _four_views(made: cases.PhantomSet) -> cases.PhantomSet:
    """The newest study alone, as it is read: without the view that came for processing too."""
    (case,) = made.cases
    read = {file: dcmread(file, stop_before_pixels=True, specific_tags=_TOLD) for file in case.files}
    newest = max(one.StudyDate for one in read.values())
    files = tuple(
        file
        for file, one in read.items()
        if one.StudyDate == newest and one.get("PresentationIntentType") != "FOR PROCESSING"
    )
    return replace(made, cases=(replace(case, files=files),))


def _size(home: Path) -> StudySize:
    """What the archive says that it weighs, as a check asks it."""
    database = open_stores(read_settings(home)).database
    with database.read() as connection:
        (one,) = weights.newest(connection, lambda *_: ())
    database.close()
    return StudySize(one.frames, one.bytes, one.first_share, one.coarse_share)


def _machine(browser: Browser, served: Served, size: StudySize) -> Machine:
    """What is left where the line takes nothing: the room's own time, and what its workers decode a second."""
    _opened(browser, served)  # the room's code is fetched once
    measured, (first, whole) = _checked(browser), _opened(browser, served)
    page = max(first - predict(size, measured, Machine(0.0, 1e12)).first, 0.05)
    slow, fast = 1e5, 1e9
    while fast / slow > _EXACT:
        middle = (slow * fast) ** 0.5
        slow, fast = (middle, fast) if predict(size, measured, Machine(page, middle)).whole > whole else (slow, middle)
    return Machine(page_seconds=round(page, 3), bytes_per_second=round(slow))


def _tried(
    line: ShapedLine,
    cell: tuple[float, float, float],
    browser: Browser,
    served: Served,
    known: tuple[StudySize, Machine],
) -> Predicted:
    megabits, round_trip_ms, percent = cell
    name = f"{megabits:g} Mbit/s {round_trip_ms:g} ms {percent:g} %"
    line.become(Line(name, megabits, round_trip_ms, percent / 100))
    measured = _checked(browser)
    size, machine = known
    _, took = _opened(browser, served)
    return Predicted(name, measured, predict(size, measured, machine).whole, took)


def _checked(browser: Browser) -> Measured:
    """What the page's own check finds."""
    return Measured(**browser.say(json.dumps({"check": True}))["measured"])


def _opened(browser: Browser, served: Served) -> tuple[float, float]:
    """Seconds to the first image, and until all is whole and proved."""
    marks = browser.ask(item=served.opened[CASE].worklist_item_id, seconds=LONGEST_SECONDS)["marks"]
    return marks["first-image"], marks["whole"]


def _row(one: Predicted) -> str:
    found = one.measured
    loss = "–" if found.loss is None else f"{found.loss * 100:.1f} %"
    return (
        f"{one.line:26} measured {found.down_bits / 1e6:6.1f} Mbit/s {found.round_trip_ms:4.0f} ms {loss:>6}"
        f"  said {one.said:6.1f} s  took {one.took:6.1f} s  {one.off:+.0%}"
    )


def _cells(given: Sequence[str]) -> Iterator[tuple[float, float, float]]:
    for text in given:
        megabits, round_trip_ms, percent = map(float, text.split(","))
        yield megabits, round_trip_ms, percent


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--cell", action="append", default=[], help="Mbit/s, round trip in ms, loss in percent")
    parser.add_argument("--cases", type=Path, help="folder in which phantom cases are kept")
    asked = parser.parse_args()
    print(json.dumps(run(tuple(_cells(asked.cell)) or CELLS, kept=asked.cases), indent=1))
