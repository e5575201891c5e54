"""Enrolment: a one-time code becomes a key of the gateway's own and a certificate, and the hub is pinned.

The private key is made here and never leaves; the hub's CA is taken only if it has the fingerprint in the code.
"""

import contextlib
import json
import ssl
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import dokuei
from dokuei.errors import ConfigurationError, ConflictError, PeerRefusedError
from dokuei.settings import Settings
from dokuei.storage.pki import alone_in, due_for_renewal, fingerprint, private_pem, write_secret
from dokuei.transfer.client import HubClient, Signer
from dokuei.transfer.codes import EnrolmentCode, door_key
from dokuei.transfer.dial import Address, address_of, proxy_of
from dokuei.transfer.protocol import CertificateRequest, EnrolmentAnswer, EnrolmentRequest, IdentityMode

_PHASE = "enrolling"


@dataclass(frozen=True)
class Enrolment:
    """Who this gateway is, and to whom it belongs."""

    gateway_id: str
    site_id: str
    hub_url: str
    identity_mode: IdentityMode


@dataclass(frozen=True)
class Identity:
    """The files of one enrolment, all readable by their owner alone."""

    folder: Path

    @property
    def key_file(self) -> Path:
        """The gateway's private key."""
        return self.folder / "gateway.key"

    @property
    def certificate_file(self) -> Path:
        """The certificate that opens the hub's listener."""
        return self.folder / "gateway.pem"

    @property
    def authority_file(self) -> Path:
        """The hub's CA: the only one that is trusted."""
        return self.folder / "hub-ca.pem"

    @property
    def enrolment_file(self) -> Path:
        """Written last: while it is missing, nothing is enrolled."""
        return self.folder / "enrolment.json"

    def read(self) -> Enrolment | None:
        """The enrolment, if there is one."""
        try:
            return Enrolment(**json.loads(self.enrolment_file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    def write(self, enrolment: Enrolment) -> None:
        """Keep an enrolment."""
        write_secret(self.enrolment_file, json.dumps(asdict(enrolment)).encode())

    def demand(self) -> Enrolment:
        """The enrolment.

        Raises:
            ConfigurationError: there is none.
        """
        found = self.read()
        if found is None:
            raise ConfigurationError(
                "this gateway is not enrolled",
                phase="reading the enrolment",
                remedy="ask the reading centre for a code, then: dokuei gateway enrol CODE",
            )
        return found

    def key(self) -> ec.EllipticCurvePrivateKey:
        """The private key."""
        key = serialization.load_pem_private_key(self.key_file.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ConfigurationError("the gateway's key is of another kind", phase=_PHASE, remedy="enrol again")
        return key

    def certificate(self) -> x509.Certificate:
        """The gateway's certificate."""
        return x509.load_pem_x509_certificate(self.certificate_file.read_bytes())

    def context(self) -> ssl.SSLContext:
        """TLS that trusts the pinned hub only and shows the gateway's certificate."""
        context = pinned_context(self.authority_file.read_text(encoding="ascii"))
        context.load_cert_chain(self.certificate_file, self.key_file)
        return context


def identity_of(home: Path) -> Identity:
    """Where a home folder keeps its gateway's identity."""
    return Identity(home / "gateway" / "identity")


def hub_client(settings: Settings) -> HubClient:
    """A client for the hub that this gateway is enrolled with.

    Raises:
        ConfigurationError: it is not enrolled.
    """
    identity = identity_of(settings.home)
    enrolment = identity.demand()
    return HubClient(
        address_of(settings.gateway.hub_url or enrolment.hub_url),
        identity.context(),
        proxy_of(settings.gateway.proxy),
        Signer(identity.key(), enrolment.gateway_id),
    )


def enrol(settings: Settings, code_text: str, *, name: str = "", replace: bool = False) -> Enrolment:
    """Use a one-time code; afterwards both sides know each other by certificate.

    Raises:
        RequestError: it is no code.
        ConflictError: the gateway is enrolled already.
        EnrolmentError: the hub does not take the code (unknown, used, expired).
        PeerRefusedError: whoever answers is not the hub that the code is from.
        UnreachableError: no way to the hub.
    """
    code = EnrolmentCode.read(code_text)
    identity = identity_of(settings.home)
    with alone_in(identity.folder):  # a code is used once: two commands must not spend it for two keys
        if identity.read() is not None and not replace:
            raise ConflictError("this gateway is enrolled already", phase=_PHASE, remedy="add --again to enrol anew")
        return _enrol(settings, identity, code, name)


def _enrol(settings: Settings, identity: Identity, code: EnrolmentCode, name: str) -> Enrolment:
    key = _own_key(identity)
    address, proxy = address_of(settings.gateway.hub_url or code.hub_url), proxy_of(settings.gateway.proxy)
    with _door(identity.folder, code) as (certificate_file, key_file):
        authority = _pinned_authority(HubClient(address, _trusting(certificate_file, key_file), proxy), code, address)
        context = pinned_context(authority)
        context.load_cert_chain(certificate_file, key_file)
        client = HubClient(address, context, proxy)
        request = EnrolmentRequest(
            secret=code.secret.hex(), request=_request(key), name=name, version=dokuei.__version__
        )
        try:
            answer = client.enrol(request)
        finally:
            client.close()
    enrolment = Enrolment(answer.gateway_id, answer.site_id, code.hub_url, answer.identity_mode)
    write_secret(identity.key_file, private_pem(key))
    write_secret(identity.authority_file, authority.encode())
    _keep_certificate(identity, answer, key)
    identity.write(enrolment)
    _pending(identity).unlink(missing_ok=True)
    return enrolment


def renew_if_due(settings: Settings, client: HubClient) -> bool:
    """Get a new certificate for the same key in the old one's last month; the next line shows it."""
    identity = identity_of(settings.home)
    if not due_for_renewal(identity.certificate()):
        return False
    key = identity.key()
    answer = client.renew(CertificateRequest(request=_request(key)))
    _keep_certificate(identity, answer, key)
    client.close()
    client.context = identity.context()
    return True


def pinned_context(authority: str) -> ssl.SSLContext:
    """TLS 1.3 that trusts one authority (PEM) and no other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.set_alpn_protocols(["http/1.1"])
    context.load_verify_locations(cadata=authority)
    return context


def _own_key(identity: Identity) -> ec.EllipticCurvePrivateKey:
    """A key made here; the same one again after an attempt whose answer was lost, so that its code still fits."""
    pending = _pending(identity)
    if not pending.exists():
        write_secret(pending, private_pem(ec.generate_private_key(ec.SECP256R1())))
    key = serialization.load_pem_private_key(pending.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - written two lines above
    return key


def _pending(identity: Identity) -> Path:
    return identity.folder / "pending.key"


@contextlib.contextmanager
def _door(folder: Path, code: EnrolmentCode) -> Iterator[tuple[Path, Path]]:
    """The code's own certificate and key as the files that OpenSSL wants, for the time of enrolment."""
    certificate_file, key_file = folder / "door.pem", folder / "door.key"
    certificate = x509.load_der_x509_certificate(code.certificate)
    write_secret(certificate_file, certificate.public_bytes(serialization.Encoding.PEM))
    write_secret(
        key_file,
        door_key(code.secret).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )
    try:
        yield certificate_file, key_file
    finally:
        certificate_file.unlink(missing_ok=True)
        key_file.unlink(missing_ok=True)


def _trusting(certificate_file: Path, key_file: Path) -> ssl.SSLContext:
    """TLS without trust, used once to fetch what is then checked against the code's fingerprint."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(certificate_file, key_file)
    return context


def _pinned_authority(client: HubClient, code: EnrolmentCode, address: Address) -> str:
    try:
        pem = client.authority()
    finally:
        client.close()
    try:
        certificate = x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise PeerRefusedError(f"{address.authority} is no hub", phase=_PHASE, remedy="check the address") from error
    if fingerprint(certificate) != code.authority:
        raise PeerRefusedError(
            f"{address.authority} is not the hub that the code is from",
            phase=_PHASE,
            remedy="a program may be inspecting TLS: run dokuei gateway doctor, and do not enrol over this line",
        )
    return pem.decode("ascii")


def _request(key: ec.EllipticCurvePrivateKey) -> str:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dokuei gateway")])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode()


def _keep_certificate(identity: Identity, answer: EnrolmentAnswer, key: ec.EllipticCurvePrivateKey) -> None:
    certificate = x509.load_pem_x509_certificate(answer.certificate.encode())
    if certificate.public_key() != key.public_key():
        raise PeerRefusedError("the hub's certificate is for another key", phase=_PHASE)
    write_secret(identity.certificate_file, answer.certificate.encode())
