"""A gateway's clock beside the hub's: shown, alarmed once and on record on both sides, and nothing stops by it."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from dokuei import clock
from dokuei.gateway import heartbeat
from dokuei.gateway.enrol import hub_client
from dokuei.gateway.heartbeat import Heart
from dokuei.gateway.link import Link
from dokuei.gateway.spool import open_spool
from dokuei.hub.gateways import store
from dokuei.settings import Settings
from dokuei.storage.audit import gateway_trail, hub_trail
from dokuei.transfer.client import HubClient
from tests.integration.hub.gateways.test_heartbeat import _state
from tests.makers.gateway_hub import HubForGateways


def test_a_gateway_an_hour_behind_goes_on_and_everybody_is_told(
    hub: HubForGateways, gateway: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LOG-04: offset beyond a second raises an alarm and is itself logged."""
    spool, client = open_spool(gateway.home), hub_client(gateway)
    heart = Heart(gateway, spool, Link(1.0, threading.Event()))
    behind = timedelta(0)

    def wrong() -> datetime:
        return clock.now() - behind

    monkeypatch.setattr(heartbeat, "now", wrong)
    for behind in (  # noqa: B007 - what the wrong clock reads
        timedelta(0),
        timedelta(hours=1),
        timedelta(hours=1),
        timedelta(hours=1),
        timedelta(0),
        timedelta(0),
    ):
        heart._tell(client)
        told = _state(hub).clock_ahead_ms
        assert told is None or abs(told) < 500 or abs(told + 3_600_000) < 500, told
    assert _state(hub).clock_ahead_ms is not None
    with hub.service.database.read() as connection:
        there = [one.event for name in ("clock.drifted", "clock.right") for one in hub_trail.named(connection, name)]
        (alarm,) = hub_trail.named(connection, "security.alert")
    assert there == ["clock.drifted", "clock.right"]
    assert "-3600" in alarm.details
    with spool.database.read() as connection:
        here = [one.event for name in ("clock.drifted", "clock.right") for one in gateway_trail.named(connection, name)]
    assert here == ["clock.drifted", "clock.right"]
    _who_keeps_it_is_noticed_too(hub, heart, client)
    client.close()
    spool.close()


def _who_keeps_it_is_noticed_too(hub: HubForGateways, heart: Heart, client: HubClient) -> None:
    """LOG-04: kept by no time server for an hour it is an alarm, once."""
    for hours in (0, 1, 2):
        with hub.service.database.begin() as connection:
            since = clock.now() - timedelta(hours=hours)
            connection.execute(update(store.gateway).values(clock_unkept_since=since if hours else None))
        heart._known_clock, heart._clock_read_at = "unsynchronised", clock.monotonic()
        heart._tell(client)
    assert _events(hub, "clock.unkept", "clock.kept") == ["clock.unkept"]
    assert len(_events(hub, "security.alert")) == 2
    heart._known_clock = "synchronised"
    heart._tell(client)
    assert _events(hub, "clock.unkept", "clock.kept") == ["clock.unkept", "clock.kept"]


def _events(hub: HubForGateways, *names: str) -> list[str]:
    with hub.service.database.read() as connection:
        return [one.event for name in names for one in hub_trail.named(connection, name)]
