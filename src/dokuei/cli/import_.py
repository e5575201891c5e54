"""``dokuei import PATH…``: what is on a disk, a CD or in a ZIP file into the gateway's queue."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from dokuei.cli.options import Home, gateway_settings, operator
from dokuei.logs import configure_logs

if TYPE_CHECKING:
    from dokuei.gateway.import_media import Report

_NAMES_SHOWN = 3


def import_media(
    paths: Annotated[list[Path], typer.Argument(help="Folders, ZIP files, DICOMDIR media or single files.")],
    home: Home,
) -> None:
    """Take images into the gateway's queue; it codes and forwards them as if a modality had sent them.

    Ends with a table of what was taken (with the files that have warnings, and which), known already, refused and not
    taken, and with exit code 1 where an object that was found is not in the queue; files that are no DICOM objects do
    not count.
    """
    from dokuei.gateway.import_media import import_media as take
    from dokuei.gateway.spool import open_spool

    settings = gateway_settings(home)
    configure_logs(part="import")
    spool = open_spool(settings.home)
    console = Console(soft_wrap=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("import", total=None)
            report = take(
                paths,
                spool,
                actor=operator(),
                keep_free=settings.gateway.keep_free_mb << 20,
                begin=lambda files, _bytes: progress.update(task, total=files),
                advance=lambda _bytes: progress.advance(task),
            )
    finally:
        spool.database.close()
    console.print(_table(report))
    if not report.complete:
        raise typer.Exit(1)


def _table(report: "Report") -> Table:
    table = Table(title="import", title_justify="left")
    table.add_column("outcome")
    table.add_column("files", justify="right")
    table.add_column("why")
    table.add_row("taken", str(report.count("taken")))
    for warning, names in report.warned().items():
        table.add_row("  with a warning", str(len(names)), f"{warning}: {_shown(names)}")
    table.add_row("known already", str(report.count("known already")))
    for what in ("refused", "not taken"):
        for reason, names in report.refused(what).items():
            table.add_row(what, str(len(names)), f"{reason}: {_shown(names)}")
    if report.unrecorded:
        table.add_row("not recorded", "", report.unrecorded)
    return table


def _shown(names: list[str]) -> str:
    """The first names of files, and how many there are more."""
    shown = ", ".join(Path(name).name for name in names[:_NAMES_SHOWN])
    return f"{shown} … and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else shown
