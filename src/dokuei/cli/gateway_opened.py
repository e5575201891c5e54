"""A gateway's ledger for the commands that list it or change it, with neither hub nor gateway running."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dokuei.cli.options import gateway_settings
from dokuei.errors import RequestError
from dokuei.logs import configure_logs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dokuei.gateway.spool import Spool
    from dokuei.settings import Settings

ListHome = Annotated[Path | None, typer.Option("--home", envvar="DOKUEI_HOME", help="Home folder.")]
"""Optional where a verb may follow, which has a home of its own; ``opened_gateway`` refuses none."""
AsJson = Annotated[bool, typer.Option("--json", help="For other programs.")]


@contextmanager
def opened_gateway(home: Path | None, *, part: str) -> Iterator[tuple[Settings, Spool]]:
    """The settings and the spool of a home; ``part`` is what the log says of who works.

    Raises:
        RequestError: no home is named.
        ConfigurationError: there is no gateway in it.
    """
    from dokuei.gateway.spool import open_spool

    if home is None:
        raise RequestError("no home folder is named", phase="reading the command", remedy="add --home DIR")
    configure_logs(part=part)
    settings = gateway_settings(home)
    spool = open_spool(settings.home)
    try:
        yield settings, spool
    finally:
        spool.close()
