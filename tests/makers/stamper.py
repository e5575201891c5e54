"""A time-stamp service (RFC 3161) on loopback, with a certificate of its own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.makers.authority import Issued

Lie = Callable[[DummyTimeStamper, tsp.TimeStampReq], bytes]


@dataclass(frozen=True)
class Stamper:
    """Where the service is, and who vouches for it."""

    url: str
    certificate: Path


def honest(service: DummyTimeStamper, request: tsp.TimeStampReq) -> bytes:
    """The answer to what was asked."""
    made: bytes = service.request_tsa_response(request).dump()
    return made


@contextmanager
def running_stamper(
    folder: Path,
    *,
    days: int = 30,
    name: str = "tsa",
    issued: Issued | None = None,
    lie: Lie | None = None,
) -> Iterator[Stamper]:
    """Answer time-stamp requests until the end of the block; the certificate ends after so many days.

    ``issued``: it is an authority's, which then vouches for it in place of the service itself. ``lie`` makes the
    answer to a request in place of the honest one.
    """
    key = rsa.generate_private_key(65537, 2048) if issued is None else issued.key
    certificate = _certificate(key, days) if issued is None else issued.certificate
    pem = folder / f"{name}.pem" if issued is None else issued.chain
    if issued is None:
        pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    service = DummyTimeStamper(
        tsa_cert=asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        tsa_key=asn1_keys.PrivateKeyInfo.load(der),
        certs_to_embed=SimpleCertificateStore(),  # type: ignore[no-untyped-call] # pyHanko leaves it untyped
    )

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            body = (lie or honest)(service, request)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Tests print what they want to say themselves."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Stamper(f"http://127.0.0.1:{server.server_port}/", pem)
        finally:
            server.shutdown()
            thread.join()


def _certificate(key: rsa.RSAPrivateKey, days: int) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test time stamps")])
    moment = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(hours=1))
        .not_valid_after(moment + timedelta(days=days))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
