"""Whose a study is, as its objects tell it: some tell less than others, and none may tell otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class PatientIdentity:
    """The elements that say who somebody is, as the study's columns hold them; empty where an object says nothing.

    Names are compared group by group in their folded spelling (PS3.5 6.2.1.1).
    """

    patient_id: str = ""
    issuer_of_patient_id: str = ""
    patient_birth_date: str = ""
    patient_sex: str = ""
    patient_name_alphabetic_key: str = ""
    patient_name_ideographic_key: str = ""
    patient_name_phonetic_key: str = ""

    @classmethod
    def of(cls, columns: Mapping[str, Any]) -> "PatientIdentity":
        """Read from a study's columns."""
        return cls(**{field.name: columns[field.name] for field in fields(cls)})

    def contradicts(self, other: "PatientIdentity") -> bool:
        """Whether both cannot be one patient: two IDs decide alone; where one is missing, nothing else may differ."""
        if self.patient_id and other.patient_id:
            return self.patient_id != other.patient_id
        return any(mine and theirs and mine != theirs for mine, theirs in self._beside(other))

    def completed_by(self, other: "PatientIdentity") -> "PatientIdentity":
        """What is known stays; what is lacking is taken from the other."""
        return PatientIdentity(*(mine or theirs for mine, theirs in self._beside(other)))

    def _beside(self, other: "PatientIdentity") -> Iterator[tuple[str, str]]:
        return ((getattr(self, field.name), getattr(other, field.name)) for field in fields(self))
