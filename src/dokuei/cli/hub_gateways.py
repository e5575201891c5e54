"""``dokuei hub invite``, ``gateways`` and ``revoke``: the gateways that belong to this hub."""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer
from rich.console import Console
from rich.table import Table

from dokuei.cli.options import Home, operator
from dokuei.cli.ports import with_remembered_ports
from dokuei.clock import now
from dokuei.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dokuei.hub.app import Hub

gateways_app = typer.Typer(no_args_is_help=True, help="Gateways of this hub.")

Site = Annotated[str, typer.Option(help="The hospital's site id.")]
_JAPANESE: Final = {
    "": "",
    "gateway": "ゲートウェイ",
    "site": "施設ID",
    "name": "名称",
    "version": "版",
    "protocol": "通信規約の版",
    "last seen": "最終応答",
    "studies": "検査",
    "quarantine": "隔離",
    "never": "なし",
    "revoked": "失効",
    "online": "接続中",
    "offline": "応答なし",
}
Name = Annotated[str, typer.Option(help="What the gateway shall be called here.")]


@contextmanager
def _opened(home: Path) -> "Iterator[Hub]":
    from dokuei.hub.app import open_hub

    hub = open_hub(with_remembered_ports(read_settings(home)))  # a code names the port that gateways reach
    try:
        yield hub
    finally:
        hub.stores.database.close()


@gateways_app.command("invite")
def invite(home: Home, site: Site, name: Name = "") -> None:
    """Print a one-time code with which one gateway joins a site; it is good for a day and shown this once."""
    with _opened(home) as hub:
        typer.echo(hub.gateways.invite(site, actor=operator(), name=name))


@gateways_app.command("gateways")
def gateways(home: Home) -> None:
    """List all gateways with their versions."""
    with _opened(home) as hub:
        states = hub.gateways.gateways([site.site_id for site in hub.sites.every()])
        language = hub.settings.language
    table = Table()
    for column in ("gateway", "site", "name", "version", "protocol", "last seen", "studies", "quarantine", ""):
        table.add_column(_word(column, language), overflow="fold")  # another command wants the gateway's id whole
    for state in states:
        gateway = state.gateway
        seen = None if state.last_seen_at is None else f"{state.last_seen_at.astimezone():%Y-%m-%d %H:%M:%S}"
        standing = "revoked" if gateway.revoked_at else "online" if state.online(now()) else "offline"
        table.add_row(
            gateway.gateway_id,
            gateway.site_id,
            gateway.name,
            state.version,
            str(state.protocol or ""),
            seen or _word("never", language),
            str(len(state.studies)),
            str(state.quarantine),
            _word(standing, language),
        )
    Console(soft_wrap=True).print(table)


@gateways_app.command("revoke")
def revoke(home: Home, gateway: Annotated[str, typer.Argument(help="The gateway's id.")]) -> None:
    """Refuse a gateway from now on, in the middle of an upload too."""
    with _opened(home) as hub:
        hub.gateways.revoke(gateway, actor=operator())


def _word(english: str, language: Literal["ja", "en"]) -> str:
    return english if language == "en" else _JAPANESE[english]
