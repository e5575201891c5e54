"""A reading room for each test of screening, on both databases or on the small one alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.makers.reading import ReadingRoom, reading_room


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path, url=database_url) as made:
        made.requests.set_rules("kita", actor="system", accept_unique_match=True)
        yield made


@pytest.fixture
def small_room(tmp_path: Path) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path) as made:
        yield made
