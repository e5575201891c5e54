"""DIMSE over TLS with certificates on both sides (PS3.15 B.10, B.12)."""

import os
import socket
import ssl
import subprocess
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dokuei.errors import ConfigurationError
from dokuei.gateway.receiver import serve
from dokuei.settings import read_settings
from dokuei.storage.pki import Authority, open_authority, private_pem
from tests.makers.peers import free_port
from tests.makers.receiver import Receiver, running_receiver, write_objects


def _client(folder: Path, authority: Authority) -> tuple[Path, Path]:
    folder.mkdir(exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = authority.issue_client(key.public_key(), common_name="MAMMO", lifetime=timedelta(days=1))
    (folder / "client.key").write_bytes(private_pem(key))
    (folder / "client.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return folder / "client.key", folder / "client.pem"


def _send(receiver: Receiver, study: Path, key: Path, certificate: Path, authority: Path) -> int:
    command = ["storescu", "-aec", "DOKUEI", "+sd", "+tls", str(key), str(certificate), "+cf", str(authority)]
    return subprocess.run(
        [*command, "localhost", str(receiver.tls_port), str(study)],
        check=False,
        capture_output=True,
        timeout=60,
        env={**os.environ, "TCP_NODELAY": "1"},
    ).returncode


@pytest.mark.peer
@pytest.mark.usefixtures("dcmtk")
def test_a_known_certificate_comes_in_a_strangers_does_not(tmp_path: Path) -> None:
    """NET-04, NET-13: the modality's certificate is checked, and so is ours by DCMTK."""
    sent = write_objects(tmp_path / "study", 3, rows=512)
    home = tmp_path / "home"
    own, foreign = open_authority(home / "pki"), open_authority(tmp_path / "elsewhere")
    with running_receiver(home, {"DOKUEI_GATEWAY__TLS_PORT": str(free_port())}) as receiver:
        stranger = _client(tmp_path / "stranger", foreign)
        assert _send(receiver, tmp_path / "study", *stranger, own.certificate_file) != 0
        known = _client(tmp_path / "known", own)
        assert _send(receiver, tmp_path / "study", *known, foreign.certificate_file) != 0, "DCMTK does not know us"
        assert _send(receiver, tmp_path / "study", *known, own.certificate_file) == 0
        with receiver.spool() as spool:
            assert all(spool.find(uid) for uid in sent)


def test_no_tls_below_1_2_and_nothing_without_a_certificate(tmp_path: Path) -> None:
    """NET-01, NET-02: TLS 1.1 finds nobody, and without a client certificate no DICOM is spoken."""
    with running_receiver(tmp_path / "home", {"DOKUEI_GATEWAY__TLS_PORT": str(free_port())}) as receiver:
        bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        bare.check_hostname, bare.verify_mode = False, ssl.CERT_NONE
        assert not _is_answered(receiver.tls_port, bare)
        done = subprocess.run(
            ["openssl", "s_client", "-tls1_1", "-connect", f"127.0.0.1:{receiver.tls_port}"],
            input=b"",
            capture_output=True,
            check=False,
            timeout=20,
        )
    assert done.returncode != 0


_ELSEWHERE = "0.0.0.0"  # noqa: S104 - every address of this machine, which is more than loopback; reached by loopback here


def test_elsewhere_only_tls_is_listened_on(tmp_path: Path) -> None:
    """NET-01: host and TLS port alone open no port in the clear."""
    environment = {"DOKUEI_GATEWAY__HOST": _ELSEWHERE, "DOKUEI_GATEWAY__TLS_PORT": str(free_port())}
    with running_receiver(tmp_path / "home", {**environment, "DOKUEI_GATEWAY__PORT": str(free_port())}) as receiver:
        assert receiver.port == 0
        with socket.create_connection(("127.0.0.1", receiver.tls_port)):
            pass


def test_elsewhere_the_plain_port_is_opened_when_asked_for(tmp_path: Path) -> None:
    environment = {"DOKUEI_GATEWAY__HOST": _ELSEWHERE, "DOKUEI_GATEWAY__PLAIN_DIMSE": "true"}
    with (
        running_receiver(tmp_path / "home", environment) as receiver,
        socket.create_connection(("127.0.0.1", receiver.port)),
    ):
        assert receiver.tls_port == 0


def test_elsewhere_without_either_the_gateway_says_what_to_set(tmp_path: Path) -> None:
    settings = read_settings(tmp_path, environment={"DOKUEI_GATEWAY__HOST": _ELSEWHERE})
    with pytest.raises(ConfigurationError, match=r"gateway\.tls_port.*gateway\.plain_dimse"):
        serve(settings, ready=lambda _endpoint: None, stop=threading.Event())


def _is_answered(port: int, context: ssl.SSLContext) -> bool:
    """Whether an A-ASSOCIATE-RQ gets any byte back."""
    try:
        with socket.create_connection(("127.0.0.1", port)) as plain, context.wrap_socket(plain) as secure:
            secure.sendall(b"\1\0\0\0\0\0")
            return secure.recv(1) != b""
    except (ssl.SSLError, ConnectionError):
        return False
