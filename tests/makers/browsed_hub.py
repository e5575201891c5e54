"""The whole hub behind real HTTP with the built viewer in front, and Chromium to look at it with."""

import secrets
import shutil
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from dokuei.clock import now
from dokuei.dicom.coded import CodedInstance
from dokuei.dicom.intake import intake
from dokuei.hub.app import Hub, open_hub, readers_app
from dokuei.hub.archive.model import Declared, Incoming, Manifest, Stored
from dokuei.hub.archive.reading import Scope
from dokuei.hub.events import work
from dokuei.hub.gateways import store as gateways_store
from dokuei.hub.gateways.model import Gateway
from dokuei.hub.identity.model import Grant
from dokuei.hub.pages import viewer_folder
from dokuei.hub.prepare import prepare_hub
from dokuei.hub.sites.model import Site
from dokuei.hub.worklist import store as worklist_store
from dokuei.settings import read_settings
from dokuei.transfer.codes import EnrolmentCode
from dokuei.transfer.protocol import EnrolmentRequest, Heartbeat
from tests.makers.archive import MG, image, served
from tests.makers.displays import waive
from tests.makers.people import licence

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
GATEWAY_ACTOR = "gateway:test"


@dataclass
class BrowsedHub:
    """A hub with the sites ``kita`` and ``minami``, at an address that a browser can open."""

    hub: Hub
    folder: Path
    speaking: list[Gateway] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address that keys are bound to."""
        return self.hub.settings.hub.url

    def link(self, user_name: str, display_name: str, kana: str, *grants: Grant) -> str:
        """A new person's enrolment link."""
        person = self.hub.identity.people.add(
            user_name=user_name,
            display_name=display_name,
            display_name_kana=kana,
            grants=grants,
            actor="system",
        )
        licence(self.hub.identity, person, *grants)
        return self._link(person.person_id)

    def link_for(self, user_name: str) -> str:
        """A link for one more key of somebody who is known."""
        people = self.hub.identity.people.every()
        return self._link(next(one.person.person_id for one in people if one.person.user_name == user_name))

    def mammogram_case(self, *, site_id: str = "kita", **elements: Any) -> str:
        """Two proved views; the case's id."""
        study, series = generate_uid(), generate_uid()
        views = [
            image(study=study, series=series, sop_class=MG, modality="MG", number=number, **elements)
            for number in (1, 2)
        ]
        return self.case(views, site_id)

    def images_read(self, item_id: str) -> list[dict[str, Any]]:
        """Every frame of a case, as a reading room that showed them all would say."""
        with self.hub.stores.database.read() as connection:
            drafting = self.hub.reports.drafting
            sites = ("kita", "minami")
            role = drafting.cases.role_of(connection, item_id, None, site_ids=sites)
            case = drafting.cases.case(connection, item_id, role, site_ids=sites)
        known = self.hub.reports.signing.images.of_study(case.site_id, case.study_instance_uid)
        return [
            {"sop_instance_uid": one.sop_instance_uid, "frame": number, "digest": digest}
            for one in known
            for number, digest in enumerate(one.frames, 1)
        ]

    def gateway(self, site_id: str, name: str) -> Gateway:
        """A gateway that enrolled itself and has not spoken since."""
        secret = EnrolmentCode.read(self.hub.gateways.invite(site_id, actor="system")).secret.hex()
        key = ec.generate_private_key(ec.SECP256R1())
        request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
        pem = request.public_bytes(serialization.Encoding.PEM).decode()
        answer = self.hub.gateways.enrol(EnrolmentRequest(secret=secret, request=pem, name=name))
        states = self.hub.gateways.gateways([site_id])
        return next(state.gateway for state in states if state.gateway.gateway_id == answer.gateway_id)

    def hear(self, gateway: Gateway, heartbeat: Heartbeat) -> None:
        """What the gateway tells of itself, now and from now on."""
        self.hub.gateways.hear(gateway, heartbeat)
        self.speaking.append(gateway)
        self.beat()

    def beat(self) -> None:
        """Every gateway that speaks was heard of just now."""
        at = now()
        with self.hub.stores.database.begin() as connection:
            for gateway in self.speaking:
                nonce = secrets.token_hex(8)
                gateways_store.use_nonce(connection, gateway.gateway_id, nonce, until=at + timedelta(minutes=5), at=at)

    def _link(self, person_id: str) -> str:
        return f"{self.url}/enrol#{self.hub.identity.people.link(person_id, actor='system')}"

    def case(self, objects: Sequence[Dataset], site_id: str = "kita") -> str:
        """Objects of one study, coded, proved and stored; the case's id."""
        self.store(site_id, self.coded(objects))
        study = str(objects[0].StudyInstanceUID)
        self.declare(site_id, study)
        return self.item(site_id, study)

    def coded(self, objects: Sequence[Dataset]) -> list[Incoming]:
        """Objects as a gateway sends them: coded and proved."""
        incoming = []
        for one in objects:
            path = self.folder / f"{generate_uid()}.dcm"
            one.save_as(path, enforce_file_format=True)
            target = path.with_suffix(".coded")
            incoming.append(Incoming(target, intake(path, target)))
        return incoming

    def store(self, site_id: str, incoming: list[Incoming]) -> None:
        """What came of a study goes into the archive."""
        outcomes = self.hub.archive.store_instances(site_id, incoming, actor=GATEWAY_ACTOR)
        assert all(isinstance(outcome, Stored) for outcome in outcomes), outcomes

    def declare(self, site_id: str, study: str) -> None:
        """The gateway counts what it has sent of a study: all that is here."""
        self.sign_for(site_id, study, [one.coded for one in self.hub.archive.instances(Scope(site_id, study))])

    def sign_for(self, site_id: str, study: str, objects: list[CodedInstance]) -> None:
        """The gateway's manifest of a study."""
        counted = tuple(Declared(one.sop_instance_uid, len(one.frames), one.content_digest) for one in objects)
        signed_by = GATEWAY_ACTOR.removeprefix("gateway:")
        manifest = Manifest(study, signed_by, verified=True, document=b"{}", signature=b"", declared=counted)
        self.hub.archive.record_manifest(site_id, manifest, actor=GATEWAY_ACTOR)

    def item(self, site_id: str, study: str) -> str:
        """A declared study's case, as soon as it is on the worklist."""
        for _ in range(600):
            with self.hub.stores.database.read() as connection:
                found = worklist_store.find_by_study(connection, site_id, study)
            if found is not None and found.study.complete:
                return found.worklist_item_id
            time.sleep(0.05)
        raise AssertionError("the case does not appear on the worklist")


@contextmanager
def browsed_hub(folder: Path) -> Iterator[BrowsedHub]:
    """Serve a fresh hub; skipped where Chromium or the built viewer is not there."""
    if not (viewer_folder() / "index.html").exists():
        pytest.skip("the viewer has not been built (make viewer)")
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = read_settings(
        folder / "home", environment={"DOKUEI_HUB__HOST": "localhost", "DOKUEI_HUB__PORT": str(port)}
    )
    prepare_hub(settings)
    hub = open_hub(settings)
    waive(hub.displays)
    for site_id, name in (("kita", "北原総合病院"), ("minami", "みなと乳腺クリニック")):
        hub.sites.add(Site(site_id, name), actor="system")
    browsed = BrowsedHub(hub, folder)
    with served(readers_app(hub), port=port), at_work(browsed):
        yield browsed
    hub.stores.database.close()


@contextmanager
def at_work(browsed: BrowsedHub) -> Iterator[None]:
    """The hub's worker, and gateways that go on speaking."""
    stop = threading.Event()

    def beating() -> None:
        while not stop.wait(3):
            browsed.beat()

    threads = [threading.Thread(target=lambda: work(browsed.hub, stop=stop)), threading.Thread(target=beating)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)


def chromium() -> str:
    """Where Chromium is; tests that need it are skipped where it is not installed."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("Chromium is not installed (setup/system.sh test installs it)")
    return found
