"""What must stand before the hub can serve: folders, schema, certificates, the sealing key, a first site."""

import os
from dataclasses import dataclass
from pathlib import Path

from dokuei.errors import ConfigurationError
from dokuei.settings import Settings
from dokuei.storage.db import Database, migrate, open_database, sqlite_url
from dokuei.storage.filesystem import FilesystemBlobs
from dokuei.storage.pki import Authority, CertificateFiles, open_authority, server_certificate


@dataclass(frozen=True)
class Stores:
    """The hub's database and its bytes."""

    database: Database
    blobs: FilesystemBlobs


def prepare_hub(settings: Settings) -> None:
    """Make what is missing and bring the schema up to date; safe at every start, called before any part starts."""
    for folder in ("run", "logs", "pki"):
        (settings.home / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    prepare_stores(settings).database.close()
    reader_certificate(settings)
    gateway_certificate(settings)


def prepare_stores(settings: Settings) -> Stores:
    """Open database and blobs with the schema up to date: a database that was lost begins anew."""
    for folder in ("hub", "hub/blobs"):
        (settings.home / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    (settings.home / "hub").chmod(0o700)
    stores = open_stores(settings)
    migrate(stores.database, which="hub")
    return stores


def open_stores(settings: Settings) -> Stores:
    """Open database and blobs as the settings say, as they are; ``dokuei up`` has prepared them."""
    url = settings.hub.database_url or sqlite_url(settings.home / "hub" / "hub.sqlite")
    return Stores(open_database(url), FilesystemBlobs(settings.home / "hub" / "blobs"))


def reader_certificate(settings: Settings) -> CertificateFiles | None:
    """What readers' browsers see: given files, else one from the local authority; None where no TLS is served.

    Raises:
        ConfigurationError: a given file is missing.
    """
    if not settings.hub.serves_tls:
        return None
    certificate, private_key = settings.hub.certificate, settings.hub.private_key
    if certificate is None or private_key is None:
        return server_certificate(_authority(settings.home), "hub", host_names=_names(settings))
    for file in (certificate, private_key):
        if not os.access(file, os.R_OK):
            raise ConfigurationError(f"cannot read {file}", phase="preparing TLS", remedy="correct the hub settings")
    return CertificateFiles(certificate, private_key)


def gateway_certificate(settings: Settings) -> CertificateFiles:
    """What gateways see: always from the local authority, whose fingerprint their enrolment code pins."""
    return server_certificate(_authority(settings.home), "gateways", host_names=_names(settings))


def _authority(home: Path) -> Authority:
    return open_authority(home / "pki")


def _names(settings: Settings) -> tuple[str, ...]:
    return tuple(filter(None, (settings.hub.public_name, settings.hub.host)))
