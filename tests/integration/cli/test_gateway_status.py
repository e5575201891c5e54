"""``dokuei gateway status``: what is odd about a study's objects, in a table and for other programs."""

import json
import threading
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dokuei.cli.main import build
from dokuei.gateway.pipeline import Pipeline
from dokuei.gateway.pseudonyms import TRUE, Naming
from dokuei.gateway.spool import open_spool
from tests.makers.gateway_worker import add_received
from tests.makers.objects import image, noise, save

_FACE = "6-odd/pydicom__pydicom-data/data_store/data/OT-PAL-8-face.dcm"


@pytest.fixture
def home(tmp_path: Path, test_data: Path) -> Path:
    """A gateway with one real object that has no file meta and odd dates."""
    add_received(tmp_path / "home", [test_data / _FACE])
    with closing(open_spool(tmp_path / "home")) as spool:
        Pipeline(spool, threading.Event(), lambda: Naming(TRUE, None)).work_on(spool.claim())
    return tmp_path / "home"


def _status(home: Path, *options: str) -> str:
    done = CliRunner().invoke(build(["gateway"]), ["gateway", "status", "--home", str(home), *options])
    assert done.exit_code == 0, done.output
    return " ".join(done.output.replace("│", " ").split())


def test_the_home_is_named_once_for_the_list_of_what_was_refused_too(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOKUEI_HOME", str(home))
    done = CliRunner().invoke(build(["gateway"]), ["gateway", "quarantine", "--json"])
    assert (done.exit_code, json.loads(done.output)) == (0, [])


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ["1 of 1", "Patient ID is empty"]), ("ja", ["1枚中1枚", "患者IDが空"])],
)
def test_the_table_says_it_in_the_hospitals_language(
    language: str, said: list[str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOKUEI_LANGUAGE", language)
    monkeypatch.setenv("COLUMNS", "1000")
    told = _status(home)
    assert [one for one in said if one not in told] == []


def test_a_table_without_odd_studies_has_no_column_for_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_received(tmp_path / "home", [save(tmp_path / "a.dcm", image(noise((8, 9))))])
    monkeypatch.setenv("DOKUEI_LANGUAGE", "ja")
    monkeypatch.setenv("COLUMNS", "1000")
    told = _status(tmp_path / "home")
    assert "理由" in told
    assert "注意" not in told


def test_other_programs_get_the_count_and_the_sentences(home: Path) -> None:
    (study,) = json.loads(_status(home, "--json"))["studies"]
    assert study["warned_instances"] == 1
    assert study["warnings"] == sorted(study["warnings"])
    assert "Patient ID is empty" in study["warnings"]
