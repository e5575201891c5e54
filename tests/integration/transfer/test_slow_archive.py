"""Cuts and kills while the real archive takes its time: nothing is asked for twice that has come whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dokuei.gateway.enrol import enrol
from tests.makers.cutter import Cutter, cutter
from tests.makers.gateway_hub import HubForGateways, running_hub
from tests.makers.gateway_worker import Worker, add_received
from tests.makers.images import Series, write_series

_SERIES = Series(study=6, side=512)
_IMAGES = 40
_OVERHEAD = 400_000


@dataclass
class Site:
    """A hub whose disk is slow, a line, a gateway."""

    hub: HubForGateways
    line: Cutter
    worker: Worker

    def stored(self) -> int:
        return sum(file.stat().st_size for file in self.hub.home.rglob("archive/kita/**/*.dcm"))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    slow = {"SECONDS_EACH": "0.1"}
    with running_hub(tmp_path / "hub", archive="real", environment=slow) as hub, cutter(hub.port) as line:
        made = Site(hub, line, Worker(tmp_path / "gateway"))
        made.worker.home.mkdir()
        made.worker.environment["DOKUEI_GATEWAY__HUB_URL"] = f"https://localhost:{line.port}"
        made.worker.environment["DOKUEI_GATEWAY__RETRY_CEILING_SECONDS"] = "2"
        enrol(made.worker.settings, hub.service.invite("kita", actor="test"))
        add_received(made.worker.home, write_series(tmp_path / "images", _SERIES, _IMAGES))
        line.to_hub = 0
        yield made
        made.worker.kill()


def test_cuts_while_objects_are_judged_cost_less_than_2_mb_each(site: Site) -> None:
    marks = [2_000_000, 6_000_000, 10_000_000]

    def cut_again() -> None:
        if site.line.cut_at is None and marks:
            site.line.cut_at = max(marks.pop(0), site.line.to_hub + 1)

    cut_again()
    site.worker.start()
    site.worker.wait_at_hub(_SERIES.study_instance_uid, seconds=120, poll=cut_again)
    assert site.line.cuts >= 2
    assert site.line.to_hub - site.stored() < site.line.cuts * 2_000_000 + _OVERHEAD


def test_a_hub_that_dies_between_file_and_row_asks_for_nothing_again(site: Site) -> None:
    """SIGKILL while whole objects wait for their rows: they are judged again from what is here."""
    kills = 0

    def kill_once() -> None:
        nonlocal kills
        if kills < 3 and site.stored() > (1 + 3 * kills) * 1_000_000:
            kills += 1
            site.hub.kill()
            site.hub.start()

    site.worker.start()
    site.worker.wait_at_hub(_SERIES.study_instance_uid, seconds=120, poll=kill_once)
    assert kills == 3
    assert site.line.to_hub - site.stored() < kills * 2_000_000 + _OVERHEAD
    assert len(list(site.hub.home.rglob("archive/kita/**/*.dcm"))) == _IMAGES
    assert list((site.hub.home / "hub" / "blobs" / "incoming" / "kita").iterdir()) == []
