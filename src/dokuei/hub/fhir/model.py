"""What FHIR is made from, in words of its own: orders, requests, signed versions, studies; and what a search wants."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from dokuei.dicom.coded_content import CodedItem, Concept

Resource = dict[str, Any]
Action = Literal["new", "cancel"]
Outcome = Literal["placed", "changed", "known", "canceled"]
_NOTHING: Final = Concept("", "", "")


@dataclass(frozen=True)
class Name:
    """The three component groups of a person's name (PS3.5 6.2.1.1)."""

    alphabetic: str = ""
    ideographic: str = ""
    phonetic: str = ""


@dataclass(frozen=True)
class Patient:
    """Who is meant; ``birth_date`` as YYYYMMDD, ``sex`` M, F, O or empty."""

    patient_id: str
    issuer_of_patient_id: str = ""
    name: Name = Name()
    birth_date: str = ""
    sex: str = ""


@dataclass(frozen=True)
class Former:
    """Whom a request or a hospital named before, until when, by whose hand and why (REC-10)."""

    patient: Patient
    until: datetime
    changed_by: str = ""
    because: str = ""


@dataclass(frozen=True)
class Asked:
    """What a request says, as far as FHIR tells of it."""

    patient: Patient
    priority: str = "routine"
    accession_number: str = ""
    issuer_of_accession_number: str = ""
    placer_order_number: str = ""
    filler_order_number: str = ""
    modality: str = ""
    kind: str = ""
    examination_date: str = ""
    procedure: Concept = _NOTHING
    requesting_physician: str = ""
    requesting_department: str = ""
    reason: str = ""
    history: str = ""
    study_instance_uid: str | None = None


@dataclass(frozen=True)
class Stand:
    """Where a request stands: its status in R4's words, the kind of reason for it, the reason, and until when."""

    status: Literal["active", "on-hold", "completed", "revoked"] = "active"
    because: Literal["", "mismatch", "deferred", "withdrawn", "canceled"] = ""
    reason: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class Order:
    """An order that came as the ServiceRequest ``document``; ``request_id`` where it names the request itself.

    ``expected_version`` and ``expected_steps`` are the version that was seen, and how far the request had come in it.
    """

    action: Action
    asked: Asked
    document: Resource
    request_id: str | None = None
    expected_version: int | None = None
    expected_steps: int = 0


@dataclass(frozen=True)
class AskedVersion:
    """One version of a request; ``document`` is the ServiceRequest that made it, where one did.

    ``steps`` is how often it has come further since that version was written, ``stand`` where it is now.
    """

    request_id: str
    site_id: str
    version: int
    at: datetime
    placed_at: datetime
    canceled: bool
    asked: Asked
    document: Resource | None = None
    former: tuple[Former, ...] = ()
    stand: Stand = Stand()
    steps: int = 0

    @property
    def version_id(self) -> str:
        """The version as FHIR names it: what was asked changes the number, and how far it has come what follows."""
        return f"{self.version}.{self.steps}" if self.steps else str(self.version)


@dataclass(frozen=True)
class Taken:
    """What became of an order."""

    version: AskedVersion
    outcome: Outcome
    after_signature: bool


@dataclass(frozen=True)
class KeyImage:
    """A frame (from 1) on which findings are seen; without a series where the object is not here any more."""

    sop_instance_uid: str
    frame: int
    findings: tuple[int, ...]
    sides: frozenset[str]
    series_instance_uid: str = ""
    modality: str = ""
    rows: int | None = None
    columns: int | None = None


@dataclass(frozen=True)
class SignedReport:
    """One signed version of a report: ``document`` is what was signed, ``kind`` original, amendment or what follows."""

    report_id: str
    study_instance_uid: str
    created_at: datetime
    number: int
    kind: str
    signed_at: datetime
    signed_by: str
    signer_name: str
    document: Mapping[str, Any]
    pdf_sop_instance_uid: str
    findings: tuple[CodedItem, ...] = ()
    conclusions: tuple[CodedItem, ...] = ()
    categories: tuple[tuple[Concept, Concept], ...] | None = None
    request_ids: tuple[str, ...] = ()
    pictures: tuple[KeyImage, ...] = ()


@dataclass(frozen=True)
class ShownSeries:
    """A series that is here, in DICOM's words."""

    series_instance_uid: str
    number: int | None
    modality: str
    description: str
    body_part: str
    laterality: str
    number_of_instances: int


@dataclass(frozen=True)
class ShownStudy:
    """A study that is here."""

    study_instance_uid: str
    patient_id: str
    accession_number: str
    study_date: str
    study_time: str
    study_description: str
    referring_physician: str
    modalities: tuple[str, ...]
    number_of_series: int
    number_of_instances: int
    at: datetime
    request_ids: tuple[str, ...] = ()
    series: tuple[ShownSeries, ...] = ()


@dataclass(frozen=True)
class Reader:
    """Somebody who signed or wrote reports."""

    person_id: str
    display_name: str
    display_name_kana: str
    licence_number: str


@dataclass(frozen=True)
class Wanted:
    """What narrows a search in the database; what is None narrows nothing.

    ``beyond`` is where the last page ended, and whether that record has resources that are still to come;
    ``by_placed`` orders requests by when they were placed, not by when they changed.
    """

    ids: frozenset[str] | None = None
    reports: frozenset[str] | None = None
    studies: frozenset[str] | None = None
    patient_ids: frozenset[str] | None = None
    numbers: frozenset[str] | None = None
    requests: frozenset[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    beyond: tuple[datetime, str, bool] | None = None
    ascending: bool = False
    by_placed: bool = False


@dataclass(frozen=True)
class Shown:
    """A resource on its way out; ``seen`` is the event and the subject that go on record for it."""

    resource: Resource
    at: datetime
    key: str
    seen: tuple[str, str] | None
    version: str = ""


def reference(kind: str, resource_id: str, display: str = "") -> Resource:
    """A reference within this server."""
    return {"reference": f"{kind}/{resource_id}", **({"display": display} if display else {})}


def instant(moment: datetime) -> str:
    """A moment as FHIR writes it, to the millisecond (R4 2.24.0.1)."""
    return moment.isoformat(timespec="milliseconds")


def day(text: str) -> str | None:
    """YYYYMMDD as YYYY-MM-DD; None where it is no whole day."""
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == len("YYYYMMDD") and text.isdigit() else None
