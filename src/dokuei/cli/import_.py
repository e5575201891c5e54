"""``dokuei import PATH…``: what is on a disk, a CD or in a ZIP file into the gateway's queue."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from dokuei.cli.object_words import in_words
from dokuei.cli.options import Home, gateway_settings, operator
from dokuei.logs import configure_logs

if TYPE_CHECKING:
    from dokuei.gateway.import_media import Report

_NAMES_SHOWN = 3
_JAPANESE = {
    "import": "取り込み",
    "outcome": "結果",
    "files": "ファイル数",
    "why": "理由",
    "taken": "取り込み済み",
    "with a warning": "注意あり",
    "known already": "受信済み",
    "refused": "拒否",
    "not taken": "取り込めず",
    "not recorded": "記録できず",
    "{shown} … and {more} more": "{shown} … ほか{more}件",
}


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
    console.print(_table(report, settings.language))
    if not report.complete:
        raise typer.Exit(1)


def _table(report: "Report", language: Literal["ja", "en"]) -> Table:
    def word(said: str) -> str:
        return _JAPANESE[said] if language == "ja" else said

    def shown(names: list[str]) -> str:
        """The first names of files, and how many there are more."""
        first, more = ", ".join(Path(name).name for name in names[:_NAMES_SHOWN]), len(names) - _NAMES_SHOWN
        return word("{shown} … and {more} more").format(shown=first, more=more) if more > 0 else first

    def row(said: str, count: str, why: str = "") -> None:
        table.add_row(word(said), count, escape(why))

    table = Table(title=word("import"), title_justify="left")
    table.add_column(word("outcome"))
    table.add_column(word("files"), justify="right")
    table.add_column(word("why"), overflow="fold")
    row("taken", str(report.count("taken")))
    for warning, names in report.warned().items():
        row("with a warning", str(len(names)), f"{in_words(warning, language)}: {shown(names)}")
    row("known already", str(report.count("known already")))
    for what in ("refused", "not taken"):
        for reason, names in report.refused(what).items():
            row(what, str(len(names)), f"{reason}: {shown(names)}")
    if report.unrecorded:
        row("not recorded", "", report.unrecorded)
    return table
