"""``dokuei audit``: walk the chains, record their ends outside, and export for an inspection."""

import csv
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from dokuei.cli.options import Home, day, operator
from dokuei.clock import now
from dokuei.errors import ConfigurationError, RequestError
from dokuei.hub.identity import store_people
from dokuei.hub.prepare import holds_hub, open_stores
from dokuei.hub.reports.verifying import verify_versions
from dokuei.settings import Settings, read_settings
from dokuei.storage.audit import Head, Trail, gateway_trail, hub_trail
from dokuei.storage.db import Database, open_database, sqlite_url

audit_app = typer.Typer(no_args_is_help=True, help="The audit trail.")

Anchor = Annotated[Path | None, typer.Option(help="File outside the home folder that keeps the trails' ends.")]
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = ("利用者ID", "氏名", "日時", "分類", "操作", "施設", "対象", "詳細")


@dataclass(frozen=True)
class _Part:
    """One trail of a home folder."""

    name: str
    database: Database
    trail: Trail


@audit_app.command("verify")
def verify(home: Home, anchor: Anchor = None) -> None:
    """Walk every entry and every signed report; exit with 1 and name what does not fit."""
    anchors = _anchored(anchor)
    sound = True
    for part in _parts(read_settings(home)):
        with part.database.read() as connection:
            verdict = part.trail.verify(connection, anchors=anchors.get(part.name, ()))
        part.database.close()
        if verdict.broken_at is None:
            typer.echo(f"{part.name}: {verdict.entries} entries, unbroken, head {verdict.head.hash}")
        else:
            sound = False
            typer.echo(f"{part.name}: BROKEN at entry {verdict.broken_at}: {verdict.why}")
    if holds_hub(read_settings(home)):
        sound = _reports_stand(read_settings(home)) and sound
    if not sound:
        raise typer.Exit(1)


@audit_app.command("head")
def head(home: Home, anchor: Anchor = None) -> None:
    """Print the trails' ends, and add them to a file outside: a cut end shows only there."""
    for part in _parts(read_settings(home)):
        with part.database.read() as connection:
            end = part.trail.head(connection)
        part.database.close()
        line = json.dumps({"part": part.name, "at": now().isoformat(), **asdict(end)})
        typer.echo(line)
        if anchor is not None:
            with anchor.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")


@audit_app.command("export")
def export(
    home: Home,
    since: Annotated[str, typer.Option("--from", help="YYYY-MM-DD, in UTC.")] = "",
    until: Annotated[str, typer.Option(help="YYYY-MM-DD, in UTC; this day too.")] = "",
) -> None:
    """Print the hub's trail as CSV in the form of an inspection (LOG-02)."""
    first = _midnight(since) or _BEGINNING
    last = _midnight(until)
    stores = open_stores(read_settings(home))
    with stores.database.begin() as connection:
        span = {"from": since, "until": until}
        hub_trail.append(connection, actor=operator(), event="audit.exported", details=span)
    writer = csv.writer(sys.stdout)
    writer.writerow(_COLUMNS)
    with stores.database.read() as connection:
        people = {
            listed.person.person_id: listed.person for listed in store_people.every(connection, today=now().date())
        }
        for entry in hub_trail.since(connection, first, last + timedelta(days=1) if last else now()):
            person = people.get(entry.actor.removeprefix("person:"))
            category, _, operation = entry.event.partition(".")
            writer.writerow(
                (
                    person.user_name if person else entry.actor,
                    person.display_name if person else "",
                    entry.at.isoformat(timespec="seconds"),
                    category,
                    operation or category,
                    entry.site_id or "",
                    entry.subject or "",
                    entry.details,
                )
            )
    stores.database.close()


def _reports_stand(settings: Settings) -> bool:
    stores = open_stores(settings)
    with stores.database.read() as connection:
        verdict = verify_versions(connection, stores.blobs)
    stores.database.close()
    for one in verdict.wrong:
        typer.echo(f"reports: CHANGED: report {one.report_id} version {one.number}: {one.why}")
    typer.echo(
        f"reports: {verdict.versions} signed versions, {len(verdict.wrong)} faults; {verdict.by_key} by key, checked"
        f" against its kept answer; {verdict.by_password} by password, for which this trail is the only proof"
    )
    return not verdict.wrong


def _parts(settings: Settings) -> Iterator[_Part]:
    gateway = settings.home / "gateway" / "gateway.sqlite"
    if not (holds_hub(settings) or gateway.exists()):
        raise ConfigurationError(
            f"{settings.home} holds neither hub nor gateway",
            phase="opening the audit trail",
            remedy="name the --home that dokuei up was started with",
        )
    if holds_hub(settings):
        yield _Part("hub", open_stores(settings).database, hub_trail)
    if gateway.exists():
        yield _Part("gateway", open_database(sqlite_url(gateway)), gateway_trail)


def _anchored(anchor: Path | None) -> Mapping[str, list[Head]]:
    found: dict[str, list[Head]] = {}
    if anchor is None:
        return found
    try:
        for line in anchor.read_text(encoding="utf-8").splitlines():
            value = json.loads(line)
            found.setdefault(value["part"], []).append(Head(int(value["sequence"]), str(value["hash"])))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RequestError(f"{anchor} holds no recorded ends", phase="reading the anchor") from error
    return found


def _midnight(text: str) -> datetime | None:
    chosen = day(text)
    return None if chosen is None else datetime(chosen.year, chosen.month, chosen.day, tzinfo=UTC)
