"""What a reader must be to stand for a report: a licensed physician, and for screening one of grade A or B."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import rfc8785

from dokuei.errors import ForbiddenError, RequestError

GRADES = frozenset({"", "AS", "A", "B", "C", "D"})
SCREENING_GRADES = frozenset({"AS", "A", "B"})
MOST_SPECIALITIES = 20
_LONGEST_NUMBER = 40
_LONGEST_SPECIALITY = 100


class Lack(StrEnum):
    """Why somebody may not sign."""

    NO_LICENCE = "no_licence"
    LICENCE_LAPSED = "licence_lapsed"
    NO_GRADE = "no_grade"
    GRADE_TOO_LOW = "grade_too_low"
    GRADE_LAPSED = "grade_lapsed"
    NO_CERTIFICATE = "no_certificate"
    CERTIFICATE_LAPSED = "certificate_lapsed"


LACK_WORDS: Mapping[Lack, str] = MappingProxyType(
    {
        Lack.NO_LICENCE: "医籍登録番号が登録されていません / no medical licence number is recorded",
        Lack.LICENCE_LAPSED: "医師資格の登録期限が過ぎています / the recorded licence has lapsed",
        Lack.NO_GRADE: "検診マンモグラフィ読影認定が登録されていません / no mammography reading grade is recorded",
        Lack.GRADE_TOO_LOW: "検診マンモグラフィ読影認定 A・B が必要です / mammography reading grade A or B is needed",
        Lack.GRADE_LAPSED: "検診マンモグラフィ読影認定の期限が過ぎています / the mammography reading grade has lapsed",
        Lack.NO_CERTIFICATE: "医師の電子証明書が登録されていません / no certificate of the physician's is recorded",
        Lack.CERTIFICATE_LAPSED: "登録された電子証明書の期限が過ぎています / the recorded certificate has expired",
    }
)


@dataclass(frozen=True)
class Speciality:
    """A board's speciality (放射線診断専門医 …) and its last day."""

    name: str
    until: date | None = None


@dataclass(frozen=True)
class ReaderProfile:
    """What an administrator has recorded of a physician: 医籍登録番号, specialities, 検診マンモグラフィ読影認定."""

    licence_number: str = ""
    licence_until: date | None = None
    specialities: tuple[Speciality, ...] = ()
    mammography_grade: str = ""
    mammography_until: date | None = None

    def lacks(self, *, today: date, grade_needed: bool) -> tuple[Lack, ...]:
        """All that stands between this reader and a signature today."""
        lacking = []
        if not self.licence_number:
            lacking.append(Lack.NO_LICENCE)
        elif _over(self.licence_until, today):
            lacking.append(Lack.LICENCE_LAPSED)
        if grade_needed and not self.mammography_grade:
            lacking.append(Lack.NO_GRADE)
        elif grade_needed and self.mammography_grade not in SCREENING_GRADES:
            lacking.append(Lack.GRADE_TOO_LOW)
        elif grade_needed and _over(self.mammography_until, today):
            lacking.append(Lack.GRADE_LAPSED)
        return tuple(lacking)

    def as_of(self, day: date) -> str:
        """The qualification as it stood on a day, for a signature's record: canonical JSON (RFC 8785)."""
        valid = [one for one in self.specialities if not _over(one.until, day)]
        return rfc8785.dumps(
            {
                "licence_number": self.licence_number,
                "licence_until": _written(self.licence_until),
                "specialities": [{"name": one.name, "until": _written(one.until)} for one in valid],
                "mammography_grade": "" if _over(self.mammography_until, day) else self.mammography_grade,
                "mammography_until": _written(self.mammography_until),
                "on": day.isoformat(),
            }
        ).decode()


def checked_profile(profile: ReaderProfile) -> ReaderProfile:
    """Refuse a profile that says nothing certain.

    Raises:
        RequestError: with the reason.
    """
    wrong = None
    if profile.mammography_grade not in GRADES:
        wrong = "a mammography reading grade is AS, A, B, C or D"
    elif len(profile.licence_number) > _LONGEST_NUMBER or not profile.licence_number.isprintable():
        wrong = "this is no licence number"
    elif profile.licence_number and not profile.licence_number.isascii():
        wrong = "a licence number is written in ASCII digits and letters"
    elif len(profile.specialities) > MOST_SPECIALITIES:
        wrong = f"more than {MOST_SPECIALITIES} specialities"
    elif any(not 0 < len(one.name) <= _LONGEST_SPECIALITY for one in profile.specialities):
        wrong = "a speciality needs a name"
    elif profile.mammography_until and not profile.mammography_grade:
        wrong = "an end date without a mammography reading grade"
    elif profile.licence_until and not profile.licence_number:
        wrong = "an end date without a licence number"
    if wrong:
        raise RequestError(wrong, phase="recording a qualification")
    return profile


def takes_grade(modalities: Collection[str], *, screening: bool, required: bool) -> bool:
    """Whether reading such a study takes a mammography grade: in screening, and where its site asks for one."""
    return "MG" in modalities and (screening or required)


def demand_none(lacking: tuple[Lack, ...]) -> None:
    """Refuse a case or a signature, and name everything that is missing (JRS-01, JRS-02).

    Raises:
        ForbiddenError: something is.
    """
    if lacking:
        raise ForbiddenError(
            "; ".join(LACK_WORDS[lack] for lack in lacking),
            phase="checking the reader's qualification",
            remedy="an administrator records it under people",
        )


def qualification_of(evidence: Mapping[str, str]) -> Mapping[str, Any] | None:
    """What a signature's record says of its reader; None for one of before qualifications were recorded."""
    kept = evidence.get("qualification")
    if kept is None:
        return None
    found: Mapping[str, Any] = json.loads(kept)
    return found


def _over(until: date | None, today: date) -> bool:
    return until is not None and until < today


def _written(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
