"""Starting a home folder's programs, both or one of them, in one process tree, and stopping them together."""

import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from dokuei.cli.endpoints import remove_endpoints, write_endpoints
from dokuei.cli.ports import Ports, Program, reserved_ports
from dokuei.cli.ready import wait_for_gateway, wait_for_hub
from dokuei.cli.supervise import Part, Supervisor
from dokuei.clock import monotonic
from dokuei.errors import ConfigurationError
from dokuei.settings import Settings, read_settings

_PARTS: dict[Program, tuple[Part, ...]] = {
    "hub": (
        Part("hub", "readers", ("hub", "serve-readers")),
        Part("hub", "gateways", ("hub", "serve-gateways")),
        Part("hub", "worker", ("hub", "work")),
    ),
    "gateway": (
        Part("gateway", "receiver", ("gateway", "receive")),
        Part("gateway", "worker", ("gateway", "work")),
    ),
}
_BOTH: tuple[Program, ...] = ("hub", "gateway")
_ORPHAN_SECONDS = 10.0
_LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class Started:
    """What is running, for the table and for whoever loads a demo."""

    settings: Settings
    ports: Ports
    supervisor: Supervisor
    programs: tuple[Program, ...]


def run(
    home: Path,
    *,
    programs: tuple[Program, ...] = _BOTH,
    host: str = "",
    tls: bool = False,
    when_ready: Callable[[Started], None],
) -> None:
    """Start, tell, watch, stop; ``when_ready`` runs once everything answers.

    Raises:
        ConfigurationError: settings that cannot be worked with, a port that is taken, a part that does not start.
    """
    _options_as_settings(host=host, tls=tls)
    read_settings(home)
    for folder in (home, home / "run", *(home / program for program in programs)):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    with _only_one(home) as lock:
        remove_endpoints(home)
        settings = read_settings(home)
        with reserved_ports(settings, programs) as ports:
            _tell_parts(settings, ports, programs)
            settings = read_settings(home)
            started = Started(settings, ports, Supervisor(settings.home, inherited=(lock,)), programs)
            _stop_on_signal(started.supervisor)
            try:
                _start(started)
                if not started.supervisor.stopping:
                    when_ready(started)
                started.supervisor.watch()
            finally:
                remove_endpoints(home)
                started.supervisor.stop()


def _start(started: Started) -> None:
    settings, supervisor = started.settings, started.supervisor
    supervisor.on_change = lambda: _write(started)
    if "hub" in started.programs:
        from dokuei.hub.prepare import prepare_hub

        prepare_hub(settings)
    if started.programs == _BOTH:
        from dokuei.cli.own_gateway import is_joined, join_own_gateway

        if not is_joined(settings):
            _start_parts(started, "hub")
            wait_for_hub(settings, supervisor)
            if supervisor.stopping:
                return
            join_own_gateway(settings)
            _start_parts(started, "gateway")
        else:
            _start_parts(started, *started.programs)
    else:
        _start_parts(started, *started.programs)
    if "hub" in started.programs:
        wait_for_hub(settings, supervisor)
    if "gateway" in started.programs:
        wait_for_gateway(settings, supervisor)
    if not supervisor.stopping:
        _write(started)


def _start_parts(started: Started, *programs: Program) -> None:
    for program in programs:
        for part in _PARTS[program]:
            started.supervisor.start(part)


def _write(started: Started) -> None:
    """The exact form that other programs rely on; None stands for a program that does not run here."""
    settings = started.settings
    hub, gateway = settings.hub, settings.gateway
    has_hub, has_gateway = "hub" in started.programs, "gateway" in started.programs
    local_authority = has_hub and hub.serves_tls and hub.certificate is None
    own_host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(gateway.host, gateway.host)  # noqa: S104 - is read, not opened
    write_endpoints(
        settings.home,
        {
            "hub": hub.url if has_hub else None,
            "dicomweb": f"{hub.url}/dicom-web" if has_hub else None,
            "gateway": {"ae_title": gateway.ae_title, "host": own_host, "port": gateway.door} if has_gateway else None,
            "ca": str(settings.home / "pki" / "ca.pem") if local_authority else None,
            "pids": started.supervisor.pids(),
        },
    )


def _options_as_settings(*, host: str, tls: bool) -> None:
    """Options reach this process and its children as settings."""
    if host:
        os.environ["DOKUEI_HUB__HOST"] = host
    if tls:
        os.environ["DOKUEI_HUB__TLS"] = "true"


def _tell_parts(settings: Settings, ports: Ports, programs: tuple[Program, ...]) -> None:
    """The parts read the ports that were chosen, and where the home's own gateway finds its hub."""
    chosen = {
        "DOKUEI_HUB__PORT": ports.hub,
        "DOKUEI_HUB__GATEWAY_PORT": ports.hub_gateways,
        "DOKUEI_GATEWAY__PORT": ports.dimse,
    }
    os.environ.update({name: str(port) for name, port in chosen.items() if port is not None})
    if programs == _BOTH and not settings.gateway.hub_url:
        from dokuei.cli.own_gateway import belongs_elsewhere

        if not belongs_elsewhere(settings):
            os.environ["DOKUEI_GATEWAY__HUB_URL"] = read_settings(settings.home).hub.own_gateway_url


def _stop_on_signal(supervisor: Supervisor) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        supervisor.request_stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


@contextmanager
def _only_one(home: Path) -> Iterator[int]:
    """One start at a time; what comes back is a lock that the parts inherit and hold as long as one of them lives.

    Raises:
        ConfigurationError: a dokuei runs in this home, or parts of a killed one do not end.
    """
    run = home / "run"
    with (run / "up.lock").open("w") as own, (run / "parts.lock").open("w") as parts:
        deadline = monotonic()
        if not _locked(own.fileno(), deadline):
            raise ConfigurationError(
                f"{home} is in use by a running dokuei", phase="starting", remedy="stop it, or use another --home"
            )
        if not _locked(parts.fileno(), deadline + _ORPHAN_SECONDS):
            raise ConfigurationError(
                f"parts of an earlier start still run in {home}", phase="starting", remedy="end them, then try again"
            )
        yield parts.fileno()


def _locked(descriptor: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() >= deadline:
                return False
            time.sleep(_LOOK_SECONDS)
        else:
            return True
