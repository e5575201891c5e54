"""A scheduled step, and how an order becomes one: the projection of the hospital's words that modalities ask for."""

import json
import re
import uuid
from dataclasses import asdict, dataclass, replace
from typing import Self

from dokuei.transfer.orders import Order, OrderedPatient


@dataclass(frozen=True)
class Scheduled:
    """What an order says to the modality and not to the reader: when, where, and under which numbers (IPC, TQ1)."""

    start_time: str = ""
    station_ae_title: str = ""
    station_name: str = ""
    location: str = ""
    requested_procedure_id: str = ""
    step_id: str = ""


@dataclass(frozen=True)
class Step:
    """One line of the modality worklist (PS3.4 K.6), in the hospital's words."""

    study_instance_uid: str
    placer_order_number: str = ""
    filler_order_number: str = ""
    accession_number: str = ""
    issuer_of_accession_number: str = ""
    patient_id: str = ""
    issuer_of_patient_id: str = ""
    alphabetic: str = ""
    ideographic: str = ""
    phonetic: str = ""
    birth_date: str = ""
    sex: str = ""
    modality: str = ""
    start_date: str = ""
    start_time: str = ""
    station_ae_title: str = ""
    station_name: str = ""
    location: str = ""
    requested_procedure_id: str = ""
    step_id: str = ""
    code_value: str = ""
    code_scheme: str = ""
    code_meaning: str = ""
    priority: str = "routine"
    requesting_physician: str = ""
    requesting_department: str = ""
    reason: str = ""

    @classmethod
    def from_json(cls, document: str) -> Self:
        """As it was kept; words that a later version added are let pass."""
        known = json.loads(document)
        return cls(**{name: known[name] for name in cls.__dataclass_fields__ if name in known})

    def to_json(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def of(self, patient: OrderedPatient) -> Self:
        """The same step with the particulars of a patient as they are said now."""
        name = patient.name
        named = name.alphabetic or name.ideographic or name.phonetic
        return replace(
            self,
            patient_id=patient.patient_id,
            issuer_of_patient_id=patient.issuer_of_patient_id or self.issuer_of_patient_id,
            alphabetic=name.alphabetic if named else self.alphabetic,
            ideographic=name.ideographic if named else self.ideographic,
            phonetic=name.phonetic if named else self.phonetic,
            birth_date=patient.birth_date or self.birth_date,
            sex=patient.sex or self.sex,
        )


def step_from(order: Order, scheduled: Scheduled, known: Step | None) -> Step:
    """An order's step; what a change leaves out stays as it was, and a study UID once given is kept."""
    before = known or Step(study_instance_uid=order.study_instance_uid or new_uid())
    return replace(
        before.of(order.patient),
        study_instance_uid=order.study_instance_uid or before.study_instance_uid,
        placer_order_number=order.placer_order_number or before.placer_order_number,
        filler_order_number=order.filler_order_number or before.filler_order_number,
        accession_number=order.accession_number or before.accession_number,
        issuer_of_accession_number=order.issuer_of_accession_number or before.issuer_of_accession_number,
        modality=order.modality or before.modality,
        start_date=order.examination_date or before.start_date,
        start_time=scheduled.start_time or before.start_time,
        station_ae_title=scheduled.station_ae_title or before.station_ae_title,
        station_name=scheduled.station_name or before.station_name,
        location=scheduled.location or before.location,
        requested_procedure_id=scheduled.requested_procedure_id or before.requested_procedure_id,
        step_id=scheduled.step_id or before.step_id,
        code_value=order.procedure.value or before.code_value,
        code_scheme=order.procedure.scheme or before.code_scheme,
        code_meaning=order.procedure.meaning or before.code_meaning,
        priority=order.priority,
        requesting_physician=order.requesting_physician or before.requesting_physician,
        requesting_department=order.requesting_department or before.requesting_department,
        reason=order.reason or before.reason,
    )


def new_uid() -> str:
    """A UID that nobody else makes (PS3.5 B.2)."""
    return f"2.25.{uuid.uuid4().int}"


def time_of(text: str) -> str:
    """HHMMSS behind the day in a TS; empty where it names no time."""
    found = re.match(r"[0-9]{8}((?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?)", text)
    return "" if found is None else found[1].ljust(6, "0")
