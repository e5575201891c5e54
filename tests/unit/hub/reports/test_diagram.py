"""The diagram on paper follows from the findings: side, sector, clock, and nothing where nobody said."""

import re

import pytest

from dokuei.hub.reports.diagram import diagram, spots
from dokuei.hub.reports.structure import Finding, Structure


def at(finding: Finding) -> tuple[float, float]:
    return next(place for _, place in spots([finding]))


def test_outer_is_away_from_the_middle_on_both_sides() -> None:
    right, left = (at(Finding(1, side, "mass", {"mlo": "U", "cc": "O"})) for side in ("right", "left"))
    assert right[0] < 115
    assert left[0] > 325
    assert right[1] == left[1] < 112


@pytest.mark.parametrize(("clock", "x", "y"), [("12", 0, -1), ("3", 1, 0), ("6", 0, 1), ("9", -1, 0)])
def test_the_clock_is_as_one_sees_it_on_both_breasts(clock: str, x: int, y: int) -> None:
    for side, center in (("right", 115), ("left", 325)):
        spot = at(Finding(1, side, "mass", {"clock": clock}))  # type: ignore[arg-type] # a table of sides
        assert (round((spot[0] - center) / 50.4), round((spot[1] - 112) / 50.4)) == (x, y)


def test_neighbours_step_aside_and_stay_in_their_sector() -> None:
    same = [Finding(number, "left", "mass", {"mlo": "L", "cc": "I"}) for number in range(1, 5)]
    placed = [place for _, place in spots(same)]
    assert len(set(placed)) == 4
    assert all(x < 325 and y > 112 for x, y in placed)


def test_nothing_is_drawn_where_nobody_said() -> None:
    assert diagram(Structure("MG", "screening", findings=(Finding(1, "right", "mass"),)), font="x") == ""


def test_each_finding_is_drawn_once_under_its_number() -> None:
    kinds = ("mass", "calcification", "fad", "distortion", "other")
    found = tuple(Finding(n, "right", kind, {"mlo": "U"}) for n, kind in enumerate(kinds, 1))
    drawn = diagram(Structure("MG", "screening", findings=found), font="Noto Sans CJK JP")
    assert re.findall(r'data-finding="(\d)"', drawn) == ["1", "2", "3", "4", "5"]
