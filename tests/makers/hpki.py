"""Certificates like those of the HPKI: their holder's licence stands in them (hcRole, ISO 17090-2), signed by a CA."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import core
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from dokuei.hub.reports.seal_model import SealFiles

_HC_ROLE = "1.0.17090.0.1"
_HPKI_SCHEME = "1.2.392.100495.1.6.1.1"
_SUBJECT_DIRECTORY_ATTRIBUTES = x509.ObjectIdentifier("2.5.29.9")
_NAME = "Dokuei Hanako"
_SLACK = timedelta(hours=1)


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@dataclass
class Card:
    """A physician's key and certificate, as they lie on a card."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> str:
        """The certificate as an administrator is handed it."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def sign(self, digest: bytes) -> bytes:
        """CMS over a document's digest, as the desk program has a card make it."""
        encoding = (serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        signer = signers.SimpleSigner(
            signing_cert=asn1_x509.Certificate.load(self.certificate.public_bytes(serialization.Encoding.DER)),
            signing_key=asn1_keys.PrivateKeyInfo.load(self.key.private_bytes(*encoding)),
            cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call] # pyHanko leaves this one untyped
        )
        made: bytes = asyncio.run(signer.async_sign(digest, "sha256", use_pades=True)).dump()
        return made


@dataclass
class HpkiAuthority:
    """A certification authority, and the certificates that it has revoked."""

    name: str = "Test HPKI CA"
    key: rsa.RSAPrivateKey = field(default_factory=_new_key)
    revoked: list[int] = field(default_factory=list)

    @property
    def _dn(self) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)])

    def certificate(self) -> x509.Certificate:
        """Its own, by which others are believed."""
        moment = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(self._dn)
            .issuer_name(self._dn)
            .public_key(self.key.public_key())
            .serial_number(1)
            .not_valid_before(moment - timedelta(days=3650))
            .not_valid_after(moment + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .sign(self.key, hashes.SHA256())
        )

    @property
    def pem(self) -> bytes:
        """Its certificate, for whoever is to believe it."""
        return self.certificate().public_bytes(serialization.Encoding.PEM)

    def card(
        self,
        *,
        role: str = "Medical Doctor",
        name: str = _NAME,
        licence: str = "",
        lasts: timedelta = timedelta(days=30),
        commits: bool = True,
    ) -> Card:
        """A new card; ``lasts`` below zero is one that has ended, ``commits`` off one for authentication alone."""
        key = _new_key()
        moment = datetime.now(UTC)
        subject = [x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
        if licence:
            subject.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, licence))
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name(subject))
            .issuer_name(self._dn)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(moment + min(lasts, timedelta()) - _SLACK)
            .not_valid_after(moment + lasts)
            .add_extension(_usage(commits=commits), critical=True)
        )
        if role:
            vouched = x509.UnrecognizedExtension(_SUBJECT_DIRECTORY_ATTRIBUTES, attributes(role))
            builder = builder.add_extension(vouched, critical=False)
        return Card(key, builder.sign(self.key, hashes.SHA256()))

    def revocation_list(self) -> bytes:
        """The list of now, in PEM."""
        moment = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._dn)
            .last_update(moment - _SLACK)
            .next_update(moment + timedelta(days=1))
        )
        for serial in self.revoked:
            gone = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(moment - _SLACK)
            builder = builder.add_revoked_certificate(gone.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def hpki_like(folder: Path, *, role: str) -> SealFiles:
    """A key and its certificate that vouches for itself, in files of mode 600."""
    key = _new_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)])
    moment = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - _SLACK)
        .not_valid_after(moment + timedelta(days=30))
        .add_extension(_usage(), critical=True)
        .add_extension(x509.UnrecognizedExtension(_SUBJECT_DIRECTORY_ATTRIBUTES, attributes(role)), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = SealFiles(folder / "hpki.pem", folder / "hpki.key")
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    encoding = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    files.private_key.write_bytes(key.private_bytes(*encoding))
    files.private_key.chmod(0o600)
    return files


def attributes(role: str, *, code: str = "") -> bytes:
    """Subject Directory Attributes with one hcRole; coded data are a SET, as in the HPKI's own certificates."""
    scheme = _built(0xA0, core.ObjectIdentifier(_HPKI_SCHEME).dump())
    value = _built(0xA1, core.NumericString(code).dump()) if code else b""
    coded = _built(0x31, scheme + value + _built(0xA2, core.UTF8String(role).dump()))
    actor = _built(0x30, _built(0xA0, coded))
    values = _built(0x31, _built(0x31, actor))
    return _built(0x30, _built(0x30, core.ObjectIdentifier(_HC_ROLE).dump() + values))


def _built(tag: int, content: bytes) -> bytes:
    assert len(content) < 0x80, "short forms are enough here"
    return bytes([tag, len(content)]) + content


def _usage(*, commits: bool = True, signs_certificates: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=commits and not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
