"""Whether a line is fit for a kind of study: what it takes, held against what the centre lets a reader wait."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from dokuei.errors import RequestError
from dokuei.line.measured import Measured
from dokuei.line.predict import Machine, Times, predict
from dokuei.line.sizes import KINDS, Kind, KindSize

Verdict = Literal["fit", "prefetch", "unfit"]
WORST_FIRST: Final[tuple[Verdict, ...]] = ("unfit", "prefetch", "fit")
LONGEST_LIMIT: Final = 7200.0


@dataclass(frozen=True)
class Limit:
    """The most seconds from the click until the first picture, until all can be scrolled, until all is whole."""

    first: float
    scrollable: float
    whole: float


@dataclass(frozen=True)
class Limits:
    """For each kind, and for how many seconds the case before is read, in which the next one comes down."""

    kinds: Mapping[Kind, Limit]
    prefetch_seconds: float


DEFAULT: Final = Limits(
    MappingProxyType(
        {
            # A screening mammogram is read in about a minute: a reader who waits longer than a sixth of it loses pace.
            "mammography": Limit(1.5, 5.0, 10.0),
            # The last round beside it is looked at second.
            "mammography_priors": Limit(1.5, 10.0, 20.0),
            # Slices are scrolled through at once; they need not be whole before a view is left.
            "tomosynthesis": Limit(2.0, 30.0, 180.0),
            # A dynamic series is read in ten minutes and more, and every frame must be there at a quarter to begin.
            "mri": Limit(2.0, 30.0, 300.0),
            "ultrasound": Limit(1.5, 10.0, 20.0),
            "pet_ct": Limit(2.0, 20.0, 90.0),
        }
    ),
    # Screening readers take a minute or two for a case; whoever reads slower has more time for the next one.
    prefetch_seconds=120.0,
)


@dataclass(frozen=True)
class Judged:
    """One kind over one line: for the median study and for the large one, which is what is judged by."""

    kind: Kind
    verdict: Verdict
    typical: Times
    large: Times
    limit: Limit


def judge(
    line: Measured, sizes: Mapping[Kind, KindSize], limits: Limits = DEFAULT, machine: Machine | None = None
) -> tuple[Judged, ...]:
    """Every kind, in their order."""
    return tuple(_judged(kind, line, sizes[kind], limits, machine) for kind in KINDS)


def worst(judged: tuple[Judged, ...]) -> Verdict:
    """What holds for all kinds together."""
    found = {one.verdict for one in judged}
    return next((one for one in WORST_FIRST if one in found), "fit")


def _judged(kind: Kind, line: Measured, size: KindSize, limits: Limits, machine: Machine | None) -> Judged:
    limit = limits.kinds[kind]
    typical, large = predict(size.typical, line, machine), predict(size.large, line, machine)
    return Judged(kind, _verdict(large, limit, limits.prefetch_seconds), typical, large, limit)


def _verdict(times: Times, limit: Limit, prefetch_seconds: float) -> Verdict:
    """A case that came down before it was opened is there at once, if there was time enough for all of it."""
    if times.first <= limit.first and times.scrollable <= limit.scrollable and times.whole <= limit.whole:
        return "fit"
    return "prefetch" if times.whole <= prefetch_seconds else "unfit"


def checked_limits(limits: Limits) -> Limits:
    """Refuse limits that no line could be held against.

    Raises:
        RequestError: with the reason.
    """
    wrong = None
    if set(limits.kinds) != set(KINDS):
        wrong = f"each kind has its limits: {', '.join(KINDS)}"
    elif not all(0 < one.first <= one.scrollable <= one.whole <= LONGEST_LIMIT for one in limits.kinds.values()):
        wrong = f"seconds up to {LONGEST_LIMIT:.0f}: first image, scrollable and whole come in this order"
    elif not 0 <= limits.prefetch_seconds <= LONGEST_LIMIT:
        wrong = f"the time for the next case is 0 to {LONGEST_LIMIT:.0f} seconds"
    if wrong:
        raise RequestError(wrong, phase="setting the limits of lines")
    return limits
