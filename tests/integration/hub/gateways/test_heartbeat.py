"""What the hub's administrators learn of a gateway's quarantine: why, in words, and nothing of the patient."""

import threading

from dokuei.errors import UnsupportedError
from dokuei.gateway.enrol import hub_client
from dokuei.gateway.heartbeat import Heart
from dokuei.gateway.link import Link
from dokuei.gateway.quarantine import Quarantine, Suspect
from dokuei.gateway.spool import open_spool
from dokuei.hub.gateways.model import GatewayState
from dokuei.settings import Settings
from tests.makers.gateway_hub import HubForGateways

_SUSPECT = Suspect(sha256="0" * 64, size=1, sop_instance_uid="1.2.3", study_instance_uid="1.2", sending_ae="MAMMO")
_WHY = UnsupportedError("decoders disagree", phase="coding", remedy="ask its maker")


def _state(hub: HubForGateways) -> GatewayState:
    return max(hub.service.gateways(["kita"]), key=lambda one: one.gateway.enrolled_at)


def test_the_hub_is_told_what_waits_in_quarantine_and_forgets_it_when_settled(
    hub: HubForGateways, gateway: Settings
) -> None:
    spool, client = open_spool(gateway.home), hub_client(gateway)
    heart = Heart(gateway, spool, Link(1.0, threading.Event()))
    quarantine = Quarantine(spool.database, spool.folder)
    quarantine.note(_SUSPECT, _WHY)
    heart._tell(client)
    told = _state(hub)
    assert told.quarantine == 1
    (refusal,) = told.refusals
    assert {name: refusal[name] for name in ("code", "reason", "remedy", "times", "sending_ae")} == {
        "code": "unsupported",
        "reason": "coding: decoders disagree",
        "remedy": "ask its maker",
        "times": 1,
        "sending_ae": "MAMMO",
    }
    assert "1.2" not in str(refusal)
    (entry,) = quarantine.entries()
    quarantine.resolve(entry.id, actor="operator:test", resolution="discarded")
    heart._tell(client)
    assert (_state(hub).quarantine, list(_state(hub).refusals)) == (0, [])
    client.close()
    spool.close()
