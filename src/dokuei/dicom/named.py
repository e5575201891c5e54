"""Who an object names, and whether a text of it names one of them: patients, physicians, operators, and their numbers.

Compared without regard to width, case, kana and spaces, so that 「山田　花子」, 「ﾔﾏﾀﾞ」 and "YAMADA^HANAKO" are found.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from dokuei.dicom.dataset import CHARACTER_SET, DataSet
from dokuei.dicom.elements import EXPLICIT_LITTLE, ITEM, Walk, vr_of
from dokuei.dicom.text import decode_trimmed, encodings_of

_BIRTH_DATE: Final = 0x00100030
_IDS: Final = frozenset(
    {
        0x00080050,  # Accession Number
        0x00100020,  # Patient ID
        0x00101000,  # Other Patient IDs
        0x00101040,  # Patient's Address
        0x00102154,  # Patient's Telephone Numbers
        0x00200010,  # Study ID
        0x00380010,  # Admission ID
        0x00401001,  # Requested Procedure ID
    }
)
_TO_HIRAGANA: Final = {letter: letter - 0x60 for letter in range(ord("ァ"), ord("ヶ") + 1)}
_SHORTEST_ID: Final = 4
_SHORTEST_WORD: Final = 3
_WHOLE_WORD: Final = 4
"""A word of three letters stands by chance in longer ones: it counts only between other signs than letters."""


@dataclass(frozen=True)
class Named:
    """What a text must not hold: ``parts`` anywhere in it, ``words`` only by themselves."""

    parts: frozenset[str]
    words: frozenset[str]

    @classmethod
    def of(cls, data_set: DataSet, sequences: Iterable[bytes]) -> "Named":
        """Everybody whom the data set names; ``sequences`` are its sequences in Explicit VR Little Endian."""
        parts: set[str] = set()
        words: set[str] = set()
        for is_name, text in _texts(data_set, sequences):
            for token in _of_name(text) if is_name else _of_number(text):
                (words if token.isascii() and len(token) < _WHOLE_WORD and is_name else parts).add(token)
        return cls(frozenset(parts), frozenset(words))

    def stands_in(self, text: str) -> bool:
        """Whether a text names one of them, or cannot be read at all."""
        if "\N{REPLACEMENT CHARACTER}" in text:
            return True
        folded = _folded(text)
        joined = _joined(folded)
        return any(part in joined for part in self.parts) or not self.words.isdisjoint(re.findall(r"[^\W\d_]+", folded))

    def is_one(self, text: str) -> bool:
        """Whether a text is one of their names or numbers, and nothing else."""
        joined = _joined(_folded(text))
        return joined in self.parts or joined in self.words


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().translate(_TO_HIRAGANA)


def _joined(folded: str) -> str:
    return "".join(folded.replace("^", " ").split())


def _of_name(text: str) -> Iterator[str]:
    """The parts of a PN that tell somebody, and each group as a whole, as it may stand in a sentence."""
    for name in text.split("\\"):
        for group in _folded(name).split("="):
            words = group.replace("^", " ").split()
            for word in (*words, "".join(words)):
                if len(word) >= (_SHORTEST_WORD if word.isascii() else 2):
                    yield word


def _of_number(text: str) -> Iterator[str]:
    for value in text.split("\\"):
        joined = _joined(_folded(value))
        if len(joined) >= _SHORTEST_ID:
            yield joined


def _texts(data_set: DataSet, sequences: Iterable[bytes]) -> Iterator[tuple[bool, str]]:
    encodings = encodings_of(data_set.raw(CHARACTER_SET))[0]
    for tag, element in data_set.by_tag.items():
        kind = _kind(tag, element.vr)
        if kind is not None:
            yield kind, decode_trimmed(data_set.raw(tag), encodings)
    for encoded in sequences:
        yield from _inside(encoded, encodings)


def _kind(tag: int, vr: str) -> bool | None:
    """True for a name, False for a number, None for everything else."""
    if vr == "PN" or vr_of(tag) == "PN":
        return True
    return False if tag in _IDS or tag == _BIRTH_DATE else None


def _inside(sequence: bytes, encodings: tuple[str, ...]) -> Iterator[tuple[bool, str]]:
    """The names in the items of one sequence and of those inside it."""
    walk = Walk(sequence)
    end = len(sequence)
    position = walk.header(0, end, EXPLICIT_LITTLE)[2]
    while position < end:
        tag, _, value, length = walk.header(position, end, EXPLICIT_LITTLE)
        if tag != ITEM:
            return
        position = value + length
        mine = encodings
        for element in walk.elements(value, position, EXPLICIT_LITTLE):
            if element.tag == CHARACTER_SET:
                mine = encodings_of(sequence[element.value : element.end])[0]
            kind = _kind(element.tag, element.vr)
            if kind is not None:
                yield kind, decode_trimmed(sequence[element.value : element.end], mine)
            elif element.vr == "SQ":
                yield from _inside(sequence[element.start : element.next], mine)
