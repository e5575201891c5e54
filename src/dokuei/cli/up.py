"""``dokuei up``: gateway and hub of one home folder in one process tree."""

import fcntl
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from dokuei.cli.endpoints import Ports, choose_ports, endpoints_file, read_endpoints, write_endpoints
from dokuei.cli.ready import enrol_own_gateway, wait_for_gateway, wait_for_hub
from dokuei.cli.supervise import Part, Supervisor
from dokuei.errors import ConfigurationError
from dokuei.settings import Settings, read_settings

_HUB_PARTS = (
    Part("hub", "gateways", ("hub", "serve-gateways")),
    Part("hub", "readers", ("hub", "serve-readers")),
    Part("hub", "worker", ("hub", "work")),
)
_GATEWAY_PARTS = (
    Part("gateway", "receiver", ("gateway", "receive")),
    Part("gateway", "worker", ("gateway", "work")),
)


@dataclass(frozen=True)
class Started:
    """What is running, for the table and for whoever loads a demo."""

    settings: Settings
    ports: Ports
    supervisor: Supervisor


def up(
    home: Annotated[Path, typer.Option(help="Home folder; made where it is missing.")],
    host: Annotated[str, typer.Option(help="Address for readers; anything but loopback is served with TLS.")] = "",
    tls: Annotated[bool, typer.Option("--tls", help="TLS on loopback too (needed for HTTP/2).")] = False,
) -> None:
    """Start gateway, hub and viewer, and keep them running until SIGTERM or Ctrl-C."""
    run(home, host=host, tls=tls)


def run(home: Path, *, host: str = "", tls: bool = False, when_ready: Callable[[Started], None] | None = None) -> None:
    """Start, tell, watch, stop; ``when_ready`` runs once everything answers."""
    home.mkdir(parents=True, exist_ok=True)
    _apply(home, host=host, tls=tls)
    with _only_one(home):
        settings = read_settings(home)
        ports = choose_ports(settings, read_endpoints(home))
        _take_ports(ports)
        settings = read_settings(home)
        started = Started(settings, ports, Supervisor(settings.home))
        _stop_on_signal(started.supervisor)
        try:
            _start(started)
            if not started.supervisor.stopping:
                if when_ready is not None:
                    when_ready(started)
                tell(started)
            started.supervisor.watch()
        finally:
            started.supervisor.stop()
            endpoints = read_endpoints(home)
            write_endpoints(home, {**endpoints, "pids": {}})


def _start(started: Started) -> None:
    from dokuei.hub.prepare import prepare_hub

    settings, supervisor = started.settings, started.supervisor
    prepare_hub(settings)
    supervisor.on_change = lambda: _write(started)
    for part in _HUB_PARTS:
        supervisor.start(part)
    wait_for_hub(settings, supervisor)
    enrol_own_gateway(settings)
    for part in _GATEWAY_PARTS:
        supervisor.start(part)
    wait_for_gateway(settings, supervisor)
    _write(started)


def _write(started: Started) -> None:
    settings, ports = started.settings, started.ports
    base = settings.hub.url
    write_endpoints(
        settings.home,
        {
            "hub": base,
            "dicomweb": f"{base}/dicom-web",
            "gateway": {
                "ae_title": settings.gateway.ae_title,
                "host": settings.gateway.host,
                "port": ports.dimse,
            },
            "ca": str(settings.home / "pki" / "ca.pem") if settings.hub.serves_tls else None,
            "hub_port": ports.hub,
            "hub_gateway_port": ports.hub_gateways,
            "pids": {**started.supervisor.pids(), "supervisor": [os.getpid()]},
        },
    )


def tell(started: Started) -> None:
    """Print where everything is."""
    endpoints = read_endpoints(started.settings.home)
    table = Table(title="dokuei", show_header=False, title_justify="left")
    table.add_row("hub", endpoints["hub"])
    table.add_row("DICOMweb", endpoints["dicomweb"])
    gateway = endpoints["gateway"]
    table.add_row("gateway (DICOM)", f"{gateway['ae_title']} @ {gateway['host']}:{gateway['port']}")
    table.add_row("CA certificate", endpoints["ca"] or "not needed on loopback")
    table.add_row("endpoints", str(endpoints_file(started.settings.home)))
    console = Console(file=sys.stdout, soft_wrap=True)
    console.print(table)
    link = _first_administrator(started.settings)
    if link is not None:
        console.print(f"first administrator: {link}", highlight=False)
    sys.stdout.flush()


def _first_administrator(settings: Settings) -> str | None:
    from dokuei.hub.app import open_hub
    from dokuei.hub.identity.service import first_administrator_link

    hub = open_hub(settings)
    try:
        return first_administrator_link(hub.identity, hub_url=settings.hub.url)
    finally:
        hub.stores.database.close()


def _apply(home: Path, *, host: str, tls: bool) -> None:
    """Options reach this process and its children as settings."""
    if host:
        os.environ["DOKUEI_HUB__HOST"] = host
    if tls:
        os.environ["DOKUEI_HUB__TLS"] = "true"
    read_settings(home)


def _take_ports(ports: Ports) -> None:
    os.environ["DOKUEI_HUB__PORT"] = str(ports.hub)
    os.environ["DOKUEI_HUB__GATEWAY_PORT"] = str(ports.hub_gateways)
    os.environ["DOKUEI_GATEWAY__PORT"] = str(ports.dimse)
    os.environ.setdefault("DOKUEI_GATEWAY__HUB_URL", f"https://localhost:{ports.hub_gateways}")


def _stop_on_signal(supervisor: Supervisor) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        supervisor.request_stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    lock = home / "run" / "up.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigurationError(
                f"{home} is in use by a running dokuei", phase="starting", remedy="stop it, or use another --home"
            ) from error
        yield
