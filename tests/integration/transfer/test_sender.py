"""The sender's side over a real line: as many uploads as it is worth, by the site's hours, and on after a cut."""

import time
from collections.abc import Callable
from datetime import datetime

from dokuei.clock import now
from dokuei.gateway.status import GatewayStatus, gateway_status
from dokuei.hub.gateways.model import GatewayState
from dokuei.transfer.protocol import WINDOW_BYTES
from tests.integration.transfer.conftest import Site
from tests.makers.gateway_worker import add_coded, study_uid

_OVERHEAD = 600_000  # TLS, HTTP, offers, manifests and heartbeats of a whole test, beside the objects' bytes
_MB = 1_000_000
_HOURS = """
[gateway.sending]
limits = [{ mbit_per_second = 8.0 }]
"""


def _until(done: Callable[[], bool], seconds: float = 30.0) -> float:
    """How long it took."""
    begin = time.monotonic()
    while not done():
        assert time.monotonic() - begin < seconds
        time.sleep(0.02)
    return time.monotonic() - begin


def test_a_line_that_shares_by_connections_is_filled_and_cuts_and_stalls_cost_the_last_block(site: Site) -> None:
    """Each connection gets 1.5 MB/s; the line is cut once and silent once, and no more than a window is resent."""
    study = study_uid(1)
    coded = add_coded(site.worker.home, study, [_MB] * 30)
    site.line.bytes_per_second = 1.5 * _MB
    site.worker.start()
    _until(lambda: _status(site).sending.streams > 1)
    site.line.cut()
    cut_at = site.line.to_hub
    assert _until(lambda: site.line.to_hub > cut_at + _MB) < 2.0

    before = site.line.connections
    site.line.hold = True
    assert 3.0 < _until(lambda: site.line.connections > before + 1) < 9.0
    time.sleep(0.5)
    silent_at = site.line.to_hub
    site.line.hold = False
    assert _until(lambda: site.line.to_hub > silent_at + _MB) < 2.0

    site.line.bytes_per_second = 0.0
    site.worker.wait_at_hub(study)
    assert site.hub.held("kita", study) == {one.sop_instance_uid: one.content_digest for one in coded}
    order = (site.hub.home / "hub" / "plain" / "kita" / study / "order.txt").read_text().splitlines()
    assert len(order) == len(coded)
    assert site.line.to_hub - sum(one.size for one in coded) < 2 * WINDOW_BYTES + _OVERHEAD


def test_the_sites_hours_hold_for_all_but_what_is_urgent_and_the_estimate_keeps_to_them(site: Site) -> None:
    """8 Mbit/s around the clock: a megabyte a second, whatever the line could carry."""
    (site.worker.home / "dokuei.toml").write_text(_HOURS)
    bulk, urgent = study_uid(2), study_uid(3)
    add_coded(site.worker.home, bulk, [_MB] * 12)
    site.worker.start()
    _until(lambda: site.line.to_hub > _MB)
    begin, sent = time.monotonic(), site.line.to_hub
    time.sleep(3.0)
    rate = (site.line.to_hub - sent) / (time.monotonic() - begin)
    assert 0.8 * _MB < rate < 1.15 * _MB

    report = site.worker.report(bulk)
    assert report is not None
    promised = datetime.fromisoformat(report.done_at)
    assert 0 < report.left_bytes < 11 * _MB
    sending = _status(site).sending
    assert sending.limit_bytes_per_second == _MB
    assert 0.7 * _MB < sending.bytes_per_second < 1.3 * _MB
    _until(lambda: _heard(site).studies[0]["done_at"] != "", 6.0)
    told = _heard(site).sending
    assert told is not None
    assert told["limit_bytes_per_second"] == _MB

    (one,) = add_coded(site.worker.home, urgent, [5 * _MB], priority=1)
    assert _until(lambda: one.sop_instance_uid in site.hub.held("kita", urgent)) < 3.0, "urgent: the whole line"
    assert len(site.hub.held("kita", bulk)) < 12
    _until(lambda: len(site.hub.held("kita", bulk)) == 12)
    assert abs((now() - promised).total_seconds()) < 3.0


def _status(site: Site) -> GatewayStatus:
    return gateway_status(site.worker.settings)


def _heard(site: Site) -> GatewayState:
    (heard,) = site.hub.service.gateways(["kita"])
    return heard
