"""What several commands take or note in the same way."""

import getpass
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from dokuei.errors import RequestError

Home = Annotated[Path, typer.Option(help="Home folder.")]


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
