"""A small hub for each test of identity."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.makers.people import SmallHub, small_hub


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[SmallHub]:
    with small_hub(tmp_path) as made:
        yield made
