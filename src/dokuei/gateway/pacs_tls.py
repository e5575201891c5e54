"""TLS toward the hospital's PACS (PS3.15 B.12) and HIS: by whom they are believed, and what the gateway shows them."""

import ssl

from dokuei.errors import ConfigurationError
from dokuei.settings import Destination, ResultDestination


def client_context(destination: Destination | ResultDestination) -> ssl.SSLContext:
    """The context of a connection with TLS: a hospital's systems have certificates of the hospital's own authority.

    Raises:
        ConfigurationError: authority, certificate or key is missing or unreadable.
    """
    try:
        context = ssl.create_default_context(cafile=destination.ca)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if destination.certificate is not None:
            context.load_cert_chain(destination.certificate, destination.private_key)
    except (OSError, ssl.SSLError) as error:
        if isinstance(destination, Destination):
            name, section = destination.ae_title, "pacs"
        else:
            name, section = destination.application, "hl7.results"
        raise ConfigurationError(
            f"TLS toward {name} cannot start: {error}",
            phase="reading certificates",
            remedy=f"look at ca, certificate and private_key of [gateway.{section}]",
        ) from error
    return context
