"""A hub, a line that can be cut, and a gateway whose worker forwards over it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dokuei.gateway.enrol import enrol
from tests.makers.cutter import Cutter, cutter
from tests.makers.gateway_hub import HubForGateways, running_hub
from tests.makers.gateway_worker import Worker


@dataclass
class Site:
    """A hospital's gateway and its line."""

    hub: HubForGateways
    line: Cutter
    worker: Worker


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with running_hub(tmp_path / "hub") as hub, cutter(hub.port) as line:
        made = Site(hub, line, Worker(tmp_path / "gateway"))
        made.worker.home.mkdir()
        made.worker.environment["DOKUEI_GATEWAY__HUB_URL"] = f"https://localhost:{line.port}"
        made.worker.environment["DOKUEI_GATEWAY__RETRY_CEILING_SECONDS"] = "2"
        enrol(made.worker.settings, hub.service.invite("kita", actor="test"))
        line.to_hub = 0
        yield made
        made.worker.kill()
