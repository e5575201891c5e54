"""Who is meant in a message (PID, MRG), and which field is at fault where it cannot be understood."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from dokuei.errors import Hl7Error
from dokuei.gateway.hl7.message import REQUIRED, SEGMENT_MISSING, WRONG_TYPE, Message, Repetition, Segment, part
from dokuei.gateway.hl7.names import ordered_name
from dokuei.transfer.orders import OrderedPatient, PatientCorrection

_ID_TYPES: Final = ("PI", "MR", "")
_NOT_THE_HOSPITALS: Final = frozenset({"NI", "NIIP", "SS", "DL", "PPN", "AN", "VN", "HC", "JHN", "PEN", "WC"})
_SEXES: Final = {"M": "M", "F": "F", "O": "O", "A": "O"}
_FIELDS: Final = {
    "patient_id": "PID-3",
    "issuer_of_patient_id": "PID-3",
    "name": "PID-5",
    "alphabetic": "PID-5",
    "ideographic": "PID-5",
    "phonetic": "PID-5",
    "placer_order_number": "ORC-2",
    "filler_order_number": "ORC-3",
    "accession_number": "OBR-18",
    "issuer_of_accession_number": "IPC-1",
    "study_instance_uid": "IPC-3",
    "procedure": "OBR-4",
    "modality": "IPC-5",
    "reason": "OBR-31",
    "clinical_information": "OBR-13",
    "requesting_physician": "OBR-16",
    "requesting_department": "ORC-17",
    "prior_patient_id": "MRG-1",
    "prior_issuer_of_patient_id": "MRG-1",
}


def corrections(message: Message, event: str) -> Iterator[PatientCorrection]:
    """Other particulars of a patient (ADT^A08), or that two numbers are one person (A40).

    Raises:
        Hl7Error: a segment or field is missing.
    """
    persons = message.named("PID")
    if not persons:
        raise wrong("a message without a patient", "PID", SEGMENT_MISSING)
    if event == "A08":
        for person in persons:
            with naming_fields():
                yield PatientCorrection(action="update", patient=patient(person))
        return
    given_up = message.named("MRG")
    if len(given_up) != len(persons):
        raise wrong("a merge without the number that is given up", "MRG", SEGMENT_MISSING)
    for person, prior in zip(persons, given_up, strict=True):
        number, issuer = _identifier(prior.repetitions(1))
        if not number:
            raise wrong("a merge without the number that is given up", "MRG-1", REQUIRED)
        with naming_fields():
            yield PatientCorrection(
                action="merge", patient=patient(person), prior_patient_id=number, prior_issuer_of_patient_id=issuer
            )


def patient(person: Segment) -> OrderedPatient:
    """Who PID names.

    Raises:
        Hl7Error: nobody who could be found again.
    """
    number, issuer = _identifier(person.repetitions(3) or person.repetitions(2))
    if not number:
        raise wrong("a patient without an ID", "PID-3", REQUIRED)
    with naming_fields():
        return OrderedPatient.model_validate(
            {
                "patient_id": number,
                "issuer_of_patient_id": issuer,
                "name": ordered_name(person.repetitions(5)),
                "birth_date": day(person.text(7)),
                "sex": _SEXES.get(person.text(8).upper(), ""),
            }
        )


def _identifier(repetitions: Sequence[Repetition]) -> tuple[str, str]:
    """The hospital's own number and who assigned it (CX-4); never that of an insurer, a visit or a licence (CX-5)."""
    rank = {kind: number for number, kind in enumerate(_ID_TYPES)}
    known = [one for one in repetitions if part(one, 1) and part(one, 5).upper() not in _NOT_THE_HOSPITALS]
    if not known:
        return "", ""
    best = min(known, key=lambda one: rank.get(part(one, 5).upper(), len(rank)))
    return part(best, 1), part(best, 4) or part(best, 4, 2)


def day(text: str) -> str:
    """YYYYMMDD at the head of a TS; empty where it names no day."""
    digits = text[:8]
    try:
        return datetime.strptime(digits, "%Y%m%d").strftime("%Y%m%d") if re.fullmatch("[0-9]{8}", digits) else ""  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return ""


@contextmanager
def naming_fields() -> Iterator[None]:
    """A value that the hub would not understand (too long, of another form) is said by the field it stands in."""
    try:
        yield
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        names = [str(name) for name in first["loc"]]
        location = next((_FIELDS[name] for name in reversed(names) if name in _FIELDS), "")
        raise wrong(f"a value that is not taken: {first['msg']}", location, WRONG_TYPE) from None


def wrong(what: str, location: str, condition: int) -> Hl7Error:
    """What a sender is told: where, and why (table 0357)."""
    return Hl7Error(what, remedy="correct it at its source and send it again", location=location, condition=condition)
