import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).parent.parent.parent


def test_the_guideline_table_is_as_the_tests_say() -> None:
    done = subprocess.run([sys.executable, "setup/guideline.py", "--check"], cwd=_ROOT, check=False)
    assert done.returncode == 0, "run: python setup/guideline.py"


@pytest.mark.parametrize(
    ("doc", "rows"),
    [
        (
            "MAMMO-12, DISP-03: a name stands\n    on it.",
            [("MAMMO-12", "a name stands on it"), ("DISP-03", "a name stands on it")],
        ),
        ("LOG-03: a cut is found; LOG-02: exported.", [("LOG-03", "a cut is found"), ("LOG-02", "exported")]),
        ("AUTH-05 for signing: never off.", [("AUTH-05", "for signing: never off")]),
        ("IMG-01 REC-11.", [("IMG-01", ""), ("REC-11", "")]),
        ("Says nothing of a row.", []),
    ],
)
def test_each_row_has_the_words_that_follow_it(doc: str, rows: list[tuple[str, str]]) -> None:
    assert _guideline().named(doc) == rows


def test_a_row_of_an_unknown_family_is_not_passed_over() -> None:
    with pytest.raises(ValueError, match="family"):
        _guideline().named("NOSUCH-01: something.")


def _guideline() -> Any:
    spec = importlib.util.spec_from_file_location("guideline", _ROOT / "setup" / "guideline.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
