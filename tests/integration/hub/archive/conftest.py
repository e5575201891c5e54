"""Archives for tests: behind HTTP, or on either database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.makers.archive import SmallArchive, small_archive


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[SmallArchive]:
    """An archive on SQLite."""
    with small_archive(tmp_path) as made:
        yield made


@pytest.fixture
def either_archive(tmp_path: Path, database_url: str) -> Iterator[SmallArchive]:
    """An archive, once on SQLite and once on PostgreSQL."""
    with small_archive(tmp_path, database_url) as made:
        yield made
