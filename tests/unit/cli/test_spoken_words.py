"""What commands say of their outcome is said in both languages, with the same values in it."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

import dokuei
from dokuei.cli.spoken_words import JAPANESE, REASONS, reason_in_words, said

CLI = Path(dokuei.__file__).parent / "cli"
TRANSLATED = ("archive", "audit", "emergency", "identity", "report", "sites")
_SCRIPT = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize(("english", "japanese"), JAPANESE.items())
def test_a_sentence_names_the_same_in_both_languages(english: str, japanese: str) -> None:
    assert places(english) == places(japanese)
    assert _SCRIPT.search(japanese)


def test_a_sentence_is_filled() -> None:
    assert said("{done} restored, {left} left", "en", done=2, left=1) == "2 restored, 1 left"
    assert said("{done} restored, {left} left", "ja", done=2, left=1) == "復元2件、未復元1件"
    with pytest.raises(KeyError):
        said("a sentence that nobody has written", "ja")


def test_every_reason_that_the_walks_give_has_japanese_words() -> None:
    """The reasons are read from where they are given, so that a new one cannot be forgotten here."""
    given: set[str] = set()
    source = CLI.parent
    for file in (source / "storage" / "audit.py", source / "hub" / "reports" / "verifying.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            told: list[ast.expr] = []
            if isinstance(node, ast.Yield | ast.Return) and node.value is not None:
                told = [node.value, *(node.value.elts if isinstance(node.value, ast.Tuple) else ())]
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
                told = node.value.elts
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Wrong":
                told = node.args
            given |= {
                one.value
                for one in told
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and " " in one.value
            }
    assert len(given) > 10
    assert given <= REASONS.keys()


def test_a_reason_keeps_what_it_names() -> None:
    assert reason_in_words("pdf_sha256 is not the one in the audit trail", "ja").startswith("pdf_sha256 ")
    assert _SCRIPT.search(reason_in_words("pdf_sha256 is not the one in the audit trail", "ja"))
    assert reason_in_words("an entry is missing", "en") == "an entry is missing"
    assert reason_in_words("a reason of next year", "ja") == "a reason of next year"


@pytest.mark.parametrize("name", TRANSLATED)
def test_no_sentence_is_printed_past_the_words(name: str) -> None:
    """A literal with a word of English in it never goes to the terminal as it stands."""
    for node in ast.walk(ast.parse((CLI / f"{name}.py").read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"typer.echo", "Table"}:
            for one in node.args:
                parts = one.values if isinstance(one, ast.JoinedStr) else [one]
                bare = [part.value for part in parts if isinstance(part, ast.Constant)]
                assert not any(re.search(r"[A-Za-z]{2}", str(text)) for text in bare), ast.unparse(node)
