"""Pictures of frames."""

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi_lut

from dokuei.dicom import uids
from dokuei.dicom.intake import intake
from dokuei.dicom.render import Window, render_frame
from dokuei.errors import NotAcceptableError, NotFoundError
from tests.makers.objects import header, image, noise, save, save_encoded

RAMP = np.arange(64 * 64, dtype="<u2").reshape(64, 64)


def _picture(tmp_path: Path, data_set: pydicom.Dataset, frame: int = 1, **wish: Any) -> NDArray[np.uint8]:
    source = save(tmp_path / "source.dcm", data_set)
    coded = intake(source, tmp_path / "coded.dcm")
    return render_frame(tmp_path / "coded.dcm", coded, frame, **wish)


def test_an_objects_own_window_and_slope_are_as_pydicom_applies_them(tmp_path: Path) -> None:
    data_set = image(
        RAMP, BitsStored=12, RescaleSlope=2, RescaleIntercept=-1000, WindowCenter=[1000, 3], WindowWidth=[4000, 9]
    )
    theirs = apply_voi_lut(apply_modality_lut(RAMP, data_set), data_set, 0)
    low, high = -1000.0, 2 * 4095 - 1000.0
    expected = (theirs - low) / (high - low) * 255
    assert np.abs(_picture(tmp_path, data_set) - expected).max() <= 1


def test_a_window_that_is_asked_for_wins(tmp_path: Path) -> None:
    data_set = image(RAMP, BitsStored=12, WindowCenter=0, WindowWidth=2)
    picture = _picture(tmp_path, data_set, window=Window(2048, 4096))
    assert picture.min() == 0
    assert picture.max() == 255
    assert abs(int(picture[32, 0]) - 127) <= 1


def test_monochrome1_is_shown_inverse(tmp_path: Path) -> None:
    picture = _picture(tmp_path, image(RAMP, BitsStored=12, PhotometricInterpretation="MONOCHROME1"))
    assert (picture[0, 0], picture[-1, -1]) == (255, 0)


def test_padding_does_not_spoil_the_range(tmp_path: Path) -> None:
    cells = (RAMP % 100).astype("<i2")
    cells[0] = -2000
    picture = _picture(tmp_path, image(cells, PixelPaddingValue=-2000))
    assert picture[1:].max() == 255
    assert np.median(picture[1:]) > 100
    small = _picture(tmp_path, image(cells, PixelPaddingValue=-2000), longest_side=32)
    assert np.median(small) > 100


def test_signs_of_cells_that_are_not_extended_are_understood(tmp_path: Path) -> None:
    cells = np.array([[0x0FFF, 0x0000], [0x0800, 0x07FF]], dtype="<u2").view("<i2")
    data_set = image(cells, BitsStored=12, WindowCenter=0, WindowWidth=4096)
    assert _picture(tmp_path, data_set).tolist() == [[127, 128], [0, 255]]


def test_overlays_in_unused_bits_are_not_shown(tmp_path: Path) -> None:
    plain = image(RAMP, BitsStored=12, WindowCenter=2048, WindowWidth=4096)
    overlaid = image(RAMP | 0x8000, BitsStored=12, WindowCenter=2048, WindowWidth=4096)
    overlaid.add_new(0x60000102, "US", 15)
    for wish in ({}, {"longest_side": 32}):
        assert np.abs(_picture(tmp_path, plain, **wish).astype(int) - _picture(tmp_path, overlaid, **wish)).mean() < 2


def test_colour_is_shown_as_rgb_whatever_it_came_as(tmp_path: Path) -> None:
    rgb = np.tile(np.array([200, 40, 90], "u1"), (8, 9, 1))
    assert np.array_equal(_picture(tmp_path, image(rgb)), rgb)
    ybr = pydicom.pixels.processing.convert_color_space(rgb, "RGB", "YBR_FULL")
    shown = _picture(tmp_path, image(ybr, PhotometricInterpretation="YBR_FULL"))
    assert np.abs(shown.astype(int) - rgb).max() <= 2
    deep = _picture(tmp_path, image(rgb.astype("<u2") * 257))
    assert np.array_equal(deep, rgb)


def _palette(cells: NDArray[Any]) -> pydicom.Dataset:
    data_set = image(cells, PhotometricInterpretation="PALETTE COLOR")
    for number, colour in enumerate(("Red", "Green", "Blue")):
        setattr(data_set, f"{colour}PaletteColorLookupTableDescriptor", [256, 0, 16])
        table = (np.arange(256, dtype="<u2") * (number + 1) * 80).astype("<u2")
        setattr(data_set, f"{colour}PaletteColorLookupTableData", table.tobytes())
    return data_set


def test_palettes_are_as_pydicom_applies_them(tmp_path: Path) -> None:
    cells = noise((16, 17), bits=8, dtype="u1")
    data_set = _palette(cells)
    assert np.array_equal(_picture(tmp_path, data_set), apply_color_lut(cells, data_set) >> 8)


def test_a_broken_palette_is_told(tmp_path: Path) -> None:
    data_set = _palette(noise((16, 17), bits=8, dtype="u1"))
    del data_set.RedPaletteColorLookupTableData
    with pytest.raises(NotAcceptableError, match="colour tables"):
        _picture(tmp_path, data_set)


@pytest.mark.parametrize("longest_side", [1, 30, 64, 100, 1000])
def test_a_small_picture_has_the_shape_and_the_look_of_the_whole(longest_side: int, tmp_path: Path) -> None:
    waves = np.sin(np.arange(300) / 40)[:, None] + np.cos(np.arange(200) / 30)[None]
    data_set = image(((waves + 2) * 1000).astype("<u2"), BitsStored=12, WindowCenter=2000, WindowWidth=4000)
    whole = _picture(tmp_path, data_set)
    small = _picture(tmp_path, data_set, longest_side=longest_side)
    assert max(small.shape) == min(longest_side, 300)
    if longest_side > 1:
        assert abs(float(small.mean()) - float(whole.mean())) < 3
        assert abs(small.shape[1] / small.shape[0] - 200 / 300) < 0.05


def test_each_frame_has_its_own_window(tmp_path: Path) -> None:
    def groups(center: int) -> pydicom.Dataset:
        voi = pydicom.Dataset()
        voi.WindowCenter, voi.WindowWidth = center, 2
        group = pydicom.Dataset()
        group.FrameVOILUTSequence = [voi]
        return group

    cells = np.full((2, 8, 8), 50, dtype="<u2")
    data_set = image(cells, number_of_frames=2, PerFrameFunctionalGroupsSequence=[groups(10), groups(90)])
    assert _picture(tmp_path, data_set, 1).min() == 255
    assert _picture(tmp_path, data_set, 2).max() == 0


def test_single_bits_and_floating_point_are_shown(tmp_path: Path) -> None:
    bits = noise((8, 8), bits=1, dtype="u1")
    data_set = image(bits, BitsAllocated=1, BitsStored=1)
    data_set.PixelData = np.packbits(bits, bitorder="little").tobytes()
    assert np.array_equal(_picture(tmp_path, data_set), bits * 255)
    values = np.array([[0.0, 0.5], [1.0, np.nan]], "<f4")
    data_set = image(values)
    del data_set.PixelData
    data_set.FloatPixelData = values.tobytes()
    assert _picture(tmp_path, data_set).tolist() == [[0, 128], [255, 0]]


def test_what_cannot_be_shown_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        _picture(tmp_path, image(RAMP), 2)
    with pytest.raises(NotFoundError):
        _picture(tmp_path, header())
    source = save_encoded(tmp_path / "s.dcm", image(RAMP), [b"\0\0 no frame"], uids.JPEG_BASELINE)
    with pytest.raises(NotAcceptableError):
        render_frame(tmp_path / "c.dcm", intake(source, tmp_path / "c.dcm"), 1)
