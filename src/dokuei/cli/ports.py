"""Which ports a home folder's programs listen on, and that no other home takes them between choice and opening."""

import errno
import os
import socket
from collections.abc import Collection, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dokuei.cli.endpoints import read_whole, write_whole
from dokuei.errors import ConfigurationError
from dokuei.settings import Settings

Program = Literal["hub", "gateway"]
_PHASE = "choosing ports"


@dataclass(frozen=True)
class Ports:
    """The three doors of a home: readers, gateways, modalities; None: that program does not run here."""

    hub: int | None = None
    hub_gateways: int | None = None
    dimse: int | None = None


@dataclass(frozen=True)
class _Door:
    name: str
    setting: str
    host: str
    port: int
    demanded: bool


def ports_file(home: Path) -> Path:
    """Where the ports of the last start are kept for the next one."""
    return home / "run" / "ports.json"


def remembered_ports(home: Path) -> dict[str, Any]:
    """The ports of the last start by the names of ``Ports``; empty before the first."""
    return read_whole(ports_file(home))


@contextmanager
def reserved_ports(settings: Settings, programs: Collection[Program]) -> Iterator[Ports]:
    """Ports for these programs, ours as long as the block lasts, and remembered for the next start.

    A port that was set is had or the start fails; a default (or 0) gives way to that of the last start, or to any.

    Raises:
        ConfigurationError: a port that was set is taken or not permitted, or the host is none of this machine.
    """
    last = remembered_ports(settings.home)
    with ExitStack() as kept:
        chosen = {door.name: _choose(door, last.get(door.name), kept) for door in _doors(settings, programs)}
        write_whole(ports_file(settings.home), {**last, **chosen})
        yield Ports(**chosen)


def with_remembered_ports(settings: Settings) -> Settings:
    """The settings with the ports on which the hub was last reached, where none are set: what links and codes name."""
    last = remembered_ports(settings.home)
    hub = settings.hub
    found = {
        key: last[name]
        for key, name in (("port", "hub"), ("gateway_port", "hub_gateways"))
        if name in last and not (key in hub.model_fields_set and getattr(hub, key))
    }
    return settings.model_copy(update={"hub": hub.model_copy(update=found)})


def is_free(host: str, port: int) -> bool:
    """Whether a listener could be opened there now.

    Raises:
        ConfigurationError: it could never be: no address of this machine, or a port that is not permitted.
    """
    try:
        family, address = _address(host)
        with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OverflowError as error:
        raise _refused(host, port, "no port number") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise _refused(host, port, os.strerror(error.errno or 0) if error.errno else str(error)) from error
    return True


def _doors(settings: Settings, programs: Collection[Program]) -> list[_Door]:
    hub, gateway = settings.hub, settings.gateway
    found: list[_Door] = []
    if "hub" in programs:
        found += [
            _Door("hub", "hub.port", hub.host, hub.port, "port" in hub.model_fields_set),
            _Door(
                "hub_gateways",
                "hub.gateway_port",
                hub.host,
                hub.gateway_port,
                "gateway_port" in hub.model_fields_set,
            ),
        ]
    if "gateway" in programs:
        found.append(_Door("dimse", "gateway.port", gateway.host, gateway.port, "port" in gateway.model_fields_set))
    return found


def _choose(door: _Door, last: int | None, kept: ExitStack) -> int:
    if door.demanded and door.port:
        if not _take(door.host, door.port, kept):
            raise ConfigurationError(
                f"port {door.port} is taken",
                phase=_PHASE,
                remedy=f"stop what listens there, or change {door.setting} (0: any free port)",
            )
        return door.port
    for port in filter(None, (door.port, last)):
        if _take(door.host, port, kept):
            return port
    is_free(door.host, 0)  # says what is wrong with the host
    while True:
        family, address = _address(door.host)
        with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
            probe.bind((address, 0))
            free: int = probe.getsockname()[1]
        if _take(door.host, free, kept):
            return free


def _take(host: str, port: int, kept: ExitStack) -> bool:
    """Keep a port from every other home on this machine, until the one who took it ends.

    The mark is a name in the kernel (unix(7), abstract), which goes with its process and leaves no file behind; what
    is no dokuei does not see it, and meets our listener or is met by it.
    """
    mark = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        mark.bind(f"\0dokuei-port-{port}")
    except OSError:
        mark.close()
        return False
    with ExitStack() as until_sure:
        until_sure.enter_context(mark)
        if not is_free(host, port):
            return False
        kept.push(until_sure.pop_all())
    return True


def _address(host: str) -> tuple[socket.AddressFamily, str]:
    if host == "localhost":
        return socket.AF_INET, "127.0.0.1"
    family, _, _, _, address = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0]
    return family, str(address[0])


def _refused(host: str, port: int, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"{host} port {port} cannot be opened: {why}",
        phase=_PHASE,
        remedy="set hub.host and gateway.host to addresses of this machine, and ports that are permitted",
    )
