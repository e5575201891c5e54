"""The gateway's own doors as the pulse comes in by them: for images and for orders, in the clear or with TLS."""

import contextlib
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dokuei.errors import ConfigurationError
from dokuei.settings import Destination, ResultDestination, Settings
from dokuei.settings.section import address_of
from dokuei.storage.pki import Authority, CertificateFiles, due_for_renewal, open_authority, private_pem, write_secret

_PHASE = "taking a pulse"
_CERTIFICATE_DAYS = 365


def own_dimse(settings: Settings) -> Destination:
    """Where modalities come in: the plain port where it is open, else the one with TLS.

    Raises:
        ConfigurationError: TLS alone, with certificates of an authority that is not ours.
    """
    gateway = settings.gateway
    host = _reached(gateway.host)
    if gateway.serves_plain:
        return Destination(ae_title=gateway.ae_title, host=host, port=gateway.port)
    if not _knows_us(settings):
        raise ConfigurationError(
            "the door for modalities takes TLS alone, with certificates that the gateway cannot make",
            phase=_PHASE,
            remedy="set gateway.pulse_minutes to 0 to go without",
        )
    authority = open_authority(settings.home / "pki")
    files = _client_certificate(authority)
    return Destination(
        ae_title=gateway.ae_title,
        host=host,
        port=gateway.tls_port,
        tls=True,
        ca=authority.certificate_file,
        certificate=files.certificate,
        private_key=files.private_key,
    )


def own_mllp(settings: Settings) -> ResultDestination | None:
    """Where the hospital's orders come in; nowhere where none is listened for, or by certificates of others' alone."""
    hl7 = settings.gateway.hl7
    if not hl7.port or (hl7.serves_tls and not _knows_us(settings)):
        return None
    door = ResultDestination(host=_reached(hl7.host), port=hl7.port, application=hl7.application)
    if not hl7.serves_tls:
        return door
    authority = open_authority(settings.home / "pki")
    files = _client_certificate(authority)
    shown = {"certificate": files.certificate, "private_key": files.private_key}
    return door.model_copy(update={"tls": True, "ca": authority.certificate_file, **shown})


def _reached(host: str) -> str:
    address = address_of(host)
    return "127.0.0.1" if address is not None and address.is_unspecified else host


def _knows_us(settings: Settings) -> bool:
    """Whether both certificates of the doors with TLS are of the home's own authority."""
    return settings.gateway.tls_certificate is None and settings.gateway.tls_client_ca is None


def _client_certificate(authority: Authority) -> CertificateFiles:
    files = CertificateFiles(authority.folder / "pulse.pem", authority.folder / "pulse.key")
    if not _is_good(files, authority):
        key = ec.generate_private_key(ec.SECP256R1())
        lifetime = timedelta(days=_CERTIFICATE_DAYS)
        made = authority.issue_client(key.public_key(), common_name="pulse", lifetime=lifetime)
        write_secret(files.private_key, private_pem(key))
        write_secret(files.certificate, made.public_bytes(serialization.Encoding.PEM))
    return files


def _is_good(files: CertificateFiles, authority: Authority) -> bool:
    with contextlib.suppress(OSError, ValueError, TypeError):
        known = x509.load_pem_x509_certificate(files.certificate.read_bytes())
        known.verify_directly_issued_by(authority.certificate)
        return files.private_key.exists() and not due_for_renewal(known)
    return False
