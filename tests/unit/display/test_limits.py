"""What a display must measure up to, at the edge of each limit."""

import pytest

from dokuei.display.limits import (
    GRADES,
    Grade,
    Measured,
    grade_needed,
    short_of_grade,
    short_of_mammography,
    short_of_other,
)

GOOD = Measured(deviation=10, luminance_max=420, luminance_min=1.68, ambient=0.42)


@pytest.mark.parametrize(
    ("grade", "least", "ratio", "most"), [("1A", 350, 250, 15), ("1B", 170, 250, 15), ("2", 100, 100, 30)]
)
def test_each_grade_holds_at_its_limits_and_no_further(grade: Grade, least: float, ratio: float, most: float) -> None:
    """DISP-08: grade 1A, 1B and 2 by luminance, ratio and contrast response."""
    limits = GRADES[grade]
    assert (limits.luminance_max, limits.luminance_ratio, limits.deviation) == (least, ratio, most)
    assert short_of_grade(Measured(most, least, least / ratio, 0), grade) == ()
    assert short_of_grade(Measured(most, least - 0.1, (least - 0.1) / ratio, 0), grade) == ("luminance_max",)
    assert short_of_grade(Measured(most, least, least / (ratio - 1), 0), grade) == ("luminance_ratio",)
    assert short_of_grade(Measured(most + 0.1, least, least / ratio, 0), grade) == ("deviation",)


def test_mammography_takes_more_than_the_best_grade() -> None:
    """DISP-07: luminance of 420 and more, the room's light a quarter of the darkest grey, pixels of 0.21 mm."""
    assert short_of_mammography(GOOD, "1A", pitch_mm=0.21) == ()
    assert short_of_mammography(Measured(10, 419, 1.6, 0.4), "1A", pitch_mm=0.165) == ("luminance_max",)
    assert short_of_mammography(Measured(10, 420, 1.68, 0.43), "1A", pitch_mm=0.165) == ("ambient",)
    assert short_of_mammography(GOOD, "1A", pitch_mm=0.22) == ("pitch",)
    assert short_of_mammography(GOOD, "1B", pitch_mm=0.165) == ("grade",)


def test_the_contrast_response_may_deviate_ten_percent_for_mammograms_and_twenty_elsewhere() -> None:
    """DISP-06: 10 % for mammography, 20 % for all else, whatever the grade allows."""
    wide = Measured(10.1, 500, 1.5, 0.1)
    assert short_of_mammography(wide, "1A", pitch_mm=0.165) == ("deviation",)
    assert short_of_other(wide, "1A", needed="1A") == ()
    assert short_of_other(Measured(20.1, 100, 1, 0.1), "2", needed="2") == ("deviation",)


def test_a_site_is_content_with_less_for_what_it_says_so_of() -> None:
    assert grade_needed(("MR",), {}) == "1A"
    assert grade_needed(("MR", "SR"), {"MR": "1B"}) == "1B"
    assert grade_needed(("PT", "CT"), {"PT": "2"}) == "1A"
    assert grade_needed(("XX",), {"US": "2"}) == "1A"
    assert short_of_other(GOOD, "1B", needed="1A") == ("grade",)
    assert short_of_other(GOOD, "1B", needed="2") == ()
