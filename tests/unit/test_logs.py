"""Logs never end whoever writes them."""

import os
import subprocess
import sys
from pathlib import Path

from dokuei.logs import LEVEL_VARIABLE

_PROGRAM = """
import sys
import structlog
from dokuei.logs import configure_logs
configure_logs(part="test")
for _ in range(300):
    structlog.get_logger().error("x" * 100)
sys.stderr.write("alive")
"""


def test_a_log_on_a_full_disk_ends_nobody() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        command = [sys.executable, "-c", _PROGRAM]
        done = subprocess.run(command, check=False, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.stderr.startswith("alive")


_WARNING = """
import sys, warnings
from pydicom.dataset import Dataset
from dokuei.logs import configure_logs
configure_logs(part="test")
made = Dataset()
made.PatientBirthDate = "19700299-YAMADA"
made.PatientName = "YAMADA" * 20
warnings.warn_explicit("YAMADA", UserWarning, "somewhere.py", 1)
sys.stderr.write("alive")
"""


def test_what_a_library_warns_of_is_told_without_the_value_that_it_quotes() -> None:
    done = subprocess.run([sys.executable, "-c", _WARNING], check=True, capture_output=True, text=True)
    assert done.stderr == "alive"
    assert "YAMADA" not in done.stdout
    assert '"event": "library.warned"' in done.stdout
    assert "pydicom/valuerep.py:" in done.stdout


_BROKEN = """
import logging, structlog
from dokuei.errors import StorageError
from dokuei.logs import configure_logs
configure_logs(part="test")
log = structlog.get_logger()
logging.getLogger("some.library").warning("YAMADA %s", "HANAKO")
logging.getLogger("pydicom").warning("YAMADA")
try:
    try:
        {"a": 1}["YAMADA"]
    except KeyError as error:
        raise StorageError("no room", phase="keeping") from error
except StorageError:
    log.exception("something.broke")
log.error("other.broke", exc_info=ValueError("invalid literal: YAMADA"))
log.debug("a.detail")
"""


def test_of_an_error_its_kind_and_place_are_told_and_never_the_value_that_it_quotes() -> None:
    """The words of our own errors are told: they hold no patient data."""
    done = subprocess.run([sys.executable, "-c", _BROKEN], check=True, capture_output=True, text=True)
    told = done.stdout + done.stderr
    assert "YAMADA" not in told
    assert "HANAKO" not in told
    for said in ("builtins.KeyError", "no room", "<module>", "builtins.ValueError", '"library": "some.library"'):
        assert said in told
    assert "a.detail" not in told


def test_more_is_told_where_that_is_asked_for() -> None:
    asked = {**os.environ, LEVEL_VARIABLE: "debug"}
    done = subprocess.run([sys.executable, "-c", _BROKEN], check=True, capture_output=True, text=True, env=asked)
    assert "a.detail" in done.stdout
    assert "YAMADA" not in done.stdout + done.stderr
