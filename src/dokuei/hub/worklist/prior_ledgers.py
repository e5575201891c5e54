"""What the hospital's PACS has of a case's patient from before, as far as lists and reading rooms show it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class AwaitedPrior:
    """An earlier study that the PACS has and that is not here, and why."""

    study_instance_uid: str
    study_date: str
    modalities: tuple[str, ...]
    study_description: str
    state: Literal["exists", "requested", "refused"]
    reason: str


@dataclass(frozen=True)
class PriorLedger:
    """What the PACS was asked, and what it has not given; ``others`` counts answers that named somebody else."""

    state: Literal["waiting", "answered", "failing"]
    at: datetime
    reason: str = ""
    others: int = 0
    awaited: tuple[AwaitedPrior, ...] = ()
