"""``dokuei site contact``: whom to call at a hospital, at which hours, and whether a call was tried (REPORT-14)."""

from typing import Annotated

import typer
from rich.console import Console

from dokuei.cli.options import Home, day, operator
from dokuei.cli.site_home import Opened, SiteId, given, opened, plain
from dokuei.errors import NotFoundError, RequestError
from dokuei.hub.sites.contracting import Scribe
from dokuei.hub.sites.register import HOURS, Contact, Hours

contact_app = typer.Typer(no_args_is_help=True, help="Whom to call at a hospital.")

ContactId = Annotated[str, typer.Argument(help="The contact's id, as the list shows it.")]
At = Annotated[str, typer.Option("--hours", help="weekday, night or holiday: when they are called.")]
Position = Annotated[int | None, typer.Option(min=0, max=1000, help="Who is called first: the smallest number.")]
Name = Annotated[str, typer.Option(help="Person or department.")]
Role = Annotated[str, typer.Option(help="What they are there.")]
Telephone = Annotated[str, typer.Option(help="Their number, with an extension where there is one.")]
Alternate = Annotated[str, typer.Option(help="Another number.")]
Note = Annotated[str, typer.Option(help="What whoever calls should know.")]


@contact_app.command("list")
def list_contacts(home: Home, site_id: SiteId) -> None:
    """Whom to call at a hospital, by hour and in order."""
    with opened(home) as register:
        _show(register, site_id)


@contact_app.command("add")
def add_contact(
    *,
    home: Home,
    site_id: SiteId,
    hours: At,
    name: Name,
    telephone: Telephone,
    position: Position = 0,
    role: Role = "",
    alternate: Alternate = "",
    note: Note = "",
) -> None:
    """Name one more to call."""
    new = Contact("", site_id, _hours(hours), position or 0, name, role, telephone, alternate, note)
    with opened(home) as register:
        register.sites.registering.add_contact(site_id, new, by=Scribe(operator()))
        _show(register, site_id)


@contact_app.command("change")
def change_contact(
    *,
    home: Home,
    site_id: SiteId,
    contact_id: ContactId,
    hours: At = "",
    position: Position = None,
    name: Name = "",
    role: Role = "",
    telephone: Telephone = "",
    alternate: Alternate = "",
    note: Note = "",
) -> None:
    """Say something else of one; what is not named stays. Another number has never been tried."""
    said = given(
        hours=_hours(hours) if hours else "",
        position=position,
        name=name,
        role=role,
        telephone=telephone,
        alternate=alternate,
        note=note,
    )
    with opened(home) as register:
        known = next((one for one in _contacts(register, site_id) if one.contact_id == contact_id), None)
        if known is None:
            raise NotFoundError("no such contact", phase="looking a contact up", remedy="dokuei site contact list")
        register.sites.registering.change_contact(
            site_id, contact_id, said, expected_version=known.version, by=Scribe(operator())
        )
        _show(register, site_id)


@contact_app.command("end")
def end_contact(home: Home, site_id: SiteId, contact_id: ContactId) -> None:
    """Take one off the list; it stays on record."""
    with opened(home) as register:
        register.sites.registering.end_contact(site_id, contact_id, by=Scribe(operator()))
        _show(register, site_id)


@contact_app.command("tested")
def note_trial(
    *,
    home: Home,
    site_id: SiteId,
    contact_id: ContactId,
    reached: Annotated[bool, typer.Option("--reached/--not-reached", help="Whether somebody answered.")],
    on: Annotated[str, typer.Option(help="YYYY-MM-DD: when; today where no day is named.")] = "",
) -> None:
    """Say that a call was tried."""
    with opened(home) as register:
        register.sites.registering.test_contact(
            site_id,
            contact_id,
            on=day(on) or register.today,
            today=register.today,
            reached=reached,
            by=Scribe(operator(), operator()),
        )
        _show(register, site_id)


def _hours(text: str) -> Hours:
    found = next((one for one in HOURS if one == text), None)
    if found is None:
        raise RequestError(f"{text} are no hours", phase="reading the command", remedy=", ".join(HOURS))
    return found


def _contacts(register: Opened, site_id: str) -> tuple[Contact, ...]:
    register.sites.find(site_id)
    found = register.sites.registering.contacts((site_id,))[site_id]
    return tuple(sorted(found, key=lambda one: (HOURS.index(one.hours), one.position, one.contact_id)))


def _show(register: Opened, site_id: str) -> None:
    contacts = _contacts(register, site_id)
    if not contacts:
        typer.echo(register.word("nobody is named"))
        return
    table = register.table("contact", "hours", "name", "role", "telephone", "otherwise", "last tried")
    for one in contacts:
        cells = (one.name, one.role, one.telephone, one.alternate)
        table.add_row(one.contact_id, register.word(one.hours), *map(plain, cells), _tried(register, one))
    Console(soft_wrap=True).print(table)


def _tried(register: Opened, one: Contact) -> str:
    if one.tested_on is None:
        return register.word("never")
    return register.word("{day}, reached" if one.reached else "{day}, not reached", day=one.tested_on)
