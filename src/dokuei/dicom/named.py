"""Whether a text names one of those whom an object is about: patients, physicians, operators, and their numbers.

Texts are compared folded, so that 「山田　花子」, 「ﾔﾏﾀﾞ」 and "YAMADA^HANAKO" are found. A number counts as a whole run
of digits, however it is divided and with or without its first zeros: what is a part of a longer one is another number.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Final

from dokuei.dicom.folded import RUNS, folded
from dokuei.dicom.uids import is_registered
from dokuei.dicom.written_dates import days_in

SHORTEST_NUMBER: Final = 4
_SHORTEST_VALUE: Final = 5
_REMEMBERED: Final = 256
_HYPHENS: Final = r"\-‐–—−ー"
_DIVIDED: Final = re.compile(rf"(?<=\w)[{_HYPHENS}/._]+(?=\w)")
_GROUPED: Final = re.compile(rf"(?<=\d)[{_HYPHENS}/()]+(?=\d)")
_SPACED: Final = re.compile(rf"(?<=\d)[{_HYPHENS}/()\s]+(?=\d)")
_DIGITS: Final = re.compile(r"\d+")
_PUNCTUATION: Final = re.compile(r"[\W_]+")
_UNREADABLE: Final = re.compile("[\N{REPLACEMENT CHARACTER}\x80-\x9f]")
"""Bytes without a meaning in the character set, and those that are half a kanji in the one that was not named."""
_UID: Final = re.compile(r"\d+(?:\.\d+){4,}")


@dataclass(frozen=True)
class Named:
    """What a text must not hold; everything is folded and without punctuation.

    ``names`` count anywhere in a text, ``words`` only by themselves, ``ids`` of letters and digits between other signs
    than digits, ``numbers`` as whole runs of digits, ``birth_dates`` in every usual spelling.
    """

    names: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    birth_dates: frozenset[date] = frozenset()
    _known: dict[str, bool] = field(default_factory=dict, init=False, repr=False, compare=False)

    def stands_in(self, text: str) -> bool:
        """Whether a text names one of them or an instance, or cannot be read at all."""
        known = self._known.get(text)
        if known is None:
            known = self.a_name_stands_in(text) or self._a_number_stands_in(folded(text))
            if len(text) <= _REMEMBERED:
                self._known[text] = known
        return known

    def a_name_stands_in(self, text: str) -> bool:
        """Whether a text names one of them by name, or cannot be read at all."""
        if _UNREADABLE.search(text):
            return True
        said = folded(text)
        runs = RUNS.findall(said)
        joined = (first + second for first, second in pairwise(runs))
        if not (self.words.isdisjoint(runs) and self.words.isdisjoint(joined)):
            return True
        return any(True for _ in _found(compact(said), self.names, self._name_lengths))

    def is_number(self, digits: str) -> bool:
        """Whether a value in digits is one of their numbers; short ones are measurements as often as not."""
        return len(digits) >= _SHORTEST_VALUE and digits.isdigit() and not self.numbers.isdisjoint(_written(digits))

    def _a_number_stands_in(self, said: str) -> bool:
        return (
            any(not self.numbers.isdisjoint(_written(run)) for run in _runs(said))
            or any(self._an_id_stands_in(form) for form in {said, _DIVIDED.sub("", said), compact(said)})
            or any(not is_registered(uid) for uid in _UID.findall(said))
            or not self.birth_dates.isdisjoint(days_in(said))
        )

    def _an_id_stands_in(self, said: str) -> bool:
        """Digits at an end of an ID must not go on beyond it."""
        for start, end in _found(said, self.ids, self._id_lengths):
            before, after = said[max(start - 1, 0) : start + 1], said[end - 1 : end + 1]
            if not (start and before.isdigit()) and not (len(after) > 1 and after.isdigit()):
                return True
        return False

    @cached_property
    def _name_lengths(self) -> frozenset[int]:
        return frozenset(map(len, self.names))

    @cached_property
    def _id_lengths(self) -> frozenset[int]:
        return frozenset(map(len, self.ids))


def compact(said: str) -> str:
    """A folded text without spaces and punctuation."""
    return _PUNCTUATION.sub("", said)


def number_of(digits: str) -> str:
    """A number without its first zeros, where enough of it is left to tell it by; empty where it is too short."""
    short = digits.lstrip("0")
    if len(short) >= SHORTEST_NUMBER:
        return short
    return digits if len(digits) >= SHORTEST_NUMBER else ""


def _written(run: str) -> tuple[str, str]:
    return run, run.lstrip("0")


def _runs(said: str) -> set[str]:
    """The runs of digits in a text, as they stand and with hyphens and spaces between them left out."""
    return {run for form in (said, _GROUPED.sub("", said), _SPACED.sub("", said)) for run in _DIGITS.findall(form)}


def _found(said: str, tokens: frozenset[str], lengths: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where tokens stand in a text; sets are asked, since a text may be compared with thousands of names."""
    for length in lengths:
        for start in range(len(said) - length + 1):
            if said[start : start + length] in tokens:
                yield start, start + length
