"""All real files of the test data, from C-STORE to the pixels that a DICOMweb client gets."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.makers.real_files import Outcome, all_files, send_all

pytestmark = [
    pytest.mark.peer,
    pytest.mark.timeout(1800),
    pytest.mark.filterwarnings("ignore::UserWarning"),  # pydicom's about the files' oddities
]


@pytest.fixture(scope="module")
def outcomes(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    if shutil.which("dcmdjpeg") is None:
        pytest.skip("dcmtk is not installed (setup/system.sh test installs it)")
    found = all_files(test_data)
    send_all(found, tmp_path_factory.mktemp("real"))
    return found


def _lines(outcomes: list[Outcome]) -> str:
    return "\n".join(f"{one.path}: {one.way}, {one.gateway}, {one.hub}, {one.pixels}" for one in outcomes)


def _is_damaged(path: Path) -> bool:
    """Whether dcmtk cannot read it either; the gateway keeps its bytes and says why."""
    return subprocess.run(["dcmdump", str(path)], capture_output=True, check=False).returncode != 0


def test_every_storable_file_is_found_at_the_hub_with_its_own_pixels(outcomes: list[Outcome]) -> None:
    """IMG-02: what came is there, and comes back as it came."""
    named = [one for one in outcomes if one.sop_instance_uid and one.study_instance_uid]
    storable = [one for one in named if one.category[0] in "123457"]
    wrong = [one for one in storable if not one.good]
    damaged = [one for one in wrong if one.reason and _is_damaged(one.path)]
    assert len(storable) > 550
    assert len(damaged) <= 1, _lines(damaged)
    assert wrong == damaged, _lines(wrong)


def test_an_odd_file_is_stored_or_refused_with_a_reason(outcomes: list[Outcome]) -> None:
    odd = [one for one in outcomes if one.category[0] == "6" or not one.sop_instance_uid]
    silent = [one for one in odd if not one.good and not one.reason]
    assert len(odd) > 30
    assert not silent, _lines(silent)
