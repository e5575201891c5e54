"""What a password must be, and which steps make two factors: rules that settings may tighten but not loosen."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from zxcvbn import zxcvbn

from dokuei.errors import ConfigurationError, RequestError

_LONG = 13
_SHORT = 8
_LONGEST = 200
_CHANGE_AT_MOST_DAYS = 62
_GUESSES_REFUSED = 10**6
_JUDGED_LETTERS = 72
_ERAS = (date(2019, 5, 1), date(1989, 1, 8), date(1926, 12, 25), date(1912, 7, 30))
# What people in a Japanese hospital would try first, beside the words and leaked passwords that zxcvbn knows.
_WORDS = """
dokuei byouin byoin hospital clinic kenshin nyugan nyuugan nyusen nyuusen mammo mammography gazou houshasen
radiology doctor sensei kangoshi kanja shindan pacs dicom viewer pasuwado himitsu sakura arigatou konnichiwa
ohayou nippon nihon japan tokyo osaka kyoto nagoya sapporo fukuoka yokohama fujisan tanuki neko inu hanako tarou
taro suzuki satou sato tanaka watanabe takahashi itou yamada yamamoto nakamura kobayashi heisei reiwa shouwa
"""
_TRIED_HERE = tuple(_WORDS.split())


class Factor(StrEnum):
    """The three kinds of proof that somebody is who they say."""

    KNOWLEDGE = "knowledge"
    POSSESSION = "possession"
    INHERENCE = "inherence"


STEP_FACTORS: Mapping[str, frozenset[Factor]] = MappingProxyType(
    {
        "password": frozenset({Factor.KNOWLEDGE}),
        "secret-question": frozenset({Factor.KNOWLEDGE}),
        "totp": frozenset({Factor.POSSESSION}),
        "key-touch": frozenset({Factor.POSSESSION}),
        "passkey": frozenset({Factor.POSSESSION, Factor.INHERENCE}),
    }
)


def two_factors(steps: Iterable[str]) -> tuple[str, ...]:
    """The steps of one way to sign in, if they are two factors of different kinds (AUTH-04).

    Raises:
        ConfigurationError: an unknown step, or steps of one kind only.
    """
    steps = tuple(steps)
    try:
        kinds = frozenset[Factor]().union(*(STEP_FACTORS[step] for step in steps))
    except KeyError as error:
        raise ConfigurationError(f"unknown sign-in step {error}", phase="checking sign-in") from error
    if len(kinds) < len({Factor.KNOWLEDGE, Factor.POSSESSION}):
        raise ConfigurationError(
            f"{' + '.join(steps)} is not two factors of different kinds",
            phase="checking sign-in",
            remedy="combine something known with something held, or use a passkey with user verification",
        )
    return steps


@dataclass(frozen=True)
class PasswordPolicy:
    """AUTH-02: (a) 13 characters mixing letters, digits and symbols, (b) 8 with a second factor, or (c) 8 changed
    at most every two months; nothing below these three can be made. AUTH-03: no forced change by default.
    """  # noqa: D205 - one sentence on why, too long for one line

    minimum_length: int = _SHORT
    mixed: bool = False
    second_factor: bool = True
    change_days: int | None = None

    def __post_init__(self) -> None:
        """Refuse a policy below the three that the guideline takes."""
        long_and_mixed = self.minimum_length >= _LONG and self.mixed
        changed = self.change_days is not None and 0 < self.change_days <= _CHANGE_AT_MOST_DAYS
        if not (long_and_mixed or (self.minimum_length >= _SHORT and (self.second_factor or changed))):
            raise ConfigurationError(
                "the password policy is weaker than the guideline takes",
                phase="checking the password policy",
                remedy="13 mixed characters, or 8 with a second factor, or 8 changed every two months",
            )

    def check(self, password: str, *, user_name: str, birth_date: date | None, known: Iterable[str] = ()) -> None:
        """Refuse what is too short, or what somebody would try first (AUTH-08).

        Raises:
            RequestError: with the reason.
        """
        wrong = self._form(password) or _guessable(password, user_name, birth_date, tuple(known))
        if wrong:
            raise RequestError(wrong, phase="setting a password", remedy="choose another one")

    def _form(self, password: str) -> str | None:
        if len(password) < self.minimum_length:
            return f"shorter than {self.minimum_length} characters"
        if len(password) > _LONGEST:
            return f"longer than {_LONGEST} characters"
        kinds = (re.search(r"[^\W\d_]", password), re.search(r"\d", password), re.search(r"[\W_]", password))
        return "letters, digits and symbols must be mixed" if self.mixed and not all(kinds) else None


def _guessable(password: str, user_name: str, birth_date: date | None, known: tuple[str, ...]) -> str | None:
    plain = _plain(password)
    if _plain(user_name) and _plain(user_name) in {plain, plain[::-1]}:
        return "equal to the user name"
    if birth_date is not None and re.sub(r"\D", "", plain) in _written(birth_date):
        return "made of the birth date"
    personal = [user_name, *known, *(_written(birth_date) if birth_date else ()), *_TRIED_HERE]
    judged = zxcvbn(plain[:_JUDGED_LETTERS], user_inputs=personal)
    return "among the words and passwords that are tried first" if judged["guesses"] < _GUESSES_REFUSED else None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _written(day: date) -> frozenset[str]:
    western = {day.strftime(form) for form in ("%Y%m%d", "%y%m%d", "%d%m%Y", "%m%d%Y", "%d%m%y", "%m%d%y")}
    year = next((day.year - first.year + 1 for first in _ERAS if day >= first), day.year)
    return frozenset({*western, f"{year:02}{day:%m%d}", f"{year}{day.month}{day.day}"})
