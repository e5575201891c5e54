"""Which earlier studies are brought, and whether an answer names the patient that was asked for. Pure.

The defaults (settings) are the breast modalities within the last rounds: a mammogram is compared with those of two
rounds or more before it (BI-RADS, comparison; IHE SWF prefetch), ultrasound and MR with what led to them.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dokuei.settings import PriorRule, PriorSettings

_DAY = re.compile(r"[0-9]{8}")


@dataclass(frozen=True)
class Person:
    """Who is meant, in the hospital's words; what is empty is not known."""

    patient_id: str
    issuer_of_patient_id: str = ""
    birth_date: str = ""
    sex: str = ""


@dataclass(frozen=True)
class Current:
    """The study that is to be read; from an order it may have no UID, and no modality either."""

    study_instance_uid: str = ""
    study_date: str = ""
    modalities: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """A study as the PACS describes it; ``words`` are its body parts and descriptions, ``instances`` 0 where unsaid."""

    study_instance_uid: str
    person: Person
    study_date: str = ""
    modalities: tuple[str, ...] = ()
    description: str = ""
    words: tuple[str, ...] = ()
    instances: int = 0


def is_of(asked: Person, said: Person, *, zero_padded_ids: bool) -> bool:
    """Whether an answer names the patient who was asked for: the same number, and nothing that both say differs."""
    numbers = [one.patient_id.strip() for one in (asked, said)]
    if zero_padded_ids:
        numbers = [one.lstrip("0") for one in numbers]
    if not numbers[0] or numbers[0] != numbers[1]:
        return False
    pairs = (
        (_folded(asked.issuer_of_patient_id), _folded(said.issuer_of_patient_id)),
        (asked.birth_date, said.birth_date if _DAY.fullmatch(said.birth_date) else ""),
        (_sex(asked.sex), _sex(said.sex)),
    )
    return all(not one or not other or one == other for one, other in pairs)


def relevant(settings: PriorSettings, current: Current, found: Iterable[Found], *, today: str) -> tuple[Found, ...]:
    """What is brought for this study: what any rule names, those of its own modality first, then the latest."""
    latest = _days_before(_day(current, today), settings.least_days)
    before = [one for one in found if _is_before(one, current, latest)]
    before.sort(key=lambda one: (one.study_date, one.study_instance_uid), reverse=True)
    chosen = {
        one.study_instance_uid
        for rule in settings.rules
        if not rule.current or not current.modalities or set(rule.current) & set(current.modalities)
        for one in _by(rule, current, before, settings.breast_words, today)
    }
    wanted = [one for one in before if one.study_instance_uid in chosen]
    return tuple(sorted(wanted, key=lambda one: not set(one.modalities) & set(current.modalities)))


def is_of_the_breast(found: Found, words: Sequence[str]) -> bool | None:
    """Whether an examination is of the breast, as its body parts and descriptions say; None where they say nothing."""
    if "MG" in found.modalities:
        return True
    said = [_folded(one) for one in (found.description, *found.words) if one.strip()]
    if not said:
        return None
    return any(_folded(word) in one for word in words for one in said)


def _by(rule: PriorRule, current: Current, before: Sequence[Found], words: Sequence[str], today: str) -> list[Found]:
    day = _day(current, today)
    earliest = f"{int(day[:4]) - rule.years:04}{day[4:]}"
    fitting = [
        one
        for one in before
        if set(rule.priors) & set(one.modalities)
        and one.study_date >= earliest
        and (rule.body_part == "any" or is_of_the_breast(one, words) is not False)
    ]
    return fitting[: rule.most]


def _is_before(one: Found, current: Current, latest: str) -> bool:
    """What is of the last days, or says none, may itself be what is to be read."""
    itself = one.study_instance_uid == current.study_instance_uid
    return not itself and bool(_DAY.fullmatch(one.study_date)) and one.study_date <= latest


def _days_before(day: str, days: int) -> str:
    return f"{date.fromisoformat(day) - timedelta(days=days):%Y%m%d}"


def _day(current: Current, today: str) -> str:
    """The day of the new study; today, where it says none that there is."""
    try:
        date.fromisoformat(current.study_date)
    except ValueError:
        return today
    return current.study_date if _DAY.fullmatch(current.study_date) else today


def _sex(said: str) -> str:
    """An O says that it is neither, or not known: it differs from nothing."""
    return said if said in {"M", "F"} else ""


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
