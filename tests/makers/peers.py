"""Programs of other makers, started for a test on free ports and fresh folders, and stopped after it."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

_START_SECONDS = 30.0


def free_port() -> int:
    """A port that nothing listens on now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Orthanc:
    """A running Orthanc: a hospital's PACS for us."""

    ae_title: str
    dimse_port: int
    http_port: int
    folder: Path
    process: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        """Where its REST API is."""
        return f"http://127.0.0.1:{self.http_port}"

    def get(self, path: str) -> Any:
        """One answer of its REST API."""
        return httpx.get(f"{self.url}{path}", timeout=30).raise_for_status().json()

    def put(self, file: Path) -> None:
        """An object that it has already."""
        httpx.post(f"{self.url}/instances", content=file.read_bytes(), timeout=30).raise_for_status()

    def knows(self, ae_title: str, port: int) -> None:
        """Whom it reports to when it is asked whether it keeps an object; it refuses everybody else."""
        known = {"AET": ae_title, "Host": "127.0.0.1", "Port": port, "AllowStorageCommitment": True}
        httpx.put(f"{self.url}/modalities/{ae_title}", json=known, timeout=30).raise_for_status()


def orthanc_program() -> str | None:
    """Where the program is, if the machine has it."""
    return shutil.which("Orthanc") or shutil.which("orthanc", path="/usr/sbin:/usr/bin")


@contextmanager
def running_orthanc(
    folder: Path, *, ae_title: str = "PACS", environment: dict[str, str] | None = None
) -> Iterator[Orthanc]:
    """Orthanc in a fresh folder, with DICOMweb where its plugin is installed; only loopback."""
    program = orthanc_program()
    if program is None:
        message = "Orthanc is not installed"
        raise FileNotFoundError(message)
    dimse_port, http_port = free_port(), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "Name": "hospital",
        "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "storage"),
        "DicomAet": ae_title,
        "DicomPort": dimse_port,
        "HttpPort": http_port,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "DicomCheckCalledAet": False,
        "DicomAlwaysAllowEcho": True,
        "DicomAlwaysAllowStore": True,
        "Plugins": [str(path) for path in Path("/usr/share/orthanc/plugins").glob("libOrthancDicomWeb*.so")],
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }
    configuration = folder / "orthanc.json"
    configuration.write_text(json.dumps(settings))
    with (folder / "orthanc.log").open("wb") as log:
        process = subprocess.Popen([program, str(configuration)], stdout=log, stderr=log, env=environment)
    try:
        _wait(f"http://127.0.0.1:{http_port}/system", process)
        yield Orthanc(ae_title, dimse_port, http_port, folder, process)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            message = f"ended with {process.returncode}"
            raise RuntimeError(message)
        try:
            if httpx.get(url, timeout=2).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    message = f"{url} did not answer"
    raise TimeoutError(message)
