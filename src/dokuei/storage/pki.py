"""The local certificate authority: who the hub is to gateways, and who each gateway is to the hub (NET-02, NET-14).

ECDSA P-256 throughout, because browsers, hospital proxies and PKCS#11 devices all take it; private keys never
leave the folder that they were made in and are readable by their owner alone.
"""

import fcntl
import hashlib
import io
import ipaddress
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dokuei.clock import now
from dokuei.errors import ConfigurationError
from dokuei.storage.filesystem import disk_full_told, write_whole

_AUTHORITY_DAYS = 3650
_SERVER_DAYS = 390  # browsers take no server certificate of more than 398 days
_RENEW_BEFORE = timedelta(days=30)
_CLOCK_SLACK = timedelta(hours=1)  # a gateway whose clock is somewhat behind must still take a new certificate


@dataclass(frozen=True)
class CertificateFiles:
    """A PEM chain and its private key on disk."""

    certificate: Path
    private_key: Path


@dataclass(frozen=True)
class Authority:
    """The authority of one home folder."""

    folder: Path
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def certificate_file(self) -> Path:
        """The file that clients are given to trust."""
        return self.folder / "ca.pem"

    @property
    def pem(self) -> bytes:
        """The authority's certificate."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def issue_client(
        self, public_key: CertificatePublicKeyTypes, *, common_name: str, lifetime: timedelta
    ) -> x509.Certificate:
        """A certificate that opens a listener which asks for client certificates, and nothing else."""
        return _issue(
            self,
            public_key,
            common_name=common_name,
            lifetime=lifetime,
            usage=ExtendedKeyUsageOID.CLIENT_AUTH,
            names=(),
        )


def open_authority(folder: Path) -> Authority:
    """The authority under a folder, made where there is none yet.

    Raises:
        ConfigurationError: what lies there is no certificate and key that belong together.
    """
    with alone_in(folder):
        certificate_file, key_file = folder / "ca.pem", folder / "ca.key"
        if not certificate_file.exists():
            _make_authority(certificate_file, key_file)
        return Authority(folder, *_read_pair(certificate_file, key_file))


def server_certificate(authority: Authority, name: str, *, host_names: Sequence[str]) -> CertificateFiles:
    """The files ``<name>.pem`` (with the authority behind it) and ``<name>.key`` for a server of this home folder.

    They are made again when they are missing, close to their end, of another authority or for other names; a running
    server looks for new ones each hour, and takes them by starting again.
    """
    files = CertificateFiles(authority.folder / f"{name}.pem", authority.folder / f"{name}.key")
    names = tuple(dict.fromkeys(("localhost", "127.0.0.1", "::1", *filter(None, host_names))))
    with alone_in(authority.folder):
        if not _still_good(authority, files, names):
            key = ec.generate_private_key(ec.SECP256R1())
            certificate = _issue(
                authority,
                key.public_key(),
                common_name=names[-1],
                lifetime=timedelta(days=_SERVER_DAYS),
                usage=ExtendedKeyUsageOID.SERVER_AUTH,
                names=names,
            )
            write_secret(files.private_key, private_pem(key))
            write_secret(files.certificate, certificate.public_bytes(serialization.Encoding.PEM) + authority.pem)
    return files


def due_for_renewal(certificate: x509.Certificate) -> bool:
    """Whether a certificate has less than a month left."""
    return certificate.not_valid_after_utc - now() < _RENEW_BEFORE


def fingerprint(certificate: x509.Certificate) -> bytes:
    """SHA-256 over the certificate's DER: what an enrolment code pins."""
    return certificate.fingerprint(hashes.SHA256())


def private_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    """A private key as PKCS #8 PEM, which every TLS library reads."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all, durably."""
    with disk_full_told():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, io.BytesIO(content))


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold a folder of keys: several processes of one home start at once and must end up with one key, not two."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    held = folder / ".lock"
    held.touch(mode=0o600)
    with held.open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_authority(certificate_file: Path, key_file: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    label = hashlib.sha256(key.public_key().public_bytes(*_SUBJECT_KEY)).hexdigest()[:8]
    name = _name(f"dokuei {label}")
    certificate = (
        _builder(name, name, key.public_key(), timedelta(days=_AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_secret(key_file, private_pem(key))
    write_secret(certificate_file, certificate.public_bytes(serialization.Encoding.PEM))


def _issue(
    authority: Authority,
    public_key: CertificatePublicKeyTypes,
    *,
    common_name: str,
    lifetime: timedelta,
    usage: x509.ObjectIdentifier,
    names: Sequence[str],
) -> x509.Certificate:
    builder = (
        _builder(_name(common_name), authority.certificate.subject, public_key, lifetime)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()),
            critical=False,
        )
    )
    if names:
        alternatives = x509.SubjectAlternativeName([_general_name(name) for name in names])
        builder = builder.add_extension(alternatives, critical=False)
    return builder.sign(authority.key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: CertificatePublicKeyTypes, lifetime: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - _CLOCK_SLACK)
        .not_valid_after(now() + lifetime)
    )


def _still_good(authority: Authority, files: CertificateFiles, names: Sequence[str]) -> bool:
    if not (files.certificate.exists() and files.private_key.exists()):
        return False
    certificate = x509.load_pem_x509_certificates(files.certificate.read_bytes())[0]
    wanted = x509.SubjectAlternativeName([_general_name(name) for name in names])
    if due_for_renewal(certificate) or certificate.issuer != authority.certificate.subject:
        return False
    return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value == wanted


def _read_pair(certificate_file: Path, key_file: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    try:
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise _broken(certificate_file) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise _broken(certificate_file)
    return certificate, key


def _broken(certificate_file: Path) -> ConfigurationError:
    return ConfigurationError(
        "the authority's certificate and key do not belong together",
        phase="opening the certificate authority",
        remedy=f"put back {certificate_file} and its ca.key from the backup",
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


_SUBJECT_KEY = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
