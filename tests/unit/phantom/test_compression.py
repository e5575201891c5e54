import numpy as np
import pytest

from dokuei.phantom.anatomy import Woman, build
from dokuei.phantom.compression import Compression, Detector, ViewPosition, slab

WOMAN = Woman("test", 80, 68, 0.4)


def _view(position: ViewPosition = "CC") -> Compression:
    return Compression(WOMAN, "L", position, 50.0, nipple_row=110.0)


@pytest.mark.parametrize("position", ["CC", "MLO"])
def test_places_go_into_the_view_and_back(position: ViewPosition) -> None:
    view = _view(position)
    rng = np.random.default_rng(1)
    points = rng.uniform((15, -25, -25), (60, 25, 25), (200, 3)).astype(np.float32)

    places = view.from_breast(points)
    thickness = view.pressed(view.away(places[:, 0], places[:, 1]))
    back = view.to_breast(places[:, 0], places[:, 1], places[:, 2], thickness)

    assert np.abs(back.T - points).max() < 0.05
    assert 0 <= places[:, 2].min() <= places[:, 2].max() <= view.thickness


def test_lateral_is_up_in_cc_and_axilla_is_up_in_mlo() -> None:
    lateral, superior = np.array([[40, 30, 0], [40, 0, 30]], dtype=np.float32)

    assert _view("CC").from_breast(lateral)[1] > 20
    assert abs(float(_view("CC").from_breast(superior)[1])) < 1
    assert _view("MLO").from_breast(lateral)[1] > 10
    assert _view("MLO").from_breast(superior)[1] > 10


def test_breast_has_full_thickness_inside_and_none_at_the_skin() -> None:
    view = _view()
    m = np.zeros((1, 1), dtype=np.float32)
    edge = float(view.outline(m)[0, 0])
    p = np.array([[10, edge - 1, edge + 1]], dtype=np.float32)

    inside, rim, outside = view.pressed(view.away(p, m))[0]

    assert inside == view.thickness
    assert 0 < rim < 0.6 * view.thickness
    assert outside == 0


def test_outline_is_deepest_at_the_nipple() -> None:
    m = np.linspace(-80, 80, 161).astype(np.float32)

    for position in ("CC", "MLO"):
        outline = _view("CC" if position == "CC" else "MLO").outline(m)
        assert abs(float(m[int(np.argmax(outline))])) < 4


def test_pixels_and_plane_agree() -> None:
    view, detector = _view(), Detector(100, 80, 2.0)
    p, m = view.plane(detector)

    places = np.stack([np.broadcast_to(p, (100, 80)), np.broadcast_to(m, (100, 80))], axis=-1)
    pixels = view.pixels(places, detector)

    assert pixels[37, 21] == pytest.approx([37, 21], abs=1e-4)


def test_columns_hold_the_breast_in_whole_blocks() -> None:
    view, detector = _view(), Detector(3200, 2560, 0.07)

    columns = view.columns(detector)

    assert columns % 32 == 0
    assert columns * detector.spacing > view.outline(np.zeros(1, dtype=np.float32))[0]


def test_slab_holds_gland_only_inside_the_breast() -> None:
    layers = slab(build(WOMAN, "L", spacing=2.5), _view(), Detector(60, 40, 4.0), planes=10)

    assert layers.gland.shape == (10, 60, 40)
    assert layers.step == 5.0
    assert float(layers.gland.sum()) > 0
    assert float(layers.gland[:, layers.away < -4].sum()) == 0
