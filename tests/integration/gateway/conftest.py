"""A receiver for tests that send to one."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.makers.receiver import Receiver, running_receiver


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    """A receiver in a fresh home."""
    with running_receiver(tmp_path / "home") as running:
        yield running


@pytest.fixture(scope="session")
def dcmtk() -> None:
    """Tests that need DCMTK are skipped where it is not installed."""
    if shutil.which("storescu") is None:
        pytest.skip("DCMTK is not installed (setup/system.sh test installs it)")
