"""A gateway's own trail in the hub's: in order, once, and nothing that gateways have no word in."""

import json
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import select

from dokuei.errors import RequestError
from dokuei.gateway import forward_audit
from dokuei.gateway.enrol import hub_client, identity_of
from dokuei.gateway.spool import Spool, open_spool
from dokuei.gateway.tell_trail import TrailTeller
from dokuei.settings import Settings
from dokuei.storage.audit import gateway_trail, hub_entries, hub_trail
from dokuei.transfer.client import HubClient
from dokuei.transfer.protocol import IdentityMode
from dokuei.transfer.trails import TRAIL_PATH
from tests.makers.gateway_hub import HubForGateways
from tests.makers.gateway_worker import add_coded

STUDY = "1.2.826.0.1.3680043.8.498.77"


@pytest.fixture
def spool(gateway: Settings) -> Iterator[Spool]:
    add_coded(gateway.home, STUDY, [100, 200])
    with closing(open_spool(gateway.home)) as opened, opened.database.begin() as connection:
        gateway_trail.append(
            connection, actor="address:192.0.2.9", event="association.rejected", details={"why": "unknown"}
        )
        gateway_trail.append(connection, actor="system", event="order.received", details={"key": "x"})
        long = "1." * 40 + "1"  # no UID, and what its sender called one
        gateway_trail.append(connection, actor="ae:CT", event="instance.quarantined", subject=long)
        forward_audit.announced(connection, STUDY)
        forward_audit.forwarded(connection, STUDY, instances=2, manifest_sha256="0" * 64)
    with closing(open_spool(gateway.home)) as opened:
        yield opened


def kept(hub: HubForGateways, gateway: Settings) -> list[tuple[str, str | None, dict[str, object]]]:
    """What the hub's trail has of this gateway's."""
    actor = f"gateway:{identity_of(gateway.home).demand().gateway_id}"
    with hub.service.database.read() as connection:
        assert hub_trail.verify(connection).broken_at is None
        rows = connection.execute(
            select(hub_entries).where(hub_entries.c.actor == actor).order_by(hub_entries.c.sequence)
        ).all()
    return [(row.event, row.subject, json.loads(row.details)) for row in rows if "gateway" in json.loads(row.details)]


def told(teller: TrailTeller, client: HubClient, mode: IdentityMode = "true") -> int:
    return sum(teller.turn(client, mode) for _ in range(3))


def test_what_happened_at_the_hospitals_doors_stands_in_the_hubs_trail_once(
    hub: HubForGateways, gateway: Settings, spool: Spool
) -> None:
    """LOG-06 LOG-08: also after an answer was lost, or the gateway began anew."""
    with closing(hub_client(gateway)) as client:
        assert told(TrailTeller(spool.database), client) == 5
        assert told(TrailTeller(spool.database), client) == 0
        assert TrailTeller(spool.database, heard=0).turn(client, "true") == 5, "its last answer was lost"
    found = kept(hub, gateway)
    assert [(event, subject) for event, subject, _ in found] == [
        ("association.rejected", None),
        ("instance.quarantined", None),
        ("study.announced", STUDY),
        ("instances.received", STUDY),
        ("study.forwarded", STUDY),
    ]
    there = found[0][2]["gateway"]
    assert isinstance(there, dict)
    assert (there["actor"], there["sequence"], found[0][2]["why"]) == ("address:192.0.2.9", 1, "unknown")
    assert found[3][2]["instances"] == 2


def test_a_study_that_the_hub_may_not_know_by_this_name_is_not_named(
    hub: HubForGateways, gateway: Settings, spool: Spool
) -> None:
    with spool.database.begin() as connection:
        forward_audit.announced(connection, "1.2.3.4.5")
    with closing(hub_client(gateway)) as client:
        assert told(TrailTeller(spool.database), client, "pseudonym") == 6
    found = kept(hub, gateway)
    assert found[-1][:2] == ("study.announced", None)
    assert "1.2.3.4.5" not in json.dumps(found)


@pytest.mark.parametrize(
    "changed",
    [
        {"event": "role.granted"},
        {"details": {"long": "x" * 400}},
        {"sequence": 0},
        {"at": "yesterday"},
        {"subject": "1" * 65},
    ],
)
def test_a_gateway_has_no_word_in_anything_else(
    hub: HubForGateways, gateway: Settings, changed: dict[str, object]
) -> None:
    entry = {"sequence": 1, "at": "2026-11-30T00:00:00+00:00", "actor": "system", "event": "study.announced", **changed}
    body = json.dumps({"entries": [entry], "until": 1}).encode()
    with closing(hub_client(gateway)) as client, pytest.raises(RequestError):
        client.call("POST", TRAIL_PATH, body)
    assert kept(hub, gateway) == []
