"""A person's name in kanji, kana and letters: when two spellings are one name.

Letters are Hepburn (passport style too) or Kunrei, long vowels written in any of the usual ways or not at all. Letters
that spell no Japanese syllables (SMITH) say nothing about kana.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, product
from typing import Final, Literal

from dokuei.hub.requests.variants import one_form

Script = Literal["kanji", "kana", "letters"]
Spelled = tuple[str, ...]
Are = Callable[[str, str], bool | None]

_TO_HIRAGANA: Final = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)} | {ord("・"): " ", ord("･"): " "}
_KANA: Final = re.compile(r"[ぁ-ゖゔー]+")
_LETTERS: Final = re.compile(r"[a-z]+")
_KANJI: Final = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]")
_UNREADABLE: Final = re.compile(r"[?〓□■◆●\ufffd\ue000-\uf8ff]")
_BETWEEN: Final = re.compile(r"[\s,・]+")
_BOUND: Final = re.compile(r"['’\-‐‑–]")
_SMALL: Final = str.maketrans("ぁぃぅぇぉっゃゅょゎ", "あいうえおつやゆよわ")
_TO_SMALL: Final = str.maketrans("やゆよつ", "ゃゅょっ")
_MAYBE_SMALL: Final = re.compile(
    r"(?<=[きしちにひみりぎじぢびぴ])[やゆよ]|つ(?=[かきくけこさしすせそたちつてとぱぴぷぺぽ])"
)
_MOST_SMALL: Final = 4
_ROWS: Final = {
    "": "あいうえお", "k": "かきくけこ", "s": "さしすせそ", "t": "たちつてと", "n": "なにぬねの", "h": "はひふへほ",
    "m": "まみむめも", "r": "らりるれろ", "g": "がぎぐげご", "z": "ざじずぜぞ", "d": "だぢづでど", "b": "ばびぶべぼ",
    "p": "ぱぴぷぺぽ",
}  # fmt: skip
_SYLLABLES: Final = {
    kana: consonant + vowel for consonant, row in _ROWS.items() for kana, vowel in zip(row, "aiueo", strict=True)
} | {"や": "ya", "ゆ": "yu", "よ": "yo", "わ": "wa", "ゐ": "i", "ゑ": "e", "を": "o", "ん": "n", "ゔ": "vu"}
_GLIDES: Final = {"ゃ": "ya", "ゅ": "yu", "ょ": "yo", "ぁ": "a", "ぃ": "i", "ぅ": "u", "ぇ": "e", "ぉ": "o", "ゎ": "wa"}
_REWRITTEN: Final = (
    (re.compile(r"tch"), "cch"),
    (re.compile(r"sh"), "sy"),
    (re.compile(r"cch"), "tty"),
    (re.compile(r"ch"), "ty"),
    (re.compile(r"ts"), "t"),
    (re.compile(r"dz"), "z"),
    (re.compile(r"j"), "zy"),
    (re.compile(r"f"), "h"),
    (re.compile(r"dy"), "zy"),
    (re.compile(r"d(?=[iu])"), "z"),
    (re.compile(r"([ktsnhmrgzbp])yi"), r"\1i"),
    (re.compile(r"yy+"), "y"),
    (re.compile(r"wo"), "o"),
    (re.compile(r"m(?=[bmp])"), "n"),
    (re.compile(r"([ou])h(?![aiueoy])"), r"\1"),
    (re.compile(r"o[ou]+"), "o"),
    (re.compile(r"uu+"), "u"),
)
_JAPANESE: Final = re.compile(r"(?:([kstnhmrgzdbpv])\1?y?[aiueo]|[yw]?[aiueo]|n)+|")


def same_name(one: Iterable[str], other: Iterable[str]) -> bool | None:
    """Whether two names are one, each given in up to three groups; None where nothing of them can be compared."""
    mine, theirs = _spelled(one), _spelled(other)
    written = _same(mine, theirs, "kanji", _same_kanji)
    spoken = _same(mine, theirs, "kana", _same_kana)
    if spoken is None:
        spoken = _same_letters(mine, theirs)
    if written is False or spoken is False:
        return False
    return True if written or spoken else None


def _spelled(groups: Iterable[str]) -> dict[Script, Spelled]:
    """The components of each script; by what is written there, not by the group in which it stands."""
    found: dict[Script, Spelled] = {}
    for group in groups:
        plain = unicodedata.normalize("NFKC", group).lower()
        components = tuple(one for part in plain.split("^")[:3] for one in _BETWEEN.split(part) if one)
        script = _script(components)
        if script is not None and script not in found:
            found[script] = tuple(_folded(one, script) for one in components)
    return found


def _script(components: Spelled) -> Script | None:
    whole = "".join(components)
    if not whole:
        return None
    if _KANJI.search(whole):
        return "kanji"
    if _KANA.fullmatch(whole.translate(_TO_HIRAGANA)):
        return "kana"
    return "letters" if _LETTERS.fullmatch(_bare(whole)) else None


def _folded(component: str, script: Script) -> str:
    if script == "letters":
        return _bare(component)
    return component.translate(_TO_HIRAGANA) if script == "kana" else one_form(component).translate(_TO_HIRAGANA)


def _bare(letters: str) -> str:
    """Without accents, long marks and what stands between letters."""
    parted = unicodedata.normalize("NFKD", letters)
    return _BOUND.sub("", "".join(one for one in parted if not unicodedata.combining(one)))


def _same(mine: dict[Script, Spelled], theirs: dict[Script, Spelled], script: Script, are: Are) -> bool | None:
    if script not in mine or script not in theirs:
        return None
    return are("".join(mine[script]), "".join(theirs[script]))


def _same_kanji(one: str, other: str) -> bool | None:
    if one == other and not _UNREADABLE.search(one):
        return True
    if len(one) != len(other):
        return False
    pairs = zip(one, other, strict=True)
    known = all(a == b for a, b in pairs if not _UNREADABLE.match(a) and not _UNREADABLE.match(b))
    return None if known and (_UNREADABLE.search(one) or _UNREADABLE.search(other)) else False


def _same_kana(one: str, other: str) -> bool:
    if one == other:
        return True
    if "ー" in one or "ー" in other:
        return _simple(_romanised(one)) == _simple(_romanised(other))
    enlarged = one.translate(_SMALL), other.translate(_SMALL)
    return enlarged[0] == enlarged[1] and (enlarged[0] == one or enlarged[1] == other)


def _same_letters(mine: dict[Script, Spelled], theirs: dict[Script, Spelled]) -> bool | None:
    """The spoken name where at least one side has it in letters only."""
    if "letters" in mine and "letters" in theirs:
        one, other = mine["letters"], theirs["letters"]
        return _keys(one) == _keys(other) or _simple("".join(one)) == _simple("".join(other))
    for letters, kana in ((mine, theirs), (theirs, mine)):
        if "letters" in letters and "kana" in kana:
            return _letters_are_kana(letters["letters"], kana["kana"])
    return None


def _letters_are_kana(letters: Spelled, kana: Spelled) -> bool | None:
    for spoken in (kana, *_with_small(kana)):
        romanised = tuple(map(_romanised, spoken))
        if _keys(letters) == _keys(romanised) or _simple("".join(letters)) == _simple("".join(romanised)):
            return True
    return False if all(_JAPANESE.fullmatch(_simple(one)) for one in letters) else None


def _with_small(kana: Spelled) -> Iterator[Spelled]:
    """All that may be meant where a system has large kana only (ﾘﾖｳｺ)."""
    if all(one == one.translate(_SMALL) for one in kana):
        yield from product(*map(_readings, kana))


def _readings(large: str) -> tuple[str, ...]:
    """One component with each kana that may have been a small one as it is, or small."""
    places = [found.start() for found in _MAYBE_SMALL.finditer(large)][:_MOST_SMALL]
    return tuple(
        "".join(letter.translate(_TO_SMALL) if place in chosen else letter for place, letter in enumerate(large))
        for count in range(len(places) + 1)
        for chosen in combinations(places, count)
    )


def _keys(components: Spelled) -> str:
    return "".join(map(_simple, components))


def _simple(letters: str) -> str:
    """One spelling for Hepburn, Kunrei and the ways to write a long vowel."""
    for pattern, by in _REWRITTEN:
        letters = pattern.sub(by, letters)
    return letters


def _romanised(kana: str) -> str:
    made = ""
    doubled = False
    for letter in kana:
        if letter == "っ":
            doubled = True
            continue
        if letter == "ー":
            made += made[-1:]
        elif letter in _GLIDES:
            glide = "ye" if letter == "ぇ" and made.endswith("i") else _GLIDES[letter]
            made = made[:-1] + glide
        else:
            syllable = _SYLLABLES.get(letter, letter)
            made += syllable[:1] + syllable if doubled else syllable
        doubled = False
    return made
