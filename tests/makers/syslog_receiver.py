"""An audit repository as a process of its own: syslog over TLS (RFC 5425), each message on disk before it is answered.

It answers a close_notify with its own only after it has written all that came before. It can be killed at any moment.
"""

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dokuei.storage.pki import open_authority, private_pem, server_certificate


@dataclass
class Repository:
    """Where it keeps what it got, and the certificates of both sides."""

    folder: Path
    port: int = 0
    process: "subprocess.Popen[bytes] | None" = None
    ca: Path = field(default_factory=Path)
    certificate: Path = field(default_factory=Path)
    private_key: Path = field(default_factory=Path)

    def prepare(self) -> None:
        """A port of its own, an authority, and a client certificate for the hub."""
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        authority = open_authority(self.folder / "pki")
        server = server_certificate(authority, "receiver", host_names=("localhost",))
        key = ec.generate_private_key(ec.SECP256R1())
        issued = authority.issue_client(key.public_key(), common_name="hub", lifetime=timedelta(days=30))
        self.ca = authority.certificate_file
        self.certificate, self.private_key = self.folder / "hub.pem", self.folder / "hub.key"
        self.certificate.write_bytes(issued.public_bytes(serialization.Encoding.PEM))
        self.private_key.write_bytes(private_pem(key))
        told = {"certificate": str(server.certificate), "key": str(server.private_key), "ca": str(self.ca)}
        (self.folder / "receiver.json").write_text(json.dumps(told), encoding="utf-8")

    def start(self, *, dies_after: int = 0) -> None:
        """Listen; with ``dies_after`` it kills itself in the middle of its next connection, after so many messages."""
        self.process = subprocess.Popen(
            [sys.executable, __file__, str(self.folder), str(self.port), str(dies_after)], stdin=subprocess.DEVNULL
        )
        for _ in range(200):
            with contextlib.suppress(OSError), closing(socket.create_connection(("127.0.0.1", self.port), timeout=1)):
                return
            time.sleep(0.05)
        raise AssertionError("the repository does not listen")

    def stop(self) -> None:
        """Kill it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None

    def messages(self) -> list[bytes]:
        """What it got, in order."""
        file = self.folder / "got"
        return [bytes.fromhex(line) for line in file.read_text().splitlines()] if file.exists() else []


@contextmanager
def repository(folder: Path) -> Iterator[Repository]:
    """A repository that does not listen yet."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Repository(folder)
    made.prepare()
    try:
        yield made
    finally:
        made.stop()


def _serve(folder: Path, port: int, dies_after: int) -> None:
    told = json.loads((folder / "receiver.json").read_text())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(told["certificate"], told["key"])
    context.load_verify_locations(told["ca"])
    context.verify_mode = ssl.CERT_REQUIRED
    with socket.create_server(("127.0.0.1", port), reuse_port=False) as listening:
        while True:
            plain, _ = listening.accept()
            with contextlib.suppress(OSError), plain, context.wrap_socket(plain, server_side=True) as line:
                _take(line, folder / "got", dies_after)
                line.unwrap()


def _take(line: ssl.SSLSocket, file: Path, dies_after: int) -> None:
    taken = 0
    with line.makefile("rb") as stream, file.open("a") as out:
        while (length := _length(stream.read)) is not None:
            out.write(f"{stream.read(length).hex()}\n")
            out.flush()
            taken += 1
            if taken == dies_after:
                os.kill(os.getpid(), signal.SIGKILL)


def _length(read: Callable[[int], bytes]) -> int | None:
    digits = b""
    while (one := read(1)) not in {b"", b" "}:
        digits += one
    return int(digits) if digits else None


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
