"""What a study of each kind weighs: of those in the archive, and what is taken while there are too few of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from types import MappingProxyType
from typing import Final, Literal, get_args

Kind = Literal["mammography", "mammography_priors", "tomosynthesis", "mri", "ultrasound", "pet_ct"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
LARGE: Final = 300_000
"""Bytes from which a frame comes by itself, with pictures on its way (queue.ts)."""
LEAST_STUDIES: Final = 5
"""Of fewer, the largest says nothing of the next one."""


@dataclass(frozen=True)
class StudySize:
    """Frames and their bytes as stored; the shares are what of a frame makes its first picture, and a quarter of it."""

    frames: int
    bytes: int
    first_share: float = 1.0
    coarse_share: float = 1.0

    @property
    def frame_bytes(self) -> float:
        """Of one frame, on average."""
        return self.bytes / max(self.frames, 1)


@dataclass(frozen=True)
class KindSize:
    """The median study and the one that nine of ten do not exceed; ``studies`` 0 where both are what is assumed."""

    typical: StudySize
    large: StudySize
    studies: int = 0


_MAMMOGRAM = (0.022, 0.075)
_SLICE = (0.027, 0.085)
_SMALL = (0.08, 0.08)
_GREY = (0.13, 0.13)
ASSUMED: Final[Mapping[Kind, KindSize]] = MappingProxyType(
    {
        # 4 views of 4.2 MB (24 × 30 cm at 70 µm, HTJ2K without loss); dense breasts code a quarter larger
        "mammography": KindSize(StudySize(4, 16_800_000, *_MAMMOGRAM), StudySize(4, 21_000_000, *_MAMMOGRAM)),
        # and the last round beside it
        "mammography_priors": KindSize(StudySize(8, 33_600_000, *_MAMMOGRAM), StudySize(8, 42_000_000, *_MAMMOGRAM)),
        # 4 views of 60 slices, 1.2 MB each; thick breasts have 80
        "tomosynthesis": KindSize(StudySize(240, 295_000_000, *_SLICE), StudySize(320, 394_000_000, *_SLICE)),
        # 6 × 250 of 512², 237 kB each
        "mri": KindSize(StudySize(1500, 356_000_000, *_SMALL), StudySize(2000, 474_000_000, *_SMALL)),
        # 40 colour pictures of 1024 × 768
        "ultrasound": KindSize(StudySize(40, 17_200_000, 0.08, 0.13), StudySize(80, 34_500_000, 0.08, 0.13)),
        # 300 slices of CT (185 kB) and of PET (29 kB)
        "pet_ct": KindSize(StudySize(600, 64_000_000, *_GREY), StudySize(1200, 128_000_000, *_GREY)),
    }
)
"""While fewer than ``LEAST_STUDIES`` of a kind are stored: usual protocols at the coded sizes of such images."""


PREVIEW_SIDE: Final = 400
"""The coarsest picture worth looking at has so many pixels on its longer side (queue.ts)."""
_QUARTER: Final = 2


def shares(length: int, resolution_ends: Sequence[int], side: int) -> tuple[float, float]:
    """What of a frame makes its first picture and what its quarter; all of it where it does not come by resolution."""
    by_reduction = dict(enumerate(reversed(resolution_ends)))
    worth_it = [one for one in by_reduction if side / 2**one >= PREVIEW_SIDE]
    first = max([*worth_it, _QUARTER if length < LARGE else 0])
    return by_reduction.get(first, length) / length, by_reduction.get(_QUARTER, length) / length


def learnt(studies: Sequence[StudySize]) -> KindSize | None:
    """Of the studies of one kind that are stored; None where they are too few."""
    if len(studies) < LEAST_STUDIES:
        return None
    ordered = sorted(studies, key=lambda one: one.bytes)
    return KindSize(_ranked(ordered, 0.5), _ranked(ordered, 0.9), len(ordered))


def sizes_of(stored: Mapping[Kind, Sequence[StudySize]]) -> dict[Kind, KindSize]:
    """Every kind, learnt where that is possible."""
    return {kind: learnt(stored.get(kind, ())) or ASSUMED[kind] for kind in KINDS}


def _ranked(ordered: Sequence[StudySize], share: float) -> StudySize:
    """The nearest rank: a study that there was."""
    return ordered[ceil(share * len(ordered)) - 1]
