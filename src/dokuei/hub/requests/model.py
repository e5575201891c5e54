"""What a hospital asks of a reader (読影依頼), which images it is about, and what may be done with it when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from dokuei.errors import ConflictError, RequestError, StaleError

State = Literal["waiting", "proposed", "matched", "mismatch", "canceled"]
LinkState = Literal["proposed", "matched", "mismatch", "refused"]
PapersState = Literal["proposed", "mismatch", "joined", "refused"]
Source = Literal["portal", "hl7", "folder", "fhir", "roster"]
Priority = Literal["routine", "high", "urgent"]
Sex = Literal["M", "F", "O", ""]
Kind = Literal["screening", "diagnostic", "second_reading", "consultation", ""]
Side = Literal["R", "L"]
Field = Literal["patient_id", "name", "birth_date", "sex"]
Reason = Literal["patient_id", "name", "birth_date", "sex", "two_requests"]

STATES: tuple[State, ...] = ("mismatch", "proposed", "waiting", "matched", "canceled")
PRIORITIES: tuple[Priority, ...] = ("routine", "high", "urgent")
LONGEST_TEXT = 4_000
MOST_ATTACHMENTS = 20
_PLACING = "placing a request"


@dataclass(frozen=True)
class Name:
    """The three component groups of a person's name (PS3.5 6.2.1.1)."""

    alphabetic: str = ""
    ideographic: str = ""
    phonetic: str = ""


@dataclass(frozen=True)
class Patient:
    """Who is meant; ``birth_date`` as YYYYMMDD, or empty where it is not known."""

    patient_id: str = ""
    issuer_of_patient_id: str = ""
    name: Name = Name()
    birth_date: str = ""
    sex: Sex = ""


@dataclass(frozen=True)
class Code:
    """A coded word as it came."""

    value: str = ""
    scheme: str = ""
    meaning: str = ""


@dataclass(frozen=True)
class Symptom:
    """What was felt or seen, and where: an hour of the clock (1 to 12), or a zone that has none."""

    side: Side
    kind: Literal["lump", "pain", "discharge", "skin", "other"]
    clock: int | None = None
    zone: Literal["areola", "axilla"] | None = None
    note: str = ""


@dataclass(frozen=True)
class Surgery:
    """An operation on a breast."""

    side: Side
    kind: str
    year: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Relative:
    """A cancer in the family, and at what age."""

    relation: str
    cancer: Literal["breast", "ovarian", "other"]
    age: int | None = None


@dataclass(frozen=True)
class Clinical:
    """What a breast reader needs to know beside the images (JRS-08)."""

    reason: str = ""
    question: str = ""
    symptoms: tuple[Symptom, ...] = ()
    history: str = ""
    surgeries: tuple[Surgery, ...] = ()
    pathology: str = ""
    family_history: tuple[Relative, ...] = ()
    gene: Literal["unknown", "not_tested", "negative", "brca1", "brca2", "other"] = "unknown"
    gene_note: str = ""
    menstruation: Literal["unknown", "pre", "peri", "post"] = "unknown"
    last_period: str = ""
    hormone_therapy: str = ""
    implants: Literal["none", "right", "left", "both", "unknown"] = "unknown"
    pregnancy: Literal["unknown", "none", "pregnant", "lactating"] = "unknown"
    prior_examinations: str = ""
    note: str = ""


@dataclass(frozen=True)
class Content:
    """What is asked; ``study_instance_uid`` only where the hospital knows it beforehand.

    ``worklist_study_instance_uids`` is what the gateway's worklist has given modalities for it, the latest last.
    ``kind`` is which kind of reading is asked for, or empty where the hospital does not say.
    """

    priority: Priority = "routine"
    due_at: datetime | None = None
    accession_number: str = ""
    issuer_of_accession_number: str = ""
    placer_order_number: str = ""
    filler_order_number: str = ""
    patient: Patient = Patient()
    modality: str = ""
    kind: Kind = ""
    examination_date: str = ""
    procedure: Code = Code()
    requesting_physician: str = ""
    requesting_department: str = ""
    clinical: Clinical = Clinical()
    study_instance_uid: str | None = None
    worklist_study_instance_uids: tuple[str, ...] = ()

    @property
    def expected_study_instance_uid(self) -> str:
        """Under which UID its images are expected; empty where nobody has said one."""
        return self.study_instance_uid or next(reversed(self.worklist_study_instance_uids), "")


@dataclass(frozen=True)
class Difference:
    """One particular in which request and images do not name the same person."""

    field: Field
    requested: str
    in_images: str


@dataclass(frozen=True)
class Study:
    """What requests need to know of a study that is here; ``papers_only``: it holds no picture to be read.

    ``prior``: it was brought to be compared with, and is meant by nobody who does not name it.
    """

    site_id: str
    study_instance_uid: str
    patient: Patient
    accession_number: str
    issuer_of_accession_number: str
    study_date: str
    study_description: str
    modalities: tuple[str, ...]
    papers_only: bool = False
    prior: bool = False


@dataclass(frozen=True)
class PapersLink:
    """How a request and a study of nothing but papers belong together; nothing but ``joined`` is shown to readers.

    ``refused`` is a person's word that they do not, ``settled_because`` the reason that somebody gave.
    """

    request_id: str
    study_instance_uid: str
    state: PapersState
    differences: tuple[Difference, ...] = ()
    settled_by: str | None = None
    settled_because: str = ""


@dataclass(frozen=True)
class Link:
    """How a request and a study belong together, and who has said so.

    ``refused`` is a person's word that they do not: nothing links them again by itself. ``settled_because`` is the
    reason that somebody gave, where one did.
    """

    study_instance_uid: str
    state: LinkState
    reasons: tuple[Reason, ...] = ()
    differences: tuple[Difference, ...] = ()
    linked_by: str = "system"
    settled_by: str | None = None
    settled_because: str = ""

    @property
    def settled(self) -> bool:
        """Whether a person has decided: what the hub finds out later does not silently undo that."""
        return self.settled_by is not None


@dataclass(frozen=True)
class CaseRequest:
    """What requests say of one case; ``reason`` is the reasons of a mismatch, joined by commas.

    ``kind`` is empty where no request says it, and where two say different ones.
    """

    state: Literal["none", "proposed", "matched", "mismatch", "canceled"] = "none"
    reason: str = ""
    priority: Priority | None = None
    due_at: datetime | None = None
    kind: Kind = ""


@dataclass(frozen=True)
class Attachment:
    """A document or picture that came with the request."""

    number: int
    name: str
    media_type: str
    size: int
    sha256: str
    blob_key: str


@dataclass(frozen=True)
class Former:
    """Whom the request named before: both identifiers stay (REC-10)."""

    patient: Patient
    until: datetime
    changed_by: str
    because: str


@dataclass(frozen=True)
class ReadingRequest:
    """A request with everything that is known of it; ``changed_after_signature`` where an update came too late."""

    request_id: str
    site_id: str
    state: State
    source: Source
    version: int
    content: Content
    placed_at: datetime
    placed_by: str
    placed_by_name: str
    changed_after_signature: bool = False
    canceled_because: str = ""
    links: tuple[Link, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    former: tuple[Former, ...] = ()

    @property
    def shown_link(self) -> Link | None:
        """The study that a page shows: one that wants a decision before one that is in order."""
        joined = [one for one in self.links if one.state in {"mismatch", "matched"}]
        return min(joined, key=lambda one: one.state != "mismatch", default=None)

    def link_to(self, study_instance_uid: str) -> Link | None:
        """What is known of the request and one study."""
        return next((one for one in self.links if one.study_instance_uid == study_instance_uid), None)


def case_of(study_instance_uid: str, requests: Iterable[ReadingRequest]) -> CaseRequest:
    """What all requests about a study say of its case: the worst state, the highest priority, the earliest time."""
    joined = [(one, link) for one in requests if (link := one.link_to(study_instance_uid)) is not None]
    held = [(one, link) for one, link in joined if one.state != "canceled"]
    asked = [(one, link) for one, link in held if link.state in {"matched", "mismatch"}]
    if not asked:
        proposed = any(link.state == "proposed" for _, link in held)
        withdrawn = any(link.state in {"matched", "mismatch"} for one, link in joined if one.state == "canceled")
        return CaseRequest("proposed" if proposed else "canceled" if withdrawn else "none")
    reasons = dict.fromkeys(reason for _, link in asked if link.state == "mismatch" for reason in link.reasons)
    times = [one.content.due_at for one, _ in asked if one.content.due_at is not None]
    kinds = {one.content.kind for one, _ in asked} - {""}
    return CaseRequest(
        state="mismatch" if any(link.state == "mismatch" for _, link in asked) else "matched",
        reason=",".join(reasons),
        priority=max((one.content.priority for one, _ in asked), key=PRIORITIES.index),
        due_at=min(times, default=None),
        kind=kinds.pop() if len(kinds) == 1 else "",
    )


def state_of(links: Iterable[Link], *, canceled: bool) -> State:
    """A request's state follows from its studies: what wants a decision is told first."""
    if canceled:
        return "canceled"
    found = {one.state for one in links}
    if "mismatch" in found:
        return "mismatch"
    if "matched" in found:
        return "matched"
    return "proposed" if "proposed" in found else "waiting"


def checked(content: Content) -> Content:
    """Refuse what names nobody, or a time that there is not.

    Raises:
        RequestError: with the reason.
    """
    wrong = None
    if not content.patient.patient_id.strip():
        wrong = "a request names a patient ID"
    elif not any((content.patient.name.alphabetic, content.patient.name.ideographic, content.patient.name.phonetic)):
        wrong = "a request names its patient"
    elif content.due_at is not None and content.due_at.tzinfo is None:
        wrong = "a due time says its time zone"
    else:
        days = (content.patient.birth_date, content.examination_date, content.clinical.last_period)
        wrong = next((f"no such day: {one}" for one in days if one and not is_day(one)), None)
    if wrong:
        raise RequestError(wrong, phase=_PLACING)
    return content


def is_day(text: str) -> bool:
    """Whether YYYYMMDD is a day of the calendar."""
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return len(text) == len("YYYYMMDD")


def demand_version(request: ReadingRequest, expected_version: int) -> None:
    """Refuse a change to something that has changed meanwhile.

    Raises:
        StaleError: with the version that there is now.
    """
    if request.version != expected_version:
        raise StaleError(
            f"the request was changed meanwhile; it is at version {request.version} now",
            phase="changing a request",
            remedy="load it again",
        )


def demand_open(request: ReadingRequest) -> None:
    """Refuse a change to a request that is canceled.

    Raises:
        ConflictError: it is.
    """
    if request.state == "canceled":
        raise ConflictError("this request is canceled", phase="changing a request", remedy="place a new one")


def demand_reason(because: str) -> str:
    """Refuse a decision that nobody could understand later.

    Raises:
        RequestError: no reason is given.
    """
    if not because.strip():
        raise RequestError("a reason is needed", phase="deciding on a request", remedy="say why")
    return because.strip()
