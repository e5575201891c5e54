"""``dokuei gateway orders``: the hospital's orders on their way to the hub, and messages that were refused."""

from __future__ import annotations

import sys
from functools import partial
from typing import Annotated

import typer

from dokuei.cli.gateway_opened import AsJson, ListHome, opened_gateway
from dokuei.cli.gateway_orders_table import Found, tell_found, told_again
from dokuei.cli.options import Home, operator
from dokuei.errors import NotFoundError

orders_app = typer.Typer(help="Orders and results by HL7: what waits, what was refused; without a verb: list them.")

Number = Annotated[int, typer.Argument(help="The message's number in the list of those that were not understood.")]
All = Annotated[bool, typer.Option("--all", help="Those that were taken, settled and sent, too.")]
_AT_MOST = 1000
_opened = partial(opened_gateway, part="gateway-orders")


@orders_app.callback(invoke_without_command=True)
def orders(context: typer.Context, *, home: ListHome = None, as_json: AsJson = False, taken_too: All = False) -> None:
    """List orders, messages that were not understood, and results; needs neither hub nor line."""
    from dokuei.gateway import order_tables, result_tables

    if context.invoked_subcommand is not None:
        return
    with _opened(home) as (settings, spool), spool.database.read() as connection:
        found = Found(
            notices=order_tables.notices(connection, open_only=not taken_too, at_most=_AT_MOST),
            refusals=order_tables.refusals(connection, open_only=not taken_too, at_most=_AT_MOST),
            results=result_tables.results(connection, open_only=not taken_too, at_most=_AT_MOST),
        )
        tell_found(found, language=settings.language, as_json=as_json)


@orders_app.command("show")
def show(message: Number, *, home: Home) -> None:
    """Print a message that was not understood as it came, byte for byte."""
    from dokuei.gateway import order_tables

    with _opened(home) as (_, spool), spool.database.read() as connection:
        body = order_tables.refused_bytes(connection, message)
    if body is None:
        raise NotFoundError("no such message", phase="showing a message", remedy="dokuei gateway orders --all")
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()


@orders_app.command("settle")
def settle(message: Number, *, home: Home) -> None:
    """Take a message that was not understood off the list; its bytes stay."""
    from dokuei.gateway.orders import settle as resolve

    with _opened(home) as (_, spool):
        resolve(spool.database, message, actor=operator())


@orders_app.command("again")
def again(*, home: Home) -> None:
    """Tell the hub once more of every order that it has refused, when what was in the way is mended."""
    from dokuei.gateway.orders import tell_again

    with _opened(home) as (settings, spool):
        typer.echo(told_again(tell_again(spool.database, actor=operator()), language=settings.language))
