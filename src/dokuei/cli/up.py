"""``dokuei up``: gateway and hub of one home folder in one process tree."""

import sys

from rich.console import Console
from rich.table import Table

from dokuei.cli.endpoints import endpoints_file, read_endpoints
from dokuei.cli.options import Host, NewHome, Tls
from dokuei.cli.start import Started, run
from dokuei.settings import Settings


def up(home: NewHome, host: Host = "", tls: Tls = False) -> None:
    """Start gateway, hub and viewer, and keep them running until SIGTERM or Ctrl-C."""
    run(home, host=host, tls=tls, when_ready=tell)


def tell(started: Started) -> None:
    """Print where everything is."""
    endpoints = read_endpoints(started.settings.home)
    table = Table(title="dokuei", show_header=False, title_justify="left")
    if endpoints["hub"] is not None:
        table.add_row("hub", endpoints["hub"])
        table.add_row("DICOMweb", endpoints["dicomweb"])
        table.add_row("gateways join at", started.settings.hub.gateway_url)
        table.add_row("CA certificate", _authority(started.settings, endpoints["ca"]))
    gateway = endpoints["gateway"]
    if gateway is not None:
        plain = started.settings.gateway.serves_plain
        name = "gateway (DICOM)" if plain else "gateway (DICOM over TLS)"
        table.add_row(name, f"{gateway['ae_title']} @ {gateway['host']}:{gateway['port']}")
        if plain and started.settings.gateway.tls_port:
            table.add_row("gateway (DICOM over TLS)", f"port {started.settings.gateway.tls_port}")
    table.add_row("endpoints", str(endpoints_file(started.settings.home)))
    console = Console(file=sys.stdout, soft_wrap=True)
    console.print(table)
    link = _first_administrator(started.settings) if endpoints["hub"] is not None else None
    if link is not None:
        console.print(f"first administrator: {link}", highlight=False)
    sys.stdout.flush()


def _authority(settings: Settings, file: str | None) -> str:
    if file is not None:
        return file
    return "that of the given certificate" if settings.hub.serves_tls else "not needed on loopback"


def _first_administrator(settings: Settings) -> str | None:
    """By the few modules that it takes: the whole hub in this process would only slow the others' start."""
    from dokuei.hub.identity.access import Access
    from dokuei.hub.identity.people import People
    from dokuei.hub.identity.service import IDLE_LOCK, first_administrator_link
    from dokuei.hub.prepare import open_stores
    from dokuei.hub.sites import store as sites_store

    database = open_stores(settings).database
    try:
        access = Access(database, sites_store.names, IDLE_LOCK, settings.seal.time_zone)
        return first_administrator_link(People(database, access), hub_url=settings.hub.url)
    finally:
        database.close()
