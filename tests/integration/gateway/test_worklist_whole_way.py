"""From an order over the worklist and a modality's images to the hub's matched request, with nothing replaced."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from dokuei.gateway.enrol import enrol
from dokuei.hub.app import Hub, open_hub
from dokuei.hub.events import Events
from dokuei.hub.requests import store
from dokuei.hub.requests.model import ReadingRequest
from dokuei.hub.requests.store import Wanted
from dokuei.storage.outbox import carry_out
from tests.makers.archive import MG, image
from tests.makers.gateway_hub import running_hub
from tests.makers.gateway_worker import Worker
from tests.makers.hospital import ask, order, said, written
from tests.makers.modality import association, send
from tests.makers.peers import free_port
from tests.makers.receiver import Receiver

_WORKLIST = "1.2.840.10008.5.1.4.31"
_COPIED = ("StudyInstanceUID", "PatientID", "PatientName", "PatientBirthDate", "PatientSex")


@dataclass
class Places:
    """A hospital's gateway with its doors for orders and modalities open, and the hub of its reading centre."""

    hub: Hub
    receiver: Receiver
    worker: Worker
    orders_port: int
    folder: Path

    def places(self, patient_id: str, placer: str, accession: str) -> None:
        """An order without a Study Instance UID."""
        words = order(patient_id=patient_id, placer=placer, accession=accession, study="", control_id=placer)
        assert said(ask(self.orders_port, written(words)))[1] == "AA"

    def asked_by_modality(self, patient_id: str) -> Dataset:
        """What the worklist tells a modality of a patient's one step."""
        asked = Dataset()
        asked.SpecificCharacterSet = "ISO_IR 192"
        for keyword in _COPIED:
            setattr(asked, keyword, "")
        asked.PatientID = patient_id
        with association(self.receiver.port, [(_WORKLIST, str(ExplicitVRLittleEndian))]) as made:
            found = [told for _, told in made.send_c_find(asked, _WORKLIST) if told is not None]
        (only,) = found
        return only

    def images(self, step: Dataset, **other: Any) -> str:
        """An image that took its particulars from the worklist, and no accession number; its study."""
        copied: dict[str, Any] = {keyword: str(getattr(step, keyword)) for keyword in _COPIED}
        made = image(sop_class=MG, modality="MG", **{**copied, "AccessionNumber": "", "StudyDate": "20261203", **other})
        made.SpecificCharacterSet = "ISO_IR 192"
        file = self.folder / f"{made.SOPInstanceUID}.dcm"
        made.save_as(file, enforce_file_format=True)
        assert [one.Status for one in send(self.receiver.port, file)] == [0]
        return str(made.StudyInstanceUID)

    def request(self, placer: str) -> ReadingRequest | None:
        """What the hub has made of an order by now."""
        hub = self.hub
        carry_out(hub.stores.database, Events(hub.archive, hub.worklist, hub.requests, hub.outcomes).handle)
        with hub.stores.database.read() as connection:
            listed = store.listed(connection, Wanted(), site_ids={"kita"})
        return next((one for one in listed if one.content.placer_order_number == placer), None)

    def wait(self, placer: str, so: Callable[[ReadingRequest], bool]) -> ReadingRequest:
        until = time.monotonic() + 90
        while (found := self.request(placer)) is None or not so(found):
            assert time.monotonic() < until, f"{found}\n{self.worker.log()[-3000:]}"
            time.sleep(0.2)
        return found


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    with ExitStack() as stack:
        served = stack.enter_context(running_hub(tmp_path / "hub", archive="whole"))
        hub = open_hub(served.settings)
        stack.callback(hub.stores.database.close)
        port = free_port()
        environment = {
            "DOKUEI_GATEWAY__HUB_URL": f"https://localhost:{served.port}",
            "DOKUEI_GATEWAY__HL7__PORT": str(port),
            "DOKUEI_GATEWAY__PULSE_MINUTES": "0",
        }
        worker = Worker(tmp_path / "gateway", environment)
        worker.home.mkdir()
        enrol(worker.settings, served.service.invite("kita", actor="test"))
        receiver = Receiver(worker.home, environment)
        receiver.start()
        stack.callback(receiver.stop)
        worker.start()
        stack.callback(worker.kill)
        yield Places(hub, receiver, worker, port, tmp_path)


def test_images_that_carry_the_worklists_uid_and_no_accession_number_are_matched(places: Places) -> None:
    """MRPET-05: the step that a modality chose says which request its images are for; another patient's block."""
    places.places("0001234", "P1", "A1")
    places.places("0005678", "P2", "A2")
    study = places.images(places.asked_by_modality("0001234"))
    matched = places.wait("P1", lambda one: bool(one.links))
    assert (matched.state, [one.study_instance_uid for one in matched.links]) == ("matched", [study])
    assert matched.links[0].settled_by is None
    other = places.images(places.asked_by_modality("0005678"), PatientID="0009999", PatientBirthDate="19800101")
    blocked = places.wait("P2", lambda one: bool(one.links))
    assert (blocked.state, [one.study_instance_uid for one in blocked.links]) == ("mismatch", [other])
    assert {"patient_id", "birth_date"} <= set(blocked.links[0].reasons)
