"""Windows and tables against the standard's own numbers and pydicom's arithmetic."""

from base64 import b64encode

import numpy as np
import pytest
from pydicom.pixels.processing import apply_windowing

from dokuei.dicom.shade import (
    Model,
    Window,
    is_inverse,
    lookup,
    own_table,
    own_window,
    spread,
    through_window,
    to_modality,
)
from tests.makers.objects import image


def _numbers(**elements: object) -> Model:
    return {tag.removeprefix("t"): {"vr": "DS", "Value": [value]} for tag, value in elements.items()}


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize(("center", "width"), [(2048.0, 4096.0), (1000.0, 100.0), (40.0, 2.0)])
def test_windows_are_as_pydicom_computes_them(function: str, center: float, width: float) -> None:
    values = np.arange(4096, dtype="<u2")
    data_set = image(values.reshape(64, 64), BitsStored=12, WindowCenter=center, WindowWidth=width)
    data_set.VOILUTFunction = function
    theirs = apply_windowing(values, data_set) / 4095 * 255
    assert np.allclose(through_window(values.astype(float), Window(center, width, function)), theirs, atol=1e-6)


def test_a_linear_window_of_one_is_a_threshold() -> None:
    """PS3.3 C.11.2.1.2.1."""
    assert through_window(np.array([9.0, 9.5, 9.6, 10.0]), Window(10, 1)).tolist() == [0, 0, 255, 255]


def test_values_go_through_slope_and_intercept() -> None:
    model = _numbers(t00281053=2, t00281052=-1000)
    assert to_modality(np.array([0.0, 10.0]), model, 1, signed=False).tolist() == [-1000, -980]


def _table(first: int, entries: list[int], bits: int) -> Model:
    return {
        "00283002": {"vr": "US", "Value": [len(entries), first, bits]},
        "00283006": {"vr": "OW", "InlineBinary": b64encode(np.array(entries, "<u2").tobytes()).decode()},
    }


def test_values_go_through_a_modality_table_that_goes_on_at_its_ends() -> None:
    """PS3.3 C.11.1.1.1."""
    model = {"00283000": {"vr": "SQ", "Value": [_table(10, [100, 200, 300], 16)]}}
    values = np.array([0.0, 10.0, 11.0, 12.0, 99.0])
    assert to_modality(values, model, 1, signed=False).tolist() == [100, 100, 200, 300, 300]


def test_a_tables_first_value_may_be_negative() -> None:
    mapped = lookup(np.array([-3.0, -2.0, -1.0]), _table(65534, [7, 8], 8), signed=True)
    assert mapped is not None
    assert mapped.tolist() == [7, 7, 8]


def test_an_objects_own_table_is_scaled_to_white() -> None:
    model = {"00283010": {"vr": "SQ", "Value": [_table(0, [0, 2048, 4095], 12)]}}
    shown = own_table(np.array([0.0, 1.0, 2.0]), model, signed=False)
    assert shown is not None
    assert np.allclose(shown, [0, 2048 / 4095 * 255, 255])
    assert own_table(np.zeros(1), {}, signed=False) is None


def test_a_frames_own_window_comes_before_the_shared_one() -> None:
    def groups(center: int) -> Model:
        return {"00289132": {"vr": "SQ", "Value": [_numbers(t00281050=center, t00281051=10)]}}

    model = {
        "52009229": {"vr": "SQ", "Value": [groups(5)]},
        "52009230": {"vr": "SQ", "Value": [{}, groups(7)]},
    }
    assert own_window(model, 1) == Window(5, 10, "LINEAR")
    assert own_window(model, 2) == Window(7, 10, "LINEAR")
    assert own_window({}, 1) is None
    assert own_window(_numbers(t00281050=1, t00281051=0), 1) is None


def test_without_a_window_the_range_is_spread() -> None:
    assert spread(np.array([0.0, 5.0, 10.0, 20.0]), (0.0, 10.0)).tolist() == [0, 127.5, 255, 255]
    assert spread(np.array([3.0, np.nan]), (3.0, 3.0)).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("shape", "photometric", "inverse"),
    [
        ("INVERSE", "MONOCHROME1", True),
        ("IDENTITY", "MONOCHROME2", False),
        (None, "MONOCHROME1", True),
        (None, "MONOCHROME2", False),
    ],
)
def test_low_values_are_white_where_the_object_says_so(shape: str | None, photometric: str, *, inverse: bool) -> None:
    model = {"20500020": {"vr": "CS", "Value": [shape]}} if shape else {}
    assert is_inverse(model, photometric) == inverse
