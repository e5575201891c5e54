import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dokuei.cli.ports import Program, remembered_ports, reserved_ports, with_remembered_ports
from dokuei.errors import ConfigurationError
from dokuei.settings import HubSettings, Settings, read_settings

BOTH: tuple[Program, ...] = ("hub", "gateway")
HUB: tuple[Program, ...] = ("hub",)


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which a program listens that would share it (as Granian's listeners do)."""
    with closing(socket.socket()) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def _any_free(home: Path, **more: str) -> Settings:
    free = {"DOKUEI_HUB__PORT": "0", "DOKUEI_HUB__GATEWAY_PORT": "0", "DOKUEI_GATEWAY__PORT": "0"}
    return read_settings(home, environment={**free, **more})


def test_a_default_that_is_taken_gives_way_to_a_free_port(tmp_path: Path, taken_port: int) -> None:
    default = HubSettings.model_construct(**{**HubSettings().model_dump(), "port": taken_port}, _fields_set=set())
    settings = _any_free(tmp_path).model_copy(update={"hub": default})
    with reserved_ports(settings, BOTH) as ports:
        assert ports.hub != taken_port
        assert len({ports.hub, ports.hub_gateways, ports.dimse}) == 3


@pytest.mark.parametrize("setting", ["DOKUEI_HUB__PORT", "DOKUEI_HUB__GATEWAY_PORT", "DOKUEI_GATEWAY__PORT"])
def test_a_port_that_was_set_and_is_taken_stops_the_start(tmp_path: Path, taken_port: int, setting: str) -> None:
    settings = _any_free(tmp_path, **{setting: str(taken_port)})
    with pytest.raises(ConfigurationError, match=f"port {taken_port} is taken"), reserved_ports(settings, BOTH):
        pass


@pytest.mark.parametrize(
    "wrong", [{"DOKUEI_HUB__HOST": "192.0.2.1"}, {"DOKUEI_HUB__PORT": "70000"}, {"DOKUEI_GATEWAY__HOST": "no.invalid"}]
)
def test_what_can_never_be_opened_is_said(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError), reserved_ports(_any_free(tmp_path, **wrong), BOTH):
        pass


def test_a_port_is_another_homes_only_after_the_first_let_it_go(tmp_path: Path) -> None:
    with reserved_ports(_any_free(tmp_path / "a"), BOTH) as ports:
        same = _any_free(tmp_path / "b", DOKUEI_HUB__PORT=str(ports.hub))
        with pytest.raises(ConfigurationError, match="is taken"), reserved_ports(same, BOTH):
            pass
    with reserved_ports(same, BOTH) as taken_over:
        assert taken_over.hub == ports.hub


def test_the_ports_of_the_last_start_are_taken_again(tmp_path: Path) -> None:
    settings = _any_free(tmp_path)
    with reserved_ports(settings, BOTH) as first:
        pass
    with reserved_ports(settings, HUB) as second:
        assert (second.hub, second.hub_gateways, second.dimse) == (first.hub, first.hub_gateways, None)
    assert remembered_ports(tmp_path)["dimse"] == first.dimse
    named = with_remembered_ports(settings).hub
    assert (named.port, named.gateway_port) == (first.hub, first.hub_gateways)
