"""The whole loop with the real programs: order, images, question, answer, signature, delivery, receipt, amendment.

A hospital's system orders by HL7, a modality sends, a reader and the hospital's people sit in front of browsers with
virtual USB keys, Orthanc is the hospital's PACS, and a listener without any code of ours takes the results.
"""

import io
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import pydicom
import pytest
from playwright.sync_api import Locator, Page, expect
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from pynetdicom import AE

from dokuei.dicom.encapsulated_pdf import ENCAPSULATED_PDF
from dokuei.dicom.sr import ENHANCED_SR
from dokuei.hub.identity.model import Grant, Role
from tests.journeys.portal.conftest import READER, Visiting, Visitor, pictures, visiting
from tests.makers.archive import MG, image
from tests.makers.home import Home, running_home
from tests.makers.hospital import InformationSystem, ask, order, said, written
from tests.makers.peers import Orthanc, free_port, orthanc_program, running_orthanc

pytestmark = [pytest.mark.browser, pytest.mark.peer, pytest.mark.timeout(600)]
__all__ = ["pictures", "visiting"]  # fixtures of the portal's journeys, used here

STAFF: Final = Grant(Role.SITE_STAFF, "hospital")
PHYSICIAN: Final = Grant(Role.REFERRING_PHYSICIAN, "hospital")
VIEWS: Final = (("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO"))
NAME: Final = "山田^花子^^^^^L^I~やまだ^はなこ^^^^^L^P~Yamada^Hanako^^^^^L^A"
QUESTION: Final = "手術歴はありますか。"
FINDINGS: Final = "腫瘤、石灰化、構築の乱れを認めない。"
AMENDED: Final = "手術歴のないことを確認した。"
ANSWER: Final = "手術歴はありません。"

WORDS: Final = {
    "ja": {
        "question": "質問",
        "what": "質問の内容",
        "blocks": "回答があるまでレポートを確定させない",
        "reply": "回答する",
        "answer": "回答の内容",
        "findings": "所見",
        "impression": "診断",
        "normal": "両側異常なし",
        "confirm": "確定前の確認",
        "sign": "キーで署名して確定",
        "pdf": "署名済PDFを開く",
        "amend": "追記・修正する",
        "outcome": "施設での確認",
        "unread": "未読",
        "read": "既読",
        "places": "施設への返送",
        "kept": "PACSが保管を確認",
    },
    "en": {
        "question": "Question",
        "what": "What you want to know",
        "blocks": "Hold the report’s signature until this is answered",
        "reply": "Answer",
        "answer": "Your answer",
        "findings": "Findings",
        "impression": "Diagnosis",
        "normal": "Both breasts",
        "confirm": "Check and sign",
        "sign": "Sign with the key",
        "pdf": "Open the sealed PDF",
        "amend": "Add to or correct this report",
        "outcome": "In the hospital",
        "unread": "Unread",
        "read": "Read",
        "places": "Return to the hospital",
        "kept": "the PACS confirmed that it keeps it",
    },
}


@dataclass
class Loop:
    """A home with its programs, the hospital's PACS and its information system."""

    home: Home
    pacs: Orthanc
    his: InformationSystem
    people: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The address that keys are bound to."""
        address: str = self.home.endpoints()["hub"]
        return address

    def link(self, user_name: str, display_name: str, _kana: str, grant: Grant) -> str:
        """A new person, made as an administrator makes one; the enrolment link."""
        role = f"{grant.role.value}@{grant.site_id}" if grant.site_id else grant.role.value
        added = self.home.run("user", "add", user_name, "--name", display_name, "--role", role)
        if grant.role is Role.READER:
            self.home.run("user", "profile", user_name, "--licence", "123456")
            self.home.run("display", "rules", "off", "--reason", "試験", "--by", "試験")
        return added.strip().split()[-1]

    def order(self, number: str) -> None:
        """The hospital's system orders a reading of the images that come under the same accession number."""
        text = order(patient_id=f"P{number}", placer=f"P{number}", accession=f"A{number}", name=NAME, study="")
        port = int(self.home.environment["DOKUEI_GATEWAY__HL7__PORT"])
        assert said(ask(port, written(text.replace("19700203", "19700101"))))[1] == "AA"

    def send(self, number: str) -> str:
        """Four views by C-STORE; their study."""
        study, series = generate_uid(), generate_uid()
        gateway = self.home.endpoints()["gateway"]
        entity = AE("MODALITY")
        entity.add_requested_context(MG, ExplicitVRLittleEndian)
        association = entity.associate(gateway["host"], gateway["port"], ae_title=gateway["ae_title"])
        assert association.is_established
        about: dict[str, Any] = {
            "patient_id": f"P{number}",
            "AccessionNumber": f"A{number}",
            "sop_class": MG,
            "modality": "MG",
        }
        for at, (side, view) in enumerate(VIEWS, 1):
            one = image(study=study, series=series, number=at, ImageLaterality=side, ViewPosition=view, **about)
            assert association.send_c_store(one).Status == 0
        association.release()
        return study

    def reports(self) -> list[pydicom.Dataset]:
        """The report objects that the PACS holds."""
        found = []
        for instance in self.pacs.get("/instances"):
            data = httpx.get(f"{self.pacs.url}/instances/{instance}/file", timeout=30).raise_for_status().content
            found.append(pydicom.dcmread(io.BytesIO(data)))
        mine = [one for one in found if one.Modality in {"SR", "DOC"}]
        return [one for one in mine if one.PatientID in {"P1", "P2"}]  # the test patient's document is no report


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loop]:
    if orthanc_program() is None:
        pytest.skip("Orthanc is not installed (setup/system.sh test installs it)")
    folder = tmp_path_factory.mktemp("loop")
    with ExitStack() as stack:
        pacs = stack.enter_context(running_orthanc(folder / "pacs", ae_title="PACS"))
        his = stack.enter_context(InformationSystem().running())
        places = {
            "DOKUEI_GATEWAY__HL7__PORT": str(free_port()),
            "DOKUEI_GATEWAY__HL7__RESULTS__HOST": "127.0.0.1",
            "DOKUEI_GATEWAY__HL7__RESULTS__PORT": str(his.port),
            "DOKUEI_GATEWAY__PACS__AE_TITLE": pacs.ae_title,
            "DOKUEI_GATEWAY__PACS__HOST": "127.0.0.1",
            "DOKUEI_GATEWAY__PACS__PORT": str(pacs.dimse_port),
        }
        home = stack.enter_context(running_home(folder / "home", places))
        pacs.knows("DOKUEI", home.endpoints()["gateway"]["port"])
        yield Loop(home, pacs, his)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_from_the_order_to_the_amendment(hub: Loop, visiting: Visiting, pictures: Path, language: str) -> None:
    """REC-02, REPORT-05, JRS-08: each side sees what the other did, and nothing is told before it is so."""
    number = {"ja": "1", "en": "2"}[language]
    hub.order(number)
    study = hub.send(number)
    reader = visiting(f"reader-{language}", READER, language=language)
    case = Case(hub, complete(hub, reader, study), number, language, pictures)
    staff = visiting(f"staff-{language}", STAFF, language=language)
    physician = visiting(f"physician-{language}", PHYSICIAN, language=language)
    case.read(reader)
    case.asked(reader.page)
    case.answered(staff)
    case.signed(reader)
    case.opened(physician, reader.page)
    case.amended(reader.page)


class Case:
    """One case on its way, with the browsers of those who work on it."""

    def __init__(self, hub: Loop, item: str, number: str, language: str, pictures: Path) -> None:
        self.hub, self.item, self.number, self.language, self.pictures = hub, item, number, language, pictures
        self.words = WORDS[language]
        self.told, self.kept = len(hub.his.taken), len(hub.reports())

    def look(self, name: str, page: Page) -> None:
        page.screenshot(path=self.pictures / f"loop-{name}-{self.language}.png")

    def read(self, reader: Visitor) -> None:
        """The list, the request beside the images, every image."""
        page = reader.page
        reader.open("/worklist")
        page.get_by_role("row").filter(has_text=re.compile("山田|Yamada")).first.wait_for()
        self.look("1-worklist", page)
        reader.call("POST", f"/api/v1/worklist/{self.item}/claim")
        page.goto(f"{self.hub.url}/read/{self.item}")
        see_every_image(page)
        expect(page.locator("[data-request-panel]")).to_contain_text("乳癌疑い")
        self.look("2-request", page)

    def asked(self, page: Page) -> None:
        """A question that holds the signature."""
        page.keyboard.press("Shift+KeyW")
        panel = page.locator("[data-messages-panel]")
        panel.get_by_text(self.words["question"], exact=True).click()
        panel.get_by_label(self.words["what"]).fill(QUESTION)
        panel.get_by_label(self.words["blocks"]).check()
        panel.get_by_label(self.words["what"]).press("Control+Enter")
        expect(panel.locator("[data-message='1']")).to_contain_text(QUESTION)
        page.keyboard.press("Escape")
        page.keyboard.press("Shift+KeyW")
        write(page, self.words)
        page.keyboard.press("Alt+Enter")
        expect(self.dialog(page)).to_contain_text(QUESTION)
        expect(self.dialog(page).get_by_role("button", name=self.words["sign"])).to_have_count(0)
        self.look("3-held", page)

    def answered(self, staff: Visitor) -> None:
        """By the hospital; nothing has left as a report so far."""
        staff.open(f"/cases/{self.item}")
        question = staff.page.locator("[data-message='1']")
        question.get_by_role("button", name=self.words["reply"]).click()
        staff.page.get_by_label(self.words["answer"]).fill(ANSWER)
        staff.page.get_by_label(self.words["answer"]).press("Control+Enter")
        expect(staff.page.locator("[data-message='2']")).to_contain_text(ANSWER)
        self.look("4-answered", staff.page)
        assert len(self.hub.his.taken) == self.told
        assert len(self.hub.reports()) == self.kept

    def signed(self, reader: Visitor) -> None:
        """With the key; SR and PDF lie in the PACS, the hospital's system has the result, nobody has read it."""
        page = reader.page
        self.dialog(page).get_by_role("button", name=self.words["sign"]).click(timeout=20_000)
        expect(page.get_by_role("link", name=self.words["pdf"])).to_be_visible(timeout=30_000)
        self.delivered(1, status="F", words=FINDINGS)
        reader.open(f"/cases/{self.item}")
        expect(self.outcome(page)).to_contain_text(self.words["unread"], timeout=20_000)

    def opened(self, physician: Visitor, readers: Page) -> None:
        """By who asked; the reader sees it."""
        physician.open(f"/cases/{self.item}")
        expect(physician.page.get_by_text(FINDINGS).first).to_be_visible()
        physician.page.mouse.move(300, 300)  # a hand: a page that nobody watches reads nothing
        self.look("5-opened", physician.page)
        expect(self.outcome(readers)).to_contain_text(self.words["read"], timeout=20_000)
        expect(self.outcome(readers)).to_contain_text(f"physician-{self.language}")
        self.look("6-receipt", readers)
        places = readers.get_by_role("list", name=self.words["places"])
        expect(places.get_by_text(self.words["kept"])).to_have_count(2)
        places.scroll_into_view_if_needed()
        self.look("6-places", readers)

    def amended(self, page: Page) -> None:
        """A new version goes the same way, and is unread although the physician's page shows it."""
        page.get_by_role("button", name=self.words["amend"]).click()
        page.get_by_label(self.words["impression"]).fill(f"異常なし。{AMENDED}")
        page.keyboard.press("Alt+Enter")
        self.dialog(page).get_by_role("button", name=self.words["sign"]).click(timeout=20_000)
        expect(self.outcome(page)).to_contain_text(self.words["unread"], timeout=30_000)
        self.look("7-amended", page)
        self.delivered(2, status="C", words=AMENDED)
        kinds = sorted(str(one.SOPClassUID) for one in self.hub.reports()[self.kept :])
        assert kinds == sorted(2 * [ENCAPSULATED_PDF, ENHANCED_SR])

    def delivered(self, version: int, *, status: str, words: str) -> None:
        """So many versions are in the PACS and in the hospital's system, there under its own numbers."""
        hub = self.hub
        hub.home.wait_until(lambda: len(hub.reports()) == self.kept + 2 * version, seconds=90, what="in the PACS")
        hub.his.wait_for(self.told + version, seconds=60)
        assert len(hub.his.taken) == self.told + version
        text = hub.his.text(self.told + version - 1)
        assert f"|P{self.number}^^^BYOIN^PI||山田^花子" in text
        assert f"\rORC|RE|P{self.number}|F1" in text
        request = next(line.split("|") for line in text.split("\r") if line.startswith("OBR"))
        assert (request[18], request[25]) == (f"A{self.number}", status)
        assert words in text

    def dialog(self, page: Page) -> Locator:
        return page.get_by_role("dialog", name=self.words["confirm"])

    def outcome(self, page: Page) -> Locator:
        return page.get_by_role("region", name=self.words["outcome"])


def complete(hub: Loop, reader: Visitor, study: str) -> str:
    """The case's id, once every object is proved at the hub and the order has found it."""

    def found() -> list[Any]:
        items = reader.call("GET", "/api/v1/worklist")["items"]
        mine = [one for one in items if one["study_instance_uid"] == study and one["images_state"] == "complete"]
        return [one for one in mine if one["arrived_instances"] == len(VIEWS)]

    hub.home.wait_until(lambda: bool(found()), seconds=90, what="complete on the worklist")
    item: str = found()[0]["worklist_item_id"]
    return item


def see_every_image(page: Page) -> None:
    """Step on until all four views were on the screen, whole and proved."""
    page.locator("[data-reading-room]").wait_for(timeout=60_000)
    for _ in range(len(VIEWS)):
        for _ in range(400):
            if page.locator("[data-pane]").count() == page.locator("[data-pane][data-proved]").count():
                break
            page.wait_for_timeout(50)
        page.wait_for_timeout(300)
        page.keyboard.press("Space")
    page.wait_for_timeout(300)


def write(page: Page, words: dict[str, str]) -> None:
    """A normal report, by the keys of the form and a sentence."""
    page.keyboard.press("KeyR")
    page.get_by_role("button", name=re.compile(f"^{words['normal']}")).wait_for()
    page.keyboard.press("Alt+KeyN")
    page.keyboard.press("Alt+Digit3")
    page.get_by_label(words["findings"]).fill(FINDINGS)
    page.get_by_label(words["impression"]).fill("異常なし。")
