"""From whatever lets a patient come up to priors at the hub: a real PACS, a real line, and the hub's own ledger."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from dokuei.dicom.pseudonym import Pseudonyms, is_pseudonym
from dokuei.gateway.enrol import enrol
from dokuei.gateway.pseudonyms import open_key
from dokuei.gateway.spool import open_spool
from dokuei.hub.app import Hub, open_hub
from dokuei.hub.priors import store
from dokuei.hub.priors.model import PriorSearch
from dokuei.hub.requests.model import Content, Patient
from dokuei.hub.requests.placing import Author
from tests.integration.gateway.test_priors import put
from tests.makers.archive import MG, image
from tests.makers.gateway_hub import HubForGateways, running_hub
from tests.makers.gateway_worker import Worker, add_received
from tests.makers.peers import Orthanc, orthanc_program, running_orthanc

NAMES = ("P1", "Yamada", "2.25.771", "2.25.772")


@dataclass
class Places:
    """A hub with a site that names patients truly and one that does not, and a PACS for both."""

    hub: HubForGateways
    opened: Hub
    pacs: Orthanc
    folder: Path

    def worker(self, site_id: str) -> Worker:
        """A gateway of the site that asks the PACS, enrolled and not started."""
        made = Worker(
            self.folder / site_id,
            {
                "DOKUEI_GATEWAY__HUB_URL": f"https://localhost:{self.hub.port}",
                "DOKUEI_GATEWAY__PULSE_MINUTES": "0",
                "DOKUEI_GATEWAY__PACS__AE_TITLE": self.pacs.ae_title,
                "DOKUEI_GATEWAY__PACS__HOST": "127.0.0.1",
                "DOKUEI_GATEWAY__PACS__PORT": str(self.pacs.dimse_port),
                "DOKUEI_GATEWAY__PRIORS__RETRIEVE": "get",
            },
        )
        made.home.mkdir()
        enrol(made.settings, self.hub.service.invite(site_id, actor="test"))
        return made

    def ledger(self, site_id: str, patient_id: str) -> PriorSearch | None:
        with self.opened.archive.database.read() as connection:
            return next(iter(store.of_patients(connection, {site_id}, {patient_id})[site_id, patient_id]), None)

    def wait_for_two(self, site_id: str, patient_id: str) -> PriorSearch:
        def settled() -> bool:
            found = self.ledger(site_id, patient_id)
            return found is not None and [one.state for one in found.studies] == ["arrived", "arrived"]

        wait(settled, lambda: str(self.ledger(site_id, patient_id)))
        found = self.ledger(site_id, patient_id)
        assert found is not None
        return found


def wait(condition: Callable[[], bool], said: Callable[[], str]) -> None:
    until = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < until, said()
        time.sleep(0.2)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    if orthanc_program() is None:
        pytest.skip("Orthanc is not installed (setup/system.sh test installs it)")
    folder = tmp_path_factory.mktemp("places")
    with ExitStack() as stack:
        pacs = stack.enter_context(running_orthanc(folder / "pacs"))
        pacs.knows("DOKUEI", 1)  # by C-GET it never needs to connect
        for number in (1, 2):
            put(pacs, folder, number)
        hub = stack.enter_context(running_hub(folder / "hub", archive="whole"))
        opened = open_hub(hub.settings)
        stack.callback(opened.archive.database.close)
        opened.sites.change("minami", actor="test", identity_mode="pseudonym")
        yield Places(hub, opened, pacs, folder)


def test_a_request_in_the_portal_brings_priors_before_any_image(places: Places) -> None:
    """IMG-12 JRS-08: the gateway hears of it from the hub."""
    worker = places.worker("kita")
    patient = Patient("P1", birth_date="19700101")
    content = Content(patient=patient, modality="MG", examination_date="20261130")
    requests = places.opened.requests
    with requests.database.begin() as connection:
        requests.placing.entered(connection, "kita", content, source="portal", author=Author("test", "試験"))
    worker.start()
    try:
        found = places.wait_for_two("kita", "P1")
    finally:
        worker.kill()
    assert (found.state, found.others) == ("answered", 0)
    assert sorted(one.study_instance_uid for one in found.studies) == ["2.25.771", "2.25.772"]
    assert all(len(places.hub.held("kita", one.study_instance_uid)) == 2 for one in found.studies)


def test_under_pseudonyms_the_hub_hears_of_priors_under_pseudonyms_alone(places: Places) -> None:
    """JRS-11: the PACS is asked by the true number, which stands nowhere at the hub for this site."""
    worker = places.worker("minami")
    current = places.folder / "current.dcm"
    image(study="2.25.9", sop_class=MG, modality="MG", patient_id="P1").save_as(current, enforce_file_format=True)
    add_received(worker.home, [current])
    worker.start()
    spool = open_spool(worker.home)
    try:
        pseudonyms = Pseudonyms(open_key(worker.home, spool.database))
        pseudonym = pseudonyms.patient("P1", "", "")
        found = places.wait_for_two("minami", pseudonym)
    finally:
        worker.kill()
        spool.close()
    assert is_pseudonym(pseudonym)
    assert not [name for name in NAMES if name in str(found)]
    told = {one.study_instance_uid for one in found.studies}
    assert told == {pseudonyms.uid(uid) for uid in ("2.25.771", "2.25.772")}
    assert all(len(places.hub.held("minami", uid)) == 2 for uid in told)
    assert places.ledger("minami", "P1") is None
