"""The viewer knows every reason for which an object keeps its encoding, and every warning; in the reader's language."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import dokuei.dicom
from dokuei.dicom.oddities import ODDITIES

_DICOM = Path(dokuei.dicom.__file__).parent
_IMAGES = _DICOM.parents[2] / "viewer" / "src" / "images"
_ROWS = _IMAGES / "keptReasons.json"
_RAISED = {"CodestreamError", "Loss"}
_PLAIN_KEEP = {"keep.py"}
"""Where reasons are plain values and no arguments."""
_REFUSES = {"bare.py"}
"""What is said there keeps an object in the hospital, and is no reason for which it kept its encoding."""


def _words(node: ast.expr) -> str | None:
    """A text as it will read, with 7 for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "7" for one in node.values)
    return None


def _candidates(tree: ast.Module, *, plain: bool) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _RAISED:
            yield node.args[0]
        elif isinstance(node, ast.Assign) and any(
            isinstance(to, ast.Name) and "reason" in to.id for to in node.targets
        ):
            yield from node.value.values if isinstance(node.value, ast.BoolOp) else (node.value,)
        elif plain and isinstance(node, ast.Return | ast.Tuple | ast.IfExp):
            yield from (one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr))


def _reasons() -> Iterator[str]:
    for path in sorted(one for one in _DICOM.glob("*.py") if one.name not in _REFUSES):
        found = (_words(node) for node in _candidates(ast.parse(path.read_text()), plain=path.name in _PLAIN_KEEP))
        yield from (words for words in found if words)
    yield "its decoder broke"


def _pattern(words: str) -> str:
    return re.sub(r"\\\{\w+\\\}", ".+", re.escape(words))


@pytest.mark.parametrize("reason", sorted(set(_reasons())))
def test_the_viewer_has_a_key_for_each_reason(reason: str) -> None:
    """A reader of Japanese pages is not told in English why an image is as it came."""
    assert any(re.fullmatch(_pattern(words), reason) for _, words in json.loads(_ROWS.read_text()))


def test_the_viewer_has_no_key_for_what_is_never_said() -> None:
    """A row whose reason is gone from the code would be translated for nobody."""
    said = set(_reasons())
    patterns = (_pattern(words) for _, words in json.loads(_ROWS.read_text()))
    assert [one for one in patterns if not any(re.fullmatch(one, reason) for reason in said)] == []


def test_the_viewer_has_a_key_for_each_warning_and_no_other() -> None:
    """What was odd about an object as it came is said in Japanese, too."""
    assert sorted(words for _, words in json.loads((_IMAGES / "warnings.json").read_text())) == sorted(ODDITIES)
