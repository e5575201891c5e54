"""``dokuei gateway quarantine``: what was refused and kept, and how staff settles it."""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dokuei.cli.gateway_table import settled, tell_entries, tell_entry
from dokuei.cli.options import Home, operator
from dokuei.errors import RequestError
from dokuei.logs import configure_logs
from dokuei.settings import Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dokuei.gateway.quarantine import Resolution
    from dokuei.gateway.spool import Spool

quarantine_app = typer.Typer(
    help="Objects that were refused and kept, and wait for somebody; without a verb: list them."
)

ListHome = Annotated[Path | None, typer.Option("--home", envvar="DOKUEI_HOME", help="Home folder.")]
Number = Annotated[int, typer.Argument(help="The entry's number in the list.")]
AsJson = Annotated[bool, typer.Option("--json", help="For other programs.")]
All = Annotated[bool, typer.Option("--all", help="Settled ones too.")]


@contextmanager
def _opened(home: Path) -> "Iterator[tuple[Settings, Spool]]":
    from dokuei.gateway.spool import open_spool

    configure_logs(part="gateway-quarantine")
    settings = read_settings(home)
    spool = open_spool(settings.home)
    try:
        yield settings, spool
    finally:
        spool.close()


@quarantine_app.callback(invoke_without_command=True)
def entries(
    context: typer.Context, *, home: ListHome = None, as_json: AsJson = False, settled_too: All = False
) -> None:
    """List what was refused and kept, with the reason and what to do; needs neither hub nor line."""
    from dokuei.gateway.quarantine import Quarantine

    if context.invoked_subcommand is not None:
        return
    if home is None:
        raise RequestError("no home folder is named", phase="reading the command", remedy="add --home DIR")
    with _opened(home) as (settings, spool):
        found = Quarantine(spool.database, spool.folder).entries(open_only=not settled_too)
        tell_entries(found, language=settings.language, as_json=as_json)


@quarantine_app.command("show")
def show(entry: Number, *, home: Home) -> None:
    """Show one entry: what came from whom, why it was refused, and where its bytes and those of its rival lie."""
    from dokuei.gateway.quarantine import Quarantine

    with _opened(home) as (settings, spool):
        quarantine = Quarantine(spool.database, spool.folder)
        found = quarantine.entry(entry)
        rival = quarantine.find(found.suspect.known_sha256) if found.suspect.known_sha256 else None
        tell_entry(found, rival, language=settings.language)


@quarantine_app.command("discard")
def discard(entry: Number, *, home: Home) -> None:
    """Remove the bytes for good; the study goes on without this object."""
    _resolve(entry, home, "discarded")


@quarantine_app.command("keep")
def keep(entry: Number, *, home: Home) -> None:
    """Settle the entry and keep the bytes in quarantine; the study goes on without this object."""
    _resolve(entry, home, "settled")


@quarantine_app.command("retry")
def retry(entry: Number, *, home: Home) -> None:
    """Let the object in once more, after an update or once what stood against it is gone."""
    from dokuei.gateway.retry import retry as let_in

    with _opened(home) as (settings, spool):
        let_in(spool, entry, actor=operator(), keep_free=settings.gateway.keep_free_mb << 20)
        typer.echo(settled(entry, "retried", language=settings.language))


def _resolve(entry: int, home: Path, resolution: "Resolution") -> None:
    from dokuei.gateway.quarantine import Quarantine

    with _opened(home) as (settings, spool):
        Quarantine(spool.database, spool.folder).resolve(entry, actor=operator(), resolution=resolution)
        typer.echo(settled(entry, resolution, language=settings.language))
