"""What seals a report and what a seal is worth."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

TimeStamp = Literal["none", "stamped", "missing"]
SealLevel = Literal["B-B", "B-T", "B-LTA"]


@dataclass(frozen=True)
class SealFiles:
    """Where the sealing certificate and its key lie; where a token holds the key, the file of the PIN that opens it."""

    certificate: Path
    private_key: Path


@dataclass(frozen=True)
class SealedPdf:
    """A sealed document; ``time_stamp`` is ``missing`` where a service is set and did not answer."""

    data: bytes
    time_stamp: TimeStamp


@dataclass(frozen=True)
class ArchiveStamp:
    """A document time stamp behind a seal: when it was made, and whether it holds."""

    at: datetime
    good: bool


@dataclass(frozen=True)
class PhysicianVerdict:
    """What a physician's own signature before the seal is worth; ``trusted`` is None where no authority was named."""

    intact: bool
    trusted: bool | None
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class SealVerdict:
    """What a seal is worth: ``good`` needs the signature and everything after it (never the AdES code alone).

    ``ends_at`` is when the last certificate ends that vouches for the time, ``sealed_bytes`` how far the seal itself
    reaches, ``roles`` the licence that the sealing certificate vouches for, ``physician`` a signature before the seal.
    """

    good: bool
    intact: bool
    trusted: bool
    modification_level: str
    signer: str
    why: str = ""
    stamped_at: datetime | None = None
    stamp_good: bool = False
    archive_stamps: tuple[ArchiveStamp, ...] = ()
    ends_at: datetime | None = None
    sealed_bytes: int = 0
    roles: tuple[str, ...] = ()
    physician: PhysicianVerdict | None = None

    @property
    def level(self) -> SealLevel:
        """Which of PAdES' levels the file has reached (ETSI EN 319 142-1 6)."""
        return "B-LTA" if self.archive_stamps else "B-B" if self.stamped_at is None else "B-T"


@dataclass(frozen=True)
class SealState:
    """How far a version's sealed file has come: which file holds now, and when its next time stamp is due.

    A file without any time stamp is due when a service is set; ``last_error`` is why the last attempt came to nothing.
    """

    report_id: str
    number: int
    level: SealLevel
    blob_key: str
    sha256: str
    stamps: int
    stamped_at: datetime | None = None
    renew_at: datetime | None = None
    tried_at: datetime | None = None
    last_error: str | None = None
