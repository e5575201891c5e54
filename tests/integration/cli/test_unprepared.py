"""Commands on a folder that is no home, or holds no hub or gateway: one line that says so, and nothing made."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dokuei.cli.main import COMMANDS, build
from dokuei.errors import ConfigurationError

_STUDY = "1.2.3"
VERBS = [
    ("hub", "serve-readers"),
    ("hub", "serve-gateways"),
    ("hub", "work"),
    ("hub", "invite", "--site", "kita"),
    ("hub", "gateways"),
    ("gateway", "receive"),
    ("gateway", "work"),
    ("gateway", "status"),
    ("gateway", "doctor"),
    ("gateway", "urgent", _STUDY),
    ("archive", "verify"),
    ("audit", "verify"),
    ("audit", "head"),
    ("token", "list"),
    ("user", "list"),
    ("site", "list"),
    ("import", "/nowhere"),
]


def _refused(home: Path, verb: tuple[str, ...]) -> ConfigurationError:
    done = CliRunner().invoke(build([verb[0]]), [*verb, "--home", str(home)])
    assert isinstance(done.exception, ConfigurationError), (done.exception, done.output)
    return done.exception


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_a_verb_makes_no_home_by_itself(tmp_path: Path, verb: tuple[str, ...]) -> None:
    missing, empty = tmp_path / "missing", tmp_path / "empty"
    empty.mkdir()
    assert verb[0] in COMMANDS
    assert _refused(missing, verb).remedy
    assert not missing.exists()
    assert _refused(empty, verb).remedy
    assert list(empty.iterdir()) == []


def test_it_is_said_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dokuei", "hub", "serve-readers", "--home", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith("dokuei: opening the hub: ")
    assert done.stderr.count("\n") == 1
