"""A picture of both breasts as one faces the patient, drawn from the findings alone; the viewer draws the same."""

import math
from collections.abc import Iterator, Sequence

from dokuei.hub.reports.lexicon import lexicon
from dokuei.hub.reports.structure import SIDES, Finding, Structure

_WIDTH, _HEIGHT, _RADIUS = 440, 210, 84
_CENTERS = {"right": (115, 112), "left": (325, 112)}
_CLOCK_AT = 0.6
_MARK = 8
_NEAR = 0.19
_ASIDE = ((0, 0), (0, -0.2), (0, 0.2), (0.2, -0.1), (0.2, 0.1), (-0.2, -0.1), (-0.2, 0.1))
_INK, _QUIET = "#141414", "#8a8a8a"


def diagram(structure: Structure, *, font: str) -> str:
    """SVG; empty where no finding has a place."""
    placed = list(spots(structure.findings))
    if not placed:
        return ""
    marks = {one["value"]: one["mark"] for one in lexicon().method(structure.method)["kinds"]}
    drawn = [part for side in SIDES for part in _breast(side)]
    drawn += [_marked(marks.get(finding.kind, "other"), finding, *at) for finding, at in placed]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    return f'{head} font-family="{font}" font-size="13" fill="none" stroke="{_INK}">{"".join(drawn)}</svg>'


def spots(findings: Sequence[Finding]) -> Iterator[tuple[Finding, tuple[float, float]]]:
    """Where each finding is drawn, in the picture's own units; neighbours step aside."""
    taken: list[tuple[str, float, float]] = []
    for finding in findings:
        at = _unit(finding)
        if at is None:
            continue
        x, y = at
        center = _CENTERS[finding.side]
        beside = [(x + a, y + b) for a, b in _ASIDE]
        near = [(a, b) for side, a, b in taken if side == finding.side]
        free = [one for one in beside if all(math.hypot(one[0] - a, one[1] - b) >= _NEAR for a, b in near)]
        x, y = (free or beside)[0]
        taken.append((finding.side, x, y))
        yield finding, (center[0] + x * _RADIUS, center[1] - y * _RADIUS)


def _unit(finding: Finding) -> tuple[float, float] | None:
    """Right and up of the nipple, the breast's edge at 1; None where nobody said."""
    place = finding.place
    if place.get("clock"):
        angle = math.radians(int(place["clock"]) * 30)
        return math.sin(angle) * _CLOCK_AT, math.cos(angle) * _CLOCK_AT
    known = lexicon().document["diagram"]
    outward = -1 if finding.side == "right" else 1
    if place.get("quadrant"):
        x, y = known["quadrant"][place["quadrant"]]
        return x * outward, y
    mlo, cc = place.get("mlo"), place.get("cc")
    if not mlo and not cc:
        return None
    sideways = known["cc"][cc] if cc else (known["mlo"]["X"] if mlo == "X" else 0)
    return sideways * outward, known["mlo"][mlo] if mlo else 0


def _breast(side: str) -> Iterator[str]:
    x, y = _CENTERS[side]
    outward = -1 if side == "right" else 1
    tail = x + outward * _RADIUS * 0.72
    yield f'<circle cx="{x}" cy="{y}" r="{_RADIUS}" stroke-width="1.2"/>'
    yield f'<circle cx="{tail:.1f}" cy="{y - _RADIUS * 0.72:.1f}" r="24" stroke="{_QUIET}" stroke-dasharray="3 3"/>'
    cross = f"M{x - _RADIUS} {y}H{x + _RADIUS}M{x} {y - _RADIUS}V{y + _RADIUS}"
    yield f'<path d="{cross}" stroke="{_QUIET}" stroke-width=".6"/>'
    yield f'<circle cx="{x}" cy="{y}" r="14" stroke="{_QUIET}"/><circle cx="{x}" cy="{y}" r="4" stroke="{_QUIET}"/>'
    label = "R" if side == "right" else "L"
    yield f'<text x="{x + outward * (_RADIUS + 14) - 4}" y="{y + 72}" fill="{_INK}" stroke="none">{label}</text>'


def _marked(mark: str, finding: Finding, x: float, y: float) -> str:
    at = f'data-finding="{finding.number}"'
    number = f'<text x="{x + _MARK + 4:.1f}" y="{y - 3:.1f}" fill="{_INK}" stroke="none">{finding.number}</text>'
    return f'<g {at} stroke-width="1.6">{_shape(mark, x, y)}{number}</g>'


def _shape(mark: str, x: float, y: float) -> str:
    circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_MARK}"'
    if mark == "mass":
        return f'{circle} fill="{_INK}" fill-opacity=".35"/>'
    if mark == "calcification":
        dots = ((-5, 3), (0, -5), (5, 2), (-1, 6), (-6, -4))
        return "".join(
            f'<circle cx="{x + a:.1f}" cy="{y + b:.1f}" r="1.8" fill="{_INK}" stroke="none"/>' for a, b in dots
        )
    if mark == "asymmetry":
        return f'{circle} stroke-dasharray="3 2"/>'
    if mark == "distortion":
        lines = "".join(
            f"M{x - _MARK * math.cos(a):.1f} {y - _MARK * math.sin(a):.1f}"
            f"L{x + _MARK * math.cos(a):.1f} {y + _MARK * math.sin(a):.1f}"
            for a in (0, math.pi / 4, math.pi / 2, math.pi * 3 / 4)
        )
        return f'<path d="{lines}"/>'
    if mark == "cyst":
        return f"{circle}/>"
    return f'<rect x="{x - 6:.1f}" y="{y - 6:.1f}" width="12" height="12"/>'
