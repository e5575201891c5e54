"""Which ports a home folder's programs use, and the file that tells others (``run/endpoints.json``)."""

import json
import socket
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dokuei.settings import Settings


@dataclass(frozen=True)
class Ports:
    """The three doors of a home: readers, gateways, modalities."""

    hub: int
    hub_gateways: int
    dimse: int


def endpoints_file(home: Path) -> Path:
    """Where the running programs say where they are."""
    return home / "run" / "endpoints.json"


def read_endpoints(home: Path) -> dict[str, Any]:
    """What the last start wrote; empty where nothing was."""
    try:
        found: dict[str, Any] = json.loads(endpoints_file(home).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found


def write_endpoints(home: Path, endpoints: dict[str, Any]) -> None:
    """Write whole or not at all: others wait for this file."""
    file = endpoints_file(home)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(json.dumps(endpoints, indent=2, ensure_ascii=False))
    part.replace(file)


def choose_ports(settings: Settings, last: dict[str, Any]) -> Ports:
    """The set ports where they are free, else those of the last start, else free ones."""
    chosen: list[int] = []
    wanted = (
        (settings.hub.host, settings.hub.port, last.get("hub_port")),
        (settings.hub.host, settings.hub.gateway_port, last.get("hub_gateway_port")),
        (settings.gateway.host, settings.gateway.port, last.get("gateway", {}).get("port")),
    )
    for host, *candidates in wanted:
        free = [p for p in candidates if p and p not in chosen and is_free(host, p)]
        chosen.append(free[0] if free else _any_free(host, chosen))
    return Ports(*chosen)


def is_free(host: str, port: int) -> bool:
    """Whether a listener could be opened there now."""
    family, address = _address(host)
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


def _any_free(host: str, taken: list[int]) -> int:
    family, address = _address(host)
    while True:
        with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
            probe.bind((address, 0))
            port: int = probe.getsockname()[1]
        if port not in taken:
            return port


def _address(host: str) -> tuple[socket.AddressFamily, str]:
    if host == "localhost":
        return socket.AF_INET, "127.0.0.1"
    family, _, _, _, address = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0]
    return family, str(address[0])
