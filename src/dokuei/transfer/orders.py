"""The way in of words: reading requests and corrections of patients, from a hospital's systems to the hub.

A gateway turns what its hospital says (HL7 v2.5, a worklist, a folder) into one of these notices, keeps it durably,
answers its sender, and goes on telling the hub until the hub has answered for it.
"""

import base64
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from dokuei.errors import RequestError
from dokuei.transfer.contract import ReadingKind
from dokuei.transfer.protocol import Message, Uid

ORDERS_PATH = "/gateway/v1/orders"
ATTACHMENT_BYTES = 4 << 20
MOST_ATTACHED = 5  # of the largest, and the message is still one that the hub reads

MODALITY_WORDS: Final = MappingProxyType({"DBT": "MG", "MMG": "MG", "MRI": "MR"})  # as orders say it, and DICOM

OrderSource = Literal["hl7", "folder", "pulse"]
OrderAction = Literal["new", "change", "cancel"]
OrderPriority = Literal["routine", "high", "urgent"]
Short = Annotated[str, StringConstraints(max_length=256)]
Long = Annotated[str, StringConstraints(max_length=16_384)]
Day = Annotated[str, StringConstraints(pattern=r"^([0-9]{8})?$")]


class OrderedName(Message):
    """The three component groups of a person's name (PS3.5 6.2.1.1; HL7 v2.5 XPN-8)."""

    alphabetic: Short = ""
    ideographic: Short = ""
    phonetic: Short = ""


class OrderedPatient(Message):
    """Who is meant, in the hospital's words; ``birth_date`` as YYYYMMDD, or empty where it is not known."""

    patient_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    issuer_of_patient_id: Short = ""
    name: OrderedName = OrderedName()
    birth_date: Day = ""
    sex: Literal["M", "F", "O", ""] = ""


class OrderedCode(Message):
    """A coded word, kept as it came (JJ1017 among others)."""

    value: Short = ""
    scheme: Short = ""
    meaning: Short = ""


class AttachedFile(Message):
    """A PDF that comes with an order; ``content`` is base64."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    content: Annotated[str, StringConstraints(max_length=ATTACHMENT_BYTES * 4 // 3 + 4)]

    def data(self) -> bytes:
        """Its bytes.

        Raises:
            RequestError: this is no base64.
        """
        try:
            return base64.b64decode(self.content, validate=True)
        except ValueError as error:
            raise RequestError("an attachment that cannot be read", phase="reading an order") from error


class Order(Message):
    """A reading request as a hospital's system places, changes or cancels it.

    ``placer_order_number`` is the hospital's own number of it (ORC-2), and ``accession_number`` what the images carry;
    at least one of them names the request when it is changed or canceled. ``worklist_study_instance_uid`` is what the
    gateway's own worklist gives modalities where the hospital says no ``study_instance_uid``.
    """

    action: OrderAction
    placer_order_number: Short = ""
    filler_order_number: Short = ""
    accession_number: Short = ""
    issuer_of_accession_number: Short = ""
    study_instance_uid: Uid | None = None
    worklist_study_instance_uid: Uid | None = None
    patient: OrderedPatient
    procedure: OrderedCode = OrderedCode()
    modality: Annotated[str, StringConstraints(max_length=16)] = ""
    kind: ReadingKind | Literal[""] = ""
    examination_date: Day = ""
    priority: OrderPriority = "routine"
    requesting_physician: Short = ""
    requesting_department: Short = ""
    reason: Long = ""
    clinical_information: Long = ""
    attachments: list[AttachedFile] = Field(default_factory=list, max_length=MOST_ATTACHED)

    @property
    def expected_study_instance_uid(self) -> str:
        """Under which UID its images are expected; empty where nobody has said one."""
        return self.study_instance_uid or self.worklist_study_instance_uid or ""

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not (self.placer_order_number or self.accession_number):
            raise ValueError("an order needs its own number or an accession number")
        return self


class PatientCorrection(Message):
    """What the hospital says of a patient it knows: other particulars, or that two numbers are one person (ADT^A40)."""

    action: Literal["update", "merge"]
    patient: OrderedPatient
    prior_patient_id: Annotated[str, StringConstraints(max_length=64)] = ""
    prior_issuer_of_patient_id: Short = ""

    @model_validator(mode="after")
    def _merges_somebody(self) -> Self:
        if self.action == "merge" and not self.prior_patient_id:
            raise ValueError("a merge names the patient ID that is given up")
        return self


class OrderNotice(Message):
    """One thing that a hospital's system said; ``message_key`` is the same when it says it again.

    The source ``pulse`` is the gateway itself, which asks for its test patient: nobody's request comes of that.
    """

    message_key: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    source: OrderSource
    received_at: datetime
    order: Order | None = None
    correction: PatientCorrection | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.order is None) == (self.correction is None):
            raise ValueError("a notice holds an order or a correction")
        return self


class OrderNotices(Message):
    """Some of them, the oldest first."""

    notices: list[OrderNotice] = Field(default_factory=list, max_length=100)


class OrderAnswer(Message):
    """What the hub made of one: ``taken``, ``known`` from before, or ``refused`` with the reason (staff is told)."""

    message_key: Short
    outcome: Literal["taken", "known", "refused"]
    reason: Annotated[str, StringConstraints(max_length=1000)] = ""


class OrderAnswers(Message):
    """An answer to each notice."""

    answers: list[OrderAnswer] = Field(default_factory=list, max_length=100)
