"""Series scroll, window and zoom together; what the graphics processor loses is drawn again."""

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, SpatialRegistrationStorage, generate_uid

from tests.journeys.viewer.conftest import Room
from tests.makers.archive import image
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser

_PANES = ("pane-0", "pane-1", "pane-2", "pane-3")
_NOTE_CONTEXTS = """(() => {
  const own = HTMLCanvasElement.prototype.getContext;
  window.contexts = [];
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    if (kind === "webgl2" && window.noWebGl) return null;
    const context = own.call(this, kind, ...rest);
    if (kind === "webgl2" && context !== null) window.contexts.push(context);
    return context;
  };
})()"""
_LOSE = """() => {
  for (const one of window.contexts.splice(0)) one.getExtension("WEBGL_lose_context")?.loseContext();
}"""


def _series(study: str, number: int, count: int, step: float, frame: str, *, start: float = 0.0) -> list[Dataset]:
    """Axial slices, each as bright as it is high in its frame of reference."""
    series = generate_uid()
    return [
        image(
            np.full((40, 40), 1000 + 50 * index, np.uint16),
            study=study,
            series=series,
            number=index + 1,
            patient_id="L1",
            SeriesNumber=number,
            SeriesDescription=f"series {number}",
            ImagePositionPatient=[0, 0, start + index * step],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
            PixelSpacing=[2, 2],
            FrameOfReferenceUID=frame,
            WindowCenter=2000,
            WindowWidth=4000,
        )
        for index in range(count)
    ]


def _registration(like: Dataset, source: str, registered: str, up: float) -> Dataset:
    """An object that says: ``source`` lies so many millimetres lower than ``registered`` counts."""
    made = Dataset()
    made.file_meta = like.file_meta.__class__()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    copied = ("SpecificCharacterSet", "StudyInstanceUID", "StudyDate", "StudyTime", "PatientName", "PatientID")
    for keyword in (*copied, "PatientBirthDate", "PatientSex", "StudyID", "AccessionNumber", "ReferringPhysicianName"):
        setattr(made, keyword, getattr(like, keyword))
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = SpatialRegistrationStorage
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    made.SeriesInstanceUID, made.Modality, made.SeriesNumber, made.InstanceNumber = generate_uid(), "REG", 9, 1
    made.ContentDate, made.ContentTime, made.ContentLabel = "20261101", "120000", "RIGID"
    made.FrameOfReferenceUID = registered
    matrix, whole, item = Dataset(), Dataset(), Dataset()
    matrix.FrameOfReferenceTransformationMatrixType = "RIGID"
    matrix.FrameOfReferenceTransformationMatrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, up, 0, 0, 0, 1]
    whole.MatrixSequence = [matrix]
    item.FrameOfReferenceUID, item.MatrixRegistrationSequence = source, [whole]
    made.RegistrationSequence = [item]
    return made


def test_series_go_together_by_place_registration_and_hand_and_outlive_the_graphics_processor(
    hub: BrowsedHub, room: Room
) -> None:
    """Four series: one place at two spacings, one registered to it, one that only the reader can lay beside it."""
    study, ours, moved, unknown = (generate_uid() for _ in range(4))
    first = _series(study, 1, 20, 3, ours)
    objects = [
        *first,
        *_series(study, 2, 40, 1.5, ours),
        *_series(study, 3, 20, 3, moved, start=-9),
        *_series(study, 4, 20, 3, unknown),
        _registration(first[0], moved, ours, 9),
    ]
    page = room.page
    page.add_init_script(_NOTE_CONTEXTS)
    room.open(hub.case(objects))
    room.settle()

    def indices() -> list[int]:
        return [int(page.locator(f"[data-pane={pane}]").get_attribute("data-index") or "-1") for pane in _PANES]

    def corner(words: str, pane: str = "pane-1") -> None:
        expect(page.locator(f"[data-pane={pane}] [data-corner=window]")).to_contain_text(words)

    strip = page.get_by_role("group", name="枠の連動")
    expect(strip).to_contain_text("位置")
    page.locator("[data-pane=pane-0]").hover()
    for _ in range(5):
        page.mouse.wheel(0, 100)
    expect(page.locator("[data-pane=pane-0]")).to_have_attribute("data-index", "5")
    assert indices() == [5, 10, 5, 0]
    corner("連動：位置")
    corner("連動：位置合わせ", "pane-2")
    expect(page.locator("[data-pane=pane-3] [data-follows]")).to_have_count(0)

    room.press("Shift+KeyC")
    expect(strip).to_contain_text("連動切")
    page.locator("[data-pane=pane-3]").hover()
    page.mouse.wheel(0, 100)
    page.mouse.wheel(0, 100)
    room.press("Shift+KeyC", "ArrowDown")
    assert indices() == [6, 12, 6, 3]
    expect(strip).to_contain_text("手動")
    room.press("End")
    assert indices()[3] == 19

    room.press("Home", "Tab", "Shift+KeyV", "KeyX", "Shift+KeyB", "Equal")
    for pane in _PANES:
        corner("白黒反転", pane)
    scales = {room.corner("window", pane).split(" %")[0].splitlines()[-1] for pane in _PANES}
    assert len(scales) == 1, scales

    _loses_its_graphics_and_goes_on(room, indices())


def _loses_its_graphics_and_goes_on(room: Room, before: list[int]) -> None:
    page = room.page

    def goes_on() -> None:
        room.settle()
        found = [int(page.locator(f"[data-pane={pane}]").get_attribute("data-index") or "-1") for pane in _PANES]
        assert found == before
        expect(page.locator("[data-pane=pane-1] [data-corner=window]")).to_contain_text("白黒反転")
        still: Any = room.still("pane-1")
        assert still[still.shape[0] // 2, still.shape[1] // 2, 0] > 100

    lost = page.get_by_text("GPU なしで描画中")
    page.evaluate(_LOSE)
    goes_on()
    expect(lost).to_have_count(0)
    page.evaluate("window.noWebGl = true")
    page.evaluate(_LOSE)
    expect(lost).to_be_visible()
    goes_on()
