"""What is no image opens beside the images, is read and followed by key, and says so where nothing here can show it."""

import hashlib
from pathlib import Path
from typing import Any

import pydicom
import pytest
from playwright.sync_api import Locator, Page, expect
from pydicom.dataset import Dataset
from pydicom.uid import MPEG2MPML, MPEG4HP41, MammographyCADSRStorage, generate_uid

from tests.journeys.viewer.conftest import Room
from tests.makers.archive import MG, image
from tests.makers.browsed_hub import BrowsedHub
from tests.makers.documents import (
    beside,
    cad_report,
    code,
    item,
    japanese_without_its_font,
    key_images,
    letter,
    presentation_state,
    raw_data,
    two_pages,
    video,
)
from tests.makers.streams import H264_IN_MP4, H264_IN_TRANSPORT_STREAM, MPEG2_IN_PROGRAM_STREAM

pytestmark = pytest.mark.browser


def slices(patient_id: str, count: int = 3) -> list[Dataset]:
    """Images of one series."""
    study, series = generate_uid(), generate_uid()
    return [
        image(study=study, series=series, number=number, patient_id=patient_id, SeriesDescription="T2")
        for number in range(1, count + 1)
    ]


def panel_of(page: Page) -> Locator:
    """The document that is open."""
    return page.locator("[data-document]")


def row_of(page: Page, title: str) -> Locator:
    """A document in the strip of series."""
    return page.locator("[data-document-row]").filter(has_text=title)


def test_a_report_is_read_and_the_image_that_it_names_comes_into_the_active_viewport(
    hub: BrowsedHub, room: Room
) -> None:
    images = slices("D1")
    absent = image(sop_class=MG, modality="MG")
    room.open(hub.case([*images, cad_report(images[2], elsewhere=absent)]))
    room.settle()
    row_of(room.page, "Mammography CAD Report").click()
    panel = panel_of(room.page)
    expect(panel.get_by_role("heading", name="Mammography CAD Report")).to_be_visible()
    expect(panel.get_by_role("heading", name="Individual Impression/Recommendation")).to_be_visible()
    for words in ("山田 花子", "CADの会社 Finder 2", "未検証", "佐藤 次郎", "さとう じろう", "2026-11-01 10:30"):
        expect(panel).to_contain_text(words)
    for words in ("12.5 mm", "87 %", "POLYLINE 4 点", "辺縁不整な腫瘤\n精査を推奨", "この症例にない画像"):
        expect(panel).to_contain_text(words)
    identity = room.page.locator("[data-pane=pane-0] [data-corner=identity]")
    expect(identity).to_contain_text("1/3")
    panel.get_by_role("button", name="T2 3/3").first.click()
    expect(identity).to_contain_text("3/3")
    room.settle()


def test_documents_open_and_close_by_key_and_the_focus_comes_back(hub: BrowsedHub, room: Room) -> None:
    """Arrows move through the document that has the focus; what is another key's stays that key's."""
    images = slices("D2")
    room.open(hub.case([*images, key_images(images[1]), presentation_state(images[2])]))
    room.settle()
    identity = room.page.locator("[data-pane=pane-0] [data-corner=identity]")
    room.press("Shift+KeyD")
    panel = panel_of(room.page)
    expect(panel).to_have_attribute("data-document", "KO")
    expect(panel).to_contain_text("症例検討会")
    assert room.page.evaluate("document.activeElement.closest('[data-document]') !== null")
    room.press("ArrowDown")
    expect(identity).to_contain_text("1/3")
    room.press("KeyF")
    expect(identity).to_contain_text("2/3")
    room.press("Shift+KeyD")
    expect(panel).to_have_attribute("data-document", "PR")
    for words in ("画像には適用していません", "REVIEW", "右 MLO の石灰化", "鈴木 亜紀", "ここを見てください"):
        expect(panel).to_contain_text(words)
    room.press("Tab", "Enter")
    expect(identity).to_contain_text("3/3")
    room.press("Escape")
    expect(panel).to_have_count(0)
    room.press("ArrowUp")
    expect(identity).to_contain_text("2/3")
    row = row_of(room.page, "For Teaching")
    row.focus()
    room.press("Enter")
    expect(panel).to_have_attribute("data-document", "KO")
    room.press("Escape")
    expect(row).to_be_focused()


def test_the_images_have_the_keys_again_after_a_click_on_them(hub: BrowsedHub, room: Room) -> None:
    images = slices("D3")
    room.open(hub.case([*images, key_images(images[1])]))
    room.settle()
    row_of(room.page, "For Teaching").click()
    expect(panel_of(room.page)).to_be_visible()
    room.settle()
    room.page.locator("[data-pane=pane-0]").click(position={"x": 150, "y": 300})
    room.press("ArrowDown")
    expect(room.page.locator("[data-pane=pane-0] [data-corner=identity]")).to_contain_text("2/3")
    expect(panel_of(room.page)).to_be_visible()


def test_a_pdf_is_shown_page_by_page_with_what_is_known_of_its_bytes(hub: BrowsedHub, room: Room) -> None:
    images, pdf = slices("D4"), two_pages()
    asked: list[str] = []
    room.page.on("request", lambda request: asked.append(request.url))
    room.open(hub.case([*images, letter(images[0], pdf)]))
    room.settle()
    row_of(room.page, "紹介状").click()
    panel = panel_of(room.page)
    expect(panel.locator("[data-pages='2']")).to_be_visible(timeout=20_000)
    expect(panel.locator("[data-page='1'][data-drawn]")).to_be_visible(timeout=20_000)
    expect(panel.locator("[data-page='1']")).to_contain_text("紹介状")
    truth = panel.locator("[data-proved]")
    expect(truth).to_contain_text(f"SHA-256 {hashlib.sha256(pdf).hexdigest()[:12]}")
    expect(truth).to_contain_text("原本との照合値なし")
    dark = "(canvas) => { const { width, height } = canvas; const data = canvas.getContext('2d')"
    dark += ".getImageData(0, 0, width, height).data; return data.filter((v, i) => i % 4 === 0 && v < 100).length; }"
    assert panel.locator("[data-page='1'] canvas").evaluate(dark) > 50
    assert all(url.startswith((hub.url, "blob:", "data:")) for url in asked)


def test_a_japanese_pdf_that_does_not_carry_its_font_is_readable(hub: BrowsedHub, room: Room) -> None:
    """The character maps that such a PDF names come from the hub, like all else."""
    images = slices("D9")
    refused: list[str] = []
    room.page.on("console", lambda message: refused.append(message.text) if "Refused" in message.text else None)
    room.open(hub.case([*images, letter(images[0], japanese_without_its_font("乳房超音波検査"))]))
    room.settle()
    row_of(room.page, "紹介状").click()
    page = panel_of(room.page).locator("[data-page='1']")
    expect(page).to_contain_text("乳房超音波検査", timeout=20_000)
    expect(page).to_have_attribute("data-drawn", "true", timeout=20_000)
    assert refused == []


def test_a_pdf_that_is_none_says_so_and_the_ledger_with_it(hub: BrowsedHub, room: Room) -> None:
    images = slices("D5")
    room.open(hub.case([*images, letter(images[0], b"no PDF at all" * 200)]))
    room.settle()
    ledger = room.page.locator("[data-ledger]")
    expect(ledger).to_have_attribute("data-ledger", "complete")
    row_of(room.page, "紹介状").click()
    expect(panel_of(room.page).locator("[data-cannot-show]")).to_contain_text("PDF として開けません", timeout=20_000)
    expect(ledger).to_have_attribute("data-ledger", "unshown")
    expect(row_of(room.page, "紹介状")).to_contain_text("表示不可")


@pytest.mark.parametrize(
    ("stream", "fragments"), [(H264_IN_MP4, ()), (H264_IN_TRANSPORT_STREAM, (188 * 20,))], ids=["mp4", "transport"]
)
def test_a_video_plays_once_it_is_proved(
    hub: BrowsedHub, room: Room, stream: bytes, fragments: tuple[int, ...]
) -> None:
    """PS3.5 8.2.7: H.264 comes as MP4 or as an MPEG-2 transport stream."""
    syntax = f"{MPEG4HP41}.1" if fragments else MPEG4HP41
    images = slices(f"D6 {syntax}")
    room.open(hub.case([*images, video(images[0], stream, syntax, fragments=fragments)]))
    room.settle()
    row_of(room.page, "超音波動画").click()
    panel = panel_of(room.page)
    element = panel.locator("video")
    expect(element).to_be_visible(timeout=20_000)
    expect(element).to_have_js_property("readyState", 4, timeout=20_000)
    element.evaluate("video => { video.muted = true; return video.play(); }")
    for _ in range(100):
        if element.evaluate("video => video.currentTime") > 0.3:
            break
        room.page.wait_for_timeout(100)
    assert element.evaluate("video => video.currentTime") > 0.3
    assert element.evaluate("video => video.videoWidth") == 64
    assert 0.8 < element.evaluate("video => video.duration") < 1.2
    expect(panel.locator("[data-proved=true]")).to_contain_text("受信データと一致")
    expect(room.page.locator("[data-ledger]")).to_have_attribute("data-ledger", "complete")


def test_a_video_that_no_browser_plays_is_said_to_be_so_and_can_be_taken_away(
    hub: BrowsedHub, room: Room, tmp_path: Path
) -> None:
    images = slices("D7")
    room.open(hub.case([*images, video(images[0], MPEG2_IN_PROGRAM_STREAM, MPEG2MPML)]))
    room.settle()
    expect(room.page.locator("[data-ledger]")).to_have_attribute("data-ledger", "unreachable")
    expect(row_of(room.page, "超音波動画")).to_contain_text("表示不可")
    row_of(room.page, "超音波動画").click()
    panel = panel_of(room.page)
    expect(panel.locator("[data-cannot-show]")).to_contain_text("MPEG-2 の動画を再生できません")
    panel.get_by_role("button", name="元のストリームを取得").click()
    with room.page.expect_download() as download:
        panel.get_by_role("button", name="元のストリームを保存").click()
    assert download.value.suggested_filename.endswith(".mpg")
    download.value.save_as(tmp_path / "taken")
    assert (tmp_path / "taken").read_bytes() == MPEG2_IN_PROGRAM_STREAM


def test_what_nothing_can_show_is_said_to_be_so(hub: BrowsedHub, room: Room) -> None:
    """IMG-13: an object is not counted as reachable because it is listed."""
    images = slices("D8")
    room.open(hub.case([*images, raw_data(images[0])]))
    room.settle()
    ledger = room.page.locator("[data-ledger]")
    expect(ledger).to_have_attribute("data-ledger", "unshown")
    expect(ledger).to_contain_text("1 件は表示できません")
    row_of(room.page, "raw").click()
    expect(panel_of(room.page).locator("[data-cannot-show]")).to_contain_text("1.2.840.10008.5.1.4.1.1.66")
    room.press("Escape")
    ledger.click()
    expect(room.page.get_by_role("row", name="表示できる")).to_contain_text("3")


def test_a_real_measurement_report_leads_to_its_image(hub: BrowsedHub, room: Room, test_data: Path) -> None:
    folder = test_data / "5-sr-pr-seg/ImagingDataCommons__highdicom/data/test_files"
    objects: list[Dataset] = [pydicom.dcmread(folder / name) for name in ("ct_image.dcm", "sr_document.dcm")]
    room.open(hub.case(objects))
    room.settle()
    row_of(room.page, "Imaging Measurement Report").click()
    panel = panel_of(room.page)
    expect(panel).to_contain_text("Imaging Measurements")
    expect(panel.locator("[data-link=image]").first).to_be_visible()
    panel.locator("[data-link=image]").first.click()
    room.settle()


@pytest.mark.filterwarnings("ignore:The value length")
@pytest.mark.parametrize(
    "name",
    [
        "QIICR__dcmqi/data/sr-example/sr.dcm",
        "cornerstonejs__dicomParser/testImages/deflate/report_dfl",
        "dcmjs-org__dcmjs/examples/data/structured_report.dcm",
        "orthanc-mirrors__orthanc-tests/Database/HierarchicalAnonymization/2019-03-28/PR000000.dcm",
        "pydicom__pydicom/src/pydicom/data/test_files/reportsi.dcm",
    ],
)
def test_real_reports_and_presentation_states_open(hub: BrowsedHub, room: Room, test_data: Path, name: str) -> None:
    path = test_data / "5-sr-pr-seg" / name
    if not path.exists():
        pytest.skip(f"no {name}")
    one = pydicom.dcmread(path)
    whose = {
        keyword: one.get(keyword, "") for keyword in ("PatientID", "PatientName", "PatientBirthDate", "PatientSex")
    }
    room.open(hub.case([image(study=one.StudyInstanceUID, **whose), one]))
    row = room.page.locator("[data-document-row]")
    expect(row).to_be_visible()
    row.click()
    expect(panel_of(room.page).locator("[data-document-body] :is(dt, section)").first).to_be_visible()
    expect(row).not_to_contain_text("表示不可")


def test_markup_in_what_a_modality_wrote_is_words_everywhere(hub: BrowsedHub, room: Room) -> None:
    """MRPET-07: names, descriptions and a structured report's texts run nowhere."""
    markup, named = "<img src=x onerror=hit()>", "<iframe>"  # a name's components part at "="
    descriptions = ("StudyDescription", "SeriesDescription", "InstitutionName", "ProtocolName")
    texts: dict[str, Any] = {**dict.fromkeys(descriptions, markup), "PatientName": f"{named}^A={named}^花子"}
    picture = image(patient_id="MARKUP", ReferringPhysicianName=f"{named}^B", **texts)
    said = item("TEXT", f"{markup} name", TextValue=f"{markup} text")
    report = beside(
        picture,
        MammographyCADSRStorage,
        "SR",
        SeriesDescription=markup,
        ValueType="CONTAINER",
        ContinuityOfContent="SEPARATE",
        ConceptNameCodeSequence=[code(f"{markup} title")],
        CompletionFlag="COMPLETE",
        VerificationFlag="UNVERIFIED",
        ContentDate="20261101",
        ContentTime="103000",
        ContentSequence=[said],
    )
    item_id = hub.case([picture, report])
    room.page.goto(f"{hub.url}/worklist")
    expect(room.page.locator(f"#row-{item_id}")).to_contain_text(f"{named} 花子")
    expect(room.page.locator("img[src=x], iframe")).to_have_count(0)
    room.open(item_id)
    room.settle()
    expect(room.page.locator("[data-pane=pane-0] [data-corner=identity]")).to_contain_text(named)
    row_of(room.page, f"{markup} title").click()
    for words in (f"{markup} title", f"{markup} name", f"{markup} text"):
        expect(panel_of(room.page)).to_contain_text(words)
    expect(room.page.locator("img[src=x], iframe")).to_have_count(0)
