import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dokuei.gateway.enrol import enrol, identity_of
from dokuei.hub.prepare import open_stores
from dokuei.hub.sites.service import SitesService
from tests.makers.gateway_hub import HubForGateways, running_hub
from tests.makers.gateway_worker import Worker, add_coded, add_received, study_uid
from tests.makers.images import Series, write_series


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubForGateways]:
    with running_hub(tmp_path / "hub") as running:
        yield running


def _choose(hub: HubForGateways, mode: str) -> None:
    stores = open_stores(hub.settings)
    SitesService(stores.database).change("kita", actor="test", identity_mode=mode)
    stores.database.close()


def test_a_site_that_wants_pseudonyms_never_sends_a_true_identity(hub: HubForGateways, tmp_path: Path) -> None:
    """JRS-11: not even objects that were coded before the site chose leave the hospital, nor their UIDs."""
    worker = Worker(tmp_path / "gateway", {"DOKUEI_GATEWAY__HUB_URL": f"https://localhost:{hub.port}"})
    worker.home.mkdir()
    study = study_uid(1)
    add_coded(worker.home, study, [1000])
    add_received(worker.home, write_series(tmp_path / "images", Series(study=3), 1))
    _choose(hub, "pseudonym")
    enrol(worker.settings, hub.service.invite("kita", actor="test"))
    worker.start()
    try:
        deadline = time.monotonic() + 30
        while (heard := hub.service.gateways(["kita"])[0]).last_seen_at is None or heard.identity_mode != "pseudonym":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        time.sleep(2)
        assert heard.studies == []
        assert not hub.held("kita", study)
        report = worker.report(Series(study=3).study_instance_uid)
        assert report is not None
        assert "wants pseudonyms" in report.error
        _choose(hub, "true")
        worker.wait_at_hub(study)
    finally:
        worker.kill()
    assert identity_of(worker.home).demand().identity_mode == "true"
