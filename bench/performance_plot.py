"""Draws when a case is there over each line: first image, scrollable, whole; ours above the peer's."""

from collections.abc import Iterable, Mapping, Sequence
from math import log10
from typing import Any

_LEFT, _WIDTH, _TOP, _ROW, _GAP, _HEAD = 190, 620, 58, 34, 22, 20
_DECADES = (0.1, 1.0, 10.0, 100.0, 1000.0, 10_000.0)
_OURS, _THEIRS, _GREY, _INK = "#0b7285", "#d9480f", "#ced4da", "#212529"
_LABELS = {0.1: "0.1 s", 1.0: "1 s", 10.0: "10 s", 100.0: "100 s", 1000.0: "1000 s", 10_000.0: ""}


def drawn(rows: Sequence[Mapping[str, Any]]) -> str:
    """An SVG picture of all rows, which stand in the order in which they are to be drawn."""
    parts: list[str] = []
    y = _TOP
    case = ""
    for row in rows:
        if row["case"] != case:
            case = row["case"]
            y += _GAP if parts else 0
            parts.append(_text(16, y + 8, f"{case}, {row['frames']} frames", weight="600"))
            y += _HEAD
        parts += _row(row, y)
        y += _ROW
    grid = (_decade(value, y) for value in _DECADES)
    height = y + 30
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 40} {height}" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{_INK}">\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{"".join(_legend())}{"".join(grid)}{"".join(parts)}</svg>\n'
    )


def _x(seconds: float) -> float:
    low, high = log10(_DECADES[0]), log10(_DECADES[-1])
    share = (log10(min(max(seconds, _DECADES[0]), _DECADES[-1])) - low) / (high - low)
    return round(_LEFT + share * _WIDTH, 1)


def _row(row: Mapping[str, Any], y: int) -> Iterable[str]:
    marks, theirs = row["marks"], row["peer"]
    yield _text(_LEFT - 12, y + 16, row["line"], anchor="end")
    ours = [(name, marks[name]) for name in ("first-image", "scrollable", "whole") if name in marks]
    peers = [("first-image", theirs["first_image"]), ("whole", theirs["whole"])]
    yield from _way(ours, y + 7, _OURS, open_ended=False)
    yield from _way([one for one in peers if one[1] is not None], y + 18, _THEIRS, open_ended=theirs["reckoned"])


def _way(marks: Sequence[tuple[str, float]], y: int, colour: str, *, open_ended: bool) -> Iterable[str]:
    if not marks:
        return
    (_, first), (_, last) = marks[0], marks[-1]
    dashes = ' stroke-dasharray="4 3"' if open_ended else ""
    yield f'<path d="M{_x(first)} {y}H{_x(last)}" stroke="{colour}" stroke-width="2"{dashes}/>\n'
    yield from (_mark(name, _x(seconds), y, colour) for name, seconds in marks)


def _mark(name: str, x: float, y: int, colour: str) -> str:
    if name == "first-image":
        return f'<circle cx="{x}" cy="{y}" r="4" fill="#fff" stroke="{colour}" stroke-width="2"/>\n'
    if name == "scrollable":
        return f'<path d="M{x - 4} {y + 4}L{x} {y - 4}L{x + 4} {y + 4}Z" fill="{colour}"/>\n'
    return f'<rect x="{x - 4}" y="{y - 4}" width="8" height="8" fill="{colour}"/>\n'


def _legend() -> Iterable[str]:
    yield _text(16, 20, "From the click, seconds; dashed: reckoned from the first minute", weight="600")
    for x, name, words in (
        (16, "first-image", "first image"),
        (110, "scrollable", "scrollable"),
        (200, "whole", "whole"),
    ):
        yield _mark(name, x + 4, 36, _INK) + _text(x + 14, 40, words)
    for x, colour, words in ((280, _OURS, "dokuei"), (350, _THEIRS, "OHIF on Orthanc")):
        yield f'<path d="M{x} 36h16" stroke="{colour}" stroke-width="3"/>\n' + _text(x + 22, 40, words)


def _decade(value: float, bottom: int) -> str:
    line = f'<path d="M{_x(value)} {_TOP - 6}V{bottom}" stroke="{_GREY}"/>\n'
    return line + _text(_x(value), bottom + 16, _LABELS[value], anchor="middle")


def _text(x: float, y: float, words: str, *, anchor: str = "start", weight: str = "400") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-weight="{weight}">{words}</text>\n'
