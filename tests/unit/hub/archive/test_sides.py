"""How a mammogram was taken is said as the object says it."""

import pytest
from pydicom.dataset import Dataset

from dokuei.hub.archive.sides import view_of


def view(position: str, meaning: str) -> Dataset:
    made, code = Dataset(), Dataset()
    made.ViewPosition, code.CodeMeaning = position, meaning
    made.ViewCodeSequence = [code]
    return made


@pytest.mark.parametrize(
    ("position", "meaning", "said"),
    [("MLO", "medio-lateral oblique", "MLO"), ("", "medio-lateral oblique", "medio-lateral oblique"), ("", "", "")],
)
def test_a_view_is_named_by_its_position_or_else_by_its_code(position: str, meaning: str, said: str) -> None:
    assert view_of(view(position, meaning).to_json_dict()) == said
    assert view_of({}) == ""
