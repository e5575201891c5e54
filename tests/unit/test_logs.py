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
