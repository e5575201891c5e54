"""The JSON in which pages place, read and reconcile requests."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, TypeAdapter

from dokuei.hub.identity.api_shapes import Moment, Shape
from dokuei.hub.requests.model import (
    LONGEST_TEXT,
    Content,
    Kind,
    PapersLink,
    PapersState,
    Priority,
    Sex,
    Side,
    Source,
    State,
    Study,
)
from dokuei.hub.requests.reconciling import Proposal
from dokuei.hub.requests.service import Listing, Shown
from dokuei.written_days import written

_CONTENT = TypeAdapter(Content)


def _day(text: str) -> str:
    """A day as YYYYMMDD; an era's year (S30.1.2) is read as what it means."""
    day = written(text.strip())
    if day and not (day.isascii() and day.isdigit() and len(day) == len("YYYYMMDD")):
        raise ValueError("a day is YYYYMMDD, or stands in an era")
    return day


Day = Annotated[str, Field(max_length=20), AfterValidator(_day)]
Number = Annotated[str, StringConstraints(max_length=64, strip_whitespace=True)]
Word = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
LongText = Annotated[str, Field(max_length=LONGEST_TEXT)]
_MOST = 40


class NameShape(Shape):
    """A person's name in its three groups."""

    alphabetic: Word = ""
    ideographic: Word = ""
    phonetic: Word = ""


class PatientShape(Shape):
    """Who is meant."""

    patient_id: Number = ""
    issuer_of_patient_id: Word = ""
    name: NameShape = NameShape()
    birth_date: Day = ""
    sex: Sex = ""


class CodeShape(Shape):
    """A coded word, kept as it came."""

    value: Number = ""
    scheme: Number = ""
    meaning: Word = ""


class SymptomShape(Shape):
    """What was felt or seen, and where on the breast."""

    side: Side
    kind: Literal["lump", "pain", "discharge", "skin", "other"]
    clock: int | None = Field(None, ge=1, le=12)
    zone: Literal["areola", "axilla"] | None = None
    note: LongText = ""


class SurgeryShape(Shape):
    """An operation on a breast."""

    side: Side
    kind: Word
    year: int | None = Field(None, ge=1900, le=2200)
    note: LongText = ""


class RelativeShape(Shape):
    """A cancer in the family."""

    relation: Word
    cancer: Literal["breast", "ovarian", "other"]
    age: int | None = Field(None, ge=0, le=130)


class ClinicalShape(Shape):
    """What a breast reader needs to know beside the images (JRS-08)."""

    reason: LongText = ""
    question: LongText = ""
    symptoms: list[SymptomShape] = Field(default_factory=list, max_length=_MOST)
    history: LongText = ""
    surgeries: list[SurgeryShape] = Field(default_factory=list, max_length=_MOST)
    pathology: LongText = ""
    family_history: list[RelativeShape] = Field(default_factory=list, max_length=_MOST)
    gene: Literal["unknown", "not_tested", "negative", "brca1", "brca2", "other"] = "unknown"
    gene_note: LongText = ""
    menstruation: Literal["unknown", "pre", "peri", "post"] = "unknown"
    last_period: Day = ""
    hormone_therapy: LongText = ""
    implants: Literal["none", "right", "left", "both", "unknown"] = "unknown"
    pregnancy: Literal["unknown", "none", "pregnant", "lactating"] = "unknown"
    prior_examinations: LongText = ""
    note: LongText = ""


class RequestIn(Shape):
    """What is asked."""

    priority: Priority = "routine"
    due_at: Moment | None = None
    accession_number: Number = ""
    issuer_of_accession_number: Word = ""
    placer_order_number: Number = ""
    patient: PatientShape = PatientShape()
    modality: Annotated[str, StringConstraints(max_length=16, strip_whitespace=True)] = ""
    kind: Kind = ""
    examination_date: Day = ""
    procedure: CodeShape = CodeShape()
    requesting_physician: Word = ""
    requesting_department: Word = ""
    clinical: ClinicalShape = ClinicalShape()

    def content(self) -> Content:
        """The same in requests' own words."""
        return _CONTENT.validate_python(self.model_dump(exclude={"site_id"}))


class NewRequestIn(RequestIn):
    """What is asked, and for which hospital."""

    site_id: str = Field(max_length=64)


class RequestSearchIn(Shape):
    """What somebody looks for; what is empty narrows nothing."""

    text: str = Field("", max_length=200)
    patient_id: str = Field("", max_length=64)
    site_id: str = Field("", max_length=64)
    state: State | None = None


class BecauseIn(Shape):
    """Why somebody decides so."""

    because: str = Field(max_length=1000)


class MatchIn(Shape):
    """Which study somebody means."""

    study_instance_uid: str = Field(pattern=r"^[0-9.]{1,64}$")


class AskedNameOut(BaseModel):
    """A person's name in its three groups, as it came."""

    alphabetic: str
    ideographic: str
    phonetic: str


class AskedPatientOut(BaseModel):
    """Who is meant, as it came."""

    patient_id: str
    issuer_of_patient_id: str
    name: AskedNameOut
    birth_date: str
    sex: str


class CodeOut(BaseModel):
    """A coded word, as it came."""

    value: str
    scheme: str
    meaning: str


class ClinicalOut(ClinicalShape):
    """The same going out, where a hospital's system may have said more than a page takes."""

    reason: str
    history: str


class DifferenceOut(BaseModel):
    """One particular in which request and images do not name the same person."""

    field: Literal["patient_id", "name", "birth_date", "sex"]
    requested: str
    in_images: str


class ProposalOut(BaseModel):
    """A study that a request may be about."""

    study_instance_uid: str
    study_date: str
    modalities: list[str]
    study_description: str
    accession_number: str
    patient: AskedPatientOut
    differences: list[DifferenceOut]


class ProposalsOut(BaseModel):
    """Studies for a match by hand."""

    items: list[ProposalOut]


class AttachmentOut(BaseModel):
    """A document that came with a request."""

    number: int
    name: str
    media_type: str
    size: int


class FormerOut(BaseModel):
    """Whom the request named before (REC-10)."""

    patient: AskedPatientOut
    until: datetime
    changed_by: str
    because: str


class RequestPapersOut(BaseModel):
    """A study of nothing but papers that belongs to a request, or may."""

    study_instance_uid: str
    study_date: str
    study_description: str
    accession_number: str
    patient: AskedPatientOut
    state: PapersState
    differences: list[DifferenceOut]
    because: str


class RequestOut(BaseModel):
    """A request as pages show it; ``reasons`` says why it is a mismatch."""

    request_id: str
    site_id: str
    site_name: str
    state: State
    source: Source
    version: int
    priority: Priority
    due_at: datetime | None
    placed_at: datetime
    placed_by: str
    accession_number: str
    issuer_of_accession_number: str
    placer_order_number: str
    patient: AskedPatientOut
    modality: str
    kind: Kind
    examination_date: str
    procedure: CodeOut
    requesting_physician: str
    requesting_department: str
    clinical: ClinicalOut
    study_instance_uid: str | None
    worklist_item_id: str | None
    proposals: list[ProposalOut]
    differences: list[DifferenceOut]
    reasons: list[Literal["patient_id", "name", "birth_date", "sex", "two_requests"]]
    resolved_by: str | None
    resolved_because: str
    changed_after_signature: bool
    canceled_because: str
    former: list[FormerOut]
    attachments: list[AttachmentOut]
    papers: list[RequestPapersOut]


class RequestsOut(BaseModel):
    """Requests and how many stand in each state."""

    items: list[RequestOut]
    counts: dict[str, int]


def requests_out(listing: Listing) -> RequestsOut:
    """The list as a page shows it."""
    return RequestsOut(items=[request_out(one) for one in listing.items], counts=listing.counts)


def request_out(shown: Shown) -> RequestOut:
    """A request as a page shows it."""
    request, content, link = shown.request, shown.request.content, shown.request.shown_link
    plain: dict[str, Any] = {
        name: getattr(request, name)
        for name in (
            "request_id",
            "site_id",
            "state",
            "source",
            "version",
            "placed_at",
            "changed_after_signature",
            "canceled_because",
        )
    }
    told = _CONTENT.dump_python(content, exclude={"filler_order_number", "study_instance_uid"})
    return RequestOut(
        **plain,
        **told,
        site_name=shown.site_name,
        placed_by=request.placed_by_name,
        study_instance_uid=None if link is None else link.study_instance_uid,
        worklist_item_id=shown.worklist_item_id,
        proposals=[proposal_out(one) for one in shown.proposals],
        differences=[DifferenceOut(**asdict(one)) for one in (link.differences if link else ())],
        reasons=list(link.reasons) if link else [],
        resolved_by=shown.resolved_by,
        resolved_because=link.settled_because if link else "",
        former=[
            FormerOut(
                patient=AskedPatientOut(**asdict(one.patient)),
                until=one.until,
                changed_by=one.changed_by,
                because=one.because,
            )
            for one in request.former
        ],
        attachments=[
            AttachmentOut(number=one.number, name=one.name, media_type=one.media_type, size=one.size)
            for one in request.attachments
        ],
        papers=[papers_out(link, study) for link, study in shown.papers],
    )


def papers_out(link: PapersLink, study: Study) -> RequestPapersOut:
    """Papers and how they belong to a request, as a page shows them."""
    return RequestPapersOut(
        study_instance_uid=study.study_instance_uid,
        study_date=study.study_date,
        study_description=study.study_description,
        accession_number=study.accession_number,
        patient=AskedPatientOut(**asdict(study.patient)),
        state=link.state,
        differences=[DifferenceOut(**asdict(one)) for one in link.differences],
        because=link.settled_because,
    )


def proposal_out(proposal: Proposal) -> ProposalOut:
    """A study that may be meant, as a page shows it."""
    study = proposal.study
    return ProposalOut(
        study_instance_uid=study.study_instance_uid,
        study_date=study.study_date,
        modalities=list(study.modalities),
        study_description=study.study_description,
        accession_number=study.accession_number,
        patient=AskedPatientOut(**asdict(study.patient)),
        differences=[DifferenceOut(**asdict(one)) for one in proposal.differences],
    )
