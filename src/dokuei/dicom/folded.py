"""Texts so that two writings of one word are equal: width, case, kana, and the older shapes of the kanji of names."""

import re
import unicodedata
from typing import Final

_TO_HIRAGANA: Final = {letter: letter - 0x60 for letter in range(ord("ァ"), ord("ヶ") + 1)}
_SHAPES: Final = (
    "高髙 崎﨑嵜 辺邊邉 斉齊斎齋 沢澤 浜濱濵 広廣 国國 桜櫻 滝瀧 島嶋嶌 恵惠 真眞 槙槇 徳德 富冨 瀬瀨 頼賴 吉𠮷 桧檜 "
    "渕淵渊 荘莊 来來 亀龜 万萬 館舘 桑桒 柳栁 穂穗 竜龍 円圓 栄榮 学學 実實 寿壽 条條 静靜 曽曾 園薗 会會 児兒 豊豐 "
    "寛寬 清淸 黒黑 横橫 暁曉 関關 鉄鐵 塩鹽 芦蘆 当當 遥遙 礼禮 糸絲 宝寶 緑綠 弥彌 与與 蔵藏"
)
_VARIANTS: Final = {ord(old): row[0] for row in _SHAPES.split() for old in row[1:]}
_SELECTORS: Final = dict.fromkeys((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
_SAME: Final = _TO_HIRAGANA | _VARIANTS | _SELECTORS
_LATIN: Final = "a-zà-ɏ"
_KANJI: Final = "㐀-鿿々𠀀-𱍏"
_KANA: Final = "ぁ-ゖー"
RUNS: Final = re.compile(rf"[{_LATIN}]+|[{_KANJI}]+|[{_KANA}]+|(?:(?![{_LATIN}{_KANJI}{_KANA}])[^\W\d_])+")
"""Letters of one script that stand together: Latin ones, kanji, kana, others."""
IS_LATIN: Final = re.compile(rf"[{_LATIN}]+")
IS_KANA: Final = re.compile(rf"[{_KANA}]+")


def folded(text: str) -> str:
    """A text in the one writing in which texts are compared."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_SAME)


LONGEST_SOUGHT: Final = 500
_MOST_WORDS: Final = 8
_GAPS: Final = re.compile(r"[\^\s=]+")


def sought_in(*parts: str) -> str:
    """Everything by which something is found, folded; the groups and components of a name are words of their own."""
    return _GAPS.sub(" ", folded(" ".join(part for part in parts if part))).strip()[:LONGEST_SOUGHT]


def words_of(typed: str) -> tuple[str, ...]:
    """The words of what somebody types, each of which has to be found."""
    return tuple(sought_in(typed).split()[:_MOST_WORDS])
