"""Reports out to hospitals without HL7: pictures of the pages, and files with an index; nothing said too early."""

import csv
import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from sqlalchemy import delete, select, update

from dokuei.dicom.encapsulated_pdf import ENCAPSULATED_PDF, pdf_inside
from dokuei.dicom.secondary_capture import SECONDARY_CAPTURE
from dokuei.dicom.sr import ENHANCED_SR
from dokuei.gateway.deliver import Deliverer
from dokuei.gateway.deliver_tables import deliver_object
from dokuei.gateway.filing import INDEX
from dokuei.gateway.link import Link
from dokuei.gateway.outlet_tables import deliver_outlet
from dokuei.gateway.pacs import as_sent
from dokuei.gateway.trouble_tables import deliver_trouble
from dokuei.hub.reports.tables import delivery, delivery_place
from dokuei.settings import Destination, ReportFolderSettings, Settings
from dokuei.storage.audit import gateway_entries
from tests.integration.gateway.test_deliver import opened
from tests.makers.delivering import Line, Pacs
from tests.makers.peers import free_port
from tests.makers.people import sign_in
from tests.makers.reading import ReadingRoom, reading_room

_LINK = "https://hub.example/cases/"


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ReadingRoom, str]]:
    """A room with one signed report."""
    with reading_room(tmp_path_factory.mktemp("hub")) as room:
        item = room.mammogram_case(patient_id="KITA-9", PatientName="TAKAHASHI^HANAKO=髙橋^花子=タカハシ^ハナコ")
        client = room.reader("reader.a")
        room.written(client, item)
        assert room.signed(client, item, room.keys["reader.a"]).status_code == 200
        yield room, item


class Hospital:
    """A gateway with a folder of its own, and perhaps a PACS."""

    def __init__(
        self, folder: Path, room: ReadingRoom, *, reidentify: Callable[[Dataset], Dataset], **settings: Any
    ) -> None:
        gateway = Settings(home=folder).gateway.model_copy(update=settings)
        self.room, self.line = room, Line(room, hub_url="https://hub.example")
        self.deliverer = Deliverer(
            Settings(home=folder, gateway=gateway),
            opened(folder),
            Link(1.0, threading.Event()),
            lambda: self.line,  # type: ignore[arg-type, return-value] # the same verbs as the real client
            reidentify,
        )
        self.deliverer.asker.patience_seconds = 60.0  # a busy machine is no PACS that hangs
        with room.hub.database.begin() as connection:
            connection.execute(delete(delivery_place))
            connection.execute(update(delivery).values(delivered_at=None, last_error=None))

    def turn(self) -> None:
        """One round, with every wait over."""
        with self.deliverer.database.begin() as connection:
            connection.execute(update(deliver_object).values(not_before=None))
            connection.execute(update(deliver_trouble).values(not_before=deliver_trouble.c.since))
        self.deliverer.turn(self.line)  # type: ignore[arg-type] # as above

    def at_hub(self) -> dict[str, tuple[bool, str]]:
        with self.room.hub.database.read() as connection:
            rows = connection.execute(select(delivery)).all()
        return {row.kind: (row.delivered_at is not None, row.last_error or "") for row in rows}

    def places(self) -> dict[tuple[str, str], tuple[str, str]]:
        """What the hub knows of each object at each place: state, and what is wrong."""
        with self.room.hub.database.read() as connection:
            rows = connection.execute(select(delivery.c.kind, delivery_place).join(delivery)).all()
        return {(row.kind, row.outlet): (row.state, row.reason) for row in rows}

    def destinations(self) -> dict[str, str]:
        with self.deliverer.database.read() as connection:
            rows = connection.execute(select(deliver_object)).all()
        return {row.kind: row.destination for row in rows if row.stored_at is not None}


@pytest.fixture
def hospital(tmp_path: Path, signed: tuple[ReadingRoom, str]) -> Iterator[Callable[..., Hospital]]:
    made: list[Hospital] = []

    def make(reidentify: Callable[[Dataset], Dataset] = as_sent, **settings: Any) -> Hospital:
        made.append(Hospital(tmp_path, signed[0], reidentify=reidentify, **settings))
        return made[-1]

    yield make
    for one in made:
        one.deliverer.database.close()


def lines(folder: Path, encoding: str = "cp932") -> list[dict[str, str]]:
    text = (folder / INDEX).read_bytes().decode(encoding)
    return list(csv.DictReader(text.splitlines()))


def known_as(patient_id: str) -> Callable[[Dataset], Dataset]:
    """What the gateway does where the hub knows a pseudonym."""

    def reidentify(report: Dataset) -> Dataset:
        report.PatientID, report.PatientName = patient_id, "YAMADA^HANAKO=山田^花子=ヤマダ^ハナコ"
        return report

    return reidentify


def test_the_pages_of_the_sealed_document_reach_the_pacs_as_pictures(hospital: Callable[..., Hospital]) -> None:
    """Secondary Capture: 8 bit, the study's own identity, text in the pixels said, the same page the same object."""
    pacs = Pacs(free_port())
    there = Destination(ae_title="PACS", host="127.0.0.1", port=pacs.port)
    one = hospital(pacs=there, report_objects=("pages",))
    with pacs.running(SECONDARY_CAPTURE):
        one.turn()
        one.turn()
    pages = pacs.stored
    _, data = one.room.reports.read_delivery("kita", _waiting(one, "pdf"))
    assert len(pages) == len(pypdfium2.PdfDocument(_pdf(data)))
    first = pages[0]
    assert (first.PatientID, str(first.PatientName.ideographic)) == ("KITA-9", "髙橋^花子")
    assert (first.BurnedInAnnotation, first.Modality, first.ConversionType) == ("YES", "OT", "WSD")
    assert first.SeriesDescription == "読影報告書 Reading report (pages)"
    assert (first.BitsAllocated, first.BitsStored, first.PhotometricInterpretation) == (8, 8, "MONOCHROME2")
    assert first.SourceInstanceSequence[0].ReferencedSOPClassUID == ENCAPSULATED_PDF
    drawn = pypdfium2.PdfDocument(_pdf(data))[0].render(scale=150 / 72, grayscale=True).to_numpy().squeeze()
    cells = np.frombuffer(first.PixelData, np.uint8)[: first.Rows * first.Columns].reshape(first.Rows, first.Columns)
    assert abs(drawn.shape[0] - first.Rows) <= 1
    rows, columns = min(drawn.shape[0], first.Rows), min(drawn.shape[1], first.Columns)
    apart = np.abs(cells[:rows, :columns].astype(int) - drawn[:rows, :columns].astype(int)).mean()
    assert apart < 6, "the page is what another program draws of the same sealed bytes"
    assert one.destinations() == {"pdf": "PACS (pages)", "sr": "PACS (pages)"}, (
        "the structured one went as its document"
    )
    assert {kind: done for kind, (done, _) in one.at_hub().items()} == {"pdf": True, "sr": True}


def test_a_page_that_the_pacs_refuses_is_told_and_made_the_same_again(hospital: Callable[..., Hospital]) -> None:
    pacs = Pacs(free_port(), status=0xA700)
    there = Destination(ae_title="PACS", host="127.0.0.1", port=pacs.port)
    one = hospital(known_as("K-1"), pacs=there, report_objects=("sr", "pdf", "pages"))
    with pacs.running(SECONDARY_CAPTURE, ENCAPSULATED_PDF, ENHANCED_SR):
        one.turn()
        assert "0xA700" in one.at_hub()["pdf"][1]
        pacs.status = 0
        one.turn()
    by_class = [str(stored.SOPClassUID) for stored in pacs.stored]
    assert by_class.count(SECONDARY_CAPTURE) >= 1
    page = next(stored for stored in pacs.stored if stored.SOPClassUID == SECONDARY_CAPTURE)
    assert page.PatientID == "K-1"
    assert page.Rows > 1800, "the true identity stands over a page on which a pseudonym is printed"
    assert one.destinations() == {"pdf": "PACS; PACS (pages)", "sr": "PACS"}


def test_a_folder_gets_the_document_and_one_line_however_often_it_is_tried(
    hospital: Callable[..., Hospital], tmp_path: Path, signed: tuple[ReadingRoom, str]
) -> None:
    """Shift_JIS by default; a missing share is shown, never made, and nothing is said to be delivered."""
    share = tmp_path / "share"
    one = hospital(report_folder=ReportFolderSettings(path=share))
    one.turn()
    assert not share.exists()
    assert one.at_hub()["pdf"] == (False, "the folder for reports is not there (is its share mounted?)")
    assert one.destinations() == {}
    share.mkdir()
    (share / f".{INDEX}.part").mkdir()  # the index cannot be written; the document can
    one.turn()
    assert one.destinations() == {}
    assert "cannot be written" in one.at_hub()["pdf"][1]
    (share / f".{INDEX}.part").rmdir()
    one.turn()
    (line,) = lines(share)
    assert (line["患者ID"], line["患者氏名"], line["患者カナ"]) == ("KITA-9", "髙橋 花子", "タカハシ ハナコ")
    assert (line["版"], line["状態"], line["受付番号"]) == ("1", "確定", "A1")
    assert line["リンク"] == f"{_LINK}{signed[1]}", "it names the case, and nobody in it"
    _, data = one.room.reports.read_delivery("kita", _waiting(one, "pdf"))
    assert (share / line["ファイル"]).read_bytes() == _pdf(data), "the sealed bytes, untouched"
    assert one.places() == {("pdf", "folder"): ("stored", "")}
    with one.deliverer.database.begin() as connection:  # as after a power cut between the index and the record
        connection.execute(delete(deliver_outlet))
        connection.execute(update(deliver_object).values(stored_at=None, reported_at=None))
        connection.execute(delete(deliver_object))
    with one.room.hub.database.begin() as connection:
        connection.execute(update(delivery).values(delivered_at=None))
    one.turn()
    assert len(lines(share)) == 1
    assert all(done for done, _ in one.at_hub().values())
    with one.deliverer.database.read() as connection:
        events = {row.event for row in connection.execute(select(gateway_entries))}
    assert "report.filed" in events


def test_another_file_under_the_name_stays_and_the_report_waits(
    hospital: Callable[..., Hospital], tmp_path: Path
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    one = hospital(report_folder=ReportFolderSettings(path=share, encoding="utf-8"))
    one.turn()
    (line,) = lines(share, "utf-8-sig")
    with one.deliverer.database.begin() as connection:
        connection.execute(delete(deliver_outlet))
        connection.execute(delete(deliver_object))
    with one.room.hub.database.begin() as connection:
        connection.execute(update(delivery).values(delivered_at=None))
    (share / line["ファイル"]).write_bytes(b"somebody's own")
    one.turn()
    assert (share / line["ファイル"]).read_bytes() == b"somebody's own"
    assert "other content" in one.at_hub()["pdf"][1]
    state, reason = one.places()["pdf", "folder"]
    assert (state, "other content" in reason) == ("refused", True)


def test_an_amended_version_adds_a_file_and_a_line(
    hospital: Callable[..., Hospital], tmp_path: Path, signed: tuple[ReadingRoom, str]
) -> None:
    room, item = signed
    share = tmp_path / "share"
    share.mkdir()
    one = hospital(known_as("=K-1"), report_folder=ReportFolderSettings(path=share))
    one.turn()
    before = (share / INDEX).read_bytes()
    _amend(room, item)
    one.turn()
    first, second = lines(share)
    assert (share / INDEX).read_bytes().startswith(before), "what stood there stands there"
    assert (first["状態"], second["状態"], second["版"]) == ("確定", "修正", "2")
    assert first["ファイル"] != second["ファイル"]
    assert first["報告書ID"] == second["報告書ID"]
    assert second["患者ID"] == "'=K-1", "no field is a formula"


def _amend(room: ReadingRoom, item: str) -> None:
    client = room.hub.client()
    assert sign_in(client, room.keys["reader.a"]).status_code == 200
    path = f"/api/v1/worklist/{item}/report"
    amended = client.post(f"{path}/amendment").json()
    body = {name: amended[name] for name in ("findings", "category_right", "category_left", "images_read", "structure")}
    tag = {"If-Match": f'"{amended["version"]}"'}
    saved = client.put(path, json={**body, "impression": "追記あり。"}, headers=tag)
    assert saved.status_code == 200, saved.text
    assert room.signed(client, item, room.keys["reader.a"]).status_code == 200


def _waiting(one: Hospital, kind: str) -> str:
    with one.room.hub.database.read() as connection:
        found: str = connection.execute(
            select(delivery.c.delivery_id).where(delivery.c.kind == kind, delivery.c.number == 1)
        ).scalar_one()
    return found


def _pdf(part10: bytes) -> bytes:
    return pdf_inside(dcmread(BytesIO(part10)))
