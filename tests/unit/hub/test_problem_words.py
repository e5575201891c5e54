"""Whoever is refused something at a page is told what was wrong and what to do, in Japanese and in English."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dokuei.errors import ConflictError, RequestError
from dokuei.hub.problem_words import in_both_languages, in_japanese

HUB = Path(__file__).parents[3] / "src" / "dokuei" / "hub"
PAGES = (
    "audits",
    "certification",
    "displays",
    "identity",
    "messages",
    "outcomes",
    "reports",
    "requests",
    "screening",
    "sites",
    "worklist",
)
REFUSALS = {
    "ConflictError",
    "EnrolmentError",
    "ForbiddenError",
    "NotFoundError",
    "NotSignedInError",
    "RequestError",
    "StaleError",
    "TooLargeError",
    "UnsupportedError",
}
ONLY_SLOTS = {"{}", "{}{}", "{}: {}"}
WORDS: dict[str, str] = json.loads((HUB / "problem_words.json").read_text("utf-8"))


def template(node: ast.expr) -> str | None:
    """A text as it stands in the code, with a slot for each value."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)
    return None


def refusals() -> Iterator[str]:
    """What the slices that people meet at pages say when they refuse, and what to do."""
    for path in sorted(one for slice_name in PAGES for one in (HUB / slice_name).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSALS:
                said = [*node.args[:1], *(one.value for one in node.keywords if one.arg == "remedy")]
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "wrong":
                said = [node.value]
            else:
                continue
            yield from (text for one in said if (text := template(one)))


def test_every_refusal_of_a_page_is_said_in_japanese_too() -> None:
    said = set(refusals()) - ONLY_SLOTS
    assert len(said) > 200
    silent = [one for one in sorted(said) if one not in WORDS and one.isascii()]
    assert silent == []


def test_no_words_are_kept_for_what_nobody_says() -> None:
    everything = {
        text
        for path in HUB.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.expr) and (text := template(node))
    }
    assert sorted(set(WORDS) - everything) == []


def test_each_has_as_many_slots_as_its_english() -> None:
    assert [one for one, japanese in WORDS.items() if one.count("{}") != japanese.count("{}")] == []


@pytest.mark.parametrize(
    ("english", "japanese"),
    [
        ("the file is empty", "ファイルが空です"),
        ("version 3 is there now, not 2", "第3版が最新です（変更のもとは第2版）"),
        ("100% is no month", ""),
        ("", ""),
    ],
)
def test_values_stand_in_the_japanese_too(english: str, japanese: str) -> None:
    assert in_japanese(english) == japanese


def test_a_problem_keeps_its_english_and_gets_japanese() -> None:
    taken = in_both_languages(
        ConflictError("{} has this case".format("100% 中村"), remedy="ask for a hand-over").problem()
    )
    assert taken["detail"] == "100% 中村 has this case"
    assert taken["detail_ja"] == "100% 中村 さんが担当しています"
    assert taken["remedy_ja"] == "引き継ぎを依頼してください"
    both = in_both_languages(RequestError("変更の理由が必要です / a change has a reason").problem())
    assert (both["detail_ja"], both["detail_en"]) == ("変更の理由が必要です", "a change has a reason")
    assert "remedy_ja" not in both
