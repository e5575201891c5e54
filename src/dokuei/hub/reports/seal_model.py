"""What seals a report and what a seal is worth."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from dokuei.hub.reports.model import SignedVersion

TimeStamp = Literal["none", "stamped", "missing"]
SealLevel = Literal["B-B", "B-T", "B-LT", "B-LTA"]
SealPart = Literal["seal", "time_stamp", "archive_stamp"]
Revocation = Literal["unpublished", "kept", "lacking", "revoked"]
_WORST_LAST: tuple[Revocation, ...] = ("unpublished", "kept", "lacking", "revoked")


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
class Standing:
    """Whether a certificate was revoked when it had to stand.

    ``unpublished``: its issuer says nowhere whether it is, as with a key that vouches for itself; ``kept``: it was
    not, and what shows it is at hand; ``lacking``: nothing that holds says so, and ``why``.
    """

    part: SealPart
    state: Revocation
    why: str = ""
    revoked_at: datetime | None = None


def worst_of(standings: Iterable[Standing]) -> Standing | None:
    """The one that says what the whole is worth."""
    return max(standings, key=lambda one: _WORST_LAST.index(one.state), default=None)


_PARTS: Final[dict[SealPart, str]] = {
    "seal": "the seal's certificate",
    "time_stamp": "the time-stamp service's certificate",
    "archive_stamp": "the certificate of the last time stamp",
}


def in_words(standing: Standing) -> str:
    """What is lacking, or wrong, in a line for the log and for who looks after the hub."""
    if standing.state != "revoked":
        return f"{_PARTS[standing.part]}: {standing.why}" if standing.why else _PARTS[standing.part]
    at = "" if standing.revoked_at is None else f" at {standing.revoked_at.isoformat()}"
    return f"{_PARTS[standing.part]} was revoked{at} ({standing.why})"


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
    reaches, ``roles`` the licence that the sealing certificate vouches for, ``standings`` what the file's own data say
    of its certificates (of the last archive stamp's nothing: that comes with the next one), ``physician`` a signature
    before the seal.
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
    standings: tuple[Standing, ...] = ()
    has_data: bool = False
    physician: PhysicianVerdict | None = None

    @property
    def revocation(self) -> Revocation | None:
        """What is known of revocations, as a whole."""
        worst = worst_of(self.standings)
        return None if worst is None else worst.state

    @property
    def level(self) -> SealLevel:
        """Which of PAdES' levels the file has reached (ETSI EN 319 142-1 6)."""
        if self.stamped_at is None and not self.archive_stamps:
            return "B-B"
        if not self.has_data or self.revocation in {"lacking", "revoked"}:
            return "B-T"
        return "B-LTA" if self.archive_stamps else "B-LT"


@dataclass(frozen=True)
class SealState:
    """How far a version's sealed file has come: which file holds now, and when its next time stamp is due.

    A file without any time stamp is due when a service is set; ``last_error`` is why the last attempt came to nothing,
    ``revocation`` what its issuers have said of its certificates, None where nobody has asked.
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
    revocation: Revocation | None = None


@dataclass(frozen=True)
class CertificateState:
    """What the issuer of a sealing certificate said of it when it was asked last."""

    sha256: str
    state: Revocation
    why: str
    revoked_at: datetime | None
    asked_at: datetime


@dataclass(frozen=True)
class Sealed:
    """Where a version's sealed documents are and what they are.

    ``time_stamp`` is none, stamped or missing, of the PDF's seal; ``sr_time_stamp`` of the structured report's.
    """

    pdf_key: str
    pdf_sha256: str
    time_stamp: str
    sr_sop_instance_uid: str
    pdf_sop_instance_uid: str
    sr_time_stamp: str = "none"


@dataclass(frozen=True)
class KeptVersion:
    """A signed version and its seal."""

    signed: SignedVersion
    sealed: Sealed
