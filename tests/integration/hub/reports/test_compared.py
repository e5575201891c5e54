"""Which earlier studies a report was compared with: those that were on the screen, and no others."""

import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pydicom
import pypdfium2
import pytest
from pydicom.uid import generate_uid

from dokuei.clock import now
from dokuei.gateway.hl7.charset import UTF_8
from dokuei.gateway.hl7.result import CHARSETS, Envelope, result_text
from tests.makers.reading import TEXT, ReadingRoom, reading_room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path) as made:
        yield made


def study_of(client: httpx.Client, item: str) -> str:
    study: str = client.get(f"/api/v1/worklist/{item}").json()["study_instance_uid"]
    return study


def test_the_report_lists_exactly_the_priors_that_were_displayed(room: ReadingRoom) -> None:
    """REPORT-11: date, modality and site of each, in the text that is signed, on paper, in SR and HL7."""
    older = room.mammogram_case(StudyDate="20241101")
    newer = room.mammogram_case(StudyDate="20251103")
    item = room.mammogram_case(StudyDate="20261104")
    client = room.reader("reader.a")
    shown = study_of(client, newer)
    room.written(client, item, priors_shown=[shown])
    saved = client.get(f"/api/v1/worklist/{item}/report").json()
    assert [one["study_date"] for one in saved["compared"]] == ["20251103"]
    body = {**TEXT, "images_read": room.images_read(item)}
    path = f"/api/v1/worklist/{item}/report"
    assert client.put(path, json=body, headers={"If-Match": '"1"'}).json()["compared"], "shown once is shown"
    foreign = {**body, "priors_shown": [generate_uid()]}
    assert client.put(path, json=foreign, headers={"If-Match": '"2"'}).status_code == 400

    begun = client.post(f"{path}/signature/begin").json()
    assert "比較した検査: 2025-11-03  MG（北病院）" in begun["text"]
    assert "2024-11-01" not in begun["text"]
    signed = room.signed(client, item, room.keys["reader.a"]).json()
    pages = pypdfium2.PdfDocument(client.get(signed["pdf_url"]).content)
    assert "2025-11-03" in "".join(page.get_textpage().get_text_range() for page in pages)
    sr = next(one for one in room.reports.pending_deliveries("kita") if one.kind == "sr")
    document = pydicom.dcmread(io.BytesIO(room.reports.read_delivery("kita", sr.delivery_id)[1]))
    oru = result_text(document, None, Envelope("DOKUEI", "", "HIS", "", "1", now(), CHARSETS[UTF_8]))
    assert "比較した検査: 2025-11-03  MG（北病院）" in oru
    assert older


def test_none_available_and_none_displayed_are_two_things(room: ReadingRoom) -> None:
    """REPORT-11: 'none available' is said only where there is none."""
    client = room.reader("reader.a")
    first = room.mammogram_case(StudyDate="20251103")
    room.written(client, first)
    begun = client.post(f"/api/v1/worklist/{first}/report/signature/begin").json()
    assert "比較した検査: 比較対象なし  /  Compared with: none available" in begun["text"]
    second = room.mammogram_case(StudyDate="20261104")
    room.written(client, second)
    begun = client.post(f"/api/v1/worklist/{second}/report/signature/begin").json()
    assert "過去検査1件は表示せず" in begun["text"]
