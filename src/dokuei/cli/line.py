"""``dokuei line``: what the line to a hub carries, and what can be read over it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from dokuei.cli.line_table import history_table, shown, verdict_table
from dokuei.cli.options import gateway_settings, operator
from dokuei.errors import ConfigurationError

if TYPE_CHECKING:
    from dokuei.storage.db import Database

line_app = typer.Typer(no_args_is_help=True, help="What the line to a hub carries.")

Hub = Annotated[str, typer.Option(help="Address of the hub as readers' browsers know it; with --token.")]
Token = Annotated[str, typer.Option(envvar="DOKUEI_TOKEN", help="A token that reads images (dokuei token create).")]
Ca = Annotated[Path | None, typer.Option(help="PEM of who certifies the hub; empty: the system's authorities.")]
GatewayHome = Annotated[
    Path | None, typer.Option(envvar="DOKUEI_HOME", help="A gateway's home folder: its own line to its hub.")
]
_PHASE = "checking a line"


@line_app.callback()
def _group() -> None:
    """What the line to a hub carries."""


@line_app.command("check")
def check(hub: Hub = "", token: Token = "", ca: Ca = None, home: GatewayHome = None) -> None:
    """Measure throughput, round trip, jitter, loss and path MTU (at most 15 s), and judge what can be read over it."""
    if hub:
        _check_hub(hub, token, ca)
    elif home is not None:
        _check_gateway(home)
    else:
        raise ConfigurationError(
            "which line is to be checked?", phase=_PHASE, remedy="name --hub with --token, or a gateway's --home"
        )


@line_app.command("history")
def history(home: GatewayHome = None) -> None:
    """The checks of a gateway's line to its hub, the latest first."""
    from dokuei.gateway import line_tables

    if home is None:
        raise ConfigurationError("whose line?", phase=_PHASE, remedy="name a gateway's --home")
    with _gateway_database(home) as database, database.read() as connection:
        rows = line_tables.latest(connection, at_most=50)
    Console().print(history_table(rows))


def _check_hub(hub: str, token: str, ca: Path | None) -> None:
    from dokuei.cli.line_way import HubLine

    if not token:
        raise ConfigurationError("no token", phase=_PHASE, remedy="set DOKUEI_TOKEN, or name --token")
    line = HubLine(hub, token, ca)
    with _bar() as progress:
        measured, judged = line.check(progress)
    console = Console()
    console.print(shown(measured))
    console.print(verdict_table(judged))


def _check_gateway(home: Path) -> None:
    import threading

    from dokuei.gateway.enrol import hub_client
    from dokuei.gateway.line import LineChecker

    settings = gateway_settings(home)
    with _gateway_database(home) as database:
        checker = LineChecker(settings, database, threading.Event(), lambda: hub_client(settings))
        with _bar() as progress:
            row = checker.check(progress, actor=operator())
    console = Console()
    console.print(shown(row.measured))
    console.print(verdict_table([(one.kind, one.verdict, one.whole_seconds) for one in row.verdict.kinds]))


@contextmanager
def _gateway_database(home: Path) -> Iterator["Database"]:
    from dokuei.gateway.spool import open_spool

    database = open_spool(gateway_settings(home).home).database
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _bar() -> Iterator[Callable[[float], None]]:
    columns = (TextColumn("measuring"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda share: bar.update(task, completed=share)
