"""What the hub's administrators learn of a gateway's quarantine: why, in words, and nothing of the patient."""

import json
import threading
from contextlib import closing
from pathlib import Path

import pytest

from dokuei.clock import now
from dokuei.dicom.deidentify import Deidentification
from dokuei.dicom.profile import Profile
from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.errors import UnsupportedError
from dokuei.gateway import contract, forward_tables, sending_tables
from dokuei.gateway.enrol import hub_client
from dokuei.gateway.heartbeat import Heart
from dokuei.gateway.link import Link
from dokuei.gateway.pipeline import Pipeline
from dokuei.gateway.pseudonyms import TRUE, Naming
from dokuei.gateway.quarantine import Quarantine, Suspect
from dokuei.gateway.sending_tables import SendingNow
from dokuei.gateway.spool import open_spool
from dokuei.hub.gateways.api_listing import GatewayStudyOut, SendingOut
from dokuei.hub.gateways.model import GatewayState
from dokuei.hub.sites.contracting import Scribe
from dokuei.hub.sites.contracts import Terms
from dokuei.hub.sites.service import SitesService
from dokuei.settings import BandwidthLimit, GatewaySettings, SendingSettings, Settings
from dokuei.storage.anchor import KEPT
from dokuei.storage.audit import Head, gateway_trail, hub_trail
from dokuei.transfer.protocol import PROTOCOL, Heartbeat, HeartbeatAnswer, IdentityMode, Offer, StudyReport
from tests.makers.gateway_hub import HubForGateways, free_port
from tests.makers.gateway_worker import add_received, coded_bytes
from tests.makers.objects import image, noise, save

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
    assert told.prior_rules is not None, "by which rules earlier studies are brought"
    first = {"current": ["MG"], "priors": ["MG"], "body_part": "any", "years": 10, "most": 4}
    assert (told.prior_rules["brought"], told.prior_rules["rules"][0]) == (False, first), "no PACS is set"
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


def test_nothing_is_made_of_the_queue_while_the_hub_is_away(gateway: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked out for twice a second, for days if need be; what is told is made for a line that is there."""
    spool, stop = open_spool(gateway.home), threading.Event()
    away = gateway.model_copy(
        update={"gateway": gateway.gateway.model_copy(update={"hub_url": f"https://localhost:{free_port()}"})}
    )
    heart, tries = Heart(away, spool, Link(1.0, stop)), 0
    made: list[int] = []

    def wait(seconds: float) -> bool:
        nonlocal tries
        tries += 1
        if tries == 3:
            heart.settings = gateway  # it is back: the next client knows where
        if made:
            stop.set()
            heart.link.news.set()
        return threading.Event().wait(min(seconds, 0.01))

    told = heart._studies

    def studies(mode: IdentityMode) -> list[StudyReport]:
        made.append(tries)
        return told(mode)

    monkeypatch.setattr(stop, "wait", wait)
    monkeypatch.setattr(heart, "_studies", studies)
    heart.beat()
    assert made == [4], "once, when it was back"
    with spool.database.read() as connection:
        assert forward_tables.contact(connection).error == ""
    spool.close()


def test_each_side_keeps_the_end_of_the_others_trail(hub: HubForGateways, gateway: Settings) -> None:
    """LOG-03: once a day the heartbeat carries both heads across, and each is chained into the other's trail."""
    spool, client = open_spool(gateway.home), hub_client(gateway)
    heart = Heart(gateway, spool, Link(1.0, threading.Event()))
    with spool.database.begin() as connection:
        gateway_trail.append(connection, actor="system", event="test.done")
        own = gateway_trail.head(connection)
    for _ in range(2):
        heart._tell(client)
    with hub.service.database.read() as connection:
        mine = _state(hub).gateway.gateway_id
        (there,) = [one for one in hub_trail.named(connection, KEPT) if one.subject == mine]
        hub_verdict = hub_trail.verify(connection)
    with spool.database.read() as connection:
        (here,) = list(gateway_trail.named(connection, KEPT))
    assert json.loads(there.details) == {"sequence": own.sequence, "hash": own.hash}
    assert there.site_id == "kita"
    assert json.loads(here.details)["sequence"] < hub_verdict.head.sequence
    kept = json.loads(here.details)
    with hub.service.database.read() as connection:
        anchor = Head(kept["sequence"], kept["hash"])
        assert hub_trail.verify(connection, anchors=[anchor]).broken_at is None
    client.close()
    spool.close()


def test_a_side_one_version_behind_tells_no_end_and_is_understood(hub: HubForGateways, gateway: Settings) -> None:
    client = hub_client(gateway)
    before = Heartbeat(version="0.0.1", protocol=PROTOCOL)
    assert before.trail_end is None
    assert Heartbeat.read(b'{"version":"0.0.1","protocol":1}').trail_end is None
    assert HeartbeatAnswer.read(b'{"urgent":[]}').trail_end is None
    assert client.heartbeat(before).identity_mode == "true"
    assert _state(hub).version == "0.0.1"
    client.close()


@pytest.mark.parametrize("mode", ["true", "pseudonym"])
def test_the_hub_is_told_what_is_odd_about_a_study(
    mode: IdentityMode, hub: HubForGateways, gateway: Settings, tmp_path: Path
) -> None:
    """JRS-11: fixed sentences name nobody, and cross the line under pseudonyms too."""
    client = hub_client(gateway)
    naming = Naming(TRUE, None)
    if mode == "pseudonym":
        naming = Naming("pseudonym", Deidentification(Profile(), Pseudonyms(b"k" * 32)))
    add_received(gateway.home, [save(tmp_path / "a.dcm", image(noise((8, 9)), PatientID=""))])
    with closing(open_spool(gateway.home)) as spool:
        Pipeline(spool, threading.Event(), lambda: naming).work_on(spool.claim())
        heart = Heart(gateway, spool, Link(1.0, threading.Event()))
        (report,) = heart._studies(mode)
        client.heartbeat(Heartbeat(version="1", protocol=PROTOCOL, identity_mode=mode, studies=[report]))
    (told,) = _state(hub).studies
    assert (told["warned_instances"], told["warnings"]) == (1, ["Patient ID is empty"])
    client.close()


def test_a_gateway_one_version_behind_tells_nothing_odd(hub: HubForGateways, gateway: Settings) -> None:
    client = hub_client(gateway)
    body = b'{"version":"0.0.1","protocol":1,"studies":[{"study_instance_uid":"2.25.1","state":"proved"}]}'
    client.heartbeat(Heartbeat.read(body))
    (told,) = _state(hub).studies
    assert (told["warned_instances"], told["warnings"]) == (0, [])
    before = GatewayStudyOut.model_validate({"study_instance_uid": "2.25.1", "state": "proved"})
    assert (before.warned_instances, before.warnings) == (0, []), "what it told before the hub was updated"
    client.close()


def test_the_hub_is_told_how_fast_a_gateway_sends_and_what_its_hours_allow(
    hub: HubForGateways, gateway: Settings
) -> None:
    client = hub_client(gateway)
    limited = GatewaySettings(sending=SendingSettings(limits=(BandwidthLimit(mbit_per_second=8),)))
    with closing(open_spool(gateway.home)) as spool:
        with spool.database.begin() as connection:
            sending_tables.note(connection, SendingNow(now(), 900_000, None, 2))
        Heart(gateway.model_copy(update={"gateway": limited}), spool, Link(1.0, threading.Event()))._tell(client)
    told = _state(hub).sending
    assert told is not None
    assert (told["bytes_per_second"], told["streams"], told["limit_bytes_per_second"]) == (900_000, 2, 1_000_000)
    assert SendingOut.model_validate(told).limit_until == "", "around the clock"
    client.heartbeat(Heartbeat(version="0.0.1", protocol=PROTOCOL))
    assert _state(hub).sending is None, "a gateway one version behind tells nothing of it"
    client.close()


def test_what_was_begun_under_true_identities_is_given_up_when_the_site_chose_otherwise(
    hub: HubForGateways, gateway: Settings
) -> None:
    """JRS-11: no half of an object that names its patient stays at the hub."""
    with closing(open_spool(gateway.home)) as spool:
        coded = coded_bytes(spool, "2.25.77", 1, 100)
    client = hub_client(gateway)
    client.offer(Offer(study_instance_uid=coded.study_instance_uid, instances=[coded.to_json()]))
    path = hub.service.intake.partials.path("kita", coded.sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"YAMADA")
    client.heartbeat(Heartbeat(version="1", protocol=PROTOCOL))
    assert path.exists()
    client.heartbeat(Heartbeat(version="1", protocol=PROTOCOL, identity_mode="pseudonym"))
    assert not path.exists()
    client.close()


def test_a_gateway_hears_what_its_hospital_may_ask_for_and_keeps_it(hub: HubForGateways, gateway: Settings) -> None:
    """JRS-03: an order outside the contract can be refused where it comes in, also while the hub is away."""
    spool, client = open_spool(gateway.home), hub_client(gateway)
    heart = Heart(gateway, spool, Link(1.0, threading.Event()))
    sites = SitesService(hub.service.database)
    assert contract.known(gateway.home) is None, "nothing was told yet"
    heart._tell(client)
    told = contract.known(gateway.home)
    assert told is not None
    before = told.scopes
    (present,) = sites.contracting.of_site("kita")
    number, terms = present.present.number, Terms(modalities=("US",))
    by = Scribe("person:office")
    sites.contracting.change(
        "kita", present.present.contract_id, terms, expected_version=number, by=by, because="範囲の変更"
    )
    heart._tell(client)
    told = contract.known(gateway.home)
    assert told is not None
    assert [one.modalities for one in before] != [one.modalities for one in told.scopes]
    assert told.scopes[0].modalities == ("US",)
    contract.heed(gateway.home, None)
    assert contract.known(gateway.home) == told, "a hub one version behind says nothing, and changes nothing"
    (gateway.home / "gateway" / "identity" / "contract.json").write_text("{", encoding="utf-8")
    assert contract.known(gateway.home) is None
    sites.contracting.change(
        "kita", present.present.contract_id, Terms(), expected_version=number + 1, by=by, because="試験の後"
    )
    heart._tell(client)
    client.close()
    spool.database.close()
