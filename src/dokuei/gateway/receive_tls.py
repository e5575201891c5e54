"""TLS toward modalities and senders of orders: BCP 195 as it stands (PS3.15 B.10, B.12), certificates on both sides."""

import ssl
from pathlib import Path
from typing import Final

from dokuei.errors import ConfigurationError
from dokuei.settings import Settings
from dokuei.storage.pki import open_authority, server_certificate

# RFC 9325 4.2: forward secrecy and authenticated encryption only; TLS 1.3 brings its own. PS3.15 B.10 names the DHE
# suites as well, for which the server needs a group: that of RFC 7919 A.2.
_CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM"
_GROUP: Final = Path(__file__).with_name("ffdhe3072.pem")


def server_context(settings: Settings) -> ssl.SSLContext:
    """The context of the listener with TLS; the home's own authority stands in for what is not set.

    Raises:
        ConfigurationError: certificate, key or authority is missing or unreadable.
    """
    gateway = settings.gateway
    authority = open_authority(settings.home / "pki")
    own = server_certificate(authority, "gateway", host_names=list(dict.fromkeys([gateway.hl7.host, gateway.host])))
    certificate = gateway.tls_certificate or own.certificate
    key = gateway.tls_private_key or own.private_key
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    context.load_dh_params(str(_GROUP))
    context.verify_mode = ssl.CERT_REQUIRED
    try:
        context.load_cert_chain(certificate, key)
        context.load_verify_locations(gateway.tls_client_ca or authority.certificate_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"TLS toward the hospital cannot start: {error}",
            phase="reading certificates",
            remedy=f"look at {certificate} and its key, or set gateway.tls_port and gateway.hl7.port to 0",
        ) from error
    return context
