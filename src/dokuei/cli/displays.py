"""``dokuei display``: what the reading centre asks of the displays on which images are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from dokuei.cli.options import Home, operator
from dokuei.hub.displays.model import Mode, Rules
from dokuei.hub.displays.ruling import Ruling
from dokuei.hub.prepare import open_stores
from dokuei.settings import read_settings

display_app = typer.Typer(no_args_is_help=True, help="Displays on which images are read.")

Wanted = Annotated[Mode | None, typer.Argument(help="enforce, warn, or off; nothing named: only show what holds.")]
Reason = Annotated[str, typer.Option(help="Why nothing is asked (off): it stands in each report.")]
By = Annotated[str, typer.Option(help="Who decided it: stands in each report too where nothing is asked.")]


@contextmanager
def _opened(home: Path) -> Iterator[Ruling]:
    database = open_stores(read_settings(home)).database
    try:
        yield Ruling(database)
    finally:
        database.close()


@display_app.callback()
def _group() -> None:
    """Displays on which images are read."""


@display_app.command("rules")
def rules(home: Home, mode: Wanted = None, reason: Reason = "", by: By = "") -> None:
    """Say whether mammograms are signed on a calibrated display only (enforce), or a warning is enough."""
    with _opened(home) as ruling:
        present = ruling.present()
        if mode is not None:
            wanted = replace(present, mode=mode, reason=reason)
            present = ruling.put(wanted, actor=operator(), name=by or operator())
    typer.echo(_told(present))


def _told(present: Rules) -> str:
    waived = f": {present.reason} ({present.set_by_name})" if present.mode == "off" else ""
    return f"{present.mode}{waived}"
