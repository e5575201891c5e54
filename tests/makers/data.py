"""Where the real DICOM files lie that tests read; none of them is in the repository."""

import os
from pathlib import Path

_BESIDE = Path(__file__).parents[3] / "shared" / "data"


def data_folder() -> Path:
    """The folder with MANIFEST.tsv: beside the repository, or where ``DOKUEI_TEST_DATA`` says."""
    return Path(os.environ.get("DOKUEI_TEST_DATA", _BESIDE))
