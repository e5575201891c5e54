"""``dokuei report``: whether a report file in hand is what was signed, with or without the hub."""

import json
import logging
from pathlib import Path
from typing import Annotated, Literal

import typer

from dokuei.cli.options import Home, operator
from dokuei.cli.spoken_words import reason_in_words, spoken
from dokuei.errors import RequestError
from dokuei.hub.prepare import holds_hub, open_stores
from dokuei.hub.reports.examined_words import EXAMINED
from dokuei.hub.reports.examining import Remark, Trusted, examine
from dokuei.hub.reports.recorded import compared
from dokuei.settings import Settings, read_settings
from dokuei.storage.db import open_database, sqlite_url
from dokuei.storage.filesystem import FilesystemBlobs

report_app = typer.Typer(no_args_is_help=True, help="Report files.")
_MARKS = {"good": "✓", "note": "·", "bad": "✗"}


@report_app.callback()
def _reports() -> None:
    """Report files."""


@report_app.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="A sealed PDF, a DICOM object with one inside, or a structured report.")],
    *,
    home: Annotated[
        Path | None, typer.Option(envvar="DOKUEI_HOME", help="Home folder of the hub, to compare with its record.")
    ] = None,
    ca: Annotated[
        list[Path] | None, typer.Option(help="PEM of the seal's certificate or of who issued it; several may be named.")
    ] = None,
    tsa: Annotated[list[Path] | None, typer.Option(help="PEM of who issued the time-stamp service's one.")] = None,
    hpki_ca: Annotated[
        list[Path] | None, typer.Option(help="PEM of the authorities that vouch for physicians (HPKI).")
    ] = None,
    image: Annotated[list[Path] | None, typer.Option(help="An image: is it one that the report rests on?")] = None,
    language: Annotated[str, typer.Option(help="ja or en; without it as the home's settings say, else ja.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Judge a report file offline, name what of it was changed, and exit with 1 where it does not stand."""
    for library in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(library).setLevel(logging.CRITICAL)  # what it finds is said in our words
    settings = None if home is None else read_settings(home)
    trusted = _trusted(settings, ca or [], tsa or [], hpki_ca or [])
    data = _read(file)
    _readable([*(image or []), *trusted.signers, *trusted.stampers, *trusted.physicians])
    examined = examine(data, trusted=trusted, images=image or [])
    recorded = _recorded(settings, data) if settings is not None and holds_hub(settings) else ()
    remarks = (*examined.remarks, *recorded)
    stands = examined.stands and not any(one.weight == "bad" for one in recorded)
    if as_json:
        found = [{"code": one.code, "weight": one.weight, "detail": one.detail} for one in remarks]
        typer.echo(json.dumps({"kind": examined.kind, "stands": stands, "remarks": found}, ensure_ascii=False))
    else:
        chosen: Literal["ja", "en"] = "en" if (language or (settings.language if settings else "ja")) == "en" else "ja"
        for one in remarks:
            typer.echo(f"{_MARKS[one.weight]} {_said(one.code, chosen)}{f': {one.detail}' if one.detail else ''}")
        typer.echo(_said("stands" if stands else "falls", chosen))
    if not stands:
        raise typer.Exit(1)


@report_app.command("restore")
def restore(
    home: Home,
    backup: Annotated[Path, typer.Option(help="Home folder as the backup has it; it is only read.")],
    backup_database: Annotated[
        str, typer.Option(help="SQLAlchemy URL of the database as the backup has it, where that is not SQLite.")
    ] = "",
) -> None:
    """Put signed reports that were altered back as they were signed; exit with 1 where one cannot be."""
    from dokuei.hub.reports.restoring import Backup, restore_versions

    settings = read_settings(home)
    stores = open_stores(settings)
    kept = open_database(backup_database or sqlite_url(_sqlite_of(backup)))
    try:
        with kept.read() as theirs, stores.database.begin() as connection:
            copy = Backup(theirs, FilesystemBlobs(backup / "hub" / "blobs"))
            done = restore_versions(connection, stores.blobs, copy, actor=operator())
    finally:
        kept.close()
        stores.database.close()
    for report_id, number in done.restored:
        typer.echo(spoken(settings, "restored: report {report}, version {number}", report=report_id, number=number))
    for one in done.left:
        why = reason_in_words(one.why, settings.language)
        left = "NOT restored: report {report}, version {number}: {why}"
        typer.echo(spoken(settings, left, report=one.report_id, number=one.number, why=why))
    typer.echo(spoken(settings, "{done} restored, {left} left", done=len(done.restored), left=len(done.left)))
    if done.left:
        raise typer.Exit(1)


def _sqlite_of(backup: Path) -> Path:
    file = backup / "hub" / "hub.sqlite"
    _readable([file])
    return file


def _said(code: str, language: Literal["ja", "en"]) -> str:
    japanese, english = EXAMINED[code]
    return english if language == "en" else japanese


def _trusted(settings: Settings | None, ca: list[Path], tsa: list[Path], hpki_ca: list[Path]) -> Trusted:
    """What is named, and what a home trusts itself: its seal, its authority (for gateways), and whom it is set to."""
    if settings is None:
        return Trusted(tuple(ca), tuple(tsa), tuple(hpki_ca))
    seal = settings.seal.certificate or settings.home / "hub" / "seal" / "seal.pem"
    own = [one for one in (seal, settings.home / "pki" / "ca.pem") if one.exists()]
    stampers = [] if settings.seal.time_stamp_ca is None else [settings.seal.time_stamp_ca]
    physicians = [] if settings.hpki.authorities is None else [settings.hpki.authorities]
    return Trusted((*ca, *own), (*tsa, *stampers), (*hpki_ca, *physicians))


def _recorded(settings: Settings, data: bytes) -> tuple[Remark, ...]:
    stores = open_stores(settings)
    try:
        with stores.database.read() as connection:
            return compared(connection, stores.blobs, data)
    finally:
        stores.database.close()


def _read(file: Path) -> bytes:
    _readable([file])
    return file.read_bytes()


def _readable(files: list[Path]) -> None:
    for file in files:
        if not file.is_file():
            raise RequestError(f"{file} is no file", phase="reading the command", remedy="name a file")
