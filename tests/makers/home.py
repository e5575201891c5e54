"""A whole dokuei of its own for a test: ``dokuei up`` in a fresh home folder, as a person would start it."""

import json
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

_READY_SECONDS = 180.0


@dataclass
class Home:
    """A home folder and the programs that run in it."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    def start(self, *arguments: str) -> None:
        """``dokuei up``; comes back when everything answers."""
        self.launch("up", *arguments)
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Until the file of endpoints is there."""
        self.wait_until(lambda: bool(self.pids()), seconds=_READY_SECONDS, what="ready")

    def launch(self, *command: str) -> None:
        """Start a command that stays, and do not wait."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "up.out").open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dokuei", *command, "--home", str(self.folder)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**os.environ, **self.environment},
            )

    def stop(self) -> float:
        """SIGTERM; the seconds it took until everything was gone."""
        if self.process is None:
            return 0.0
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        self.process = None
        return time.monotonic() - started

    def endpoints(self) -> dict[str, Any]:
        """What ``run/endpoints.json`` says now."""
        try:
            found: dict[str, Any] = json.loads((self.folder / "run" / "endpoints.json").read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return found

    def ports(self) -> dict[str, int]:
        """The ports by name (``hub``, ``hub_gateways``, ``dimse``), as the home remembers them."""
        found: dict[str, int] = json.loads((self.folder / "run" / "ports.json").read_text())
        return found

    def pids(self) -> dict[str, list[int]]:
        """Running processes by program."""
        found: dict[str, list[int]] = self.endpoints().get("pids", {})
        return found

    def run(self, *arguments: str, expected: int = 0, text: str | None = None) -> str:
        """One command of ours on this home; its output."""
        command, *rest = arguments
        done = subprocess.run(
            [sys.executable, "-m", "dokuei", command, *rest, "--home", str(self.folder)],
            input=text,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, **self.environment, "COLUMNS": "200"},
        )
        assert done.returncode == expected, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def token(self) -> str:
        """A DICOMweb token for the only site."""
        return self.run("token", "create", "--scope", "dicomweb").split()[-1]

    def client(self, token: str | None = None) -> httpx.Client:
        """A client with a token for the hub."""
        endpoints = self.endpoints()
        headers = {"Authorization": f"Bearer {token or self.token()}"}
        return httpx.Client(base_url=endpoints["hub"], headers=headers, verify=self.trust(), timeout=60)

    def trust(self) -> ssl.SSLContext | bool:
        """What a client takes the hub's certificate by."""
        authority = self.endpoints()["ca"]
        return ssl.create_default_context(cafile=authority) if authority else True

    def wait_until(self, condition: Callable[[], bool], *, seconds: float = 60.0, what: str = "so") -> None:
        """Poll; on failure show what the programs printed."""
        deadline = time.monotonic() + seconds
        while not condition():
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"dokuei up ended: {self._said()}")
            assert time.monotonic() < deadline, f"not {what} after {seconds} s: {self._said()}"
            time.sleep(0.1)

    def _said(self) -> str:
        logs = [self.folder / "up.out", *sorted((self.folder / "logs").glob("*.log"))]
        return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}" for log in logs if log.exists())


@contextmanager
def running_home(folder: Path, environment: Mapping[str, str] | None = None, *arguments: str) -> Iterator[Home]:
    """``dokuei up`` on free ports; stopped at the end."""
    free = {"DOKUEI_HUB__PORT": "0", "DOKUEI_HUB__GATEWAY_PORT": "0", "DOKUEI_GATEWAY__PORT": "0"}
    home = Home(folder, {**free, **(environment or {})})
    home.start(*arguments)
    try:
        yield home
    finally:
        home.stop()
