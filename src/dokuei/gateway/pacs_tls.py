"""TLS toward the hospital's PACS (PS3.15 B.12): whom it is believed by, and what the gateway shows of itself."""

import ssl

from dokuei.errors import ConfigurationError
from dokuei.settings import Destination


def client_context(destination: Destination) -> ssl.SSLContext:
    """The context of an association with TLS: a hospital's PACS has its certificate from the hospital's own authority.

    Raises:
        ConfigurationError: authority, certificate or key is missing or unreadable.
    """
    try:
        context = ssl.create_default_context(cafile=destination.ca)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if destination.certificate is not None:
            context.load_cert_chain(destination.certificate, destination.private_key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"TLS toward {destination.ae_title} cannot start: {error}",
            phase="reading certificates",
            remedy="look at ca, certificate and private_key of [gateway.pacs]",
        ) from error
    return context
