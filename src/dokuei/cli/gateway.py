"""``dokuei gateway``: the hospital's program, its enrolment, and what it says of itself."""

import socket
import sys
from typing import Annotated

import typer

from dokuei.cli.gateway_orders import orders_app
from dokuei.cli.gateway_priors import priors_app
from dokuei.cli.gateway_quarantine import quarantine_app
from dokuei.cli.gateway_table import tell_doctor, tell_status
from dokuei.cli.lifetime import stop_event
from dokuei.cli.options import Home, NewHome, gateway_settings
from dokuei.logs import configure_logs
from dokuei.settings import read_settings

gateway_app = typer.Typer(no_args_is_help=True, help="The hospital's program.")
gateway_app.add_typer(quarantine_app, name="quarantine")
gateway_app.add_typer(orders_app, name="orders")
gateway_app.add_typer(priors_app, name="priors")

Code = Annotated[str, typer.Argument(help="The one-time code from the reading centre; - reads it from standard input.")]
Name = Annotated[str, typer.Option(help="What the reading centre calls this gateway; empty: this machine's name.")]
Again = Annotated[bool, typer.Option("--again", help="Replace the enrolment that there is.")]
AsJson = Annotated[bool, typer.Option("--json", help="For other programs.")]
Study = Annotated[str, typer.Argument(help="Study Instance UID.")]
Pseudonym = Annotated[str, typer.Option(help="Say who stands behind this pseudonym.")]
Parent = Annotated[int | None, typer.Option(hidden=True, help="End when this process is gone.")]


@gateway_app.command("run")
def run(home: NewHome) -> None:
    """Start the gateway alone, all its processes, and keep them running until SIGTERM or Ctrl-C."""
    from dokuei.cli.start import run as start
    from dokuei.cli.up import tell

    start(home, programs=("gateway",), when_ready=tell)


@gateway_app.command("receive")
def receive(home: Home, parent: Parent = None) -> None:
    """Take images from modalities and PACS: one process of those that run starts."""
    from dokuei.gateway.receiver import serve

    configure_logs(part="gateway-receiver")
    stop = stop_event(parent=parent)
    serve(gateway_settings(home), ready=lambda _endpoint: None, stop=stop)


@gateway_app.command("work")
def work(home: Home, parent: Parent = None) -> None:
    """Code, prove, forward and deliver: one process of those that run starts."""
    from dokuei.gateway.worker import work as carry_out
    from dokuei.phantom.pulse import make_pulse

    configure_logs(part="gateway-worker")
    stop = stop_event(parent=parent)
    carry_out(gateway_settings(home), stop=stop, make_pulse=make_pulse)


@gateway_app.command("enrol")
def enrol(*, home: NewHome, code: Code, name: Name = "", again: Again = False) -> None:
    """Join the hub that a one-time code is from."""
    from dokuei.gateway.enrol import enrol as use_code

    text = sys.stdin.read() if code == "-" else code
    home.mkdir(parents=True, exist_ok=True)
    enrolment = use_code(read_settings(home), text, name=name or socket.gethostname(), replace=again)
    typer.echo(f"gateway {enrolment.gateway_id} of site {enrolment.site_id} at {enrolment.hub_url}")


@gateway_app.command("status")
def status(*, home: Home, as_json: AsJson = False) -> None:
    """Show how far each study is on its way; needs neither hub nor line."""
    from dokuei.gateway.status import gateway_status

    settings = gateway_settings(home)
    tell_status(gateway_status(settings), language=settings.language, as_json=as_json)


@gateway_app.command("doctor")
def doctor(home: Home) -> None:
    """Find out what is in the way to the hub, and print the firewall request for the hospital's IT department."""
    from dokuei.gateway.doctor import examine, firewall_request

    settings = gateway_settings(home)
    findings = examine(settings)
    tell_doctor(findings, firewall_request(settings), language=settings.language)
    if any(finding.verdict == "bad" for finding in findings):
        raise typer.Exit(1)


@gateway_app.command("pseudonyms")
def pseudonyms(*, home: Home, of: Pseudonym = "") -> None:
    """Show what leaves the hospital beside the pixels where the site wants pseudonyms, or who stands behind one."""
    from dokuei.cli.gateway_pseudonyms import tell_options, tell_patient

    settings = gateway_settings(home)
    if of:
        tell_patient(settings, of)
    else:
        tell_options(settings)


@gateway_app.command("urgent")
def urgent(*, home: Home, study: Study, priority: Annotated[int, typer.Option(help="0 is routine.")] = 1) -> None:
    """Let a study overtake all others on the way to the hub."""
    from dokuei.gateway.spool import open_spool

    spool = open_spool(gateway_settings(home).home)
    try:
        spool.set_priority(study, priority)
    finally:
        spool.database.close()
