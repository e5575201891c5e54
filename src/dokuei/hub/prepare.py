"""What must stand before the hub can serve: folders, schema, certificates, the sealing key, a first site."""

import os
from dataclasses import dataclass
from pathlib import Path

from dokuei.errors import ConfigurationError
from dokuei.settings import Settings
from dokuei.storage.db import Database, is_current, migrate, open_database, sqlite_url
from dokuei.storage.filesystem import FilesystemBlobs
from dokuei.storage.pki import Authority, CertificateFiles, open_authority, server_certificate


@dataclass(frozen=True)
class Stores:
    """The hub's database and its bytes."""

    database: Database
    blobs: FilesystemBlobs


def prepare_hub(settings: Settings) -> None:
    """Make what is missing and bring the schema up to date; safe at every start, called before any part starts."""
    for folder in ("run", "logs", "pki", "hub", "hub/blobs"):
        (settings.home / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    (settings.home / "hub").chmod(0o700)
    prepare_stores(settings).database.close()
    reader_certificate(settings)
    gateway_certificate(settings)


def prepare_stores(settings: Settings) -> Stores:
    """Open a hub's database and blobs with the schema up to date: a database that was lost begins anew.

    Raises:
        ConfigurationError: there is no archive here.
    """
    blobs = settings.home / "hub" / "blobs"
    if not blobs.is_dir():
        raise _no_hub(settings)
    database = open_database(_database_url(settings))
    migrate(database, which="hub")
    return Stores(database, FilesystemBlobs(blobs))


def open_stores(settings: Settings) -> Stores:
    """Open database and blobs as the settings say.

    Raises:
        ConfigurationError: there is no hub here yet, or one of another version.
    """
    if not holds_hub(settings):
        raise _no_hub(settings)
    database = open_database(_database_url(settings))
    if not is_current(database, which="hub"):
        database.close()
        raise ConfigurationError(
            "the hub's database is not of this version",
            phase="opening the hub",
            remedy="start dokuei up or dokuei hub run, which brings it up to date",
        )
    return Stores(database, FilesystemBlobs(settings.home / "hub" / "blobs"))


def _no_hub(settings: Settings) -> ConfigurationError:
    return ConfigurationError(
        f"{settings.home} holds no hub", phase="opening the hub", remedy="dokuei up or dokuei hub run makes one"
    )


def holds_hub(settings: Settings) -> bool:
    """Whether this home folder was prepared for a hub."""
    return bool(settings.hub.database_url) or _sqlite_file(settings).exists()


def _database_url(settings: Settings) -> str:
    return settings.hub.database_url or sqlite_url(_sqlite_file(settings))


def _sqlite_file(settings: Settings) -> Path:
    return settings.home / "hub" / "hub.sqlite"


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
    hub = settings.hub
    return tuple(filter(None, (hub.public_name, "" if hub.every_address else hub.host)))
