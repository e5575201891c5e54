"""A hub that answers gateways, and a gateway enrolled with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dokuei.gateway.enrol import enrol
from dokuei.settings import Settings, read_settings
from tests.makers.gateway_hub import HubForGateways, running_hub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubForGateways]:
    with running_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture
def gateway(hub: HubForGateways, tmp_path: Path) -> Settings:
    settings = settings_of(tmp_path / "gateway", hub)
    enrol(settings, hub.service.invite("kita", actor="test"))
    return settings


def settings_of(home: Path, hub: HubForGateways) -> Settings:
    """A gateway's home folder that looks for this hub."""
    home.mkdir(parents=True, exist_ok=True)
    return read_settings(home, environment={"DOKUEI_GATEWAY__HUB_URL": f"https://localhost:{hub.port}"})
