"""How far a case has come, from the modality to the hospital's PACS: what the hub was told and did, nothing guessed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dokuei.hub.worklist.model import WorklistItem


@dataclass(frozen=True)
class AtGateway:
    """What the hospital's gateway told last of the study; ``state`` is empty where it no longer speaks of it.

    ``done_at`` is when the last of ``left_bytes`` will be here, as the gateway reckons; empty where it cannot tell.
    """

    gateway_id: str
    name: str
    state: str
    error: str
    left_bytes: int = 0
    done_at: str = ""


@dataclass(frozen=True)
class SignedFor:
    """The gateway's signed manifest: every object in it was proved before it was signed for."""

    instances: int
    verified: bool
    at: datetime


@dataclass(frozen=True)
class OnItsWayBack:
    """One object of the latest signed report, and whether the hospital has it.

    ``stamps`` is how often it was stamped anew since; ``places`` says how each of the hospital's systems stands.
    """

    kind: str
    delivered_at: datetime | None
    error: str
    stamps: int
    places: dict[str, str]


@dataclass(frozen=True)
class Way:
    """What other slices know of a case's way; the case itself knows the rest."""

    gateway: AtGateway | None
    signed_for: SignedFor | None
    back: tuple[OnItsWayBack, ...]


class Ways(Protocol):
    """What cases ask of archive, gateways and reports."""

    def of(self, item: WorklistItem) -> Way:
        """The way of one case."""
