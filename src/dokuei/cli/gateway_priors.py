"""``dokuei gateway priors``: what the hospital's PACS has of patients from before, and how far it has come."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from dokuei.cli.gateway_opened import AsJson, ListHome, opened_gateway
from dokuei.cli.gateway_priors_table import asked_again, rules_in_words, tell_ledger
from dokuei.cli.options import Home, gateway_settings, operator

priors_app = typer.Typer(help="Earlier studies from the hospital's PACS; without a verb: list them.")

Patient = Annotated[str, typer.Option(help="Of this patient ID alone.")]
PatientId = Annotated[str, typer.Argument(help="Patient ID, as the list shows it.")]
_AT_MOST = 200
_opened = partial(opened_gateway, part="gateway-priors")


@priors_app.callback(invoke_without_command=True)
def priors(context: typer.Context, *, home: ListHome = None, patient: Patient = "", as_json: AsJson = False) -> None:
    """List for whom the PACS was asked last and what of each is here; needs neither hub nor PACS."""
    from dokuei.gateway.priors import tables

    if context.invoked_subcommand is not None:
        return
    with _opened(home) as (settings, spool), spool.database.read() as connection:
        asked = tables.of_patient(connection, patient) if patient else tables.latest(connection, at_most=_AT_MOST)
        found = tables.priors_of(connection, [one.id for one in asked])
        tell_ledger(asked, found, language=settings.language, as_json=as_json)


@priors_app.command("again")
def again(patient: PatientId, *, home: Home) -> None:
    """Ask the PACS once more for a patient, and try again what was refused, when what was in the way is mended."""
    from dokuei.gateway.priors.watch import want_again

    with _opened(home) as (settings, spool):
        want_again(spool.database, patient, actor=operator())
        typer.echo(asked_again(settings.language))


@priors_app.command("rules")
def rules(*, home: Home) -> None:
    """Say which earlier studies are brought for which new ones; dokuei.toml sets it ([[gateway.priors.rules]])."""
    settings = gateway_settings(home)
    gateway = settings.gateway
    asked = (gateway.priors.pacs or gateway.pacs) is not None
    for line in rules_in_words(gateway.priors, settings.language, asked=asked):
        typer.echo(line)
