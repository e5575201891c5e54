"""Logs never end whoever writes them."""

import subprocess
import sys
from pathlib import Path

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
