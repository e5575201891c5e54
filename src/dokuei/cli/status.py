"""``dokuei status``: whether images and documents go the whole way, which leg is dead, and how old that word is."""

import dataclasses
import json
from datetime import datetime
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dokuei import timekeeping
from dokuei.cli.health_words import WORDS
from dokuei.cli.options import Home
from dokuei.clock import now
from dokuei.settings import Settings, read_settings
from dokuei.timekeeping import Timekeeping
from dokuei.transfer.pulses import Health

AsJson = Annotated[bool, typer.Option("--json", help="For other programs.")]
_COLOURS = {"ok": "green", "dead": "red"}


def status(*, home: Home, as_json: AsJson = False) -> None:
    """Show how the whole way stands: as the gateway of this home knows it, and of each gateway as its hub knows it.

    Ends with 1 where a leg is dead.
    """
    settings = read_settings(home)
    found, clock = {**_at_gateway(settings), **_at_hub(settings)}, timekeeping.read()
    if as_json:
        plain = {name: _plain(one) for name, one in found.items()} | {"clock": dataclasses.asdict(clock)}
        typer.echo(json.dumps(plain, ensure_ascii=False, indent=2))
    else:
        typer.echo(clock_in_words(clock, settings.language))
        for name, one in found.items():
            tell(name, one, settings.language)
    if any(one.dead is not None for one in found.values()):
        raise typer.Exit(1)


def tell(name: str, health: Health, language: Literal["ja", "en"]) -> None:
    """One way, as a table of its legs."""
    words = WORDS[language]
    table = Table(show_header=False)
    pulse = health.pulse
    for leg in () if pulse is None else pulse.legs:
        colour = _COLOURS.get(leg.state, "default")
        seconds = f"{leg.seconds:.1f} s" if leg.state in _COLOURS else ""
        table.add_row(words[leg.name], f"[{colour}]{words[leg.state]}[/]", seconds, escape(leg.error))
    console = Console(soft_wrap=True)
    console.print(escape(name), highlight=False)
    if table.rows:
        console.print(table)
    console.print(escape(in_words(health, now(), language)), highlight=False)


def clock_in_words(clock: Timekeeping, language: Literal["ja", "en"]) -> str:
    """Whether a time server keeps this machine's clock, in one line (LOG-04)."""
    words = WORDS[language]
    off = "" if clock.off_seconds is None else words["off"].format(seconds=f"{clock.off_seconds:.6f}")
    return words[clock.state].format(server=clock.server or words["a-server"], off=off, source=clock.source)


def in_words(health: Health, at: datetime, language: Literal["ja", "en"]) -> str:
    """The verdict in one line."""
    words, pulse = WORDS[language], health.pulse
    if health.dead is not None:
        verdict = words["bad"].format(part=words[health.dead])
    else:
        verdict = words["none" if pulse is None else "good"]
    if pulse is None:
        return verdict
    minutes = int((at - pulse.ended_at).total_seconds() // 60)
    local = pulse.ended_at.astimezone()
    return f"{verdict} · {words['last'].format(at=f'{local:%Y-%m-%d %H:%M:%S}', minutes=minutes)}"


def _at_gateway(settings: Settings) -> dict[str, Health]:
    from dokuei.gateway.enrol import identity_of
    from dokuei.gateway.status import gateway_status

    enrolment = identity_of(settings.home).read()
    if enrolment is None or not settings.gateway.pulse_minutes:
        return {}
    return {f"gateway {enrolment.gateway_id}": gateway_status(settings).health}


def _at_hub(settings: Settings) -> dict[str, Health]:
    if not settings.hub.database_url and not (settings.home / "hub" / "hub.sqlite").exists():
        return {}
    from dokuei.hub.archive.pulses import PulseStudies
    from dokuei.hub.gateways import store
    from dokuei.hub.gateways.pulses import Pulses
    from dokuei.hub.prepare import open_stores
    from dokuei.hub.sites import store as sites_store

    stores = open_stores(settings)
    try:
        with stores.database.read() as connection:
            gateways = store.every(connection, sites_store.names(connection).keys())
        healths = Pulses(stores.database, PulseStudies(stores.database, stores.blobs)).healths(gateways, now())
    finally:
        stores.database.close()
    return {
        f"hub ← {one.gateway.name} ({one.gateway.site_id}, {one.gateway.gateway_id})": healths[one.gateway.gateway_id]
        for one in gateways
        if one.gateway.gateway_id in healths
    }


def _plain(health: Health) -> dict[str, Any]:
    plain = {**dataclasses.asdict(health), "pulse": None}
    return plain | ({} if health.pulse is None else {"pulse": health.pulse.model_dump(mode="json")})
