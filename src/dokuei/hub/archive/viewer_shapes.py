"""What the viewer's document of a study holds, for the pages and for OpenAPI."""

from typing_extensions import TypedDict

from dokuei.dicom.coded import DigestOf, Proof
from dokuei.hub.archive.papers import PaperKind


class PersonName(TypedDict):
    """The three component groups of a PN (PS3.5 6.2.1)."""

    alphabetic: str
    ideographic: str
    phonetic: str


class Patient(TypedDict):
    """Whose study it is."""

    patient_id: str
    issuer_of_patient_id: str
    patient_name: PersonName
    patient_birth_date: str
    patient_sex: str


class FrameEntry(TypedDict):
    """One frame: its bytes as stored, and the digest of what they must decode to."""

    length: int
    digest: str
    digest_of: DigestOf
    resolution_ends: list[int]


class LossyEntry(TypedDict):
    """How the object was compressed irreversibly before it came (PS3.3 C.7.6.1.1.5)."""

    methods: list[str]
    ratios: list[float]


class InstanceEntry(TypedDict):
    """One object and what is known of its truth; ``paper``: one that belongs to the request, by the site's rules."""

    sop_instance_uid: str
    sop_class_uid: str
    instance_number: int | None
    number_of_frames: int
    rows: int | None
    columns: int | None
    source_transfer_syntax_uid: str
    transfer_syntax_uid: str
    proof: Proof
    reason: str
    lossy: LossyEntry | None
    received_at: str
    paper: PaperKind | None
    to_be_read: bool
    frames: list[FrameEntry]


class SignedBy(TypedDict):
    """A gateway's signature under the study's manifest, and whether it holds."""

    by: str
    at: str
    verified: bool


class ObjectPedigree(TypedDict):
    """An object's way: as it came, what was made of it, who signed for its study, who brought it here and when.

    ``source_sha256`` is of the file as the hospital received it, ``sha256`` and ``size`` of the one that is kept here;
    ``content_digest`` is the same for both.
    """

    source_transfer_syntax_uid: str
    transfer_syntax_uid: str
    source_sha256: str
    sha256: str
    size: int
    content_digest: str
    proof: Proof
    reason: str
    lossy: LossyEntry | None
    received_at: str
    received_from: str
    signed: list[SignedBy]


class SeriesEntry(TypedDict):
    """One series in the order of its instance numbers."""

    series_instance_uid: str
    modality: str
    series_number: int | None
    series_description: str
    body_part_examined: str
    laterality: str
    instances: list[InstanceEntry]


class SignedManifest(TypedDict):
    """Which gateways have signed for what was sent, the newest last, and whether every signature holds."""

    signed_by: list[str]
    verified: bool


class LedgerEntry(TypedDict):
    """What the sender counted (null as long as it has not) beside what is here; ``open``: more is to come.

    ``contradicted_instances``: two contents were signed for under one SOP Instance UID, or another than is here.
    ``discontinued``: a modality said that it broke the examination off.
    """

    declared_instances: int | None
    declared_frames: int | None
    arrived_instances: int
    arrived_frames: int
    proved_instances: int
    open: bool
    contradicted_instances: int
    discontinued: bool


class StudyImages(TypedDict):
    """The document."""

    site_id: str
    study_instance_uid: str
    patient: Patient
    study_date: str
    study_time: str
    study_description: str
    accession_number: str
    manifest: SignedManifest | None
    ledger: LedgerEntry
    series: list[SeriesEntry]
