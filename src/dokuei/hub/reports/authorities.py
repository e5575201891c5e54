"""Whose certificates are believed where physicians sign with their own, and the lists of those that were revoked."""

import os
from dataclasses import dataclass
from pathlib import Path

from dokuei.errors import ConfigurationError
from dokuei.settings import HpkiSettings


@dataclass(frozen=True)
class Authorities:
    """Two PEM files, read anew at each signature; without the first one nobody signs with a certificate here."""

    trusted: Path | None = None
    revoked: Path | None = None

    @property
    def revocation(self) -> str:
        """How revocation is asked, for the record."""
        return "none" if self.revoked is None else "crl"


def authorities_of(settings: HpkiSettings) -> Authorities:
    """The authorities as they are set, told at the start and not at the first signature.

    Raises:
        ConfigurationError: a file that cannot be read, or lists of authorities that nobody named.
    """
    for file in (settings.authorities, settings.revocation_lists):
        if file is not None and not os.access(file, os.R_OK):
            raise ConfigurationError(f"cannot read {file}", phase="opening the hub", remedy="correct [hpki]")
    if settings.revocation_lists is not None and settings.authorities is None:
        raise ConfigurationError(
            "hpki.revocation_lists without authorities", phase="opening the hub", remedy="set hpki.authorities too"
        )
    return Authorities(settings.authorities, settings.revocation_lists)
