"""依頼票, 問診票, 所見用紙, シェーマ: papers that arrive in a study, recognised by rules of the site. Pure.

Only what may be a paper by its kind is ever taken for one: a Secondary Capture, an encapsulated document, or what calls
itself a document; no rule makes a paper of a mammogram.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from dokuei.errors import RequestError

PaperKind = Literal["request_form", "questionnaire", "findings_form", "schema", "other"]
KINDS: Final[tuple[PaperKind, ...]] = ("request_form", "questionnaire", "findings_form", "schema", "other")
SECONDARY_CAPTURES: Final = tuple(f"1.2.840.10008.5.1.4.1.1.7{end}" for end in ("", ".1", ".2", ".3", ".4"))
DOCUMENTS: Final = ("1.2.840.10008.5.1.4.1.1.104.1", "1.2.840.10008.5.1.4.1.1.104.2")
SOP_CLASSES: Final = frozenset({*SECONDARY_CAPTURES, *DOCUMENTS})
MODALITIES: Final = frozenset({"OT", "SC", "DOC", "XC"})
MOST_RULES: Final = 50
_MOST_WORDS: Final = 20
_LONGEST: Final = 64


@dataclass(frozen=True)
class PaperRule:
    """What a paper's description or title says, and what it is then.

    ``modalities``: only where the object is of one of these; empty: of any. ``to_be_read``: it counts among the
    pictures that a reader has to open all the same.
    """

    kind: PaperKind
    words: tuple[str, ...]
    modalities: tuple[str, ...] = ()
    to_be_read: bool = False


@dataclass(frozen=True)
class Described:
    """What an object that may be a paper says of itself."""

    sop_class_uid: str
    modality: str
    texts: tuple[str, ...]


DEFAULT_RULES: Final = (
    PaperRule("request_form", ("依頼", "オーダ票", "request form", "order form")),
    PaperRule("questionnaire", ("問診", "questionnaire")),
    PaperRule("findings_form", ("所見用紙", "所見シート", "US所見", "findings sheet")),
    PaperRule("schema", ("シェーマ", "schema", "diagram")),
)


def recognised(one: Described, rules: Sequence[PaperRule]) -> PaperRule | None:
    """The first rule that fits; None where it is no paper."""
    if one.sop_class_uid not in SOP_CLASSES and one.modality not in MODALITIES:
        return None
    said = "\n".join(_folded(text) for text in one.texts)
    for rule in rules:
        if rule.modalities and one.modality not in rule.modalities:
            continue
        if any(_folded(word) in said for word in rule.words):
            return rule
    return None


def checked(rules: Iterable[PaperRule]) -> tuple[PaperRule, ...]:
    """Refuse rules that could take anything for a paper.

    Raises:
        RequestError: too many, without words, or with words that are none.
    """
    kept = tuple(
        PaperRule(
            rule.kind,
            tuple(dict.fromkeys(word.strip() for word in rule.words if word.strip())),
            tuple(dict.fromkeys(one.strip().upper() for one in rule.modalities if one.strip())),
            rule.to_be_read,
        )
        for rule in rules
    )
    wrong = None
    words = [word for rule in kept for word in rule.words]
    if len(kept) > MOST_RULES or any(len(rule.words) > _MOST_WORDS for rule in kept):
        wrong = f"at most {MOST_RULES} rules of {_MOST_WORDS} words"
    elif any(not rule.words for rule in kept):
        wrong = "a rule names at least one word"
    elif any(rule.kind not in KINDS for rule in kept):
        wrong = "a kind of paper that nobody knows"
    elif any(len(word) > _LONGEST or any(ord(x) < ord(" ") for x in word) for word in words):
        wrong = f"a word is one line of at most {_LONGEST} letters"
    elif any(not one.isalnum() or len(one) > 16 for rule in kept for one in rule.modalities):  # noqa: PLR2004 - a CS
        wrong = "a modality is a code such as OT"
    if wrong:
        raise RequestError(wrong, phase="setting rules for papers")
    return kept


def _folded(text: str) -> str:
    """Full and half width, kana of both widths, capitals: one spelling."""
    return unicodedata.normalize("NFKC", text).casefold()
