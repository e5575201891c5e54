"""What the hub's refusals say in Japanese: pages show it beside their own words, by the English that the code has."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("problem_words.json")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_SLOT = "{}"
Problem = Mapping[str, str | int]


def in_both_languages(problem: Problem) -> dict[str, str | int]:
    """A problem with ``detail_ja``, ``detail_en`` and ``remedy_ja`` where there are such words."""
    said = dict(problem)
    for field in ("detail", "remedy"):
        whole = str(problem.get(field, ""))
        ja, _, en = whole.partition(" / ")
        if en and _JAPANESE.search(ja):
            words = {f"{field}_ja": ja, f"{field}_en": en}
        elif japanese := in_japanese(whole):
            words = {f"{field}_ja": japanese}
        else:
            words = {}
        said = {**words, **said}
    return said


def in_japanese(english: str) -> str:
    """The same in Japanese; empty where nobody has written it."""
    exact, patterns = _words()
    if english in exact:
        return exact[english]
    for pattern, japanese in patterns:
        found = pattern.fullmatch(english)
        if found:
            first, *rest = japanese.split(_SLOT)
            return first + "".join(value + text for value, text in zip(found.groups(), rest, strict=True))
    return ""


@lru_cache(maxsize=1)
def _words() -> tuple[dict[str, str], tuple[tuple[re.Pattern[str], str], ...]]:
    words: dict[str, str] = json.loads(_FILE.read_text("utf-8"))
    exact = {english: japanese for english, japanese in words.items() if _SLOT not in english}
    slotted = sorted((one for one in words if _SLOT in one), key=len, reverse=True)
    patterns = [(re.compile("(.+)".join(map(re.escape, one.split(_SLOT)))), words[one]) for one in slotted]
    return exact, tuple(patterns)
