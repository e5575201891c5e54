import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from dokuei.clock import now
from dokuei.errors import ConfigurationError
from dokuei.storage import pki
from dokuei.storage.pki import fingerprint, open_authority, server_certificate


def _names(path: Path) -> list[str]:
    certificate = x509.load_pem_x509_certificates(path.read_bytes())[0]
    return [
        str(name.value) for name in certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    ]


def test_an_authority_is_made_once_and_its_keys_are_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "pki"
    with ThreadPoolExecutor(4) as pool:
        found = {fingerprint(one.certificate) for one in pool.map(open_authority, [folder] * 8)}
    assert len(found) == 1
    assert stat.S_IMODE((folder / "ca.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_server_certificate_names_loopback_and_the_public_name(tmp_path: Path) -> None:
    files = server_certificate(open_authority(tmp_path), "hub", host_names=("hub.example.jp", ""))
    assert _names(files.certificate) == ["localhost", "127.0.0.1", "::1", "hub.example.jp"]
    assert stat.S_IMODE(files.private_key.stat().st_mode) == 0o600


def test_a_server_certificate_stays_until_names_or_time_ask_for_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = open_authority(tmp_path)
    first = server_certificate(authority, "hub", host_names=()).certificate.read_bytes()
    assert server_certificate(authority, "hub", host_names=()).certificate.read_bytes() == first
    second = server_certificate(authority, "hub", host_names=("other",)).certificate.read_bytes()
    assert second != first
    soon = now() + timedelta(days=365)
    monkeypatch.setattr(pki, "now", lambda: soon)
    assert server_certificate(authority, "hub", host_names=("other",)).certificate.read_bytes() != second


def test_a_clients_certificate_opens_listeners_only(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    certificate = open_authority(tmp_path).issue_client(key, common_name="gateway 1", lifetime=timedelta(days=1))
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH]
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_key_of_another_authority_is_noticed(tmp_path: Path) -> None:
    open_authority(tmp_path / "one")
    open_authority(tmp_path / "two")
    (tmp_path / "one" / "ca.key").write_bytes((tmp_path / "two" / "ca.key").read_bytes())
    with pytest.raises(ConfigurationError, match="do not belong together"):
        open_authority(tmp_path / "one")
