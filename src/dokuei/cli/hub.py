"""``dokuei hub``: the reading centre's processes, and the gateways that belong to it."""

from pathlib import Path
from typing import Annotated

import typer

from dokuei.cli.hub_gateways import gateways_app
from dokuei.cli.lifetime import end_when_renewed, end_with_parent, stop_event
from dokuei.cli.options import Home, Host, NewHome, Tls
from dokuei.logs import configure_logs
from dokuei.settings import read_settings

hub_app = typer.Typer(no_args_is_help=True, help="The reading centre's program.")
hub_app.add_typer(gateways_app)

Parent = Annotated[int | None, typer.Option(hidden=True, help="End when this process is gone.")]


@hub_app.command("run")
def run(home: NewHome, host: Host = "", tls: Tls = False) -> None:
    """Start the hub and viewer alone, all their processes, and keep them running until SIGTERM or Ctrl-C."""
    from dokuei.cli.start import run as start
    from dokuei.cli.up import tell

    start(home, programs=("hub",), host=host, tls=tls, when_ready=tell)


@hub_app.command("serve-readers")
def serve_readers(home: Home, parent: Parent = None) -> None:
    """Serve the viewer and DICOMweb: one process of those that run starts."""
    from dokuei.hub.app import open_hub, readers_app
    from dokuei.hub.prepare import reader_certificate
    from dokuei.hub.serve import Listener, serve, spare_collector

    configure_logs(part="hub-readers")
    end_with_parent(parent)
    settings = read_settings(home)
    hub = open_hub(settings)
    files = reader_certificate(settings)
    end_when_renewed(lambda: reader_certificate(settings), parent=parent)
    served = readers_app(hub)
    spare_collector()
    serve(
        served,
        Listener(
            settings.hub.host,
            settings.hub.port,
            certificate=files.certificate if files else None,
            private_key=files.private_key if files else None,
        ),
    )


@hub_app.command("serve-gateways")
def serve_gateways(home: Home, parent: Parent = None) -> None:
    """Serve the hospitals' gateways (TLS with client certificates only): one process of those that run starts."""
    from dokuei.hub.app import gateways_app as application
    from dokuei.hub.app import open_hub
    from dokuei.hub.prepare import gateway_certificate
    from dokuei.hub.serve import Listener, serve, spare_collector

    configure_logs(part="hub-gateways")
    end_with_parent(parent)
    settings = read_settings(home)
    hub = open_hub(settings)
    files = gateway_certificate(settings)
    end_when_renewed(lambda: gateway_certificate(settings), parent=parent)
    served = application(hub)
    spare_collector()
    serve(
        served,
        Listener(
            settings.hub.host,
            settings.hub.gateway_port,
            certificate=files.certificate,
            private_key=files.private_key,
            client_ca=_authority_file(settings.home),
        ),
    )


@hub_app.command("work")
def work(home: Home, parent: Parent = None) -> None:
    """Carry out what follows transactions, and what is due by the clock: one process of those that run starts."""
    from dokuei.hub.app import open_hub
    from dokuei.hub.events import work as carry_out

    configure_logs(part="hub-worker")
    stop = stop_event(parent=parent)
    carry_out(open_hub(read_settings(home)), stop=stop)


def _authority_file(home: Path) -> Path:
    return home / "pki" / "ca.pem"
