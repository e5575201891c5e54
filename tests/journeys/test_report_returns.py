"""The way back, whole: images by C-STORE, a report signed with a key, SR and sealed PDF in the hospital's PACS."""

import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pydicom
import pytest
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from pynetdicom import AE

from dokuei.dicom.encapsulated_pdf import ENCAPSULATED_PDF, pdf_inside
from dokuei.dicom.sr import ENHANCED_SR
from dokuei.hub.reports.pades_verify import certificates, verify_seal
from tests.makers.archive import MG, image
from tests.makers.authenticator import Authenticator
from tests.makers.home import Home, running_home
from tests.makers.hospital import InformationSystem, ask, order, written
from tests.makers.hospital import said as said_of
from tests.makers.peers import Orthanc, free_port, orthanc_program, running_orthanc
from tests.makers.reading import TEXT

pytestmark = pytest.mark.peer


@pytest.fixture
def pacs(tmp_path: Path) -> Iterator[Orthanc]:
    if orthanc_program() is None:
        pytest.skip("Orthanc is not installed (setup/system.sh test installs it)")
    with running_orthanc(tmp_path / "pacs", ae_title="PACS") as running:
        yield running


@pytest.fixture
def his() -> Iterator[InformationSystem]:
    with InformationSystem().running() as running:
        yield running


@pytest.fixture
def home(tmp_path: Path, pacs: Orthanc, his: InformationSystem) -> Iterator[Home]:
    destination = {
        "DOKUEI_GATEWAY__PULSE_MINUTES": "0",  # its document would lie among the reports
        "DOKUEI_GATEWAY__HL7__PORT": str(free_port()),
        "DOKUEI_GATEWAY__HL7__RESULTS__HOST": "127.0.0.1",
        "DOKUEI_GATEWAY__HL7__RESULTS__PORT": str(his.port),
        "DOKUEI_GATEWAY__PACS__AE_TITLE": pacs.ae_title,
        "DOKUEI_GATEWAY__PACS__HOST": "127.0.0.1",
        "DOKUEI_GATEWAY__PACS__PORT": str(pacs.dimse_port),
    }
    with running_home(tmp_path / "home", destination) as running:
        yield running


def test_a_signed_report_arrives_in_the_pacs_as_sr_and_sealed_pdf(
    home: Home, pacs: Orthanc, his: InformationSystem
) -> None:
    """REC-14: verified, with verifying observer and the images read; the PDF's seal is unbroken on arrival.

    The hospital's own system, which had ordered it by HL7, is told under its numbers.
    """
    place_order(home)
    with reader(home) as (client, key):
        item = send_mammograms(home, client)
        final = read_and_sign(client, key, item)
        sealed = client.get(final["pdf_url"]).content
        home.wait_until(lambda: len(reports_in(pacs)) == 2, seconds=90, what="in the PACS")
        home.wait_until(
            lambda: all(
                one["delivered_at"] for one in client.get(f"/api/v1/worklist/{item}/report").json()["deliveries"]
            ),
            seconds=30,
            what="receipted at the hub",
        )
    found = reports_in(pacs)
    assert pdf_inside(found[ENCAPSULATED_PDF]) == sealed
    trusted = certificates(home.folder / "hub" / "seal" / "seal.pem")
    assert verify_seal(pdf_inside(found[ENCAPSULATED_PDF]), trusted=trusted).good
    document = found[ENHANCED_SR]
    assert document.VerificationFlag == "VERIFIED"
    assert str(document.VerifyingObserverSequence[0].VerifyingObserverName) == "=読影^花子"
    said = dumped(document, home.folder / "sr.dcm")
    assert TEXT["impression"] in said
    assert "Verifying Observers" in said
    assert said.count("inferred from IMAGE") == 4
    told_to(his)


def test_under_pseudonyms_the_report_comes_back_under_the_true_identity(
    home: Home, pacs: Orthanc, his: InformationSystem
) -> None:
    """JRS-11: the reading centre knows the pseudonym alone; the PACS and the HIS get the patient, the seal unbroken."""
    home.run("site", "change", "hospital", "--mode", "pseudonym")
    home.wait_until(lambda: "仮名" in home.run("gateway", "pseudonyms"), what="heard at the gateway")
    place_order(home)
    with reader(home) as (client, key):
        item = send_mammograms(home, client)
        case = client.get(f"/api/v1/worklist/{item}").raise_for_status().json()
        final = read_and_sign(client, key, item)
        sealed = client.get(final["pdf_url"]).content
        home.wait_until(lambda: len(reports_in(pacs)) == 2, seconds=90, what="in the PACS")
    assert "Yamada" not in str(case)
    for document in reports_in(pacs).values():
        assert str(document.PatientName) == "Yamada^Hanako=山田^花子=やまだ^はなこ"
        assert (document.PatientID, document.PatientBirthDate, document.AccessionNumber) == ("P1", "19700101", "A1")
        assert str(document.ReferringPhysicianName) == "紹介^医師"
        assert document.StudyInstanceUID != case["study_instance_uid"]
        assert "PatientIdentityRemoved" not in document
        assert case["patient_id"] not in str(document)
    found = reports_in(pacs)
    assert pdf_inside(found[ENCAPSULATED_PDF]) == sealed
    trusted = certificates(home.folder / "hub" / "seal" / "seal.pem")
    assert verify_seal(pdf_inside(found[ENCAPSULATED_PDF]), trusted=trusted).good
    said = dumped(found[ENHANCED_SR], home.folder / "sr.dcm")
    assert said.count("inferred from IMAGE") == 4
    told_to(his)
    assert case["study_instance_uid"] not in his.text(0)


def place_order(home: Home) -> None:
    """The order of the patient whose images come, as far as the reading centre's taking it."""
    name = "山田^花子^^^^^L^I~やまだ^はなこ^^^^^L^P~Yamada^Hanako^^^^^L^A"
    text = order(patient_id="P1", name=name, study="").replace("19700203", "19700101")
    assert said_of(ask(int(home.environment["DOKUEI_GATEWAY__HL7__PORT"]), written(text)))[1] == "AA"

    def taken() -> bool:
        orders = json.loads(home.run("gateway", "orders", "--all", "--json"))["orders"]
        return [one["state"] for one in orders] == ["taken"]

    home.wait_until(taken, what="taken by the hub")


def told_to(his: InformationSystem) -> None:
    """The result, under the hospital's own patient and numbers, and once."""
    his.wait_for(1, seconds=60)
    text = his.text(0)
    assert "|P1^^^BYOIN^PI||山田^花子^^^^^L^I~やまだ^はなこ^^^^^L^P~Yamada^Hanako^^^^^L^A|" in text
    assert "\rORC|RE|P1|F1" in text
    assert "|A1|" in text
    assert "悪性の疑い" in text
    assert len(his.taken) == 1


def report_of(client: httpx.Client, item: str) -> dict[str, Any]:
    report: dict[str, Any] = client.get(f"/api/v1/worklist/{item}/report").raise_for_status().json()
    return report


def dumped(document: pydicom.Dataset, path: Path) -> str:
    """What dcmtk's dsrdump reads out of the document (it checks its structure, too)."""
    program = shutil.which("dsrdump")
    if program is None:
        pytest.skip("dcmtk is not installed")
    document.save_as(path)
    done = subprocess.run([program, "+Pl", str(path)], capture_output=True, text=True, check=True, timeout=30)
    return done.stdout


def reports_in(pacs: Orthanc) -> dict[str, pydicom.Dataset]:
    """The report objects that the PACS holds, by SOP class."""
    found: dict[str, pydicom.Dataset] = {}
    for instance in pacs.get("/instances"):
        data = httpx.get(f"{pacs.url}/instances/{instance}/file", timeout=30).raise_for_status().content
        dataset = pydicom.dcmread(io.BytesIO(data))
        if dataset.Modality in {"SR", "DOC"}:
            found[str(dataset.SOPClassUID)] = dataset
    return found


@contextmanager
def reader(home: Home) -> Iterator[tuple[httpx.Client, Authenticator]]:
    """A reader added on the command line, enrolled by the printed link, signed in by key."""
    hub = home.endpoints()["hub"]
    added = home.run("user", "add", "reader.a", "--name", "読影 花子", "--role", "reader")
    home.run("user", "profile", "reader.a", "--licence", "123456")
    home.run("display", "rules", "off", "--reason", "試験", "--by", "試験")
    code = added.strip().rsplit("#", 1)[1]
    key = Authenticator(hub)
    with httpx.Client(base_url=hub, headers={"X-Dokuei-Request": "1"}, timeout=60) as client:
        mine = {"X-Dokuei-Enrolment": code}
        options = client.post("/api/v1/enrolments/passkey/options", headers=mine).raise_for_status().json()
        made = {"credential": key.create(options), "label": "USB"}
        client.post("/api/v1/enrolments/passkey", json=made, headers=mine).raise_for_status()
        options = client.post("/api/v1/sign-in/passkey/options").raise_for_status().json()
        client.post("/api/v1/sign-in/passkey", json={"credential": key.get(options)}).raise_for_status()
        yield client, key


def send_mammograms(home: Home, client: httpx.Client) -> str:
    """Four views by C-STORE; the case's id once they are all proved at the hub."""
    study, series = generate_uid(), generate_uid()
    gateway = home.endpoints()["gateway"]
    entity = AE("MODALITY")
    entity.add_requested_context(MG, ExplicitVRLittleEndian)
    association = entity.associate(gateway["host"], gateway["port"], ae_title=gateway["ae_title"])
    assert association.is_established
    for number in range(1, 5):
        view = image(study=study, series=series, sop_class=MG, modality="MG", number=number)
        assert association.send_c_store(view).Status == 0
    association.release()

    def complete() -> list[Any]:
        items = client.get("/api/v1/worklist").raise_for_status().json()["items"]
        return [one for one in items if one["images_state"] == "complete" and one["arrived_instances"] == 4]

    home.wait_until(lambda: bool(complete()), seconds=90, what="complete on the worklist")
    item: str = complete()[0]["worklist_item_id"]
    return item


def read_and_sign(client: httpx.Client, key: Authenticator, item: str) -> dict[str, Any]:
    """Claim, look at every frame, write, sign by key."""
    case = client.post(f"/api/v1/worklist/{item}/claim").raise_for_status().json()
    images = client.get(f"/api/v1/sites/{case['site_id']}/studies/{case['study_instance_uid']}/images").json()
    read = [
        {"sop_instance_uid": one["sop_instance_uid"], "frame": number, "digest": frame["digest"]}
        for series in images["series"]
        for one in series["instances"]
        for number, frame in enumerate(one["frames"], 1)
    ]
    path = f"/api/v1/worklist/{item}/report"
    client.put(path, json={**TEXT, "images_read": read}, headers={"If-Match": '"0"'}).raise_for_status()
    begun = client.post(f"{path}/signature/begin").raise_for_status().json()
    body = {"version_digest": begun["version_digest"], "credential": key.get(begun["options"])}
    signed: dict[str, Any] = client.post(f"{path}/signature", json=body).raise_for_status().json()
    return signed
