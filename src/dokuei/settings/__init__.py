"""One frozen value from ``dokuei.toml`` and ``DOKUEI_*``: read once, passed on; an unknown key is an error."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from dokuei.errors import ConfigurationError
from dokuei.settings.gateway import (
    Destination,
    FolderSettings,
    GatewaySettings,
    Hl7Settings,
    Peer,
    PriorRule,
    PriorSettings,
    PseudonymSettings,
    ReportFolderSettings,
    ResultDestination,
    WorklistSettings,
)
from dokuei.settings.hub import (
    AuditSettings,
    HpkiSettings,
    HubSettings,
    MailSettings,
    RepositorySettings,
    SealSettings,
)
from dokuei.settings.section import Section
from dokuei.settings.sending import BandwidthLimit, SendingSettings

__all__ = [
    "AuditSettings",
    "BandwidthLimit",
    "Destination",
    "FolderSettings",
    "GatewaySettings",
    "Hl7Settings",
    "HpkiSettings",
    "HubSettings",
    "MailSettings",
    "Peer",
    "PriorRule",
    "PriorSettings",
    "PseudonymSettings",
    "ReportFolderSettings",
    "RepositorySettings",
    "ResultDestination",
    "SealSettings",
    "SendingSettings",
    "Settings",
    "WorklistSettings",
    "read_settings",
]

_FILE_NAME = "dokuei.toml"
_PREFIX = "DOKUEI_"
_NOT_SETTINGS = frozenset({"DOKUEI_HOME", "DOKUEI_LOG_LEVEL", "DOKUEI_TEST_DATA"})


class Settings(Section):
    """All settings of one home folder."""

    home: Path
    language: Literal["ja", "en"] = Field("ja", description="Language of command output.")
    hub: HubSettings = HubSettings()
    gateway: GatewaySettings = GatewaySettings()
    seal: SealSettings = SealSettings()
    hpki: HpkiSettings = HpkiSettings()
    audit: AuditSettings = AuditSettings()
    mail: MailSettings = MailSettings()


def read_settings(home: Path, *, environment: Mapping[str, str] | None = None) -> Settings:
    """Read ``home/dokuei.toml``, then ``DOKUEI_SECTION__KEY`` over it.

    Raises:
        ConfigurationError: the file is no TOML, or a key is unknown or of the wrong kind.
    """
    values = _from_file(home / _FILE_NAME)
    for name, value in (os.environ if environment is None else environment).items():
        if name.startswith(_PREFIX) and name not in _NOT_SETTINGS:
            _put(values, name.removeprefix(_PREFIX).lower().split("__"), value)
    try:
        return Settings.model_validate({**values, "home": home.resolve()})
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ConfigurationError(
            wrong, phase="reading settings", remedy=f"correct {home / _FILE_NAME} or the DOKUEI_ variables"
        ) from error


def _from_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(str(error), phase="reading settings", remedy=f"correct {path}") from error


def _put(values: dict[str, Any], keys: list[str], value: str) -> None:
    for key in keys[:-1]:
        values = values.setdefault(key, {})
    values[keys[-1]] = value
