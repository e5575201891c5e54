"""``dokuei site contract``: what was agreed with a hospital; each change is a version with its reason (JRS-03)."""

import re
from dataclasses import replace
from typing import Annotated, Any

import typer
from rich.console import Console

from dokuei.cli.options import Home, day, operator
from dokuei.cli.site_home import Opened, SiteId, given, opened, plain
from dokuei.errors import NotFoundError, RequestError
from dokuei.hub.sites.contracting import Scribe
from dokuei.hub.sites.contracts import Contract, Priority, Terms, Turnaround, Unit

contract_app = typer.Typer(no_args_is_help=True, help="What was agreed with a hospital.")

_TURNAROUND = re.compile(r"(routine|high|urgent)=([0-9]{1,4})(d|h)")
_UNITS: dict[str, Unit] = {"d": "working_days", "h": "hours"}
_EVERY = "every"

Which = Annotated[str, typer.Option("--contract", help="The contract's id; without it the one that began last.")]
Since = Annotated[str, typer.Option("--from", help="YYYY-MM-DD: first day.")]
Until = Annotated[str, typer.Option(help="YYYY-MM-DD: last day.")]
Modalities = Annotated[list[str] | None, typer.Option("--modality", help="A modality that is read, or every.")]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", help="screening, diagnostic, second_reading or consultation that is done, or every."),
]
Turnarounds = Annotated[
    list[str] | None,
    typer.Option("--turnaround", help="routine=3d (working days) or urgent=4h (hours); high too. All are said anew."),
]
Fee = Annotated[str, typer.Option(help="What it costs.")]
Responsibility = Annotated[str, typer.Option(help="Who answers for what.")]
Insurance = Annotated[str, typer.Option(help="What is insured.")]
Note = Annotated[str, typer.Option(help="What else is to be said.")]
Because = Annotated[str, typer.Option(help="Why: it stands beside the version.")]


@contract_app.command("list")
def list_contracts(home: Home, site_id: SiteId) -> None:
    """A hospital's contracts as they hold now."""
    with opened(home) as register:
        _show(register, site_id)


@contract_app.command("record")
def record_contract(
    *,
    home: Home,
    site_id: SiteId,
    since: Since = "",
    until: Until = "",
    modality: Modalities = None,
    kind: Kinds = None,
    turnaround: Turnarounds = None,
    fee: Fee = "",
    responsibility: Responsibility = "",
    insurance: Insurance = "",
    note: Note = "",
    because: Because = "",
) -> None:
    """Record a contract beside those that are there."""
    said = _said(since, until, modality, kind, turnaround)
    said |= given(fee=fee, responsibility=responsibility, insurance=insurance, note=note)
    with opened(home) as register:
        register.sites.contracting.record(site_id, Terms(**said), by=Scribe(operator()), because=because)
        _show(register, site_id)


@contract_app.command("change")
def change_contract(
    *,
    home: Home,
    site_id: SiteId,
    because: Because,
    contract: Which = "",
    since: Since = "",
    until: Until = "",
    modality: Modalities = None,
    kind: Kinds = None,
    turnaround: Turnarounds = None,
    fee: Fee = "",
    responsibility: Responsibility = "",
    insurance: Insurance = "",
    note: Note = "",
) -> None:
    """Add a version to a contract; what is not named stays."""
    said = _said(since, until, modality, kind, turnaround)
    said |= given(fee=fee, responsibility=responsibility, insurance=insurance, note=note)
    with opened(home) as register:
        present = _found(register, site_id, contract).present
        register.sites.contracting.change(
            site_id,
            present.contract_id,
            replace(present.terms, **said),
            expected_version=present.number,
            by=Scribe(operator()),
            because=because,
        )
        _show(register, site_id)


@contract_app.command("end")
def end_contract(
    *,
    home: Home,
    site_id: SiteId,
    on: Annotated[str, typer.Option(help="YYYY-MM-DD: the last day that counts.")],
    because: Because,
    contract: Which = "",
) -> None:
    """End a contract before its term."""
    last_day = day(on)
    if last_day is None:
        raise RequestError("no last day is named", phase="reading the command", remedy="--on YYYY-MM-DD")
    with opened(home) as register:
        present = _found(register, site_id, contract).present
        register.sites.contracting.terminate(
            site_id,
            present.contract_id,
            last_day=last_day,
            expected_version=present.number,
            by=Scribe(operator()),
            because=because,
        )
        _show(register, site_id)


def _said(
    since: str, until: str, modality: list[str] | None, kind: list[str] | None, turnaround: list[str] | None
) -> dict[str, Any]:
    """The terms that were named; ``every`` takes a narrowing back."""
    said = given(valid_from=day(since), valid_until=day(until))
    for name, named in (("modalities", modality), ("kinds", kind)):
        if named:
            said[name] = () if named == [_EVERY] else tuple(named)
    if turnaround:
        said["turnarounds"] = tuple(_turnaround(one) for one in turnaround)
    return said


def _turnaround(text: str) -> Turnaround:
    found = _TURNAROUND.fullmatch(text)
    if found is None:
        raise RequestError(f"{text} is no turnaround", phase="reading the command", remedy="routine=3d or urgent=4h")
    priority: Priority = found[1]  # type: ignore[assignment] # the expression names no other
    return Turnaround(priority, int(found[2]), _UNITS[found[3]])


def _found(register: Opened, site_id: str, contract_id: str) -> Contract:
    register.sites.find(site_id)
    known = register.sites.contracting.of_site(site_id)
    found = next((one for one in known if contract_id in {"", one.present.contract_id}), None)
    if found is None:
        raise NotFoundError("no such contract", phase="looking a contract up", remedy="dokuei site contract list")
    return found


def _show(register: Opened, site_id: str) -> None:
    register.sites.find(site_id)
    word = register.word
    table = register.table("contract", "version", "state", "term", "modalities", "readings", "turnaround", "fee")
    for one in register.sites.contracting.of_site(site_id):
        terms = one.present.terms
        table.add_row(
            one.present.contract_id,
            str(one.present.number),
            word(terms.standing(register.today)),
            f"{terms.valid_from or '…'} – {terms.last_day or '…'}",
            " ".join(terms.modalities) or word(_EVERY),
            ", ".join(word(kind) for kind in terms.kinds) or word(_EVERY),
            ", ".join(_within(register, one) for one in terms.turnarounds),
            plain(terms.fee),
        )
    Console(soft_wrap=True).print(table)


def _within(register: Opened, one: Turnaround) -> str:
    within = "{amount} hours" if one.unit == "hours" else "{amount} working days"
    return f"{register.word(one.priority)} {register.word(within, amount=one.amount)}"
