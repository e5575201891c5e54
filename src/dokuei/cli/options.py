"""What several commands take or note in the same way."""

import getpass
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from dokuei.errors import ConfigurationError, RequestError
from dokuei.settings import Settings, read_settings


def _existing(home: Path) -> Path:
    if not home.is_dir():
        raise ConfigurationError(
            f"{home} is no folder", phase="opening the home", remedy="name the --home that dokuei up was started with"
        )
    return home


Home = Annotated[Path, typer.Option(envvar="DOKUEI_HOME", help="Home folder.", callback=_existing)]
NewHome = Annotated[Path, typer.Option(envvar="DOKUEI_HOME", help="Home folder; made where it is missing.")]
Host = Annotated[str, typer.Option(help="Address for readers; anything but loopback is served with TLS.")]
Tls = Annotated[bool, typer.Option("--tls", help="TLS on loopback too (needed for HTTP/2).")]


def gateway_settings(home: Path) -> Settings:
    """The settings of a home in which there is a gateway.

    Raises:
        ConfigurationError: there is none.
    """
    if not (home / "gateway").is_dir():
        raise ConfigurationError(
            f"{home} holds no gateway",
            phase="opening the gateway",
            remedy="dokuei gateway enrol, dokuei gateway run or dokuei up makes one",
        )
    return read_settings(home)


def operator() -> str:
    """Who works at this machine's command line, for the audit trail."""
    return f"operator:{getpass.getuser()}"


def day(text: str) -> date | None:
    """A day as it is typed; nothing typed is no day.

    Raises:
        RequestError: not YYYY-MM-DD.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise RequestError(f"{text} is no date", phase="reading the command", remedy="YYYY-MM-DD") from error
