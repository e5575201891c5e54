"""What every test may lean on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.makers.data import data_folder


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real DICOM files, with its MANIFEST.tsv; tests that need it are skipped where it is absent."""
    folder = data_folder()
    if not (folder / "MANIFEST.tsv").exists():
        pytest.skip(f"no test data: set DOKUEI_TEST_DATA to a folder with MANIFEST.tsv (looked in {folder})")
    return folder


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A command that runs inside a test sends this process's logs to the test's own output, which ends with it."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)
