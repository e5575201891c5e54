"""The hub's seal on a report: whose key it is, and that nobody else can read it."""

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from dokuei.clock import now
from dokuei.dicom.signature import SignerKey, signed_file
from dokuei.errors import ConfigurationError, SignatureError
from dokuei.hub.reports.patience import Patience
from dokuei.hub.reports.seal_model import SealedPdf, SealFiles, SealVerdict, Standing, TimeStamp
from dokuei.settings import SealSettings
from dokuei.storage.pki import alone_in, private_pem, write_secret

if TYPE_CHECKING:
    from dokuei.hub.reports.archiving import Archived
    from dokuei.hub.reports.revocation import Certificates
    from dokuei.hub.reports.token_key import TokenKey

_YEARS = timedelta(days=3650)
_KEY_BITS = 3072
_SLACK = timedelta(hours=1)


@dataclass(frozen=True)
class Sealer:
    """Seals with one key, with a time stamp (RFC 3161) where a service is set."""

    files: SealFiles
    reason: str
    time_stamp_url: str = ""
    time_stamp_ca: Path | None = None
    token: "TokenKey | None" = None
    patience: Patience = field(default_factory=Patience)

    def seal(self, pdf: bytes) -> SealedPdf:
        """Seal a document; without the time-stamp service the report is still final, and says so.

        Raises:
            SignatureError: the key could not seal.
        """
        from dokuei.hub.reports.pades import Pades  # noqa: PLC0415 - large, and only signing needs it

        pades = Pades(self.files, self.reason, self.time_stamp_url, self._stampers(), self.token, self.patience)
        return pades.seal(pdf)

    def sign_object(self, part10: bytes, *, at: datetime, stamped: bool) -> tuple[bytes, TimeStamp]:
        """A DICOM object with the seal's signature in it (PS3.15 C.4), time-stamped where ``stamped`` asks for it.

        Raises:
            SignatureError: the key cannot sign it.
        """
        key, tokens = self.token or _key(self.files), list[bytes | None]()

        def stamp(value: bytes) -> bytes | None:
            from dokuei.hub.reports.tokens import token_over  # noqa: PLC0415 - as below

            tokens.append(token_over(value, url=self.time_stamp_url, trusted=self._stampers()))
            return tokens[-1]

        wanted = stamp if stamped and self.time_stamp_url else None
        signed = signed_file(part10, key=key, certificate=_certificate(self.files), at=at, stamp=wanted)
        if not self.time_stamp_url:
            return signed, "none"
        return signed, "stamped" if any(tokens) else "missing"

    def verify(self, pdf: bytes) -> SealVerdict:
        """Judge a document that was sealed here."""
        from dokuei.hub.reports.pades_verify import certificates, verify_seal  # noqa: PLC0415 - as above

        own = certificates(self.files.certificate)
        return verify_seal(pdf, trusted=own, trusted_stampers=self._stampers())

    def archive(self, pdf: bytes, *, hurried: bool = False) -> "Archived":
        """A sealed document with what vouches for its certificates, and one more document time stamp behind it.

        Raises:
            UnreachableError: the service did not stamp it now.
        """
        from dokuei.hub.reports.archiving import Archiver  # noqa: PLC0415 - as above
        from dokuei.hub.reports.pades_verify import certificates  # noqa: PLC0415 - as above

        archiver = Archiver(self.time_stamp_url, certificates(self.files.certificate), self._stampers())
        return archiver.archive(pdf, hurried=hurried)

    def standing(self, *, at: datetime) -> Standing:
        """Whether the seal's certificate is revoked, by its issuer's word of now, where it says so anywhere."""
        if not any(_publishes(one) for one in x509.load_pem_x509_certificates(self.files.certificate.read_bytes())):
            return Standing("seal", "unpublished")
        from dokuei.hub.reports.archiving import standing_of  # noqa: PLC0415 - as above
        from dokuei.hub.reports.pades_verify import certificates  # noqa: PLC0415 - as above

        return standing_of(certificates(self.files.certificate), at=at)

    def _stampers(self) -> "Certificates":
        """Who vouches for the time-stamp service."""
        from dokuei.hub.reports.pades_verify import certificates  # noqa: PLC0415 - as above

        return certificates(self.time_stamp_ca) if self.time_stamp_ca else ()


def sealer(home: Path, settings: SealSettings, *, centre_name: str) -> Sealer:
    """The sealer of a home folder; its key is made at the first start, mode 600.

    Raises:
        ConfigurationError: a set file is missing, or readable by others.
    """
    if settings.token_module is not None:
        files = SealFiles(settings.certificate or Path(), settings.token_pin_file or Path())
    elif settings.certificate is not None and settings.private_key is not None:
        files = SealFiles(settings.certificate, settings.private_key)
    else:
        files = _own_files(home / "hub" / "seal", centre_name)
    for file in (files.certificate, files.private_key):
        if not os.access(file, os.R_OK):
            raise ConfigurationError(f"cannot read {file}", phase="opening the seal", remedy="correct [seal]")
    if files.private_key.stat().st_mode & 0o077:
        raise ConfigurationError(
            f"{files.private_key} is readable by others", phase="opening the seal", remedy="chmod 600"
        )
    if settings.time_stamp_url and (settings.time_stamp_ca is None or not os.access(settings.time_stamp_ca, os.R_OK)):
        raise ConfigurationError(
            "a time-stamp service is set, but not who vouches for it",
            phase="opening the seal",
            remedy="set time_stamp_ca",
        )
    return Sealer(
        files,
        reason=f"読影報告書の封緘 / Report sealed by {centre_name}",
        time_stamp_url=settings.time_stamp_url,
        time_stamp_ca=settings.time_stamp_ca,
        token=_token(home, settings) if settings.token_module is not None else None,
    )


def _token(home: Path, settings: SealSettings) -> "TokenKey":
    """The key on the token, tried once: what is wrong shows when the hub starts, not when somebody signs."""
    from dokuei.hub.reports.token_key import TokenKey, chain_of  # noqa: PLC0415 - as above

    key = TokenKey(
        module=settings.token_module or Path(),
        token=settings.token_label,
        key=settings.token_key,
        pin_file=settings.token_pin_file or Path(),
        chain=chain_of(settings.certificate or Path()),
        refusal=home / "run" / "seal-token-refused",
    )
    key.demand_fits()
    return key


def _key(files: SealFiles) -> SignerKey:
    key = serialization.load_pem_private_key(files.private_key.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise SignatureError("the sealing key signs no DICOM object", phase="sealing", remedy="use RSA or ECDSA")
    return key


def _certificate(files: SealFiles) -> x509.Certificate:
    return x509.load_pem_x509_certificate(files.certificate.read_bytes())


def _publishes(certificate: x509.Certificate) -> bool:
    kinds = (x509.CRLDistributionPoints, x509.AuthorityInformationAccess)
    return any(isinstance(one.value, kinds) for one in certificate.extensions)


def _own_files(folder: Path, centre_name: str) -> SealFiles:
    files = SealFiles(folder / "seal.pem", folder / "seal.key")
    with alone_in(folder):
        if not files.certificate.exists():
            key = rsa.generate_private_key(65_537, _KEY_BITS)  # DICOM's profiles of signatures know RSA (PS3.15 C.1)
            certificate = own_certificate(key, centre_name)
            write_secret(files.private_key, private_pem(key))
            write_secret(files.certificate, certificate.public_bytes(serialization.Encoding.PEM))
    return files


def own_certificate(key: SignerKey, centre_name: str) -> x509.Certificate:
    """A certificate that the seal's own key vouches for itself with."""
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, centre_name[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, "dokuei report seal"),
        ]
    )
    usage = x509.KeyUsage(
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
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - _SLACK)
        .not_valid_after(now() + _YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
