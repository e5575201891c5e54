"""A case opened over lines as hospitals have them, ours beside OHIF on Orthanc; figures and a plot go to docs/.

Run as ``python bench/performance.py [--line NAME] [--case NAME] [--rounds 1] [--cases FOLDER]``; needs root. The newest
row of each line and case is kept in docs/performance.json, so that a long run can be taken in parts.
"""

import argparse
import json
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import browser, performance_plot

_DOCS = Path(__file__).parent.parent / "docs"
_BEGIN, _END = "<!-- figures -->", "<!-- end of figures -->"
_MEGA = 1_000_000
_HEAD = (
    "line",
    "first image, s",
    "scrollable, s",
    "whole and proved, s",
    "share of the line",
    "MB",
    "OHIF: first image, s",
    "OHIF: all here, s",
    "OHIF: MB",
    "rounds",
)


def main() -> None:
    """Measure what is asked for, and write the page anew after each row."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--line", action="append", choices=[line.name for line in browser.LINES])
    parser.add_argument("--case", action="append", choices=list(browser.CASES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cases", type=Path, help="folder in which phantom cases are kept")
    given = parser.parse_args()
    chosen = [line for line in browser.LINES if not given.line or line.name in given.line]
    for row in browser.run(
        lines=chosen, wanted=given.case or list(browser.CASES), kept=given.cases, rounds=given.rounds
    ):
        print(json.dumps(row, indent=1), flush=True)
        keep(row, _DOCS)


def keep(row: Mapping[str, Any], docs: Path) -> None:
    """Put a row in the place of the one that was measured before, and draw all rows."""
    kept = docs / "performance.json"
    rows: list[dict[str, Any]] = json.loads(kept.read_text()) if kept.exists() else []
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    fresh = {**row, "at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine}
    rows = [one for one in rows if (one["line"], one["case"]) != (row["line"], row["case"])] + [fresh]
    rows.sort(key=_place)
    kept.write_text(json.dumps(rows, indent=1) + "\n")
    page = docs / "performance.md"
    before, rest = page.read_text().split(_BEGIN)
    page.write_text(f"{before}{_BEGIN}\n{''.join(_tables(rows))}\n{_END}{rest.split(_END)[1]}")
    (docs / "images" / "performance.svg").write_text(performance_plot.drawn(rows))


def _place(row: Mapping[str, Any]) -> tuple[int, int]:
    return list(browser.CASES).index(row["case"]), [line.name for line in browser.LINES].index(row["line"])


def _tables(rows: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    for case in browser.CASES:
        of_case = [row for row in rows if row["case"] == case]
        if of_case:
            days = sorted({row["at"][:10] for row in of_case})
            machines = sorted({row["machine"] for row in of_case})
            yield f"\n### {case}: {of_case[0]['frames']} frames\n\n{', '.join(days)}; {', '.join(machines)}.\n\n"
            yield from (f"| {' | '.join(line)} |\n" for line in (_HEAD, ["---"] * len(_HEAD), *map(_cells, of_case)))


def _cells(row: Mapping[str, Any]) -> list[str]:
    marks, theirs = row["marks"], row["peer"]
    reckoned = " (reckoned)" if theirs["reckoned"] else ""
    return [
        row["line"],
        *(_seconds(marks.get(name)) for name in ("first-image", "scrollable", "whole")),
        f"{row['share_of_line']:.0%}" if "share_of_line" in row else "",
        f"{row['bytes'] / _MEGA:.1f}",
        _seconds(theirs["first_image"]) if theirs["first_image"] is not None else "not in 60",
        f"{_seconds(theirs['whole'])}{reckoned}",
        f"{theirs['bytes'] / _MEGA:.1f}",
        str(row["rounds"]),
    ]


def _seconds(value: float | None) -> str:
    if value is None:
        return "not reached"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


if __name__ == "__main__":
    main()
