"""Whether a request and a study name the same person: only real differences count, and nothing unknown is equal.

Two are taken for one only where patient ID, name and birth date all agree and nothing differs. What cannot be
compared (another domain of IDs, kanji against letters, no birth date) is left to people: a twin's number typed by
mistake must not pass because her name was not readable.
"""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

from dokuei.dicom.pseudonym import is_pseudonym
from dokuei.hub.requests.model import Difference, Field, Name, Patient
from dokuei.hub.requests.spelling import same_name
from dokuei.written_days import day_of

Verdict = Literal["same", "different", "unsure"]
_SIGNS: Final = str.maketrans("", "", " -‐‑–—−ー")
_TELLING: Final[frozenset[Field]] = frozenset({"patient_id", "name", "birth_date"})
_SEXES: Final = frozenset({"M", "F"})


@dataclass(frozen=True)
class Rules:
    """How a site writes: whether leading zeros of a patient ID say nothing."""

    zero_padded_ids: bool = True
    accept_unique_match: bool = False


@dataclass(frozen=True)
class Comparison:
    """What agrees, what differs; a field that stands in neither could not be compared."""

    equal: frozenset[Field]
    differences: tuple[Difference, ...]

    @property
    def verdict(self) -> Verdict:
        """Whether both are one person, as far as a machine may say so."""
        if self.differences:
            return "different"
        return "same" if self.equal >= _TELLING else "unsure"


def compare(
    requested: Patient, in_images: Patient, rules: Rules = Rules(), *, one_person: Collection[str] = ()
) -> Comparison:
    """Hold two patients against each other; ``one_person`` are folded IDs that a merge made one person's."""
    if is_pseudonymous(requested) and is_pseudonymous(in_images) and requested.patient_id == in_images.patient_id:
        return Comparison(_TELLING, ())  # made from the number alone, and mistyped by nobody
    found: dict[Field, bool | None] = {
        "patient_id": _same_id(requested, in_images, rules, frozenset(one_person)),
        "name": same_name(_groups(requested.name), _groups(in_images.name)),
        "birth_date": _same_day(requested.birth_date, in_images.birth_date),
        "sex": _same_sex(requested.sex, in_images.sex),
    }
    said: dict[Field, tuple[str, str]] = {
        "patient_id": (requested.patient_id, in_images.patient_id),
        "name": (shown(requested.name), shown(in_images.name)),
        "birth_date": (requested.birth_date, in_images.birth_date),
        "sex": (requested.sex, in_images.sex),
    }
    return Comparison(
        equal=frozenset(field for field, same in found.items() if same),
        differences=tuple(Difference(field, *said[field]) for field, same in found.items() if same is False),
    )


def is_pseudonymous(patient: Patient) -> bool:
    """Whether a patient is named by a pseudonym and by nothing else."""
    names = [one for one in _groups(patient.name) if one]
    return all(map(is_pseudonym, (patient.patient_id, *names))) and not patient.birth_date


def shown(name: Name) -> str:
    """A name as one text, its groups in the standard's order."""
    return "=".join(_groups(name)).rstrip("=")


def key_of(patient_id: str) -> str:
    """One spelling of a patient ID to search by: width, case, signs and leading zeros folded."""
    return folded_id(patient_id).lstrip("0")[:64]


def folded_id(patient_id: str) -> str:
    """A patient ID without width, case and signs; its zeros stay."""
    return "".join(unicodedata.normalize("NFKC", patient_id).upper().split()).translate(_SIGNS)


def _same_id(one: Patient, other: Patient, rules: Rules, one_person: frozenset[str]) -> bool | None:
    mine, theirs = folded_id(one.patient_id), folded_id(other.patient_id)
    if not mine or not theirs or not _same_domain(one.issuer_of_patient_id, other.issuer_of_patient_id):
        return None
    if {key_of(mine), key_of(theirs)} <= one_person:
        return True
    if rules.zero_padded_ids:
        mine, theirs = mine.lstrip("0"), theirs.lstrip("0")
    return mine == theirs


def _same_domain(one: str, other: str) -> bool:
    """Numbers of two domains say nothing of each other; one that is not named is the site's own."""
    return not one or not other or folded_id(one) == folded_id(other)


def _same_day(one: str, other: str) -> bool | None:
    if not one.strip() or not other.strip():
        return None
    mine, theirs = day_of(one), day_of(other)
    return None if mine is None or theirs is None else mine == theirs


def _same_sex(one: str, other: str) -> bool | None:
    mine, theirs = one.strip().upper(), other.strip().upper()
    return mine == theirs if {mine, theirs} <= _SEXES else None


def _groups(name: Name) -> tuple[str, str, str]:
    return name.alphabetic, name.ideographic, name.phonetic
