import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dokuei.cli.endpoints import choose_ports, read_endpoints, write_endpoints
from dokuei.settings import Settings, read_settings


@pytest.fixture
def taken_port() -> Iterator[int]:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def _settings(home: Path, port: int) -> Settings:
    return read_settings(home, environment={"DOKUEI_HUB__PORT": str(port), "DOKUEI_GATEWAY__PORT": str(port)})


def test_a_taken_port_gives_way_to_a_free_one(tmp_path: Path, taken_port: int) -> None:
    ports = choose_ports(_settings(tmp_path, taken_port), {})
    assert taken_port not in {ports.hub, ports.dimse}
    assert len({ports.hub, ports.hub_gateways, ports.dimse}) == 3


def test_the_port_of_the_last_start_is_taken_again(tmp_path: Path, taken_port: int) -> None:
    first = choose_ports(_settings(tmp_path, taken_port), {})
    second = choose_ports(_settings(tmp_path, taken_port), {"hub_port": first.hub})
    assert second.hub == first.hub


def test_endpoints_come_back_as_written_and_are_empty_before(tmp_path: Path) -> None:
    assert read_endpoints(tmp_path) == {}
    write_endpoints(tmp_path, {"hub": "http://localhost:1"})
    assert read_endpoints(tmp_path) == {"hub": "http://localhost:1"}
