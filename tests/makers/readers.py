"""The hub's readers' door in a process of its own, on a home folder whose ``dokuei.toml`` says where."""

import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Readers:
    """``dokuei hub serve-readers``, which tests start and kill."""

    home: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        with (self.home / "readers.out").open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dokuei", "hub", "serve-readers", "--home", str(self.home)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process.poll() is None, self.log()
            time.sleep(0.05)
        raise AssertionError(self.log())

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def log(self) -> str:
        return (self.home / "readers.out").read_text()
