"""Commands speak the language of the home they work on: their usual outcomes, run in both."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dokuei.cli.main import build
from dokuei.hub.prepare import prepare_hub
from dokuei.settings import read_settings

_SCRIPT = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_GROUPS = ["archive", "audit", "emergency", "report", "site", "user"]
_OUTCOMES = (
    ("site", "change", "kita", "--keep-days", "30"),
    ("site", "requests", "kita"),
    ("site", "requests", "kita", "--no-zero-padded-ids", "--accept-unique-match"),
    ("site", "reading", "kita"),
    ("site", "reading", "kita", "--read-twice", "mammograms", "--turnaround-days", "3", "--images-finalised"),
    ("user", "profile", "reader.a"),
    ("user", "profile", "reader.a", "--licence", "123456", "--grade", "A", "--grade-until", "2099-12-31"),
    ("user", "grant", "reader.a", "--role", "auditor"),
    ("user", "revoke", "reader.a", "--role", "auditor"),
    ("user", "lock", "reader.a"),
    ("user", "lock", "reader.a", "--undo"),
    ("emergency", "open", "--reason", "訓練"),
    ("emergency", "close"),
    ("emergency", "close"),
    ("archive", "reindex"),
    ("archive", "verify"),
    ("archive", "expire", "--site", "kita", "--keep-days", "1", "--dry-run"),
    ("archive", "expire", "--site", "kita", "--keep-days", "1"),
    ("archive", "deletions"),
    ("archive", "quarantine", "--site", "kita"),
    ("audit", "verify"),
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A hub with one hospital and one reader; the copy of it that a backup would have beside it."""
    prepare_hub(read_settings(tmp_path))
    told(tmp_path, "ja", "site", "add", "kita", "--name", "北病院")
    told(tmp_path, "ja", "user", "add", "reader.a", "--name", "読影 花子", "--role", "reader")
    return tmp_path


def told(home: Path, language: str, *arguments: str) -> str:
    spoken = {"COLUMNS": "220", "DOKUEI_LANGUAGE": language}
    done = CliRunner().invoke(build(_GROUPS), [*arguments, "--home", str(home)], env=spoken)
    assert done.exit_code == 0, done.output
    return done.stdout


def unspoken(output: str, *, japanese: bool) -> list[str]:
    """Lines with words in them that are not of the language that was asked for."""
    lines = [line for line in output.splitlines() if re.search(r"\w", line)]
    return [line for line in lines if (_SCRIPT.search(line) is not None) is not japanese]


@pytest.mark.parametrize(("language", "japanese"), [("ja", True), ("en", False)])
def test_every_line_of_an_outcome_is_in_the_homes_language(home: Path, language: str, *, japanese: bool) -> None:
    said = {arguments: told(home, language, *arguments) for arguments in (*_OUTCOMES, _restoring(home))}
    assert all(said.values())
    assert {
        arguments: left for arguments, output in said.items() if (left := unspoken(output, japanese=japanese))
    } == {}


def _restoring(home: Path) -> tuple[str, ...]:
    return ("report", "restore", "--backup", str(home))
