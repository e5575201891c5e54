"""Import contracts name every module that they are about: the linter takes no wildcard inside a name."""

import tomllib
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent.parent
_HUB = _ROOT / "src" / "dokuei" / "hub"


@pytest.fixture(scope="module")
def contracts() -> dict[str, dict[str, list[str]]]:
    """The contracts by id."""
    settings = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {one["id"]: one for one in settings["tool"]["importlinter"]["contracts"]}


@pytest.mark.parametrize(("kind", "layer"), [("api", 0), ("store", 2)])
def test_every_part_of_a_slice_has_its_layer(contracts: dict[str, dict[str, list[str]]], kind: str, layer: int) -> None:
    named = {part.strip("() ") for part in contracts["within-a-slice"]["layers"][layer].split(":")}
    assert {file.stem for file in _HUB.glob(f"*/{kind}*.py")} == named


@pytest.mark.parametrize(("kind", "side"), [("api", "source_modules"), ("store", "forbidden_modules")])
def test_no_part_of_an_api_may_reach_any_store(
    contracts: dict[str, dict[str, list[str]]], kind: str, side: str
) -> None:
    parts = {f"dokuei.hub.{file.parent.name}.{file.stem}" for file in _HUB.glob(f"*/{kind}_*.py")}
    assert parts <= set(contracts["api-without-sql"][side])
