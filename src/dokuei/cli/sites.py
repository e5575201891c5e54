"""``dokuei site``: the register of hospitals."""

from typing import Annotated

import typer
from rich.console import Console

from dokuei.cli.options import Home, day, operator
from dokuei.cli.site_contacts import contact_app
from dokuei.cli.site_contracts import contract_app
from dokuei.cli.site_home import SiteId, given, opened, plain
from dokuei.cli.spoken_words import said, spoken
from dokuei.hub.sites.contracts import Terms
from dokuei.hub.sites.model import Site
from dokuei.settings import read_settings

site_app = typer.Typer(no_args_is_help=True, help="Hospitals.")
site_app.add_typer(contract_app, name="contract")
site_app.add_typer(contact_app, name="contact")

Name = Annotated[str, typer.Option(help="The hospital's name.")]
NameEn = Annotated[str, typer.Option(help="Its name in English.")]
Since = Annotated[str, typer.Option("--from", help="YYYY-MM-DD: first day of the contract.")]
Until = Annotated[str, typer.Option(help="YYYY-MM-DD: last day of the contract.")]
Mode = Annotated[str, typer.Option(help="true or pseudonym: what the hub knows of patients.")]
KeepDays = Annotated[
    int | None,
    typer.Option(help="Days that images are kept after a study's last object came; 0: no term, nothing is removed."),
]
Graded = Annotated[
    bool | None,
    typer.Option(help="Whether mammograms (of screening) are signed only by readers of grade A or B (AS counts)."),
]
Padded = Annotated[bool | None, typer.Option(help="Whether leading zeros of patient IDs say nothing here.")]
Unique = Annotated[
    bool | None,
    typer.Option(help="Whether one study of a patient, day and modality is matched to a request without a person."),
]
Qualified = Annotated[
    bool | None,
    typer.Option(help="Whether reports are signed with the physician's own certificate too (HPKI, docs/hpki.md)."),
]
Synced = Annotated[bool | None, typer.Option(help="Whether synced passkeys may sign reports.")]

Twice = Annotated[str, typer.Option(help="never, or mammograms: two read them blind before a third decides.")]
Turnaround = Annotated[
    int | None, typer.Option(min=-1, help="Working days until a report is due; -1: only requests say when.")
]
DueTime = Annotated[str, typer.Option(help="HH:MM: the time of day at which reports are due.")]
ClosedOn = Annotated[
    str,
    typer.Option(help="Days that do not count, with commas: sat, sun, holidays (Japan's), MM-DD, YYYY-MM-DD."),
]
Finalised = Annotated[
    bool | None, typer.Option(help="Whether a technologist confirms images (検像) before they are reported on.")
]


@site_app.command("add")
def add_site(
    *,
    home: Home,
    site_id: SiteId,
    name: Name,
    name_en: NameEn = "",
    since: Since = "",
    until: Until = "",
    mode: Mode = "true",
    keep_days: KeepDays = None,
) -> None:
    """Register a hospital."""
    named = given(name=name, name_en=name_en, identity_mode=mode)
    named |= _term(keep_days)
    with opened(home) as register:
        contract = Terms(valid_from=day(since), valid_until=day(until))
        register.sites.add(Site(site_id=site_id, **named), actor=operator(), contract=contract)
    typer.echo(site_id)


@site_app.command("change")
def change_site(
    *,
    home: Home,
    site_id: SiteId,
    name: Name = "",
    name_en: NameEn = "",
    since: Since = "",
    until: Until = "",
    mode: Mode = "",
    keep_days: KeepDays = None,
    synced_passkeys_may_sign: Synced = None,
    mammography_grade_required: Graded = None,
    qualified_signature_required: Qualified = None,
) -> None:
    """Change a hospital's particulars; what is not named stays."""
    named = given(
        name=name,
        name_en=name_en,
        contract_from=day(since),
        contract_until=day(until),
        identity_mode=mode,
        synced_passkeys_may_sign=synced_passkeys_may_sign,
        mammography_grade_required=mammography_grade_required,
        qualified_signature_required=qualified_signature_required,
    )
    named |= _term(keep_days)
    with opened(home) as register:
        register.sites.change(site_id, actor=operator(), **named)
    typer.echo(spoken(read_settings(home), "changed"))


@site_app.command("requests")
def change_rules(
    *, home: Home, site_id: SiteId, zero_padded_ids: Padded = None, accept_unique_match: Unique = None
) -> None:
    """How a hospital's reading requests are compared and matched; without options, how it is now."""
    from dokuei.hub.app import open_hub

    named = given(zero_padded_ids=zero_padded_ids, accept_unique_match=accept_unique_match)
    settings = read_settings(home)
    hub = open_hub(settings)
    try:
        hub.sites.find(site_id)
        rules = hub.requests.set_rules(site_id, actor=operator(), **named) if named else hub.requests.rules(site_id)
    finally:
        hub.stores.database.close()
    padded = spoken(settings, "equal" if rules.zero_padded_ids else "different")
    unique = spoken(settings, "matched" if rules.accept_unique_match else "proposed")
    typer.echo(spoken(settings, "zero-padded IDs: {rule}", rule=padded))
    typer.echo(spoken(settings, "the one study that fits: {rule}", rule=unique))


@site_app.command("reading")
def change_reading(
    *,
    home: Home,
    site_id: SiteId,
    read_twice: Twice = "",
    turnaround_days: Turnaround = None,
    due_time: DueTime = "",
    closed_on: ClosedOn = "",
    images_finalised: Finalised = None,
) -> None:
    """How often a hospital's studies are read, and when they are due; without options, how it is now."""
    named = given(read_twice=read_twice, due_time=due_time, closed_on=closed_on, images_finalised=images_finalised)
    if turnaround_days is not None:
        named["turnaround_days"] = turnaround_days if turnaround_days >= 0 else None
    with opened(home) as register:
        sites = register.sites
        site = sites.change(site_id, actor=operator(), **named) if named else sites.find(site_id)
        language = register.language
    due = said("by request alone", language)
    if site.turnaround_days is not None:
        due = said("{days} working days, {at}", language, days=site.turnaround_days, at=site.due_time)
    finalised = said("yes" if site.images_finalised else "no", language)
    typer.echo(said("read twice: {what}", language, what=said(site.read_twice, language)))
    typer.echo(said("due: {when}", language, when=due))
    typer.echo(said("closed on: {days}", language, days=site.closed_on))
    typer.echo(said("images finalised by a technologist: {whether}", language, whether=finalised))


@site_app.command("list")
def list_sites(home: Home) -> None:
    """All hospitals."""
    with opened(home) as register:
        word, sites = register.word, register.sites
        table = register.table("site", "name", "contract", "images kept", "identity")
        every = sites.every()
        contracts = sites.contracting.of_sites([site.site_id for site in every])
        for site in every:
            terms = [one.present.terms for one in contracts[site.site_id]]
            table.add_row(
                site.site_id,
                plain(site.name),
                "\n".join(f"{one.valid_from or '…'} – {one.last_day or '…'}" for one in terms) or word("none"),
                word("without a term") if site.keep_days is None else word("{days} days", days=site.keep_days),
                word(site.identity_mode),
            )
    Console(soft_wrap=True).print(table)


def _term(keep_days: int | None) -> dict[str, int | None]:
    return {} if keep_days is None else {"keep_days": keep_days or None}
