"""A case opens hung, every image says whose it is and which way it lies, and everything is done by key."""

import re
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Route, expect
from pydicom.dataset import Dataset
from pydicom.uid import BasicTextSRStorage, ExplicitVRLittleEndian, generate_uid

from tests.journeys.viewer.conftest import FRAMES, Room
from tests.makers.archive import MG, image
from tests.makers.browsed_hub import BrowsedHub
from tests.makers.documents import item

pytestmark = pytest.mark.browser

CLOCKWISE = ("top", "right", "bottom", "left")


def axial(count: int = 6) -> list[Dataset]:
    """Slices with one bright block in the patient's right anterior quarter, numbered by brightness."""
    study, series = generate_uid(), generate_uid()
    objects = []
    for number in range(1, count + 1):
        cells = np.full((100, 100), 200, np.uint16)
        cells[10:30, 10:30] = 4000
        objects.append(
            image(
                cells,
                study=study,
                series=series,
                number=number,
                patient_id="R1",
                SeriesDescription="T1 axial",
                ImagePositionPatient=[0, 0, number * 3],
                ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
                PixelSpacing=[0.5, 0.5],
                FrameOfReferenceUID="1.2.3",
                WindowCenter=2048,
                WindowWidth=4096,
            )
        )
    return objects


def view(side: str, name: str, *, study: str, pixels: NDArray[Any], date: str = "20261101", **more: Any) -> Dataset:
    """A mammogram of one side and view, chest wall where it belongs."""
    orientation = {"RMLO": ["P", "FL"], "LMLO": ["A", "FR"], "RCC": ["P", "L"], "LCC": ["A", "R"]}[side + name]
    return image(
        pixels if side == "L" else pixels[:, ::-1],
        sop_class=MG,
        modality="MG",
        study=study,
        patient_id="R2",
        ImageLaterality=side,
        ViewPosition=name,
        PatientOrientation=orientation,
        SeriesDescription=side + name,
        StudyDate=date,
        WindowCenter=2048,
        WindowWidth=4096,
        **more,
    )


def mammograms(*, spacing: float, date: str, rows: int = 300, columns: int = 200) -> list[Dataset]:
    """Four views of a breast 100 mm high; bright at the chest wall."""
    pixels = np.zeros((rows, columns), np.uint16)
    pixels[:, : columns // 3] = 4000
    study = generate_uid()
    return [
        view(side, name, study=study, pixels=pixels, date=date, ImagerPixelSpacing=[spacing, spacing])
        for name in ("MLO", "CC")
        for side in ("R", "L")
    ]


def brightest_quarter(room: Room) -> tuple[str, str]:
    """Where on the canvas the block lies."""
    rows, columns = np.argwhere(room.canvas()[..., 0] > 150).mean(axis=0) / room.canvas().shape[:2]
    return ("top" if rows < 0.5 else "bottom", "left" if columns < 0.5 else "right")


@pytest.mark.parametrize("renderer", ["gpu", "cpu"])
def test_orientation_marks_stay_true_on_the_picture_through_turns_and_mirrors(
    hub: BrowsedHub, room: Room, renderer: str
) -> None:
    """The block lies in the patient's right anterior quarter, so the marks beside it must say R and A."""
    room.open(hub.case(axial(1)), f"?render={renderer}")
    room.settle()
    for key in ("", "KeyB", "KeyB", "KeyV", "KeyB", "KeyV", "KeyB", "KeyB"):
        if key:
            room.press(key)
            room.page.wait_for_timeout(400)
        marks = room.marks()
        vertical, horizontal = brightest_quarter(room)
        assert {marks[vertical], marks[horizontal]} == {"A", "R"}, f"{key}: {marks}"


def test_a_mammogram_case_comes_hung_chest_wall_to_chest_wall_at_one_scale_with_its_prior(
    hub: BrowsedHub, room: Room
) -> None:
    """MAMMO-04, MAMMO-07, MAMMO-16: 100 mm of a coarser prior are as high on the screen as 100 mm now."""
    hub.case(mammograms(spacing=1 / 1.5, date="20251101", rows=150, columns=100))
    room.open(hub.case(mammograms(spacing=1 / 3, date="20261101")))
    room.settle()
    assert room.page.locator("[data-pane]").count() == 8
    heights = []
    for pane, side in (("pane-0", "R"), ("pane-1", "L"), ("pane-4", "R"), ("pane-5", "L")):
        assert room.corner("acquisition", pane).startswith(f"{side}MLO")
        bright = room.canvas(pane)[..., 0] > 200
        heights.append(bright.any(axis=1).sum())
        edge = bright[:, -3:] if side == "R" else bright[:, :3]
        assert edge.any(), f"chest wall of {pane} is not at the shared edge"
    assert max(heights) - min(heights) <= 2
    assert "過去 2025-11-01" in room.corner("identity", "pane-4")
    room.press("Space")
    room.settle()
    assert room.page.locator("[data-pane]").count() == 4
    room.press("Space")
    assert room.page.locator("[data-pane]").count() == 2
    room.press("Shift+Space", "Shift+Space")
    assert room.page.locator("[data-pane]").count() == 8


def test_a_view_that_hangs_elsewhere_before_its_image_came_is_drawn_there(hub: BrowsedHub, room: Room) -> None:
    """What was asked for by a viewport that is gone is not taken for the picture of the one in its place."""
    item = hub.case(mammograms(spacing=1 / 3, date="20261102"))
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    room.page.route(FRAMES, hold)
    room.begin(item)
    expect(room.page.locator("[data-pane=pane-0]")).to_be_visible()
    room.page.wait_for_timeout(500)
    assert waiting
    room.press("Space", "Shift+Space", "Space")
    room.page.unroute(FRAMES)
    room.settle()
    assert room.canvas()[..., 0].max() > 200


def test_every_image_says_whose_it_is_and_one_key_hides_all_text(hub: BrowsedHub, room: Room) -> None:
    """MAMMO-12, DISP-03: name, ID, birth date, age, sex and study stand on each image unless hidden by key."""
    room.open(hub.case(axial()))
    room.settle()
    identity = room.corner("identity")
    for wanted in ("山田 花子", "やまだ はなこ", "R1", "1970-01-01", "56歳", "女", "2026-11-01", "T1 axial", "1/6"):
        assert wanted in identity, wanted
    assert "可逆" in room.corner("truth")
    room.press("KeyT")
    for corner in ("identity", "acquisition", "window", "truth"):
        expect(room.page.locator(f"[data-corner={corner}]")).to_be_hidden()
    room.press("KeyT")
    expect(room.page.locator("[data-corner=identity]")).to_be_visible()


def test_wheel_keys_and_dragging_scroll_and_cine_goes_round(hub: BrowsedHub, room: Room) -> None:
    room.open(hub.case(axial()))
    room.settle()
    pane = room.page.locator("[data-pane=pane-0]")

    def index() -> int:
        return int(pane.get_attribute("data-index") or "-1")

    pane.hover()
    room.page.mouse.wheel(0, 100)
    room.page.mouse.wheel(0, 100)
    expect(pane).to_have_attribute("data-index", "2")
    room.press("KeyF", "ArrowDown")
    assert index() == 4
    room.press("Home", "KeyD")
    assert index() == 0
    room.press("PageDown")
    assert index() == 5
    room.press("Shift+KeyF")
    box = pane.bounding_box()
    assert box is not None
    room.page.mouse.move(box["x"] + 200, box["y"] + 500)
    room.page.mouse.down()
    room.page.mouse.move(box["x"] + 200, box["y"] + 100, steps=8)
    room.page.mouse.up()
    assert index() < 5
    room.press("Home", "KeyC")
    seen = set()
    for _ in range(60):
        seen.add(index())
        room.page.wait_for_timeout(40)
    room.press("KeyC")
    assert seen == set(range(6))


@pytest.mark.parametrize(("frame_time", "words"), [(1000, "シネ 1 枚/秒"), (2, "（本来は 500 枚/秒）")])
def test_a_cine_goes_at_its_own_pace_or_says_which_it_reaches(
    hub: BrowsedHub, room: Room, frame_time: int, words: str
) -> None:
    """A cine of a colour ultrasound: Frame Time is kept, and where no display could keep it both paces stand there."""
    cells = np.random.default_rng(5).integers(0, 255, (12, 64, 64, 3), np.uint8)
    us: dict[str, Any] = {"sop_class": "1.2.840.10008.5.1.4.1.1.3.1", "modality": "US", "patient_id": f"R{frame_time}"}
    made = image(cells[0], **us, NumberOfFrames=len(cells), FrameTime=frame_time)
    made.PixelData = cells.tobytes()
    room.open(hub.case([made]), "?render=cpu")
    room.settle()
    room.press("KeyC")
    expect(room.page.locator("[data-cine]")).to_contain_text(words, timeout=20_000)
    room.press("KeyC")
    expect(room.page.locator("[data-cine]")).to_have_count(0)
    room.press("KeyC")
    expect(room.page.locator("[data-cine]")).to_contain_text(words, timeout=20_000)


def test_measuring_says_length_and_by_what_it_is_calibrated(hub: BrowsedHub, room: Room) -> None:
    """A block of 20 pixels at 0.5 mm is 10 mm; statistics are those of the stored values."""
    room.open(hub.case(axial(1)))
    room.settle()
    bright = np.argwhere(room.canvas()[..., 0] > 150)
    top, left = (float(value) for value in bright.min(axis=0))
    bottom, right = (float(value) for value in bright.max(axis=0))
    box = room.page.locator("[data-pane=pane-0]").bounding_box()
    assert box is not None

    def drag(key: str, x0: float, y0: float, x1: float, y1: float) -> None:
        room.press(key)
        room.page.mouse.move(box["x"] + x0, box["y"] + y0)
        room.page.mouse.down()
        room.page.mouse.move(box["x"] + (x0 + x1) / 2, box["y"] + (y0 + y1) / 2)
        room.page.mouse.move(box["x"] + x1, box["y"] + y1)
        room.page.mouse.up()
        room.page.wait_for_timeout(300)

    drag("KeyA", left, top, right, top)
    pane = room.page.locator("[data-pane=pane-0] svg")
    expect(pane).to_contain_text("患者座標")
    expect(pane.locator("text").first).to_be_visible()
    said = re.search(r"([\d.]+) mm", pane.text_content() or "")
    assert said is not None
    assert abs(float(said[1]) - 10) < 0.3
    middle = ((left + right) / 2, (top + bottom) / 2)
    drag("KeyS", middle[0], middle[1], middle[0] + (right - left) / 4, middle[1] + (bottom - top) / 4)
    expect(pane).to_contain_text("平均 4000 ± 0.0")


def test_what_is_no_image_is_listed_and_counted(hub: BrowsedHub, room: Room) -> None:
    """IMG-13: sent, arrived and reachable agree, and a report among the images is reachable by name."""
    objects = axial(3)
    note = Dataset()
    note.file_meta = objects[0].file_meta.__class__()
    note.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    for keyword in ("SpecificCharacterSet", "StudyInstanceUID", "StudyDate", "StudyTime", "PatientName", "PatientID"):
        setattr(note, keyword, getattr(objects[0], keyword))
    note.PatientBirthDate, note.PatientSex, note.StudyID, note.AccessionNumber = "19700101", "F", "1", "A1"
    note.ReferringPhysicianName = "紹介^医師"
    note.SOPClassUID = note.file_meta.MediaStorageSOPClassUID = BasicTextSRStorage
    note.SOPInstanceUID = note.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    note.SeriesInstanceUID, note.Modality, note.SeriesNumber, note.InstanceNumber = generate_uid(), "SR", 9, 1
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "18748-4", "LN", "Diagnostic Imaging Report"
    note.ConceptNameCodeSequence = [code]
    note.ContentSequence = [item("TEXT", "Finding", TextValue="所見なし")]
    room.open(hub.case([*objects, note]))
    room.settle()
    strip = room.page.get_by_role("navigation", name="シリーズ一覧")
    expect(strip).to_contain_text("Diagnostic Imaging Report")
    expect(strip).to_contain_text("構造化レポート (SR)")
    room.page.locator("[data-ledger]").click()
    table = room.page.get_by_role("table")
    expect(table.get_by_role("row", name="到着")).to_contain_text("4")
    expect(table.get_by_role("row", name="表示できる")).to_contain_text("4")
    assert room.page.locator("[data-ledger]").get_attribute("data-ledger") == "complete"


@pytest.mark.parametrize(("language", "words"), [("ja", "次の配置"), ("en", "Next arrangement")])
def test_the_sheet_tells_the_keys_in_both_languages(hub: BrowsedHub, room: Room, language: str, words: str) -> None:
    room.page.add_init_script(f"localStorage.setItem('dokuei.language', '{language}')")
    room.open(hub.case(axial(1)))
    room.page.keyboard.press("?")
    sheet = room.page.get_by_role("dialog")
    expect(sheet).to_contain_text(words)
    expect(sheet).to_contain_text("Space")
    room.page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_an_enhanced_object_has_its_frames_by_place_and_each_its_own_window(hub: BrowsedHub, room: Room) -> None:
    """MAMMO-17: per-frame functional groups say where a frame lies and how it wants to be seen."""
    enhanced = image(
        np.stack([np.full((64, 64), value, np.uint16) for value in (1000, 2000, 3000)]),
        sop_class="1.2.840.10008.5.1.4.1.1.4.1",
        patient_id="R7",
    )
    enhanced.SharedFunctionalGroupsSequence = [Dataset()]
    orientation = Dataset()
    orientation.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    enhanced.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence = [orientation]
    groups = []
    for place, center in ((6, 1000), (3, 2000), (0, 6000)):
        group, position, window = Dataset(), Dataset(), Dataset()
        position.ImagePositionPatient = [0, 0, place]
        window.WindowCenter, window.WindowWidth = center, 2000
        group.PlanePositionSequence, group.FrameVOILUTSequence = [position], [window]
        groups.append(group)
    enhanced.PerFrameFunctionalGroupsSequence = groups
    room.open(hub.case([enhanced]))
    room.settle()

    def off(wanted: int) -> float:
        return room.least(lambda: abs(int(room.canvas()[380, 580, 0]) - wanted), goal=1)

    for wanted in (127, 127, 0):
        assert off(wanted) <= 1
        room.press("ArrowDown")
