"""The shapes of the auditor's JSON."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from dokuei.dicom.audit_events import Group
from dokuei.hub.audits.checking import AnchorState
from dokuei.hub.audits.model import LONGEST_NOTE, Anomaly, KnownStudy, Line, PatientShown
from dokuei.hub.audits.reviewing import Begun, Reviewed
from dokuei.hub.audits.service import State
from dokuei.hub.identity.api_shapes import Shape


class AuditActorOut(BaseModel):
    """Who did it; without names where the account is no person's or is not known any more."""

    actor: str
    user_name: str
    display_name: str


class AuditPatientOut(BaseModel):
    """A patient as the archive knows them now."""

    patient_id: str
    alphabetic: str
    ideographic: str
    phonetic: str
    study_date: str


class AuditLineOut(BaseModel):
    """One entry of the trail; ``patient`` is null where it is about none, or the archive has the study no more."""

    sequence: int
    at: datetime
    actor: AuditActorOut
    event: str
    group: Group
    site_id: str
    site_name: str
    subject: str
    subject_name: str
    is_study: bool
    patient: AuditPatientOut | None
    details: str


class AuditPageOut(BaseModel):
    """Some entries, the newest first; ``before`` asks for the next page, null at the end."""

    lines: list[AuditLineOut]
    before: int | None


class AuditPersonOut(BaseModel):
    """Somebody whose acts may be asked for."""

    person_id: str
    user_name: str
    display_name: str


class SeekIn(Shape):
    """A patient's number, an accession number or a study's UID, in the body: no log of addresses has it."""

    text: str = Field(max_length=200)


class SoughtStudyOut(BaseModel):
    """A study that was found."""

    site_id: str
    study_instance_uid: str
    patient: AuditPatientOut


class ChainCheckOut(BaseModel):
    """The last walk along the chain."""

    ended_at: datetime
    entries: int
    broken_at: int | None
    why: str
    anchors: int


class AnchorOut(BaseModel):
    """The trail's end as it is written down outside."""

    state: AnchorState
    at: datetime | None
    sequence: int | None


class RepositoryOut(BaseModel):
    """The repository outside: empty where none is set; how many entries it has not been told yet."""

    address: str
    waiting: int
    sent_at: datetime | None
    failed_at: datetime | None
    error: str


class AuditStateOut(BaseModel):
    """Whether the trail can be relied on."""

    entries: int
    head: str
    check: ChainCheckOut | None
    anchor: AnchorOut
    repository: RepositoryOut


class AnomalyOut(BaseModel):
    """Something that wanted explaining."""

    anomaly_id: str
    month: str
    sequence: int | None
    text: str
    noted_at: datetime
    noted_by: str
    resolution: str | None
    closed_at: datetime | None
    closed_by: str | None


class ReviewOut(BaseModel):
    """One month's review; ``stands`` is false where the kept signature does not hold any more."""

    month: str
    opened_at: datetime
    due_at: datetime
    overdue: bool
    signed_at: datetime | None
    signed_by: str | None
    method: str | None
    stands: bool
    anomalies: list[AnomalyOut]


class AnomalyIn(Shape):
    """What a reviewer wants explained, and the entry that it is about."""

    text: str = Field(max_length=LONGEST_NOTE)
    sequence: int | None = Field(None, ge=1, lt=2**63)


class ResolutionIn(Shape):
    """The explanation with which an anomaly is closed."""

    resolution: str = Field(max_length=LONGEST_NOTE)


class ReviewBegunOut(BaseModel):
    """What is signed, its digest, and what is asked for."""

    digest: str
    document: dict[str, Any]
    method: str
    options: dict[str, Any] | None = None
    synced_refused: bool = False


class ReviewSignIn(Shape):
    """What a reviewer presents, and the digest of what they were shown."""

    digest: str = Field(pattern="^[0-9a-f]{64}$")
    credential: dict[str, Any] | None = None
    password: str = Field("", max_length=1000)
    totp_code: str = Field("", max_length=20)


def line_out(line: Line) -> AuditLineOut:
    """One entry."""
    return AuditLineOut(
        sequence=line.sequence,
        at=line.at,
        actor=AuditActorOut(**vars(line.actor)),
        event=line.event,
        group=line.group,
        site_id=line.site_id,
        site_name=line.site_name,
        subject=line.subject,
        subject_name=line.subject_name,
        is_study=line.is_study,
        patient=None if line.patient is None else patient_out(line.patient),
        details=line.details,
    )


def patient_out(patient: PatientShown) -> AuditPatientOut:
    """A patient."""
    return AuditPatientOut(**vars(patient))


def sought_out(found: KnownStudy) -> SoughtStudyOut:
    """A study that was found."""
    return SoughtStudyOut(
        site_id=found.site_id, study_instance_uid=found.study_instance_uid, patient=patient_out(found.patient)
    )


def state_out(state: State) -> AuditStateOut:
    """How the trail stands."""
    check, sent = state.check, state.sent
    return AuditStateOut(
        entries=state.head.sequence,
        head=state.head.hash,
        check=None
        if check is None
        else ChainCheckOut(**{name: getattr(check, name) for name in ChainCheckOut.model_fields}),
        anchor=AnchorOut(state=state.anchor.state, at=state.anchor.at, sequence=state.anchor.sequence),
        repository=RepositoryOut(
            address=state.repository,
            waiting=state.head.sequence - sent.sequence if state.repository else 0,
            sent_at=sent.sent_at,
            failed_at=sent.failed_at,
            error=sent.error,
        ),
    )


def reviews_out(reviewed: Reviewed, *, moment: datetime) -> list[ReviewOut]:
    """Every review with its anomalies, people by their names."""
    return [
        ReviewOut(
            month=one.month,
            opened_at=one.opened_at,
            due_at=one.due_at,
            overdue=one.is_overdue(moment),
            signed_at=one.signed_at,
            signed_by=_name(reviewed, one.signed_by),
            method=one.method,
            stands=reviewed.stands.get(one.month, True),
            anomalies=[_anomaly_out(reviewed, noted) for noted in reviewed.anomalies if noted.month == one.month],
        )
        for one in reviewed.reviews
    ]


def begun_out(begun: Begun) -> ReviewBegunOut:
    """What is signed."""
    return ReviewBegunOut(
        digest=begun.digest,
        document=dict(begun.document),
        method=begun.asked["method"],
        options=begun.asked.get("options"),
        synced_refused=begun.asked.get("synced_refused", False),
    )


def _anomaly_out(reviewed: Reviewed, one: Anomaly) -> AnomalyOut:
    values = {**vars(one), "noted_by": _name(reviewed, one.noted_by), "closed_by": _name(reviewed, one.closed_by)}
    return AnomalyOut(**values)


def _name(reviewed: Reviewed, person_id: str | None) -> str | None:
    return None if person_id is None else reviewed.names.get(person_id, person_id)
