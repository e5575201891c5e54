"""A small hub for each test of identity, and one on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.makers.people import SmallHub, small_hub


@pytest.fixture
def either_hub(tmp_path: Path, database_url: str) -> Iterator[SmallHub]:
    with small_hub(tmp_path, url=database_url) as made:
        yield made


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[SmallHub]:
    with small_hub(tmp_path) as made:
        yield made
