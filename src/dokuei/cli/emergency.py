"""``dokuei emergency``: the account for the day on which nobody can sign in (AUTH-16)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from dokuei.cli.options import Home, operator
from dokuei.cli.spoken_words import spoken
from dokuei.hub.identity.access import Access
from dokuei.hub.identity.model import EMERGENCY
from dokuei.hub.identity.service import IDLE_LOCK
from dokuei.hub.identity.substitutes import LONGEST_HOURS, Substitutes
from dokuei.hub.prepare import open_stores
from dokuei.hub.sites import store as sites_store
from dokuei.settings import read_settings

emergency_app = typer.Typer(no_args_is_help=True, help="The emergency account (break glass).")


@contextmanager
def _opened(home: Path) -> Iterator[Substitutes]:
    settings = read_settings(home)
    database = open_stores(settings).database
    try:
        yield Substitutes(database, Access(database, sites_store.names, IDLE_LOCK, settings.seal.time_zone))
    finally:
        database.close()


@emergency_app.command("open")
def open_emergency(
    *,
    home: Home,
    reason: Annotated[str, typer.Option(help="Why, and for whom; every administrator sees it.")],
    hours: Annotated[int, typer.Option(help="After these it is shut by itself.", min=1, max=LONGEST_HOURS)] = 8,
) -> None:
    """Let the emergency account work for some hours: images, cases and reports of every site, no signature."""
    with _opened(home) as substitutes:
        opened = substitutes.open_emergency(reason=reason, hours=hours, actor=operator())
    settings = read_settings(home)
    typer.echo(spoken(settings, "user name    {value}", value=EMERGENCY))
    typer.echo(spoken(settings, "first code   {value}", value=opened.first_code))
    typer.echo(spoken(settings, "second code  {value}", value=opened.second_code))
    typer.echo(spoken(settings, "until        {value} UTC", value=f"{opened.expires_at:%Y-%m-%d %H:%M}"))


@emergency_app.command("close")
def close_emergency(home: Home) -> None:
    """Back to normal: the codes open nothing any more, and who came in by them is out."""
    with _opened(home) as substitutes:
        was_open = substitutes.end_emergency(actor=operator())
    typer.echo(spoken(read_settings(home), "closed" if was_open else "it was not open"))
