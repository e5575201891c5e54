"""Persons as registers know them, and the many ways in which hospitals' systems write one of them.

Nothing here uses the code under test: letters come from tables of their own (Hepburn and Kunrei, ANSI Z39.11-1972 and
ISO 3602).
"""

import random
import unicodedata
from dataclasses import dataclass, replace
from datetime import date

from dokuei.hub.requests.model import Name, Patient

# kanji (each way to write the family name), kana; each kana is one syllable of letters, parted by a point
FAMILIES = (
    ("高橋/髙橋", "た.か.は.し"), ("山崎/山﨑/山嵜", "や.ま.ざ.き"), ("渡辺/渡邊/渡邉", "わ.た.な.べ"),
    ("斉藤/齊藤/斎藤/齋藤", "さ.い.と.う"), ("浜田/濱田/濵田", "は.ま.だ"), ("沢田/澤田", "さ.わ.だ"),
    ("富田/冨田", "と.み.た"), ("大野", "お.お.の"), ("小野", "お.の"), ("佐藤", "さ.と.う"), ("伊藤", "い.と.う"),
    ("井上", "い.の.う.え"), ("難波", "な.ん.ば"), ("本間", "ほ.ん.ま"), ("佐々木/佐佐木", "さ.さ.き"),
    ("飯田", "い.い.だ"), ("井田", "い.だ"), ("塚本", "つ.か.も.と"), ("藤井", "ふ.じ.い"), ("千葉", "ち.ば"),
    ("服部", "は.っと.り"), ("京極", "きょ.う.ご.く"), ("城島", "じょ.う.じ.ま"), ("柳/栁", "や.な.ぎ"),
    ("桜井/櫻井", "さ.く.ら.い"), ("広瀬/廣瀬", "ひ.ろ.せ"), ("島田/嶋田", "し.ま.だ"), ("大西", "お.お.に.し"),
    ("新垣", "に.い.が.き"), ("吉田/𠮷田", "よ.し.だ"), ("黒沢/黑澤", "く.ろ.さ.わ"), ("竜崎/龍崎", "りゅ.う.ざ.き"),
)  # fmt: skip
GIVEN = (
    ("花子", "は.な.こ"), ("優子", "ゆ.う.こ"), ("裕子", "ひ.ろ.こ"), ("京子", "きょ.う.こ"), ("恭子", "きょ.う.こ"),
    ("洋子", "よ.う.こ"), ("淳子", "じゅ.ん.こ"), ("真由美/眞由美", "ま.ゆ.み"), ("恵/惠", "め.ぐ.み"),
    ("静香/靜香", "し.ず.か"),
    ("千鶴", "ち.づ.る"), ("藤江", "ふ.じ.え"), ("翔子", "しょ.う.こ"), ("涼子", "りょ.う.こ"), ("松江", "ま.つ.え"),
    ("節子/節子", "せ.つ.こ"), ("文", "ふ.み"), ("さくら", "さ.く.ら"), ("美千代", "み.ち.よ"), ("由紀", "ゆ.き"),
)  # fmt: skip
_CONSONANTS = dict(
    zip(
        "かきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもらりるれろ",
        "k" * 5 + "s" * 5 + "t" * 5 + "n" * 5 + "h" * 5 + "m" * 5 + "r" * 5,
        strict=True,
    )
) | dict(zip("がぎぐげござじずぜぞだぢづでどばびぶべぼ", "g" * 5 + "z" * 5 + "d" * 5 + "b" * 5, strict=True))
_VOWELS = {
    kana: "aiueo"[place % 5]
    for place, kana in enumerate(
        "かきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもらりるれろがぎぐげござじずぜぞだぢづでどばびぶべぼあいうえお"
    )
}
_ALONE = {"や": "ya", "ゆ": "yu", "よ": "yo", "わ": "wa", "ん": "n"}
_HEPBURN = {"si": "shi", "ti": "chi", "tu": "tsu", "hu": "fu", "zi": "ji", "di": "ji", "du": "zu"}
_KUNREI = {"di": "zi", "du": "zu"}
_GLIDES = {"ゃ": "ya", "ゅ": "yu", "ょ": "yo"}
_HEPBURN_GLIDES = {"sy": "sh", "ty": "ch", "zy": "j"}
_ERAS = (
    (date(2019, 5, 1), "令和", "R", 2019),
    (date(1989, 1, 8), "平成", "H", 1989),
    (date(1926, 12, 25), "昭和", "S", 1926),
)
_HALF = {**{unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}}


@dataclass(frozen=True)
class Person:
    """One human being."""

    number: int
    family: tuple[str, str]
    given: tuple[str, str]
    born: date
    sex: str = "F"


def person(chance: random.Random) -> Person:
    """Somebody."""
    return Person(
        number=chance.randrange(1000, 9_999_999),
        family=chance.choice(FAMILIES),
        given=chance.choice(GIVEN),
        born=date.fromordinal(chance.randrange(date(1954, 1, 1).toordinal(), date(2004, 12, 31).toordinal())),
    )


def same(chance: random.Random) -> tuple[Patient, Patient]:
    """One person as two systems write her."""
    one = person(chance)
    return written(one, chance), written(one, chance)


def different(chance: random.Random) -> tuple[Patient, Patient]:
    """Two persons who are easily taken for one, as two systems write them."""
    one = person(chance)
    kind = chance.choice(("twins", "namesakes", "mother", "namesakes born the same day", "wrong number", "others"))
    other = replace(one, number=one.number + chance.choice((1, 10, 90)))
    if kind in {"twins", "wrong number"}:
        other = replace(other, given=_another(one, chance))
    if kind == "namesakes":
        other = replace(other, born=_another_day(one, chance))
    if kind == "mother":
        other = replace(other, given=_another(one, chance), born=one.born.replace(year=one.born.year - 27, day=1))
    if kind == "others":
        other = replace(person(chance), number=other.number)
    if kind == "wrong number":
        other = replace(other, number=one.number)
    return written(one, chance), written(other, chance)


def written(one: Person, chance: random.Random) -> Patient:
    """The person in one system's way of writing."""
    groups = {
        "ideographic": _kanji(one, chance),
        "phonetic": _kana(one, chance),
        "alphabetic": _letters(one, chance),
    }
    missing = chance.choice(
        ("", "", "ideographic", "phonetic", "alphabetic", "ideographic phonetic", "phonetic alphabetic")
    )
    for group in missing.split():
        groups[group] = ""
    return Patient(
        patient_id=_number(one, chance),
        issuer_of_patient_id=chance.choice(("", "", "HOSPITAL", "ＨＯＳＰＩＴＡＬ")),
        name=Name(**groups),
        birth_date=_day(one.born, chance),
        sex=chance.choice(("F", "F", "F", "")) if one.sex == "F" else "M",
    )


def _another(one: Person, chance: random.Random) -> tuple[str, str]:
    return chance.choice([given for given in GIVEN if given[1] != one.given[1]])


def _another_day(one: Person, chance: random.Random) -> date:
    return date.fromordinal(one.born.toordinal() + chance.choice((-3650, -1, 1, 31, 365)))


def _number(one: Person, chance: random.Random) -> str:
    plain = str(one.number)
    return chance.choice(
        (plain, plain.zfill(8), plain.zfill(10), _wide(plain), f" {plain} ", f"{plain[:2]}-{plain[2:]}")
    )


def _kanji(one: Person, chance: random.Random) -> str:
    parts = [chance.choice(forms.split("/")) for forms, _ in (one.family, one.given)]
    return chance.choice(("^", "^", " ", "\u3000")).join(parts)


def _kana(one: Person, chance: random.Random) -> str:
    parts = [kana.replace(".", "") for _, kana in (one.family, one.given)]
    style = chance.choice(("hiragana", "katakana", "half", "large half"))
    if style != "hiragana":
        parts = ["".join(chr(ord(letter) + 0x60) for letter in part) for part in parts]
    if style == "large half":
        parts = [part.translate(str.maketrans("ャュョッ", "ヤユヨツ")) for part in parts]
    if style.endswith("half"):
        parts = [_half(part) for part in parts]
    return chance.choice(("^", "^", " ")).join(parts)


def _letters(one: Person, chance: random.Random) -> str:
    style = chance.choice(("hepburn", "hepburn", "kunrei"))
    long = chance.choice(("short", "short", "as kana", "h", "macron"))
    parts = [_lengthened(_romanised(kana, style), long) for _, kana in (one.family, one.given)]
    if chance.random() < 0.3:
        parts = [part.replace("nb", "mb").replace("nm", "mm") for part in parts]
    case = chance.choice((str.upper, str.title, _wide))
    return chance.choice(("^", "^", " ")).join(case(part) for part in parts)


def _romanised(kana: str, style: str) -> list[str]:
    return [_syllable(one, style) for one in kana.split(".")]


def _syllable(kana: str, style: str) -> str:
    if kana.startswith("っ"):
        rest = _syllable(kana[1:], style)
        return rest[0] + rest
    if kana in _ALONE:
        return _ALONE[kana]
    plain = _CONSONANTS.get(kana[0], "") + _VOWELS[kana[0]]
    if len(kana) > 1:
        glided = plain[:-1] + _GLIDES[kana[1]]
        return (
            _HEPBURN_GLIDES[glided[:2]] + glided[2:] if style == "hepburn" and glided[:2] in _HEPBURN_GLIDES else glided
        )
    return (_HEPBURN if style == "hepburn" else _KUNREI).get(plain, plain)


def _lengthened(syllables: list[str], long: str) -> str:
    """``o`` or ``u`` that makes the vowel before it long, in one of the ways to write that."""
    made = ""
    for place, syllable in enumerate(syllables):
        before = made[-1:]
        lengthens = (before, syllable) in {("o", "u"), ("o", "o"), ("u", "u")} and place > 0
        last = place == len(syllables) - 1
        follows = syllables[place + 1][0] if not last else ""
        if not lengthens or long == "as kana" or follows in set("aiueo") - {""}:
            made += syllable
        elif long == "macron":
            made = made[:-1] + {"o": "ō", "u": "ū"}[before]
        elif long == "h" and before == "o":
            made += "h"
    return made


def _day(born: date, chance: random.Random) -> str:
    style = chance.choice(("digits", "digits", "digits", "signs", "era", "letter", "none"))
    if style == "none" and chance.random() < 0.5:
        return ""
    if style == "signs":
        return f"{born.year}/{born.month}/{born.day}"
    name, letter, first = next((name, letter, first) for begins, name, letter, first in _ERAS if born >= begins)
    year = born.year - first + 1
    if style == "era":
        return f"{name}{'元' if year == 1 else year}年{born.month}月{born.day}日"
    return f"{letter}{year}.{born.month}.{born.day}" if style == "letter" else f"{born:%Y%m%d}"


def _wide(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def _half(kana: str) -> str:
    parted = unicodedata.normalize("NFD", kana).replace("\u3099", "ﾞ").replace("\u309a", "ﾟ")
    return "".join(_HALF.get(letter, letter) for letter in parted)
