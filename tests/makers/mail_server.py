"""An SMTP server in a process of its own, with STARTTLS, that keeps what it takes in a Maildir."""

import email
import email.policy
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from dokuei.settings import MailSettings
from dokuei.storage.pki import open_authority, server_certificate
from tests.makers.peers import free_port


@dataclass(frozen=True)
class MailServer:
    """Where it listens, who vouches for it, and what it took."""

    port: int
    authority: Path
    maildir: Path

    @property
    def settings(self) -> MailSettings:
        """How a hub would be told of it."""
        return MailSettings(host="localhost", port=self.port, ca=self.authority, sender="dokuei@example.org")

    def mails(self) -> list[EmailMessage]:
        """What came, the first one first."""
        files = sorted((self.maildir / "new").glob("*"), key=lambda file: (file.stat().st_mtime_ns, file.name))
        found = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
        return [one for one in found if isinstance(one, EmailMessage)]


@contextmanager
def running_mail_server(folder: Path, *, port: int | None = None) -> Iterator[MailServer]:
    """Take mail until the end of the block."""
    authority = open_authority(folder / "pki")
    files = server_certificate(authority, "mail", host_names=("localhost",))
    server = MailServer(port or free_port(), authority.certificate_file, folder / "maildir")
    command = [
        *(sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{server.port}"),
        *("--tlscert", str(files.certificate), "--tlskey", str(files.private_key)),
        *("-c", "aiosmtpd.handlers.Mailbox", str(server.maildir)),
    ]
    with subprocess.Popen(command, env=dict(os.environ), stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(server.port)
            yield server
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as stream:
                assert stream.recv(4) == b"220 "
                return
        except OSError:
            assert time.monotonic() < deadline, "the mail server does not listen"
            time.sleep(0.05)
