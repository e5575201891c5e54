"""What the archive says about objects: pure values, the same for STOW-RS, gateways and the command line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from dokuei.dicom.coded import CodedInstance
from dokuei.errors import DokueiError

BULK_DATA: Final = "bulkdata"  # stored BulkDataURIs are relative to their instance; answers make them absolute

Outcome = Literal["stored", "known"]


@dataclass(frozen=True)
class Incoming:
    """A coded Part 10 file on the hub's disk and what its sender says it is.

    The file belongs to the archive from here on: it is moved into the store, or removed where it is known already.
    """

    source: Path
    coded: CodedInstance


@dataclass(frozen=True)
class Stored:
    """An object that is in the archive, decoded and proved; ``known`` where the same content was there before."""

    site_id: str
    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    sop_class_uid: str
    outcome: Outcome


@dataclass(frozen=True)
class Refused:
    """An object that did not get in, and why; the others of its batch did."""

    coded: CodedInstance
    error: DokueiError


@dataclass(frozen=True)
class HeldInstance:
    """What a sender needs to know in order not to send an object again."""

    sop_instance_uid: str
    content_digest: str
    source_sha256: str
    sha256: str
    proof: str


@dataclass(frozen=True)
class Declared:
    """One object as the sender counted it."""

    sop_instance_uid: str
    number_of_frames: int
    content_digest: str


@dataclass(frozen=True)
class Manifest:
    """What a gateway signed about a study: the hub checks against it and never makes digests of its own for it.

    ``document`` is the signed bytes as they came, ``signature`` what came with them; ``verified`` says whether the
    receiver checked the signature against the enrolled key.
    """

    study_instance_uid: str
    signed_by: str
    verified: bool
    document: bytes
    signature: bytes
    declared: tuple[Declared, ...]


@dataclass(frozen=True)
class SignedFor:
    """Who signed for a study last, for how many objects all its signers together, and when the hub had that."""

    signed_by: str
    instances: int
    verified: bool
    at: datetime


@dataclass(frozen=True)
class Ledger:
    """What the sender counted beside what is here: a difference is shown in red.

    ``open`` says that more is to come: objects that a gateway sent, announced or signed for and that its manifest or
    this archive lacks. A count without a manifest is what the gateway holds so far. ``contradicted_instances`` counts
    SOP Instance UIDs under which two gateways signed for two contents, or one signed for another than is here.
    ``discontinued``: a modality said that it broke the examination off.
    """

    declared_instances: int | None
    declared_frames: int | None
    arrived_instances: int
    arrived_frames: int
    proved_instances: int
    open: bool = False
    contradicted_instances: int = 0
    discontinued: bool = False

    @property
    def complete(self) -> bool:
        """Whether everything that was declared has arrived and been proved."""
        return (
            not self.open
            and not self.contradicted_instances
            and self.declared_instances is not None
            and self.arrived_instances >= self.declared_instances
            and self.arrived_frames >= (self.declared_frames or 0)
            and self.proved_instances >= self.declared_instances
        )


@dataclass(frozen=True)
class PatientName:
    """The three component groups of a person's name (PS3.5 6.2.1.1)."""

    alphabetic: str = ""
    ideographic: str = ""
    phonetic: str = ""


@dataclass(frozen=True)
class StudySummary:
    """A study as other slices (worklist, reports) list it; they get it as an event's payload or from the service."""

    site_id: str
    study_instance_uid: str
    patient_id: str
    issuer_of_patient_id: str
    patient_name: PatientName
    patient_birth_date: str
    patient_sex: str
    study_date: str
    study_time: str
    study_description: str
    accession_number: str
    referring_physician: str
    modalities: tuple[str, ...]
    number_of_series: int
    number_of_instances: int
    number_of_frames: int
    first_received_at: datetime
    last_received_at: datetime
    ledger: Ledger
    issuer_of_accession_number: str = ""
    performed: Literal["in_progress", "completed", "discontinued"] | None = None
    """How far the modality says that it is (MPPS); None where none reports."""
    performed_instances: int | None = None
    papers_only: bool = False
    """Whether there is no picture to be read: every object is a paper by the site's rules."""


@dataclass(frozen=True)
class Deletion:
    """The record that stays when a study's images go."""

    site_id: str
    study_instance_uid: str
    number_of_instances: int
    size: int
    deleted_at: datetime
    deleted_by: str
    reason: str


@dataclass(frozen=True)
class ArchivedInstance:
    """One object of the archive: what is known of it, and the key of its coded file."""

    site_id: str
    coded: CodedInstance
    instance_number: int | None
    rows: int | None
    columns: int | None
    received_at: datetime

    @property
    def blob_key(self) -> str:
        """Where the coded file lies."""
        return blob_key(self.site_id, self.coded.sha256)


@dataclass(frozen=True)
class Found:
    """What a search found: DICOM JSON objects, written, and how many more there are beyond this page."""

    items: Sequence[bytes]
    remaining: int


@dataclass(frozen=True)
class Progress:
    """One step of long work on the archive (reindex, verify), for a progress bar and a table of what is wrong."""

    done: int
    total: int
    key: str
    error: DokueiError | None = None


def blob_key(site_id: str, sha256: str) -> str:
    """Where an object's coded file lies; the content names it, so a key never means other bytes."""
    return f"archive/{site_id}/{sha256[:2]}/{sha256}.dcm"


def quarantine_key(site_id: str, sha256: str) -> str:
    """Where a refused object's file waits for staff."""
    return f"quarantine/{site_id}/{sha256[:2]}/{sha256}.dcm"


def receipt_key(site_id: str, study_instance_uid: str) -> str:
    """Where it is noted when a study's objects came, so that terms and order survive a database that was lost."""
    return f"receipts/{site_id}/{study_instance_uid}.json"


def removal_key(site_id: str, study_instance_uid: str, deleted_at: datetime) -> str:
    """Where it is noted what was removed on purpose, so that nobody misses it after a database was lost."""
    return f"removals/{site_id}/{study_instance_uid}/{deleted_at.astimezone(UTC):%Y%m%dT%H%M%S%f}.json"


def manifest_key(site_id: str, study_instance_uid: str, signed_by: str) -> str:
    """Where a gateway's manifest of a study lies beside the objects, so that the database can be rebuilt from files."""
    return f"{manifest_folder(site_id, study_instance_uid)}/{signed_by}.json"


def manifest_folder(site_id: str, study_instance_uid: str) -> str:
    """What the keys of all manifests of a study begin with."""
    return f"manifests/{site_id}/{study_instance_uid}"


def former_manifest_key(site_id: str, study_instance_uid: str) -> str:
    """Where the only manifest of a study lay before each gateway's was kept."""
    return f"manifests/{site_id}/{study_instance_uid}.json"
