"""Health by traffic with nothing replaced: real DIMSE, real coding, the hub's real listener, a real PACS."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from pydicom import dcmread
from sqlalchemy import func, select
from typer.testing import CliRunner

from dokuei.cli.health_words import WORDS
from dokuei.cli.main import build
from dokuei.clock import now
from dokuei.dicom.encapsulated_pdf import pdf_inside
from dokuei.errors import ConflictError
from dokuei.gateway import forward_tables
from dokuei.gateway.enrol import enrol, hub_client, identity_of
from dokuei.gateway.link import Link
from dokuei.gateway.metrics import GatewayCollector
from dokuei.gateway.pulse import Pulser
from dokuei.gateway.spool import open_spool
from dokuei.gateway.status import gateway_status
from dokuei.hub.app import Hub, open_hub, readers_app
from dokuei.hub.events import Events
from dokuei.hub.identity.model import Scope
from dokuei.hub.reports.sealing import sealer
from dokuei.hub.sites.model import Site
from dokuei.phantom.pulse import make_pulse
from dokuei.settings import Destination, Settings
from dokuei.storage.db import Database, gateway_metadata, hub_metadata
from dokuei.storage.outbox import carry_out
from dokuei.transfer.client import HubClient
from dokuei.transfer.pulses import PULSE_DOCUMENT_PATH, PULSE_FRAME_PATH, LegName, Pulse, pulse_uid
from tests.makers.asgi import AsgiTransport, asgi_portal
from tests.makers.gateway_hub import HubForGateways, free_port, running_hub
from tests.makers.gateway_worker import Worker
from tests.makers.peers import orthanc_program, running_orthanc
from tests.makers.readers import Readers
from tests.makers.receiver import Receiver, running_receiver

_BACK = {"sealed", "in-pacs", "committed"}


@dataclass
class Way:
    """Everything between the modality's port, the hospital's system and the hub."""

    hub: HubForGateways
    worker: Worker
    receiver: Receiver
    readers: Readers
    opened: Hub
    site_id: str

    @property
    def settings(self) -> Settings:
        return self.worker.settings

    def pulse(
        self,
        settings: Settings | None = None,
        *,
        dead: LegName | None = None,
        make_client: Callable[[Settings], HubClient] = hub_client,
    ) -> Pulse:
        """One pulse, taken in the test's own process; only the leg that is to be dead is not waited for."""
        wanted = settings or self.settings
        with closing(open_spool(wanted.home)) as spool:
            link = Link(1.0, threading.Event())
            return Pulser(
                wanted,
                spool,
                link,
                lambda: make_client(wanted),
                make_pulse,
                patience=lambda leg: 2 if leg == dead else 120,
            ).take()

    def with_gateway(self, **changed: Any) -> Settings:
        """The gateway's settings, some of them changed."""
        settings = self.settings
        return settings.model_copy(update={"gateway": settings.gateway.model_copy(update=changed)})

    def carry_out(self) -> None:
        """What the hub's worker does after each transaction."""
        opened = self.opened
        events = Events(
            opened.archive,
            opened.worklist,
            opened.requests,
            opened.outcomes,
            is_pulse=opened.gateways.pulses.is_pulse,
        )
        carry_out(opened.stores.database, events.handle, about=events.about, at_most=100)

    def rows(self) -> dict[str, int]:
        """How many rows each table of the hub has."""
        with self.opened.stores.database.read() as connection:
            return {
                name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in hub_metadata.tables.items()
                if name != "gateway_nonce"  # signatures, which end by themselves
            }

    def gateway_rows(self) -> dict[str, int]:
        """How many rows each table of the gateway has."""
        with closing(open_spool(self.worker.home)) as spool, spool.database.read() as connection:
            return {
                name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in gateway_metadata.tables.items()
            }

    def files(self) -> set[str]:
        """Every file that the hub keeps beside its database."""
        return {str(path) for path in (self.hub.home / "hub" / "blobs").rglob("*") if path.is_file()}

    @contextmanager
    def sabotaged(self, database: Database, table: str, *, when: str) -> Iterator[None]:
        """One table takes no more of this."""
        with database.engine.begin() as connection:
            connection.exec_driver_sql(
                f"CREATE TRIGGER sabotage BEFORE {when} ON {table} BEGIN SELECT RAISE(ABORT, 'sabotage'); END"
            )
        yield
        with database.engine.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER sabotage")


@contextmanager
def _way(folder: Path, *, tls: bool = False, site_id: str = "kita") -> Iterator[Way]:
    port = free_port()
    (folder / "hub").mkdir()
    (folder / "hub" / "dokuei.toml").write_text(f"[hub]\nport = {port}\ntls = {str(tls).lower()}\n")
    with ExitStack() as stack:
        hub = stack.enter_context(running_hub(folder / "hub", archive="whole"))
        opened = open_hub(hub.settings)
        stack.callback(opened.stores.database.close)
        opened.sites.add(Site("nishi", "西", identity_mode="pseudonym"), actor="test")
        readers = Readers(hub.home, port)
        stack.callback(readers.kill)
        readers.start()
        worker = Worker(folder / "gateway", {"DOKUEI_GATEWAY__HUB_URL": f"https://localhost:{hub.port}"})
        worker.home.mkdir()
        enrol(worker.settings, hub.service.invite(site_id, actor="test"))
        listening = {"DOKUEI_GATEWAY__HL7__PORT": str(free_port())}
        receiver = stack.enter_context(running_receiver(worker.home, listening))
        worker.environment |= {"DOKUEI_GATEWAY__PORT": str(receiver.port), **listening}
        stack.callback(worker.kill)
        worker.start()
        yield Way(hub, worker, receiver, readers, opened, site_id)


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Way]:
    with _way(tmp_path) as made:
        yield made


def _states(pulse: Pulse) -> dict[str, str]:
    return {leg.name: leg.state for leg in pulse.legs}


@pytest.mark.parametrize(("tls", "site_id"), [(True, "kita"), (False, "nishi")], ids=["tls", "pseudonyms"])
def test_the_whole_way_is_gone_and_nothing_of_it_stays(tmp_path: Path, *, tls: bool, site_id: str) -> None:
    """Each leg is timed; the second pulse leaves as many rows and files as the first."""
    with _way(tmp_path, tls=tls, site_id=site_id) as way:
        _whole_way(way)


def _whole_way(way: Way) -> None:
    first = way.pulse()
    assert first.dead is None, first
    assert _states(first) == dict.fromkeys(_states(first), "ok") | {"in-pacs": "skipped", "committed": "skipped"}
    assert all(leg.at for leg in first.legs)
    way.carry_out()
    rows, files, in_hospital = way.rows(), way.files(), way.gateway_rows()
    assert way.pulse().dead is None
    way.carry_out()
    assert (way.rows(), way.files(), way.gateway_rows()) == (rows, files, in_hospital)
    assert (rows["reading_request"], in_hospital["order_notice"], in_hospital["scheduled_step"]) == (0, 0, 0)
    assert (rows["study"], rows["instance"], rows["worklist_item"], rows["gateway_pulse"]) == (0, 0, 0, 1)
    with closing(open_spool(way.worker.home)) as spool:
        assert spool.studies() == []
    (gateway,) = way.opened.gateways.gateways([way.site_id])
    health = way.opened.gateways.pulses.healths([gateway], now())[gateway.gateway.gateway_id]
    assert health.dead is None
    assert health.pulse is not None
    assert _states(health.pulse)["receipt"] == "ok"
    _document_is_sealed_and_no_report(way)
    _place_of_a_patients_study_is_not_taken(way)
    _metrics_say_so(way)


def _document_is_sealed_and_no_report(way: Way) -> None:
    with closing(hub_client(way.settings)) as client:
        made = dcmread(BytesIO(client.call("POST", PULSE_DOCUMENT_PATH, b"{}")))
    assert "not a report" in made.DocumentTitle
    assert made.VerificationFlag == "UNVERIFIED"
    settings = way.hub.settings
    seal = sealer(settings.home, settings.seal, centre_name=settings.hub.centre_name)
    assert seal.verify(pdf_inside(made)).good


def test_while_it_is_under_way_it_is_nobodys_case(way: Way) -> None:
    study = pulse_uid(identity_of(way.worker.home).demand().gateway_id, "study")
    seen: list[int] = []

    def watching(stop: threading.Event) -> None:
        while not stop.wait(0.02):
            if way.opened.archive.pulses.holds("kita", study):
                way.carry_out()
                seen.append(way.rows()["worklist_item"])

    stop = threading.Event()
    thread = threading.Thread(target=watching, args=(stop,))
    thread.start()
    try:
        assert way.pulse().dead is None
    finally:
        stop.set()
        thread.join()
    assert seen
    assert not any(seen)
    assert gateway_status(way.settings).studies == ()


def test_each_dead_part_is_named(way: Way) -> None:
    assert way.pulse().dead is None
    assert gateway_status(way.settings).health.dead is None
    way.worker.kill()
    with closing(open_spool(way.worker.home)) as spool, spool.database.begin() as connection:
        forward_tables.note_contact(connection, at=now() - timedelta(minutes=3), error="")
    assert gateway_status(way.settings).health.dead == "worker"
    told = CliRunner().invoke(build(["status"]), ["status", "--home", str(way.worker.home)])
    assert (told.exit_code, "ゲートウェイの処理プログラム" in told.output) == (1, True)
    dead = way.pulse(dead="proved")
    assert (dead.dead, _states(dead)["forwarded"], _states(dead)["receipt"]) == ("proved", "not-reached", "ok")
    told = CliRunner().invoke(build(["status"]), ["status", "--home", str(way.hub.home)])
    assert told.exit_code == 1
    assert "変換・検証" in told.output
    way.worker.start()
    assert way.pulse().dead is None  # what lay on its way goes on
    way.hub.kill()
    cut = way.pulse(dead="forwarded")
    assert (cut.dead, _states(cut)["received"], _states(cut)["receipt"]) == ("forwarded", "ok", "dead")
    way.receiver.kill()
    assert way.pulse().dead == "ordered"


def test_a_dead_leg_of_the_request_is_named_and_the_images_go_on(way: Way) -> None:
    """And so is the readers' door that answers nobody."""
    closed = way.settings.gateway.hl7.model_copy(update={"port": free_port()})
    _only_dead(way.pulse(way.with_gateway(hl7=closed)), "ordered", never_tried={"order-at-hub", "matched"})
    with ExitStack() as stack:
        spool = stack.enter_context(closing(open_spool(way.worker.home)))
        stack.enter_context(way.sabotaged(spool.database, "order_notice", when="UPDATE OF state"))
        _only_dead(way.pulse(dead="order-at-hub"), "order-at-hub", never_tried={"matched"})
    with way.sabotaged(way.opened.stores.database, "request_link", when="INSERT"):
        _only_dead(way.pulse(), "matched", never_tried=set())
    way.readers.kill()
    _only_dead(way.pulse(), "fetched", never_tried={"decoded", *_BACK})
    way.readers.start()
    _named_to_whoever_asks(way, "fetched")
    silent = way.settings.gateway.hl7.model_copy(update={"port": 0})
    assert way.pulse(way.with_gateway(hl7=silent)).dead is None  # nobody listens: the order's own channel


def test_a_dead_leg_at_the_hub_and_on_the_way_back_is_named(way: Way) -> None:
    """The hub that closes no study, the line that changes pixels, and the seal that cannot be made."""
    with way.sabotaged(way.opened.stores.database, "gateway_study", when="INSERT"):
        _only_dead(
            way.pulse(dead="at-hub"), "at-hub", never_tried={"order-at-hub", "matched", "fetched", "decoded", *_BACK}
        )
        _named_to_whoever_asks(way, "at-hub")
    assert way.pulse().dead is None, "what lay on its way goes on"
    _only_dead(way.pulse(make_client=_changing_pixels), "decoded", never_tried=_BACK)
    _named_to_whoever_asks(way, "decoded")
    key = way.hub.home / "hub" / "seal" / "seal.key"
    away = key.rename(key.with_suffix(".away"))
    _only_dead(way.pulse(), "sealed", never_tried={"in-pacs", "committed"})
    _named_to_whoever_asks(way, "sealed")
    away.rename(key)
    assert way.pulse().dead is None


def _changing_pixels(settings: Settings) -> HubClient:
    """A line that brings another frame than the hub gave."""
    client = hub_client(settings)
    real = client.call

    def call(method: str, path: str, body: bytes | None, *headers: dict[str, str] | None, **more: Any) -> bytes:
        answer = bytearray(real(method, path, body, *headers, **more))
        if path == PULSE_FRAME_PATH:
            answer[-len(answer) // 3] ^= 0x10
        return bytes(answer)

    client.call = call  # type: ignore[method-assign] # in the place of the line
    return client


def _named_to_whoever_asks(way: Way, leg: LegName) -> None:
    """By ``dokuei status`` at the hub, and to the gateways' page."""
    told = CliRunner().invoke(build(["status"]), ["status", "--home", str(way.hub.home)])
    assert (told.exit_code, WORDS["ja"]["bad"].format(part=WORDS["ja"][leg]) in told.output) == (1, True), told.output
    (gateway,) = way.opened.gateways.gateways([way.site_id])
    assert way.opened.gateways.pulses.healths([gateway], now())[gateway.gateway.gateway_id].dead == leg


def _only_dead(pulse: Pulse, leg: LegName, *, never_tried: set[str]) -> None:
    states = _states(pulse)
    assert {name for name, state in states.items() if state == "dead"} == {leg}, pulse
    assert {name for name, state in states.items() if state == "not-reached"} == never_tried, pulse


@pytest.mark.peer
def test_a_stopped_pacs_is_named_and_a_running_one_keeps_one_document(way: Way, tmp_path: Path) -> None:
    if orthanc_program() is None:
        pytest.skip("Orthanc is not installed (setup/system.sh test installs it)")
    with running_orthanc(tmp_path / "pacs") as pacs:
        pacs_settings = Destination(ae_title=pacs.ae_title, host="127.0.0.1", port=pacs.dimse_port)
        settings = way.with_gateway(pacs=pacs_settings)
        for _ in range(2):
            taken = way.pulse(settings)
            assert (_states(taken)["in-pacs"], taken.dead) == ("ok", "committed"), "it does not know whom to tell"
        (found,) = pacs.get("/instances")
        tags = pacs.get(f"/instances/{found}/simplified-tags")
        assert tags["PatientID"] == "DOKUEI-TEST-PATIENT"
    stopped = way.pulse(settings)
    assert (stopped.dead, _states(stopped)["receipt"]) == ("in-pacs", "ok")
    assert "does not answer" in next(leg.error for leg in stopped.legs if leg.state == "dead")


def _metrics_say_so(way: Way) -> None:
    """In the text format, of the token's own site, and without anybody's name in them."""
    tokens = way.opened.identity.tokens
    with asgi_portal() as portal:
        transport = AsgiTransport(readers_app(way.opened), portal)
        with httpx.Client(transport=transport, base_url=way.opened.settings.hub.url) as client:
            assert client.get("/metrics").status_code == 401
            images = tokens.create(scope=Scope.DICOMWEB, site_id=way.site_id, label="images", actor="test")
            assert client.get("/metrics", headers={"Authorization": f"Bearer {images}"}).status_code == 403
            told = {}
            for site_id in (way.site_id, "minami"):
                token = tokens.create(scope=Scope.METRICS, site_id=site_id, label="prometheus", actor="test")
                told[site_id] = client.get("/metrics", headers={"Authorization": f"Bearer {token}"}).text
    gateway_id = identity_of(way.worker.home).demand().gateway_id
    assert f'dokuei_pulse_ok{{gateway="{gateway_id}",site="{way.site_id}"}} 1.0' in told[way.site_id]
    assert 'leg="in-pacs"' in told[way.site_id]
    assert gateway_id not in told["minami"]
    with closing(open_spool(way.worker.home)) as spool:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(GatewayCollector(spool))
        own = generate_latest(registry).decode()
    assert "dokuei_pulse_ok 1.0" in own
    assert 'dokuei_pulse_leg_ok{leg="decoded"} 1.0' in own
    logs = "".join(path.read_text() for path in (way.worker.home / "worker.out", way.hub.home / "hub.out"))
    logs += way.readers.log()
    logs += (way.worker.home / "receiver.err").read_text()
    assert not [one for one in ("TEST^PATIENT", "試験", "DOKUEI-TEST-PATIENT") if one in logs + own + told[way.site_id]]


def _place_of_a_patients_study_is_not_taken(way: Way) -> None:
    gateway = way.opened.gateways.gateways([way.site_id])[0].gateway
    pulses = replace(way.opened.gateways.pulses, studies=_Holds())
    with pytest.raises(ConflictError, match="a patient's study has this UID"):
        pulses.begin(gateway, "1.2.3")


class _Holds:
    """An archive in which there is a patient's study under any UID."""

    @staticmethod
    def holds(site_id: str, study_instance_uid: str) -> bool:
        return bool(site_id and study_instance_uid)

    @staticmethod
    def forget(site_id: str, study_instance_uid: str) -> None:
        raise AssertionError(site_id, study_instance_uid)
