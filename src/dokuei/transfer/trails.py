"""What a gateway's own audit trail has to tell the hub, for the audit repository that hears of both (PS3.15 A.5)."""

from typing import Final

from pydantic import AwareDatetime, Field, field_validator

from dokuei.transfer.protocol import Message

TRAIL_PATH: Final = "/gateway/v1/trail"
TOLD: Final = frozenset(
    {
        "association.rejected",
        "instance.quarantined",
        "instances.received",
        "report.filed",
        "report.stored",
        "study.announced",
        "study.forwarded",
    }
)
ENTRIES_AT_MOST: Final = 50
LONGEST: Final = 300
LONGEST_SUBJECT: Final = 64
EntryDetail = str | int | bool | None


class TrailEntry(Message):
    """One entry of a gateway's trail; its ``subject`` is named as the hub knows it, and left out where it cannot."""

    sequence: int = Field(ge=1, lt=2**53)
    at: AwareDatetime
    actor: str = Field(max_length=LONGEST)
    event: str = Field(max_length=60)
    subject: str | None = Field(None, max_length=LONGEST_SUBJECT)
    details: dict[str, EntryDetail] = Field(default_factory=dict, max_length=20)

    @field_validator("event")
    @classmethod
    def _is_told(cls, event: str) -> str:
        """A gateway tells of what happened at its own doors, and of nothing else."""
        if event not in TOLD:
            raise ValueError("no event that gateways tell")
        return event

    @field_validator("details")
    @classmethod
    def _is_short(cls, details: dict[str, EntryDetail]) -> dict[str, EntryDetail]:
        if any(len(str(part)) > LONGEST for pair in details.items() for part in pair):
            raise ValueError("more than an entry holds")
        return details


class ToldTrail(Message):
    """Entries in their order, and how far the trail was looked through; no number asks how far the hub has heard."""

    entries: list[TrailEntry] = Field(default_factory=list, max_length=ENTRIES_AT_MOST)
    until: int | None = Field(None, ge=0, lt=2**53)


class HeardTrail(Message):
    """How far the hub has heard a gateway's trail."""

    until: int
