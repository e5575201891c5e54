"""The way back, whole: images by C-STORE, a report signed with a key, SR and sealed PDF in the hospital's PACS."""

import io
import json
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pydicom
import pyotp
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
from tests.makers.unspoken import Unspoken

pytestmark = [pytest.mark.peer, pytest.mark.timeout(900)]

PATIENT_ID = "KARTE-47110815"
ACCESSION = "AC-20261130-77"
BIRTH_DATE = "19700101"
WHO = {"Yamada", "Hanako", "山田", "花子", "やまだ", "はなこ", PATIENT_ID, ACCESSION, BIRTH_DATE}
FREE_TEXT = ("乳癌疑い", "右乳房にしこり", "家族歴", "ペースメーカーなし")
MESSAGE = "左乳房の追加撮影をお願いします。"
PASSWORD = "kuroi neko to akai kasa 26"
MISTYPED = "kuroi neko to aoi kasa 26"


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
        "DOKUEI_LOG_LEVEL": "debug",
        "DOKUEI_GATEWAY__METRICS_PORT": str(free_port()),
        "DOKUEI_GATEWAY__HL7__PORT": str(free_port()),
        "DOKUEI_GATEWAY__HL7__RESULTS__HOST": "127.0.0.1",
        "DOKUEI_GATEWAY__HL7__RESULTS__PORT": str(his.port),
        "DOKUEI_GATEWAY__PACS__AE_TITLE": pacs.ae_title,
        "DOKUEI_GATEWAY__PACS__HOST": "127.0.0.1",
        "DOKUEI_GATEWAY__PACS__PORT": str(pacs.dimse_port),
    }
    with running_home(tmp_path / "home", destination) as running:
        pacs.knows("DOKUEI", running.endpoints()["gateway"]["port"])
        yield running


def test_a_signed_report_arrives_in_the_pacs_as_sr_and_sealed_pdf(
    home: Home, pacs: Orthanc, his: InformationSystem
) -> None:
    """REC-14: verified, with verifying observer and the images read; the PDF's seal is unbroken on arrival.

    That both are kept is what the PACS itself says (Storage Commitment). The hospital's own system, which had ordered
    it by HL7, is told under its numbers. Of all that, no log says who was read, what was written, or by which secrets
    people and programs came in.
    """
    unspoken = Unspoken()
    place_order(home)
    with reader(home) as (client, key):
        item = send_mammograms(home, client)
        unspoken.add(*client.cookies.values())
        write_message(client, item)
        try_doors(home, client, unspoken)
        final = read_and_sign(client, key, item)
        sealed = client.get(final["pdf_url"]).content
        home.wait_until(lambda: len(reports_in(pacs)) == 2, seconds=90, what="in the PACS")
        committed_to(home, client, item)
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
    nobody_is_named(home, unspoken)


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
        committed_to(home, client, item)
    assert "Yamada" not in str(case)
    for document in reports_in(pacs).values():
        assert str(document.PatientName) == "Yamada^Hanako=山田^花子=やまだ^はなこ"
        assert (document.PatientID, document.PatientBirthDate, document.AccessionNumber) == (
            PATIENT_ID,
            BIRTH_DATE,
            ACCESSION,
        )
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


def committed_to(home: Home, client: httpx.Client, item: str) -> None:
    """The PACS has said that it keeps both, and the hospital's system has its message: the hub knows it of each."""

    def told() -> list[dict[str, str]]:
        deliveries = report_of(client, item)["deliveries"]
        return [{place["outlet"]: place["state"] for place in one["places"]} for one in deliveries]

    there = [{"pacs": "committed"}, {"pacs": "committed", "his": "stored"}]
    home.wait_until(lambda: told() == there, seconds=60, what="committed to, and told to the hub")
    assert all(one["delivered_at"] for one in report_of(client, item)["deliveries"])
    listed = json.loads(home.run("gateway", "status", "--json"))["reports"]
    assert (listed["arrived"], listed["waiting"]) == (2, 0)
    assert sorted(one["state"] for one in listed["places"]) == ["committed", "committed", "stored"]


def write_message(client: httpx.Client, item: str) -> None:
    """A note to the hospital."""
    message = {"message_id": uuid.uuid4().hex, "kind": "note", "text": MESSAGE}
    client.post(f"/api/v1/worklist/{item}/messages", json=message).raise_for_status()


def try_doors(home: Home, client: httpx.Client, unspoken: Unspoken) -> None:
    """Every other way in, and ways that stay shut: by password and code, by token, with names in addresses."""
    added = home.run("user", "add", "staff.b", "--name", "受付 二郎", "--role", "site_staff@hospital")
    code = added.strip().rsplit("#", 1)[1]
    mine = {"X-Dokuei-Enrolment": code}
    with httpx.Client(base_url=client.base_url, headers={"X-Dokuei-Request": "1"}, timeout=60) as other:
        chosen = other.post("/api/v1/enrolments/password", json={"password": PASSWORD}, headers=mine)
        totp = pyotp.TOTP(chosen.raise_for_status().json()["totp_secret"])
        other.post("/api/v1/enrolments/totp", json={"totp_code": totp.now()}, headers=mine).raise_for_status()
        both = {"user_name": "staff.b", "password": PASSWORD, "totp_code": totp.at(int(time.time()) + 30)}
        other.post("/api/v1/sign-in/password", json=both | {"password": MISTYPED})
        other.post("/api/v1/sign-in/password", json=both).raise_for_status()
        unspoken.add(code, totp.secret, *other.cookies.values())
    images, metrics = (home.run("token", "create", "--scope", one).split()[-1] for one in ("dicomweb", "metrics"))
    unspoken.add(images, metrics, "dokuei_stranger", PASSWORD, MISTYPED)
    with home.client(images) as program:
        for asked in ({"PatientName": "山田*"}, {"PatientID": PATIENT_ID}, {"AccessionNumber": ACCESSION}):
            program.get("/dicom-web/studies", params=asked).raise_for_status()
        program.get(f"/api/v1/worklist/{PATIENT_ID}/山田")
    for token in (metrics, "dokuei_stranger"):
        with home.client(token) as program:
            assert not Unspoken(WHO | unspoken.words).spoken_in(program.get("/metrics").content)


def nobody_is_named(home: Home, unspoken: Unspoken) -> None:
    """Every log of every process, what they printed, and what both programs tell of themselves."""
    unspoken.add(*WHO, *TEXT.values(), MESSAGE, *FREE_TEXT)
    unspoken.words -= {TEXT["category_right"], TEXT["category_left"]}
    logs = [home.folder / "up.out", *(home.folder / "logs").glob("*.log")]
    assert len(logs) > 5, "one for each process"
    said = b"".join(log.read_bytes() for log in logs)
    for event in (b"order.received", b"instance.received", b"order.told"):
        assert event in said, "the whole run is in them, in detail"
    assert unspoken.spoken_in_files(logs) == {}
    port = home.environment["DOKUEI_GATEWAY__METRICS_PORT"]
    assert unspoken.spoken_in(httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=30).content) == []


def place_order(home: Home) -> None:
    """The order of the patient whose images come, as far as the reading centre's taking it."""
    name = "山田^花子^^^^^L^I~やまだ^はなこ^^^^^L^P~Yamada^Hanako^^^^^L^A"
    text = order(patient_id=PATIENT_ID, accession=ACCESSION, name=name, study="").replace("19700203", BIRTH_DATE)
    assert said_of(ask(int(home.environment["DOKUEI_GATEWAY__HL7__PORT"]), written(text)))[1] == "AA"

    def taken() -> bool:
        orders = json.loads(home.run("gateway", "orders", "--all", "--json"))["orders"]
        return [one["state"] for one in orders] == ["taken"]

    home.wait_until(taken, what="taken by the hub")


def told_to(his: InformationSystem) -> None:
    """The result, under the hospital's own patient and numbers, and once."""
    his.wait_for(1, seconds=60)
    text = his.text(0)
    assert f"|{PATIENT_ID}^^^BYOIN^PI||山田^花子^^^^^L^I~やまだ^はなこ^^^^^L^P~Yamada^Hanako^^^^^L^A|" in text
    assert "\rORC|RE|P1|F1" in text
    assert f"|{ACCESSION}|" in text
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
        about: dict[str, Any] = {"patient_id": PATIENT_ID, "AccessionNumber": ACCESSION}
        view = image(study=study, series=series, sop_class=MG, modality="MG", number=number, **about)
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
