"""Everything that the doctor can find is said in Japanese, with the same values."""

import ast
from pathlib import Path
from string import Formatter

from dokuei.cli.doctor_words import JAPANESE, SUBJECTS
from dokuei.gateway import doctor

_TREE = ast.parse(Path(doctor.__file__).read_text(encoding="utf-8"))


def _written() -> set[str]:
    return {one.value for one in ast.walk(_TREE) if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def _findings() -> list[ast.Call]:
    calls = (one for one in ast.walk(_TREE) if isinstance(one, ast.Call))
    return [one for one in calls if isinstance(one.func, ast.Name) and one.func.id == "Finding"]


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_sentence_of_the_doctor_has_japanese_words_and_no_word_is_stale() -> None:
    assert not [one for one in _findings() if any(isinstance(two, ast.JoinedStr) for two in one.args)]
    said = {two.value for one in _findings() for two in one.args[2:4] if isinstance(two, ast.Constant)}
    named = {one for one in _written() if "{" in one and "\n" not in one and "``" not in one}
    assert {*said, *named} - JAPANESE.keys() == set()
    assert JAPANESE.keys() - _written() == {""} - _written()
    assert {one.args[0].value for one in _findings() if isinstance(one.args[0], ast.Constant)} <= SUBJECTS.keys()


def test_the_japanese_says_the_same_values() -> None:
    assert [one for one, japanese in JAPANESE.items() if _fields(one) != _fields(japanese)] == []
