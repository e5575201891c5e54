"""Reports into a PACS that speaks TLS with a certificate of the hospital's own authority."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pynetdicom import AE, evt

from dokuei.errors import ConfigurationError, UnreachableError
from dokuei.gateway.pacs import Parcel, deliver
from dokuei.settings import Settings, read_settings
from dokuei.storage.pki import Authority, open_authority, private_pem, server_certificate
from tests.makers.archive import MG, image
from tests.makers.peers import free_port


@contextmanager
def _pacs(authority: Authority) -> Iterator[tuple[int, list[str]]]:
    """A PACS with a certificate of the authority, which asks for one of the same; its port and what it stored."""
    files = server_certificate(authority, "pacs", host_names=[])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.private_key)
    context.load_verify_locations(authority.certificate_file)
    context.verify_mode = ssl.CERT_REQUIRED
    stored: list[str] = []

    def keep(event: Any) -> int:
        stored.append(event.request.AffectedSOPInstanceUID)
        return 0x0000

    entity, port = AE("PACS"), free_port()
    entity.add_supported_context(MG)
    server = entity.start_server(
        ("127.0.0.1", port), block=False, evt_handlers=[(evt.EVT_C_STORE, keep)], ssl_context=context
    )
    assert server is not None
    try:
        yield port, stored
    finally:
        server.shutdown()


def _settings(home: Path, port: int, **files: Path) -> Settings:
    lines = [f'{name} = "{file}"' for name, file in files.items()]
    destination = ["[gateway.pacs]", 'ae_title = "PACS"', 'host = "localhost"', f"port = {port}", "tls = true"]
    home.mkdir(exist_ok=True)
    (home / "dokuei.toml").write_text("\n".join([*destination, *lines]), encoding="utf-8")
    return read_settings(home, environment={})


def _own_certificate(folder: Path, authority: Authority) -> dict[str, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = authority.issue_client(key.public_key(), common_name="DOKUEI", lifetime=timedelta(days=1))
    (folder / "own.key").write_bytes(private_pem(key))
    (folder / "own.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return {"certificate": folder / "own.pem", "private_key": folder / "own.key"}


def _parcel(folder: Path) -> Parcel:
    made = image(sop_class=MG, modality="MG")
    made.save_as(folder / "report.dcm", enforce_file_format=True)
    return Parcel("d1", MG, folder / "report.dcm")


def test_a_pacs_of_the_hospitals_own_authority_is_believed_and_shown_a_certificate(tmp_path: Path) -> None:
    """NET-04: both sides know each other by the authority that the administrator named."""
    authority = open_authority(tmp_path / "hospital")
    own = _own_certificate(tmp_path, authority)
    with _pacs(authority) as (port, stored):
        settings = _settings(tmp_path / "home", port, ca=authority.certificate_file, **own)
        deliver(settings, [_parcel(tmp_path)])
        assert len(stored) == 1


@pytest.mark.parametrize("ca", ["the system's", "another"])
def test_a_pacs_that_nobody_vouches_for_gets_nothing(tmp_path: Path, ca: str) -> None:
    authority, another = open_authority(tmp_path / "hospital"), open_authority(tmp_path / "another")
    own = _own_certificate(tmp_path, authority)
    named = {"ca": another.certificate_file} if ca == "another" else {}
    with _pacs(authority) as (port, stored):
        with pytest.raises(UnreachableError):
            deliver(_settings(tmp_path / "home", port, **named, **own), [_parcel(tmp_path)])
        assert stored == []


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    authority = open_authority(tmp_path / "hospital")
    with (
        _pacs(authority) as (port, _),
        pytest.raises(ConfigurationError, match=r"TLS toward PACS.*\[gateway\.pacs\]"),
    ):
        deliver(_settings(tmp_path / "home", port, ca=tmp_path / "missing.pem"), [_parcel(tmp_path)])


def test_files_for_tls_without_tls_are_refused_not_passed_over(tmp_path: Path) -> None:
    _settings(tmp_path, 104)
    plain = (tmp_path / "dokuei.toml").read_text(encoding="utf-8").replace("tls = true", 'ca = "/x.pem"')
    (tmp_path / "dokuei.toml").write_text(plain, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="set tls too"):
        read_settings(tmp_path, environment={})
