"""``dokuei audit``: walk the chains, record their ends outside, and export for an inspection."""

import json
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from dokuei.cli.options import Home, day, operator
from dokuei.cli.spoken_words import reason_in_words, spoken
from dokuei.clock import now
from dokuei.errors import ConfigurationError
from dokuei.gateway.enrol import identity_of
from dokuei.hub.audits.inspection import Form, rows_of
from dokuei.hub.audits.listing import Wish
from dokuei.hub.audits.messages import message_of
from dokuei.hub.audits.model import JST, Asked
from dokuei.hub.prepare import holds_hub, open_stores
from dokuei.hub.reports.verifying import verify_versions
from dokuei.settings import Settings, read_settings
from dokuei.storage.anchor import KEPT, Anchored, read_anchor, write_anchor
from dokuei.storage.audit import Head, Trail, gateway_trail, hub_trail
from dokuei.storage.db import Database, open_database, sqlite_url

audit_app = typer.Typer(no_args_is_help=True, help="The audit trail.")

Anchor = Annotated[Path | None, typer.Option(help="File outside the home folder that keeps the trails' ends.")]


@dataclass(frozen=True)
class _Part:
    """One trail of a home folder; ``witnesses`` are the tables whose rows it must tell of (None: all)."""

    name: str
    database: Database
    trail: Trail
    witnesses: Collection[str] | None


@audit_app.command("verify")
def verify(home: Home, anchor: Anchor = None) -> None:
    """Walk every entry past every end written down, and every signed report; exit with 1 and name what does not fit."""
    settings = read_settings(home)
    parts = tuple(_parts(settings))
    anchors = (*_anchored(anchor or settings.audit.anchor), *_kept(parts))
    own = _gateway_id(settings)
    sound = True
    for part in parts:
        theirs = [one.head for one in anchors if one.part == part.name and one.gateway_id in {"", own}]
        with part.database.read() as connection:
            verdict = part.trail.verify(connection, anchors=theirs)
            is_short = verdict.broken_at is None and verdict.entries == 0
            emptied = is_short and part.trail.is_emptied(connection, part.witnesses)
        part.database.close()
        if emptied:
            sound = False
            typer.echo(_broken(settings, part, 1, "the trail is empty, and there are rows that it must tell of"))
        elif verdict.broken_at is None:
            unbroken = "{part}: {entries} entries, unbroken, head {head}"
            typer.echo(spoken(settings, unbroken, part=part.name, entries=verdict.entries, head=verdict.head.hash))
        else:
            sound = False
            typer.echo(_broken(settings, part, verdict.broken_at, verdict.why))
    if holds_hub(settings):
        sound = _reports_stand(settings) and sound
    if not sound:
        raise typer.Exit(1)


@audit_app.command("head")
def head(home: Home, anchor: Anchor = None) -> None:
    """Print the trails' ends, and add them to a file outside: a cut end shows only there."""
    for part in _parts(read_settings(home)):
        with part.database.read() as connection:
            end = part.trail.head(connection)
        part.database.close()
        typer.echo(Anchored(part.name, end).line(now()))
        if anchor is not None:
            write_anchor(anchor, Anchored(part.name, end))


@audit_app.command("kept")
def kept(home: Home) -> None:
    """Print the ends that this side kept of the other side's trails, as lines for ``verify --anchor`` over there."""
    parts = tuple(_parts(read_settings(home)))
    for one in _kept(parts):
        typer.echo(one.line(now()))
    for part in parts:
        part.database.close()


@audit_app.command("export")
def export(
    home: Home,
    since: Annotated[str, typer.Option("--from", help="YYYY-MM-DD, in Japan's time.")] = "",
    until: Annotated[str, typer.Option(help="YYYY-MM-DD, in Japan's time; this day too.")] = "",
    form: Annotated[Form, typer.Option(help="How the characters of the CSV are written.")] = Form.UTF_8,
    dicom: Annotated[
        bool, typer.Option("--dicom", help="DICOM audit messages instead, one a line (PS3.15 A.5).")
    ] = False,
) -> None:
    """Print the hub's trail as CSV in the form of an inspection (LOG-02), or as DICOM audit messages."""
    from dokuei.hub.app import open_hub

    hub = open_hub(read_settings(home))
    last = _midnight(until)
    wish = Wish(Asked(first=_midnight(since), last=last + timedelta(days=1) if last else None))
    listing = hub.audits.listing
    listing.note_export(wish, actor=operator())
    lines = listing.lines(wish, None)
    if dicom:
        source_id = hub.audits.sending.source_id
        pieces: Iterable[bytes] = (message_of(line, source_id=source_id).line() + b"\n" for line in lines)
    else:
        pieces = rows_of(lines, form)
    for piece in pieces:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()
    hub.stores.database.close()


def _broken(settings: Settings, part: _Part, entry: int, why: str) -> str:
    reason = reason_in_words(why, settings.language)
    return spoken(settings, "{part}: BROKEN at entry {entry}: {why}", part=part.name, entry=entry, why=reason)


def _reports_stand(settings: Settings) -> bool:
    stores = open_stores(settings)
    with stores.database.read() as connection:
        verdict = verify_versions(connection, stores.blobs)
    stores.database.close()
    for one in verdict.wrong:
        why = reason_in_words(one.why, settings.language)
        changed = "reports: CHANGED: report {report} version {number}: {why}"
        typer.echo(spoken(settings, changed, report=one.report_id, number=one.number, why=why))
    typer.echo(
        spoken(
            settings,
            "reports: {versions} signed versions, {faults} faults; {by_key} by key, checked against its kept answer; "
            "{by_password} by password, for which this trail is the only proof",
            versions=verdict.versions,
            faults=len(verdict.wrong),
            by_key=verdict.by_key,
            by_password=verdict.by_password,
        )
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
        yield _Part("hub", open_stores(settings).database, hub_trail, None)
    if gateway.exists():
        yield _Part("gateway", open_database(sqlite_url(gateway)), gateway_trail, ("quarantine_entry",))


def _anchored(file: Path | None) -> tuple[Anchored, ...]:
    return () if file is None else read_anchor(file)


def _kept(parts: Iterable[_Part]) -> tuple[Anchored, ...]:
    """What each side wrote into its own trail of the other side's end."""
    found: list[Anchored] = []
    for part in parts:
        with part.database.read() as connection:
            for entry in part.trail.named(connection, KEPT):
                end = json.loads(entry.details)
                other = "gateway" if part.name == "hub" else "hub"
                found.append(Anchored(other, Head(end["sequence"], end["hash"]), entry.subject or ""))
    return tuple(found)


def _gateway_id(settings: Settings) -> str:
    enrolment = identity_of(settings.home).read()
    return "" if enrolment is None else enrolment.gateway_id


def _midnight(text: str) -> datetime | None:
    chosen = day(text)
    return None if chosen is None else datetime(chosen.year, chosen.month, chosen.day, tzinfo=JST)
