"""``dokuei archive``: rebuild the database from the coded files, prove every frame again, end images' terms."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import Event as StopEvent
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from dokuei.cli.options import Home, operator
from dokuei.cli.spoken_words import spoken
from dokuei.hub.archive.model import Progress as Step
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.prepare import prepare_stores
from dokuei.hub.sites.service import SitesService
from dokuei.hub.terms import Terms
from dokuei.settings import Settings, read_settings

archive_app = typer.Typer(no_args_is_help=True, help="Rebuild, verify and expire the archive.")

Site = Annotated[str, typer.Option("--site", help="The hospital's id in the register.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, as the deletion record will say.")]
_MOST_SHOWN = 50


@contextmanager
def _opened(home: Path) -> Iterator[ArchiveService]:
    stores = prepare_stores(read_settings(home))
    try:
        yield ArchiveService(stores.database, stores.blobs)
    finally:
        stores.database.close()


@archive_app.command("reindex")
def reindex(*, home: Home) -> None:
    """Rebuild what is missing in the database from the files alone, hospitals that nobody knows included."""
    settings = read_settings(home)
    good = "{good} files fit the database, {wrong} wrong"
    with _opened(home) as archive:
        wrong = _walk(settings, archive.reindex(actor=operator()), "reindex", good)
        for site_id in SitesService(archive.database).register_found(archive.sites(), actor=operator()):
            found = "site {site} was in the archive and not in the register: registered with its id as its name"
            typer.echo(spoken(settings, found, site=site_id))
    _end(wrong)


@archive_app.command("verify")
def verify(*, home: Home) -> None:
    """Decode every frame of every object and compare it with the digest of its source and what its sender signed."""
    with _opened(home) as archive:
        good = "{good} objects proved, {wrong} wrong"
        wrong = _walk(read_settings(home), archive.verify(actor=operator()), "verify", good)
    _end(wrong)


@archive_app.command("delete")
def delete(
    study_instance_uid: Annotated[str, typer.Argument(help="The study whose images go.")],
    *,
    home: Home,
    site: Site,
    reason: Reason,
) -> None:
    """Remove one study's images; the deletion record stays."""
    with _opened(home) as archive:
        gone = archive.delete_study_images(site, study_instance_uid, actor=operator(), reason=reason)
    removed = "{number} objects, {size} bytes removed"
    typer.echo(spoken(read_settings(home), removed, number=gone.number_of_instances, size=gone.size))


@archive_app.command("expire")
def expire(
    *,
    home: Home,
    site: Site,
    keep_days: Annotated[int, typer.Option(help="Days that the contract keeps images after the last one came.", min=1)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Remove the images of studies whose term is over and that nobody works with; their deletion records stay.

    The hub does this by itself, daily, for a site that has a term (``dokuei site change --keep-days``).
    """
    with _opened(home) as archive:
        archive.finish_deletions()
        terms = Terms(archive, SitesService(archive.database))
        if dry_run:
            studies = terms.due(site, keep_days)
        else:
            ended = terms.end_at(site, keep_days, actor=operator(), stop=StopEvent())
            studies = tuple(one.study_instance_uid for one in ended)
    for study in studies:
        typer.echo(study)
    told = "{number} studies would go" if dry_run else "{number} studies removed"
    typer.echo(spoken(read_settings(home), told, number=len(studies)))


@archive_app.command("deletions")
def deletions(
    *,
    home: Home,
    site: Annotated[str, typer.Option("--site", help="Only this hospital's.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for other programs.")] = False,
) -> None:
    """The records of removed studies: what, when, by whom and why."""
    with _opened(home) as archive:
        records = archive.deletions(site or None)
    if as_json:
        typer.echo(json.dumps([asdict(one) | {"deleted_at": one.deleted_at.isoformat()} for one in records], indent=2))
        return
    table = _table(home, "site", "study", "objects", "bytes", "when (UTC)", "by", "why")
    for one in records:
        objects, size = str(one.number_of_instances), str(one.size)
        when = f"{one.deleted_at:%Y-%m-%d %H:%M}"
        table.add_row(one.site_id, one.study_instance_uid, objects, size, when, one.deleted_by, one.reason)
    Console(soft_wrap=True).print(table)


@archive_app.command("quarantine")
def quarantine(*, home: Home, site: Site) -> None:
    """Objects that came under a UID that was taken, and wait for somebody to decide."""
    table = _table(home, "SOP Instance UID", "why", "from", "since")
    with _opened(home) as archive:
        for one in archive.quarantined(site):
            table.add_row(one["sop_instance_uid"], one["reason"], one["received_from"], f"{one['at']:%Y-%m-%d %H:%M}")
    Console().print(table)


def _table(home: Path, *columns: str) -> Table:
    settings = read_settings(home)
    return Table(*(spoken(settings, column) for column in columns))


def _walk(settings: Settings, steps: Iterator[Step], verb: str, outcome: str) -> list[Step]:
    """Show a bar on a terminal, then what is wrong."""
    verb = spoken(settings, verb)
    columns = (TextColumn(verb), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    wrong: list[Step] = []
    done = 0
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(verb, total=None)
        for step in steps:
            done = step.done
            bar.update(task, completed=step.done, total=step.total)
            if step.error is not None:
                wrong.append(step)
    typer.echo(spoken(settings, outcome, good=done - len(wrong), wrong=len(wrong)))
    for step in wrong[:_MOST_SHOWN]:
        typer.echo(f"{step.key}: {step.error}")
    return wrong


def _end(wrong: list[Step]) -> None:
    """A wrong object makes the exit status 1."""
    if wrong:
        raise typer.Exit(1)
