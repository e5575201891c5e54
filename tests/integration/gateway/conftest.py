"""A receiver for tests that send to one; a hub and an enrolled worker for tests of the way between them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dokuei.gateway.enrol import enrol
from dokuei.hub.app import Hub, open_hub
from tests.makers.gateway_hub import HubForGateways, running_hub
from tests.makers.gateway_worker import Worker
from tests.makers.receiver import Receiver, running_receiver


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    """A receiver in a fresh home."""
    with running_receiver(tmp_path / "home") as running:
        yield running


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubForGateways]:
    """A hub with the real archive; files that need less have one of their own."""
    with running_hub(tmp_path / "hub", archive="real") as running:
        yield running


@pytest.fixture
def opened(hub: HubForGateways) -> Iterator[Hub]:
    """The same hub's services in the test's own process."""
    made = open_hub(hub.settings)
    yield made
    made.archive.database.close()


@pytest.fixture
def worker(hub: HubForGateways, tmp_path: Path) -> Iterator[Worker]:
    """A gateway of site ``kita``, enrolled and not started."""
    made = Worker(tmp_path / "gateway", {"DOKUEI_GATEWAY__HUB_URL": f"https://localhost:{hub.port}"})
    made.home.mkdir()
    enrol(made.settings, hub.service.invite("kita", actor="test"))
    yield made
    made.kill()


@pytest.fixture(scope="session")
def dcmtk() -> None:
    """Tests that need DCMTK are skipped where it is not installed."""
    if shutil.which("storescu") is None:
        pytest.skip("DCMTK is not installed (setup/system.sh test installs it)")
