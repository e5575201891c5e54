"""A reading room with threads for each test, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.makers.reading import ReadingRoom, reading_room


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path, url=database_url) as made:
        yield made
