"""What now is said in Japanese wherever a table of the gateway says it."""

import ast
from pathlib import Path

import dokuei
from dokuei.cli.remedy_words import REMEDIES_JAPANESE, remedy_in_words

_SOURCE = Path(dokuei.__file__).parent
_OF_OBJECTS = (
    "code_apart",
    "forward",
    "incoming",
    "keep",
    "look",
    "person",
    "pipeline",
    "recover",
    "reidentify",
    "retry",
)
_OF_MESSAGES = ("charset", "listen", "message", "orders")
_NOT_OF_OBJECTS = {"signature.py"}  # the gateway's own key


def _remedies(file: Path) -> set[str]:
    """The remedies that a file names in so many words."""
    named = (one for one in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(one, ast.keyword))
    values = (one.value for one in named if one.arg == "remedy")
    return {one.value for one in values if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def test_every_remedy_of_an_object_or_a_message_has_japanese_words_and_no_word_is_stale() -> None:
    tabled = {*_OF_OBJECTS, *_OF_MESSAGES}
    every = [one for part in ("dicom", "gateway") for one in (_SOURCE / part).rglob("*.py")]
    shown = [one for one in every if one.parent.name == "dicom" or one.stem in tabled]
    needed = set().union(*(_remedies(one) for one in shown if one.name not in _NOT_OF_OBJECTS)) - {""}
    assert needed - REMEDIES_JAPANESE.keys() == set()
    assert REMEDIES_JAPANESE.keys() - set().union(*(_remedies(one) for one in every)) == set()
    assert all(REMEDIES_JAPANESE.values())


def test_what_is_not_known_stands_as_it_was_recorded() -> None:
    assert remedy_in_words("see the log", "ja") == "ログを確認してください"
    assert remedy_in_words("see the log", "en") == "see the log"
    assert remedy_in_words("look at ca of [gateway.pacs]", "ja") == "look at ca of [gateway.pacs]"
