"""A certificate authority on loopback that says over HTTP which of its certificates it has revoked (CRL and OCSP)."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

Key = rsa.RSAPrivateKey
_HOUR = timedelta(hours=1)
_KINDS = {"crl": "application/pkix-crl", "ocsp": "application/ocsp-response"}


@dataclass(frozen=True)
class Issued:
    """A certificate with its key, in files: the certificate's with its issuer's behind it."""

    key: Key
    certificate: x509.Certificate
    chain: Path
    key_file: Path


@dataclass
class Authority:
    """What it has issued and revoked, and how it behaves: tests change these while it runs."""

    folder: Path
    key: Key
    certificate: x509.Certificate
    address: str = ""
    revoked: dict[int, tuple[datetime, x509.ReasonFlags]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    """Which of ``crl`` and ``ocsp`` do not answer."""
    out_of_date: bool = False
    garbage: bool = False
    seconds: float = 0.0
    """How long it takes over an OCSP response."""
    stranger: "Authority | None" = None
    """Who signs the OCSP responses in its place, without having been asked to."""
    asked: list[str] = field(default_factory=list)

    @property
    def file(self) -> Path:
        return self.folder / "authority.pem"

    def behave(self) -> None:
        """As at the beginning: nothing is revoked, and every question is answered as it should be."""
        self.revoked, self.silent, self.stranger, self.out_of_date = {}, set(), None, False
        self.garbage, self.seconds = False, 0.0
        self.asked.clear()

    def issue(
        self, name: str, *, says: tuple[str, ...] = ("crl", "ocsp"), stamps: bool = False, days: float = 300
    ) -> Issued:
        """A certificate that names where its revocation shows, by ``says``; a time-stamp service's where it stamps."""
        key = rsa.generate_private_key(65537, 2048)
        moment = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(moment - 2 * _HOUR)
            .not_valid_after(moment + timedelta(days=days))
            .add_extension(_usage(is_authority=False), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if stamps:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        if "crl" in says:
            place = x509.DistributionPoint([_place(f"{self.address}/crl")], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([place]), critical=False)
        if "ocsp" in says:
            access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, _place(f"{self.address}/ocsp"))
            builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
        return self._kept(name, key, builder.sign(self.key, hashes.SHA256()))

    def revoke(
        self,
        certificate: x509.Certificate,
        *,
        at: datetime | None = None,
        reason: x509.ReasonFlags = x509.ReasonFlags.key_compromise,
    ) -> None:
        """From now on, or from a time that is past, it is revoked."""
        self.revoked[certificate.serial_number] = (at or datetime.now(UTC), reason)

    def crl(self) -> bytes:
        """Everything that is revoked."""
        first, last = self._span()
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        builder = builder.last_update(first).next_update(last)
        for serial, (at, reason) in self.revoked.items():
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at)
            builder = builder.add_revoked_certificate(
                entry.add_extension(x509.CRLReason(reason), critical=False).build()
            )
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def ocsp(self, asked: bytes) -> bytes:
        """What it says of one certificate."""
        request = ocsp.load_der_ocsp_request(asked)
        first, last = self._span()
        at, reason = self.revoked.get(request.serial_number, (None, None))
        signer = self.stranger or self
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            issuer_name_hash=request.issuer_name_hash,
            issuer_key_hash=request.issuer_key_hash,
            serial_number=request.serial_number,
            algorithm=request.hash_algorithm,
            cert_status=ocsp.OCSPCertStatus.GOOD if at is None else ocsp.OCSPCertStatus.REVOKED,
            this_update=first,
            next_update=last,
            revocation_time=at,
            revocation_reason=reason,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate)
        builder = builder.certificates([signer.certificate])
        for one in request.extensions:
            builder = builder.add_extension(one.value, critical=False)
        return builder.sign(signer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def answer(self, what: str, asked: bytes) -> bytes | None:
        """What goes out, None where it does not answer."""
        self.asked.append(what)
        if what in self.silent or what not in _KINDS:
            return None
        if self.garbage:
            return b"0\x03\x02\x01\x07"
        if what == "ocsp":
            time.sleep(self.seconds)
        return self.crl() if what == "crl" else self.ocsp(asked)

    def _span(self) -> tuple[datetime, datetime]:
        moment = datetime.now(UTC).replace(microsecond=0)
        return (moment - 3 * _HOUR, moment - _HOUR) if self.out_of_date else (moment - _HOUR, moment + 24 * _HOUR)

    def _kept(self, name: str, key: Key, certificate: x509.Certificate) -> Issued:
        chain, key_file = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        chain.write_bytes(
            b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (certificate, self.certificate))
        )
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        key_file.write_bytes(key.private_bytes(*form))
        key_file.chmod(0o600)
        return Issued(key, certificate, chain, key_file)


@contextmanager
def running_authority(folder: Path, name: str = "Test authority") -> Iterator[Authority]:
    """Answer until the end of the block."""
    authority = _authority(folder, name)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

        def _answer(self, asked: bytes) -> None:
            what = self.path.strip("/")
            body = authority.answer(what, asked)
            self.send_response(503 if body is None else 200)
            self.send_header("Content-Type", _KINDS.get(what, "text/plain"))
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_arguments: object) -> None:
            """Tests print what they want to say themselves."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        authority.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield authority
        finally:
            server.shutdown()
            thread.join()


def _authority(folder: Path, name: str) -> Authority:
    folder.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(65537, 2048)
    moment = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - 24 * _HOUR)
        .not_valid_after(moment + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(is_authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    made = Authority(folder, key, certificate)
    made.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return made


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _place(url: str) -> x509.GeneralName:
    return x509.UniformResourceIdentifier(url)


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    uses: Mapping[str, bool] = {
        "digital_signature": True,
        "content_commitment": not is_authority,
        "key_cert_sign": is_authority,
        "crl_sign": is_authority,
    }
    others = ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only")
    return x509.KeyUsage(**uses, **dict.fromkeys(others, False))
