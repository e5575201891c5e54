"""A reader's opinion of a case: what it says, on which images it rests, and when it may be signed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from dokuei.errors import ConflictError, ProofError, RequestError, SignatureError, StaleError
from dokuei.hub.reports.circumstances import ComparedStudy, Delegation, PriorsInPacs
from dokuei.hub.reports.lexicon import demand_known
from dokuei.hub.reports.structure import NOT_APPLICABLE, Answer, Structure, written_texts

ReportStatus = Literal["draft", "preliminary", "final", "amended", "withdrawn"]
Kind = Literal["preliminary", "original", "amendment", "withdrawal"]
DeliveryKind = Literal["sr", "pdf"]
CATEGORIES = frozenset({"", NOT_APPLICABLE, "0", "1", "2", "3", "3-1", "3-2", "4", "5", "N", "N-1", "N-2"})
LONGEST_TEXT = 50_000
MOST_IMAGES = 60_000
INTERNAL = frozenset({"first", "second"})
STATUSES: Mapping[Kind, ReportStatus] = {
    "preliminary": "preliminary",
    "original": "final",
    "amendment": "amended",
    "withdrawal": "withdrawn",
}
VERSION_EVENTS: Mapping[Kind, str] = {
    "preliminary": "report.preliminary",
    "original": "report.signed",
    "amendment": "report.signed",
    "withdrawal": "report.withdrawn",
}

_MAMMOGRAPHY = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.1.2",
        "1.2.840.10008.5.1.4.1.1.1.2.1",
        "1.2.840.10008.5.1.4.1.1.13.1.3",
        "1.2.840.10008.5.1.4.1.1.13.1.4",
        "1.2.840.10008.5.1.4.1.1.13.1.5",
    }
)
_PHASE = "preparing to sign"


@dataclass(frozen=True)
class Name:
    """The three component groups of a person's name (PS3.5 6.2.1.1)."""

    alphabetic: str = ""
    ideographic: str = ""
    phonetic: str = ""


@dataclass(frozen=True)
class Case:
    """What a report needs to know of its case; ``holder`` has the reading role now.

    ``request_mismatch``: whether the request and the images name one person is still to be decided (REC-10).
    ``sealed``: the other one of two blind readings is not signed yet, so that this one is for its reader alone.
    ``screening``: its request or a roster says so, and a mammogram takes a reading grade (JRS-02).
    ``diagnostic``: its request says so.
    ``images_finalised``: a technologist stands for the images, or the site does without (REC-09).
    """

    worklist_item_id: str
    site_id: str
    study_instance_uid: str
    role: str
    holder: str | None
    images_complete: bool
    number_of_instances: int
    patient_id: str
    issuer_of_patient_id: str
    patient_name: Name
    patient_birth_date: str
    patient_sex: str
    study_date: str
    study_time: str
    study_description: str
    accession_number: str
    referring_physician: str
    modalities: tuple[str, ...]
    request_mismatch: bool = False
    sealed: bool = False
    screening: bool = False
    diagnostic: bool = False
    priors: tuple[ComparedStudy, ...] = ()
    priors_in_pacs: PriorsInPacs | None = None
    delegations: tuple[Delegation, ...] = ()
    images_finalised: bool = True

    @property
    def leaves_the_centre(self) -> bool:
        """Whether this report is the answer to the hospital, and not one of the two that lead to it."""
        return self.role not in INTERNAL


@dataclass(frozen=True)
class SiteRules:
    """What the site's register says about its reports."""

    site_id: str
    name: str
    name_en: str
    in_evaluation: bool
    synced_passkeys_may_sign: bool
    mammography_grade_required: bool = False
    qualified_signature_required: bool = False


@dataclass(frozen=True)
class KnownImage:
    """An archived object as the report refers to it; ``frames`` are the digests that its sender signed.

    What is not ``to_be_read`` is a paper of the request.
    """

    sop_instance_uid: str
    sop_class_uid: str
    series_instance_uid: str
    series_number: int | None
    series_description: str
    modality: str
    instance_number: int | None
    proof: str
    reason: str
    lossy: bool
    frames: tuple[str, ...]
    laterality: str = ""
    view_position: str = ""
    to_be_read: bool = True

    @property
    def is_mammogram(self) -> bool:
        """Whether the strict rule for mammograms holds: by modality, and by SOP class where the modality is wrong."""
        return self.modality == "MG" or self.sop_class_uid in _MAMMOGRAPHY


@dataclass(frozen=True, order=True)
class ImageRead:
    """One frame (from 1) that was on the screen, with the digest that was proved there (REC-15)."""

    sop_instance_uid: str
    frame: int
    digest: str


@dataclass(frozen=True)
class Content:
    """What a reader enters."""

    findings: str = ""
    impression: str = ""
    category_right: str = ""
    category_left: str = ""
    images_read: tuple[ImageRead, ...] = ()
    structure: Structure = field(default_factory=Structure)
    answers: tuple[Answer, ...] = ()
    compared: tuple[ComparedStudy, ...] = ()
    """Priors that were on the screen (REPORT-11)."""


@dataclass(frozen=True)
class Draft:
    """Content that is still being written; ``version`` counts saves, ``entered_by`` names whoever wrote (REC-04).

    ``spoken_by`` names those of them for whom a speech engine wrote: it stands in for them, as a clerk would.
    """

    report_id: str
    version: int
    content: Content
    entered_by: tuple[str, ...]
    updated_at: datetime
    updated_by: str
    spoken_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """One reader's opinion of a case: a record of its own, for ever."""

    report_id: str
    site_id: str
    worklist_item_id: str
    study_instance_uid: str
    role: str
    created_at: datetime
    created_by: str


@dataclass(frozen=True)
class Frozen:
    """The exact bytes that were shown for signing; ``draft_version`` tells whether they are still what is meant."""

    report_id: str
    number: int
    kind: Kind
    draft_version: int
    canonical: bytes
    digest: str
    shown_to: str
    shown_at: datetime


@dataclass(frozen=True)
class Signature:
    """Who stood for a version, when and how, with the evidence."""

    person_id: str
    display_name: str
    signed_at: datetime
    method: str
    evidence: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SignedVersion:
    """A version that never changes again: bytes, digest, signature."""

    report_id: str
    number: int
    kind: Kind
    canonical: bytes
    digest: str
    signature: Signature

    @property
    def status(self) -> ReportStatus:
        """How a report with this as its latest version stands."""
        return STATUSES[self.kind]


def checked(content: Content) -> Content:
    """Refuse what no report can hold; a frame that is named twice was read once.

    Raises:
        RequestError: a category of no guideline, text without end, or one frame with two digests.
    """
    wrong = None
    read = {(one.sop_instance_uid, one.frame): one for one in content.images_read}
    categories = {content.category_right, content.category_left}
    if not content.structure.method and categories - CATEGORIES:
        wrong = "a category that the guideline does not know"
    elif max(len(content.findings), len(content.impression)) > LONGEST_TEXT:
        wrong = f"more than {LONGEST_TEXT} characters in one field"
    elif len(content.images_read) > MOST_IMAGES:
        wrong = f"more than {MOST_IMAGES} images read"
    elif set(read.values()) != set(content.images_read):
        wrong = "one frame with two digests"
    elif any(ord(letter) < ord(" ") and letter not in "\n\t" for text in texts_of(content) for letter in text):
        wrong = "control characters in the text"
    if wrong:
        raise RequestError(wrong, phase="saving a report")
    demand_known(content.structure, categories)
    return replace(content, images_read=tuple(read.values()))


def texts_of(content: Content) -> tuple[str, ...]:
    """Everything that somebody typed."""
    return (content.findings, content.impression, *written_texts(content.structure, content.answers))


def demand_version(draft: Draft | None, expected_version: int) -> None:
    """Refuse to write over what somebody else saved meanwhile (RFC 9110 13.1.1).

    Raises:
        StaleError: another version is there now.
    """
    present = draft.version if draft else 0
    if present != expected_version:
        raise StaleError(
            f"version {present} is there now, not {expected_version}",
            phase="saving a report",
            remedy="load it, compare, save again",
        )


def demand_text(content: Content) -> None:
    """Refuse a report that says nothing.

    Raises:
        RequestError: neither findings nor impression.
    """
    if not content.findings.strip() and not content.impression.strip():
        raise RequestError("the report says nothing", phase=_PHASE, remedy="write findings or an impression")


def demand_categories(content: Content) -> None:
    """Refuse a report that leaves a breast open: where no category applies, that is said.

    Raises:
        RequestError: no category for one side.
    """
    sides = {"右 / right": content.category_right, "左 / left": content.category_left}
    open_sides = [side for side, category in sides.items() if not category]
    if open_sides:
        raise RequestError(
            f"カテゴリーがありません / no category: {', '.join(open_sides)}",
            phase=_PHASE,
            remedy="choose one, or 該当なし / not applicable",
        )


def digest_of(canonical: bytes) -> str:
    """Hex SHA-256 (REC-16)."""
    return hashlib.sha256(canonical).hexdigest()


def demand_unchanged(canonical: bytes, digest: str) -> None:
    """Refuse a signed text that is not what was signed (REC-03).

    Raises:
        ProofError: the bytes have another digest.
    """
    if digest_of(canonical) != digest:
        raise ProofError(
            "a signed report has been changed in the database", phase="reading a report", remedy="restore the backup"
        )


def demand_frozen(frozen: Frozen | None, draft: Draft | None, *, person_id: str, expected_digest: str) -> Frozen:
    """The version that was shown, if it is still the one that is meant.

    Raises:
        ConflictError: nothing was shown to this person, or the text has changed since.
    """
    if frozen is None or frozen.shown_to != person_id:
        raise ConflictError("nothing was shown for signing", phase="signing", remedy="look at the whole report first")
    changed = draft is None or draft.version != frozen.draft_version
    if changed or expected_digest != frozen.digest:
        raise ConflictError("the text has changed since it was shown", phase="signing", remedy="look at it again")
    return frozen


def sign(frozen: Frozen, signature: Signature) -> SignedVersion:
    """Make the version that never changes again.

    Raises:
        SignatureError: the bytes are not the ones that were shown, or somebody else was shown them.
    """
    if digest_of(frozen.canonical) != frozen.digest or frozen.shown_to != signature.person_id:
        raise SignatureError("what is signed is not what was shown", phase="signing")
    return SignedVersion(
        report_id=frozen.report_id,
        number=frozen.number,
        kind=frozen.kind,
        canonical=frozen.canonical,
        digest=frozen.digest,
        signature=signature,
    )
