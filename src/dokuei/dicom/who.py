"""Whom an object names, everywhere in it: what ``named`` then looks for in its texts.

A name counts anywhere where it is long enough not to stand in other words by chance, and only by itself where it is
short: Latin letters below six, one kanji, two kana. A word of examinations is no name by itself: of PHANTOM^QC or
HONDA^TOMO the whole name and "HONDA" count, "PHANTOM" and "TOMO" do not, so that defined terms and "R MLO TOMO" stay
what they are. Numbers below four digits are never looked for.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from typing import Final, Literal

from dokuei.dicom.dataset import CHARACTER_SET, DataSet
from dokuei.dicom.elements import EXPLICIT_LITTLE, ITEM, Walk, vr_of
from dokuei.dicom.folded import IS_KANA, IS_LATIN, RUNS, folded
from dokuei.dicom.named import SHORTEST_NUMBER, Named, compact, number_of
from dokuei.dicom.text import decode_trimmed, encodings_of

_BIRTH_DATE: Final = 0x00100030
_NUMBERS: Final = frozenset(
    {
        0x00080050,  # Accession Number
        0x00100020,  # Patient ID
        0x00101000,  # Other Patient IDs
        0x00101040,  # Patient's Address
        0x00101050,  # Insurance Plan Identification
        0x00101090,  # Medical Record Locator
        0x00102154,  # Patient's Telephone Numbers
        0x00200010,  # Study ID
        0x00380010,  # Admission ID
        0x00380060,  # Service Episode ID
        0x00400009,  # Scheduled Procedure Step ID
        0x00400253,  # Performed Procedure Step ID
        0x00401001,  # Requested Procedure ID
        0x00401006,  # Placer Order Number / Procedure
        0x00401007,  # Filler Order Number / Procedure
        0x00402006,  # Placer Order Number / Imaging Service Request (Retired)
        0x00402007,  # Filler Order Number / Imaging Service Request (Retired)
        0x00402016,  # Placer Order Number / Imaging Service Request
        0x00402017,  # Filler Order Number / Imaging Service Request
    }
)
_EXAMINATIONS: Final = """
abdomen adc addition algorithm anon anonymous anonymized aux axial axilla axillary bilateral biopsy both breast
calibration caudal chest cleavage combined compression contrast control coronal cranial cranio daily default
delayed demo derived diagnostic difference diffusion digital displaced dixon dose dummy dwi dynamic early echo
emergency enhanced fat female film first flair flash foot generated hand head headneck image images implant late lateral
left liver localizer low male map maps mammo mammography magnification max mean medial mediolateral min mip mixed
mlo mono mpr name neck none normal oblique original other partial patient pelvis phantom phase physician post pre
presentation primary processing prone projection quality raw real recon reformatted report right rolled sagittal
scout screen screening secondary series sequence signal space specimen spin spot stereo stir study subtraction sum
summary supine synthesis synthetic tail tangential test thorax tomo tomosynthesis tumor unknown view volume water
weekly mrs miss prof sir 様 氏 殿 君 先生 医師 技師 左 右 両 上 下 内 外 前 後 中 正 側 斜 胸 乳 腋 頭 腹
"""
_TERMS: Final = frozenset(_EXAMINATIONS.split())
_AFTER_KANJI: Final = ("様", "氏", "殿", "君", "先生", "医師", "技師")
_AFTER_KANA: Final = ("さん", "さま", "ちゃん", "くん")
_FORMERLY: Final = "旧姓"
_SHORTEST: Final = 3
_LONG_LATIN: Final = 6
_LONG_KANA: Final = 3
_LONG_KANJI: Final = 2
_TELLING_DIGITS: Final = 5
_IN_DIGITS: Final = re.compile(r"[\d\s()/.+‐–—−ー-]+")

_Kind = Literal["name", "number", "birth"]


def who_is_named(data_set: DataSet, sequences: Iterable[bytes]) -> Named:
    """Everybody in a data set; ``sequences`` are its sequences in Explicit VR Little Endian."""
    found = _Found()
    for kind, text in _texts(data_set, sequences):
        for said in folded(text).split("\\"):
            match kind:
                case "name":
                    found.name(said)
                case "number":
                    found.number(said)
                case "birth":
                    found.birth(said)
    return Named(
        frozenset(found.names),
        frozenset(found.words),
        frozenset(found.ids),
        frozenset(found.numbers - {""}),
        frozenset(found.births),
    )


class _Found:
    """What has been found so far."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.words: set[str] = set()
        self.ids: set[str] = set()
        self.numbers: set[str] = set()
        self.births: set[date] = set()

    def name(self, said: str) -> None:
        """Each part of a PN, and each of its groups as a whole, as it may stand in a sentence (PS3.5 6.2.1)."""
        for group in said.replace(_FORMERLY, " ").split("="):
            components = [one for one in map(compact, group.split("^")) if one]
            runs = (run for component in group.split("^") for run in RUNS.findall(component))
            turned = [*components[1::-1], *components[2:]]
            for word in {*runs, *components, "".join(components), "".join(turned)}:
                self._word(word)

    def number(self, said: str) -> None:
        """A number, in digits or with letters in it."""
        if _IN_DIGITS.fullmatch(said):
            self.numbers.add(number_of(compact(said).replace("ー", "")))
        else:
            self._word(compact(said))
            runs = re.findall(r"\d+", said)
            self.numbers |= {number_of(run) for run in runs if len(run.lstrip("0")) >= _TELLING_DIGITS}

    def birth(self, said: str) -> None:
        """A birth date, as DA is written or once was."""
        digits = compact(said)
        with suppress(ValueError):
            self.births.add(date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])))

    def _word(self, word: str) -> None:
        if not word or word in _TERMS:
            return
        if any(letter.isdigit() for letter in word):
            self.ids |= {word} if len(word) >= SHORTEST_NUMBER else set()
        elif IS_LATIN.fullmatch(word):
            self._sort(word, _LONG_LATIN, ())
        elif IS_KANA.fullmatch(word):
            self._sort(word, _LONG_KANA, _AFTER_KANA)
        else:
            self._sort(word, _LONG_KANJI, _AFTER_KANJI)

    def _sort(self, word: str, long: int, followed_by: tuple[str, ...]) -> None:
        """A long word counts anywhere; a short one by itself, or where it is said of a person."""
        if len(word) >= long:
            self.names.add(word)
        elif followed_by:
            self.names.update(word + after for after in followed_by)
            self.words.add(word)
        elif len(word) >= _SHORTEST:
            self.words.add(word)


def _texts(data_set: DataSet, sequences: Iterable[bytes]) -> Iterator[tuple[_Kind, str]]:
    encodings = encodings_of(data_set.raw(CHARACTER_SET))[0]
    for tag, element in data_set.by_tag.items():
        kind = _kind(tag, element.vr)
        if kind is not None:
            yield kind, decode_trimmed(data_set.raw(tag), encodings)
    for encoded in sequences:
        yield from _inside(encoded, encodings)


def _kind(tag: int, vr: str) -> _Kind | None:
    if vr == "PN" or vr_of(tag) == "PN":
        return "name"
    if tag == _BIRTH_DATE:
        return "birth"
    return "number" if tag in _NUMBERS else None


def _inside(sequence: bytes, encodings: tuple[str, ...]) -> Iterator[tuple[_Kind, str]]:
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
