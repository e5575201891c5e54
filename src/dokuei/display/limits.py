"""What a display must measure up to for which use, each limit with where it stands.

Luminances are in cd/m² and hold the reflected light of the room (L' = L + Lamb, AAPM TG-18); the deviation is that of
the contrast response from the GSDF (PS3.14), in percent.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Grade = Literal["1A", "1B", "2"]
Shortfall = Literal["luminance_max", "luminance_ratio", "deviation", "ambient", "pitch", "grade"]

STANDARD: Final = "GSDF PS3.14"
BEST_FIRST: Final[tuple[Grade, ...]] = ("1A", "1B", "2")
MAMMOGRAPHY: Final = "MG"
"""Tomosynthesis has this modality too (PS3.3 A.47)."""


@dataclass(frozen=True)
class Limits:
    """The least luminance and ratio, and the most deviation."""

    luminance_max: float
    luminance_ratio: float
    deviation: float
    source: str


GRADES: Final[Mapping[Grade, Limits]] = MappingProxyType(
    {
        "1A": Limits(350, 250, 15, "JESRA X-0093*B-2017"),
        "1B": Limits(170, 250, 15, "JESRA X-0093*B-2017"),
        "2": Limits(100, 100, 30, "JESRA X-0093*B-2017"),
    }
)
FOR_MAMMOGRAPHY: Final = Limits(420, 250, 10, "ACR-AAPM-SIIM Technical Standard; AAPM TG-18, TG-270")
MOST_DEVIATION: Final = 20.0
"""Of whatever is read on, whatever its grade (AAPM TG-18)."""
LARGEST_PITCH_MM: Final = 0.21
"""For mammography (ACR-AAPM-SIIM Technical Standard)."""
AMBIENT_SHARE: Final = 0.25
"""The room's light may be a quarter of the darkest grey at most (ACR-AAPM-SIIM Technical Standard)."""
MONTHS_MAMMOGRAPHY: Final = 6
MONTHS_OTHER: Final = 12
"""A measurement older than that counts as none (DISP-06)."""
OTHER_GRADES: Final[Mapping[str, Grade]] = MappingProxyType({"CT": "1A", "MR": "1A", "PT": "1A", "US": "1A"})
"""Primary reading (L'max of 350 cd/m² and more, ACR-AAPM-SIIM); a site may be content with less."""


@dataclass(frozen=True)
class Measured:
    """What a luminance meter said."""

    deviation: float
    luminance_max: float
    luminance_min: float
    ambient: float

    @property
    def luminance_ratio(self) -> float:
        """L'max / L'min."""
        return round(self.luminance_max / self.luminance_min, 6)


def short_of_grade(measured: Measured, grade: Grade) -> tuple[Shortfall, ...]:
    """Where a measurement does not reach the grade that it was made for (DISP-08)."""
    return _short_of(measured, GRADES[grade])


def short_of_mammography(measured: Measured, grade: Grade, *, pitch_mm: float) -> tuple[Shortfall, ...]:
    """What a display lacks for mammograms (DISP-06, DISP-07, DISP-08)."""
    found: list[Shortfall] = [] if grade == "1A" else ["grade"]
    found += _short_of(measured, FOR_MAMMOGRAPHY)
    if measured.ambient > measured.luminance_min * AMBIENT_SHARE:
        found.append("ambient")
    if pitch_mm > LARGEST_PITCH_MM:
        found.append("pitch")
    return tuple(found)


def short_of_other(measured: Measured, grade: Grade, *, needed: Grade) -> tuple[Shortfall, ...]:
    """What a display lacks for everything else, where a site asks for a grade."""
    found: list[Shortfall] = [] if BEST_FIRST.index(grade) <= BEST_FIRST.index(needed) else ["grade"]
    if measured.deviation > MOST_DEVIATION:
        found.append("deviation")
    return tuple(found)


def grade_needed(modalities: Collection[str], at_site: Mapping[str, Grade]) -> Grade:
    """The best grade that any of the modalities takes; where none is known, the best."""
    asked = [{**OTHER_GRADES, **at_site}[one] for one in modalities if one in OTHER_GRADES]
    return min(asked, key=BEST_FIRST.index, default="1A")


def _short_of(measured: Measured, limits: Limits) -> tuple[Shortfall, ...]:
    found: list[Shortfall] = []
    if measured.luminance_max < limits.luminance_max:
        found.append("luminance_max")
    if measured.luminance_ratio < limits.luminance_ratio:
        found.append("luminance_ratio")
    if measured.deviation > limits.deviation:
        found.append("deviation")
    return tuple(found)
