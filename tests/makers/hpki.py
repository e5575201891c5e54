"""A certificate like those of the HPKI: its holder's licence stands in it (hcRole, ISO 17090-2)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from dokuei.hub.reports.seal_model import SealFiles

_HC_ROLE = "1.0.17090.0.1"
_SUBJECT_DIRECTORY_ATTRIBUTES = x509.ObjectIdentifier("2.5.29.9")


def hpki_like(folder: Path, *, role: str) -> SealFiles:
    """A key and its certificate, in files of mode 600."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Dokuei Hanako")])
    moment = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(hours=1))
        .not_valid_after(moment + timedelta(days=30))
        .add_extension(_usage(), critical=True)
        .add_extension(x509.UnrecognizedExtension(_SUBJECT_DIRECTORY_ATTRIBUTES, _attributes(role)), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = SealFiles(folder / "hpki.pem", folder / "hpki.key")
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    encoding = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    files.private_key.write_bytes(key.private_bytes(*encoding))
    files.private_key.chmod(0o600)
    return files


def _attributes(role: str) -> bytes:
    """Subject Directory Attributes with one hcRole, whose actor is named by free text."""
    coded = _built(0x30, _built(0xA2, core.UTF8String(role).dump()))
    actor = _built(0x30, _built(0xA0, coded))
    values = _built(0x31, _built(0x31, actor))
    return _built(0x30, _built(0x30, core.ObjectIdentifier(_HC_ROLE).dump() + values))


def _built(tag: int, content: bytes) -> bytes:
    assert len(content) < 0x80, "short forms are enough here"
    return bytes([tag, len(content)]) + content


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
