import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dokuei import phantom
from dokuei.cli.phantom import phantom_app
from dokuei.errors import ConfigurationError
from dokuei.phantom import PhantomSet, cases


def _digests(made: PhantomSet) -> dict[str, str]:
    return {str(file.relative_to(made.root)): hashlib.sha256(file.read_bytes()).hexdigest() for file in made.files}


def test_same_call_elsewhere_writes_the_same_bytes(small: PhantomSet, tmp_path: Path) -> None:
    names = ["screening", "diagnostic", "pet-ct"]

    again = _digests(phantom.make_small(tmp_path, cases=names))

    before = {name: digest for name, digest in _digests(small).items() if name.split("/")[0] in names}
    assert again == before
    for name in names:
        assert (tmp_path / name / "truth.json").read_bytes() == (small.root / name / "truth.json").read_bytes()


def test_second_call_keeps_what_is_there(small: PhantomSet) -> None:
    seen: list[str] = []
    times = [file.stat().st_mtime_ns for file in small.files]

    again = phantom.make_small(small.root, progress=lambda what, _done, _total: seen.append(what))

    assert again == small
    assert seen == []
    assert [file.stat().st_mtime_ns for file in again.files] == times


def test_what_was_cut_short_is_made_again(tmp_path: Path) -> None:
    part = tmp_path / ".normal.partial"
    part.mkdir()
    (part / "half.dcm").write_bytes(b"")

    made = phantom.make_small(tmp_path, cases=["normal"])

    assert not part.exists()
    assert len(made.files) == 4
    assert json.loads((tmp_path / "complete").read_text())["cases"] == ["normal"]


def test_another_size_or_version_is_not_taken_for_this_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = phantom.make_small(tmp_path, cases=["normal"])
    inode = first.files[0].stat().st_ino
    monkeypatch.setattr(cases, "VERSION", cases.VERSION + 1)

    second = phantom.make_small(tmp_path, cases=["normal"])

    assert second.files[0].stat().st_ino != inode


def test_progress_counts_images_to_the_end(tmp_path: Path) -> None:
    steps: list[tuple[str, int, int]] = []

    phantom.make_small(tmp_path, cases=["normal"], progress=lambda *step: steps.append(step))

    assert [done for _, done, _ in steps] == [1, 2, 3, 4]
    assert {total for _, _, total in steps} == {4}


def test_unknown_case_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no case nobody"):
        phantom.make_small(tmp_path, cases=["nobody"])


def test_each_case_lists_its_files_studies_and_findings(small: PhantomSet) -> None:
    for case in small.cases:
        document = json.loads(case.truth.read_text(encoding="utf-8"))
        assert document["files"] == len(case.files)
        assert document["studies"]
        assert {"category_right", "category_left"} <= document.keys()
        named = {finding["name"] for finding in document["findings"]}
        assert {sighting["finding"] for sighting in document["sightings"]} == named


def test_command_makes_a_case_and_shows_a_table(tmp_path: Path) -> None:
    result = CliRunner().invoke(phantom_app, ["make", str(tmp_path / "out"), "--case", "normal", "--small"])

    assert result.exit_code == 0, result.output
    assert "normal" in result.output
    assert len(list((tmp_path / "out" / "normal").rglob("*.dcm"))) == 4


def test_command_lists_the_cases() -> None:
    result = CliRunner().invoke(phantom_app, ["list"])

    assert all(case.case_id in result.output for case in cases.CASES)


@pytest.mark.peer
def test_dcmtk_opens_every_kind_of_object(small: PhantomSet) -> None:
    if shutil.which("dcmdump") is None:
        pytest.skip("dcmtk is not installed (setup/system.sh test installs it)")
    kinds = {file.parent: file for file in small.files}

    answer = subprocess.run(
        ["dcmdump", "--quiet", "--print-short", *map(str, kinds.values())],
        capture_output=True,
        check=False,
    )

    assert answer.returncode == 0
    assert answer.stderr == b""
