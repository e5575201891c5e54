"""What the canvas shows is what the standard's formulas say, on the GPU path and without WebGL."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from tests.journeys.viewer.conftest import Room
from tests.makers.archive import image
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser

_BLOCK, _SIDE = 16, 16
_VALUES = np.arange(_SIDE * _SIDE, dtype=np.uint16) * 16 + 5
Grey = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def blocks(values: NDArray[Any] = _VALUES) -> NDArray[Any]:
    """A picture of one value a block, so that half a pixel of the screen does not matter."""
    return np.kron(values.reshape(_SIDE, _SIDE), np.ones((_BLOCK, _BLOCK), values.dtype))


def linear(center: float, width: float) -> Grey:
    """PS3.3 C.11.2.1.2.1."""
    return lambda x: np.clip((x - (center - 0.5)) / (width - 1) + 0.5, 0, 1)


def linear_exact(center: float, width: float) -> Grey:
    """PS3.3 C.11.2.1.3.2."""
    return lambda x: np.clip((x - center) / width + 0.5, 0, 1)


def sigmoid(center: float, width: float) -> Grey:
    """PS3.3 C.11.2.1.3.1."""
    return lambda x: 1 / (1 + np.exp(-4 * (x - center) / width))


def inverted(grey: Grey) -> Grey:
    """The negative."""
    return lambda x: 1 - grey(x)


_LUT = np.round(4095 * (np.arange(3000) / 2999) ** 2.2).astype(np.uint16)
_LUT_FIRST = 500


def by_table(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """PS3.3 C.11.2.1.1: below the first value its first entry, above the last its last."""
    index = np.clip(np.round(x).astype(int) - _LUT_FIRST, 0, len(_LUT) - 1)
    greys: NDArray[np.float64] = _LUT[index] / 4095
    return greys


def lut_item() -> Dataset:
    """A VOI LUT of 12 bits."""
    item = Dataset()
    item.add_new(0x00283002, "US", [len(_LUT), _LUT_FIRST, 12])
    item.LUTExplanation = "HARDER"
    item.add_new(0x00283006, "OW", _LUT.tobytes())
    return item


def windowed(center: float | list[int], width: float | list[int], **more: Any) -> dict[str, Any]:
    return {"WindowCenter": center, "WindowWidth": width, **more}


_CASES: dict[str, tuple[dict[str, Any], Grey]] = {
    "linear": (windowed(2000, 2600), linear(2000, 2600)),
    "linear, narrow": (windowed(2000, 90), linear(2000, 90)),
    "linear exact": (windowed(2000, 2600, VOILUTFunction="LINEAR_EXACT"), linear_exact(2000, 2600)),
    "sigmoid": (windowed(2000, 1600, VOILUTFunction="SIGMOID"), sigmoid(2000, 1600)),
    "VOI LUT": (windowed(2000, 2600, VOILUTSequence=[lut_item()]), by_table),
    "rescaled": (
        windowed(0, 900, RescaleSlope="0.5", RescaleIntercept="-1024", RescaleType="HU"),
        lambda x: linear(0, 900)(x * 0.5 - 1024),
    ),
    "MONOCHROME1": (
        windowed(2000, 2600, PhotometricInterpretation="MONOCHROME1"),
        inverted(linear(2000, 2600)),
    ),
    "MONOCHROME1, sigmoid": (
        windowed(2000, 1600, VOILUTFunction="SIGMOID", PhotometricInterpretation="MONOCHROME1"),
        inverted(sigmoid(2000, 1600)),
    ),
}


@pytest.fixture(scope="module")
def case(hub: BrowsedHub) -> str:
    """One series a way of saying how grey a value is."""
    study = generate_uid()
    objects = [
        image(blocks(), study=study, patient_id="G1", SeriesNumber=number, SeriesDescription=name, **elements)
        for number, (name, (elements, _)) in enumerate(_CASES.items(), 1)
    ]
    return hub.case(objects)


def shown(room: Room) -> NDArray[np.float64]:
    """The grey in the middle of each block, the picture at one pixel for one."""
    canvas = room.canvas()
    assert (canvas[..., 0] == canvas[..., 2]).all(), "grey is grey"
    top, left = (canvas.shape[0] - _BLOCK * _SIDE) // 2, (canvas.shape[1] - _BLOCK * _SIDE) // 2
    middles = [index * _BLOCK + _BLOCK // 2 for index in range(_SIDE)]
    at = canvas[np.ix_([top + y for y in middles], [left + x for x in middles])][..., 0]
    greys: NDArray[np.float64] = at.reshape(-1).astype(float)
    return greys


def off(room: Room, grey: Grey, values: NDArray[Any] = _VALUES) -> float:
    """How far the canvas is from the formula, in grey levels, once it is drawn."""
    wanted = 255 * grey(values.astype(float))
    return room.least(lambda: float(np.abs(shown(room) - wanted).max()), goal=1)


@pytest.mark.parametrize("renderer", ["gpu", "cpu"])
def test_every_window_and_table_comes_out_as_the_standard_says(room: Room, case: str, renderer: str) -> None:
    """MAMMO-01, IMG-10: VOI LUT Sequence, LINEAR, LINEAR_EXACT and SIGMOID, read back from the canvas."""
    room.open(case, f"?render={renderer}")
    room.press("KeyG")
    for name, (_, grey) in _CASES.items():
        room.put(name)
        room.settle("pane-0")
        room.press("Shift+KeyZ")
        assert off(room, grey) <= 1, f"{name} on the {renderer}"
        room.press("KeyX")
        assert off(room, inverted(grey)) <= 1, f"{name} inverted on the {renderer}"


def test_padding_stays_black_when_the_picture_is_inverted(hub: BrowsedHub, room: Room) -> None:
    """MAMMO-09: background air stays black under inversion."""
    values = _VALUES.copy()
    values[:32] = 0
    padded = image(blocks(values), patient_id="G2", PixelPaddingValue=0, **windowed(2000, 2600))
    room.open(hub.case([padded]))
    room.settle()
    room.press("Shift+KeyZ")
    tissue = linear(2000, 2600)
    assert off(room, lambda x: np.where(x == 0, 0, tissue(x)), values) <= 1
    room.press("KeyX")
    assert off(room, lambda x: np.where(x == 0, 0, 1 - tissue(x)), values) <= 1


def test_windows_are_chosen_by_key_and_moved_by_dragging(hub: BrowsedHub, room: Room) -> None:
    """MAMMO-01: every window and table is selectable, named by its explanation."""
    two = image(
        blocks(),
        patient_id="G3",
        VOILUTSequence=[lut_item()],
        **windowed([2000, 1000], [2600, 500], WindowCenterWidthExplanation=["NORMAL", "SOFT"]),
    )
    room.open(hub.case([two]))
    room.settle()
    room.press("Shift+KeyZ")
    assert "HARDER" in room.corner("window")
    room.press("Digit3")
    assert "SOFT" in room.corner("window")
    assert off(room, linear(1000, 500)) <= 1
    box = room.page.locator("[data-pane=pane-0]").bounding_box()
    assert box is not None
    room.page.mouse.move(box["x"] + 300, box["y"] + 300)
    room.page.mouse.down()
    room.page.mouse.move(box["x"] + 400, box["y"] + 340, steps=4)
    room.page.mouse.up()
    assert "C 1000" not in room.corner("window")
    room.press("KeyQ")
    assert "HARDER" in room.corner("window")


def colour(kind: str) -> tuple[NDArray[np.uint8], dict[str, Any]]:
    """The same coloured blocks in a Photometric Interpretation, and what it needs."""
    rgb = np.stack([blocks(np.roll(np.arange(256, dtype=np.uint8), shift)) for shift in (0, 85, 170)], axis=-1)
    if kind == "RGB":
        return rgb, {}
    if kind == "PALETTE COLOR":
        tables = {
            f"{name}PaletteColorLookupTableData": np.roll(np.arange(256, dtype=np.uint16) * 257, shift).tobytes()
            for name, shift in (("Red", 0), ("Green", 85), ("Blue", 170))
        }
        described = {f"{name}PaletteColorLookupTableDescriptor": [256, 0, 16] for name in ("Red", "Green", "Blue")}
        return blocks(np.arange(256, dtype=np.uint8)), {"PhotometricInterpretation": kind, **tables, **described}
    full = rgb.astype(float)
    red, green, blue = full[..., 0], full[..., 1], full[..., 2]
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    parts = [luma, (blue - luma) / 1.772 + 128, (red - luma) / 1.402 + 128]
    return np.clip(np.round(np.stack(parts, axis=-1)), 0, 255).astype(np.uint8), {"PhotometricInterpretation": kind}


@pytest.mark.parametrize("renderer", ["gpu", "cpu"])
@pytest.mark.parametrize("kind", ["RGB", "PALETTE COLOR", "YBR_FULL"])
def test_colours_come_out_as_they_are(hub: BrowsedHub, room: Room, kind: str, renderer: str) -> None:
    wanted = colour("RGB")[0]
    pixels, elements = colour(kind)
    us = "1.2.840.10008.5.1.4.1.1.6.1"
    room.open(
        hub.case([image(pixels, sop_class=us, modality="US", patient_id="G4", **elements)]), f"?render={renderer}"
    )
    room.settle()
    room.press("Shift+KeyZ")
    middles = np.arange(_SIDE) * _BLOCK + _BLOCK // 2
    allowed = 3 if kind == "YBR_FULL" else 1

    def difference() -> float:
        canvas = room.canvas()
        top, left = (canvas.shape[0] - 256) // 2, (canvas.shape[1] - 256) // 2
        seen = canvas[np.ix_(top + middles, left + middles)].astype(int)
        return float(np.abs(seen - wanted[np.ix_(middles, middles)]).max())

    assert room.least(difference, goal=allowed) <= allowed


@pytest.mark.parametrize("renderer", ["gpu", "cpu"])
def test_colours_are_moved_alike_in_both_renderers_and_the_screen_says_so(
    hub: BrowsedHub, room: Room, renderer: str
) -> None:
    """A colour image has no window (PS3.3 C.11.2); what dragging does to it is brightness and contrast, and is told."""
    pixels, _ = colour("RGB")
    us = "1.2.840.10008.5.1.4.1.1.6.1"
    room.open(
        hub.case([image(pixels, sop_class=us, modality="US", patient_id="G7", WindowCenter=40, WindowWidth=10)]),
        f"?render={renderer}",
    )
    room.settle()
    room.press("Shift+KeyZ")
    middles = np.arange(_SIDE) * _BLOCK + _BLOCK // 2
    samples = pixels[np.ix_(middles, middles)].astype(float)

    def off_by(wanted: NDArray[np.float64]) -> float:
        def measure() -> float:
            canvas = room.canvas()
            top, left = (canvas.shape[0] - 256) // 2, (canvas.shape[1] - 256) // 2
            return float(np.abs(canvas[np.ix_(top + middles, left + middles)] - wanted).max())

        return room.least(measure, goal=1.5)

    assert off_by(samples) <= 1
    room.press("Digit1", "KeyX")
    assert off_by(255 - samples) <= 1
    room.press("KeyX")
    box = room.page.locator("[data-pane=pane-0]").bounding_box()
    assert box is not None
    size = round(min(box["width"], box["height"]))
    x, y = box["x"] + size / 2, box["y"] + size / 2
    dx, dy = -round(size * 0.4), round(size * 0.1)
    room.page.mouse.move(x, y)
    room.page.mouse.down()
    room.page.mouse.move(x + dx, y + dy, steps=6)
    room.page.mouse.up()
    width, center = 255 + dx * 255 / size, 127.5 + dy * 255 / size
    assert off_by(np.clip((samples - center) / width + 0.5, 0, 1) * 255) <= 1.5
    assert "原画像と異なる色調：コントラスト 167 % 明るさ -10 %" in room.corner("window")
    room.press("KeyQ", "Shift+KeyZ")
    assert off_by(samples) <= 1
    assert "異なる" not in room.corner("window")


def test_signed_values_and_full_range_where_no_window_is_given(hub: BrowsedHub, room: Room) -> None:
    values = (np.arange(256, dtype=np.int16) - 100) * 7
    room.open(hub.case([image(blocks(values), patient_id="G5")]))
    room.settle()
    room.press("Shift+KeyZ")
    low, high = float(values.min()), float(values.max())
    assert off(room, lambda x: (x - low) / (high - low), values) <= 1
