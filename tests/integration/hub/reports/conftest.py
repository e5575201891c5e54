"""A reading room for each test of reports."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.makers.reading import ReadingRoom, reading_room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path) as made:
        yield made
