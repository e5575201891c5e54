"""Names, patients and readers as FHIR writes them (JP_Patient, JP_Practitioner), and names read from it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from dokuei.hub.fhir.model import Former, Name, Patient, Reader, Resource, day, instant
from dokuei.hub.fhir.names import (
    LICENCES,
    MEDICAL_REGISTRATION,
    PATIENT,
    PRACTITIONER,
    REPRESENTATION,
    code,
    identifier_type,
)

_GENDERS: Final = {"M": "male", "F": "female", "O": "other"}
_SEXES: Final = {"male": "M", "female": "F", "other": "O"}
_OID: Final = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+")
_BLANKS: Final = re.compile(r"[ \u3000]+")


def patient_resource(subject_id: str, known: Patient, former: Iterable[Former] = ()) -> Resource:
    """A patient as the hospital or its images name them; what the hospital called them before is old, until then."""
    former = tuple(former)
    made: Resource = {
        "resourceType": "Patient",
        "id": subject_id,
        "meta": {"profile": [PATIENT]},
        "identifier": [_number(known), *_old_numbers(known, former)],
        "gender": _GENDERS.get(known.sex, "unknown"),
    }
    if names := [*human_names(known.name), *_old_names(known, former)]:
        made["name"] = names
    if born := day(known.birth_date):
        made["birthDate"] = born
    return made


def _number(known: Patient) -> Resource:
    number: Resource = {"type": identifier_type("MR"), "value": known.patient_id}
    issuer = known.issuer_of_patient_id
    if _OID.fullmatch(issuer):
        number["system"] = f"urn:oid:{issuer}"
    elif issuer.startswith(("http://", "https://", "urn:")):
        number["system"] = issuer
    elif issuer:
        number["assigner"] = {"display": issuer}
    return number


def _old_numbers(known: Patient, former: Iterable[Former]) -> Iterator[Resource]:
    last = {one.patient.patient_id: one for one in former if one.patient.patient_id != known.patient_id}
    for one in last.values():
        yield {**_number(one.patient), "use": "old", "period": {"end": instant(one.until)}}


def _old_names(known: Patient, former: Iterable[Former]) -> Iterator[Resource]:
    last = {one.patient.name: one for one in former if one.patient.name != known.name}
    for name, one in last.items():
        for group in human_names(name):
            yield {**group, "use": "old", "period": {"end": instant(one.until)}}


def practitioner_resource(reader: Reader) -> Resource:
    """Somebody who stands for a report."""
    names = [_human(reader.display_name, "IDE")]
    if reader.display_name_kana:
        names.append(_human(reader.display_name_kana, "SYL"))
    made: Resource = {
        "resourceType": "Practitioner",
        "id": reader.person_id,
        "meta": {"profile": [PRACTITIONER]},
        "name": names,
    }
    if reader.licence_number:
        made["qualification"] = [
            {
                "identifier": [{"system": MEDICAL_REGISTRATION, "value": reader.licence_number}],
                "code": code(LICENCES, "medical-registration"),
            }
        ]
    return made


def human_names(name: Name) -> list[Resource]:
    """One name for each component group that is there."""
    groups = ((name.ideographic, "IDE"), (name.phonetic, "SYL"), (name.alphabetic, "ABC"))
    return [_human(group, kind) for group, kind in groups if group.strip("^= ")]


def name_of(names: Iterable[Resource]) -> Name:
    """The three groups of a person's name; a group that does not say what it is is known by its letters."""
    found = {"ABC": "", "IDE": "", "SYL": ""}
    for one in names:
        written = _written(one)
        kind = next(
            (
                str(extension.get("valueCode", ""))
                for extension in one.get("extension", ())
                if extension.get("url") == REPRESENTATION
            ),
            "",
        )
        kind = kind if kind in found else _script(written)
        found[kind] = found[kind] or written
    return Name(found["ABC"], found["IDE"], found["SYL"])


def sex_of(gender: str) -> str:
    """As DICOM says it (0010,0040); empty where it is not known."""
    return _SEXES.get(gender, "")


def _human(group: str, kind: str) -> Resource:
    parts = [one for one in group.replace("=", "^").split("^") if one]
    made: Resource = {"extension": [{"url": REPRESENTATION, "valueCode": kind}], "use": "official"}
    made["text"] = " ".join(parts)
    if "^" in group and parts:
        made["family"] = parts[0]
        if parts[1:]:
            made["given"] = parts[1:]
    return made


def _written(name: Resource) -> str:
    family, given = str(name.get("family") or ""), [str(one) for one in name.get("given") or () if one]
    if family or given:
        return "^".join([family, *given[:1]]) if len(given) < 2 else f"{family}^{given[0]}^{' '.join(given[1:])}"  # noqa: PLR2004 - first and middle name
    return "^".join(_BLANKS.split(str(name.get("text") or "").strip(), maxsplit=1))


def _script(written: str) -> str:
    letters = [unicodedata.name(letter, "") for letter in written if letter not in "^ "]
    if any(one.startswith("CJK") for one in letters):
        return "IDE"
    kana = any(one.startswith(("HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA")) for one in letters)
    return "SYL" if kana else "ABC"
