import numpy as np
import pytest

from dokuei.phantom import strands
from dokuei.phantom.anatomy import Breast, Lesion, Woman, build
from dokuei.phantom.strands import Strands

WOMAN = Woman("test", 80, 68, 0.4)
LESION = Lesion("m", "spiculated-mass", "L", 2, 30, 40, 8, "5")


@pytest.fixture(scope="module")
def breast() -> Breast:
    return build(WOMAN, "L", spacing=2.5)


def test_tube_lays_down_its_volume_and_its_chord() -> None:
    canvas = np.zeros((200, 200), dtype=np.float32)
    columns = np.linspace(40, 160, 241, dtype=np.float32)
    path = np.stack([np.full(241, 100, np.float32), columns], axis=1)[None]
    radius = np.full((1, 241), 1.0, dtype=np.float32)
    length = np.full((1, 241), 0.05, dtype=np.float32)

    strands.draw(canvas, path, radius, length, spacing=0.1, weight=np.ones_like(radius))

    assert float(canvas.sum()) * 0.1**2 == pytest.approx(np.pi * 241 * 0.05, rel=1e-3)
    assert float(canvas[100, 100]) == pytest.approx(2.0, rel=0.1)
    assert float(canvas[88, 100]) == 0


def test_what_lies_outside_the_canvas_is_left_out() -> None:
    canvas = np.zeros((10, 10), dtype=np.float32)
    path = np.full((1, 4, 2), 40, dtype=np.float32)
    ones = np.ones((1, 4), dtype=np.float32)

    strands.draw(canvas, path, ones, ones, spacing=1.0, weight=ones)

    assert float(canvas.sum()) == 0


def test_smoothing_keeps_the_ends_and_adds_steps() -> None:
    points = np.array([[[0, 0, 0], [1, 0, 0], [1, 1, 0]]], dtype=np.float32)

    smooth = strands.smooth(points, 2)

    assert smooth.shape[1] > 8
    assert smooth[0, 0] == pytest.approx([0, 0, 0])
    assert smooth[0, -1] == pytest.approx([1, 1, 0])


def test_longer_curves_are_divided_more_often() -> None:
    points = np.zeros((2, 10, 3), dtype=np.float32)
    points[0, :, 0], points[1, :, 0] = np.arange(10), np.arange(10) * 8
    groups = strands.by_length(Strands(points, np.ones((2, 10), np.float32)), spacing=0.5)

    assert [len(group.points) for group, _ in groups] == [1, 1]
    assert groups[1][1] == groups[0][1] + 3


def test_ducts_meet_at_the_nipple_and_spicules_at_the_mass(breast: Breast) -> None:
    ducts, spicules = strands.ducts(breast), strands.spicules(breast, LESION)

    assert np.abs(ducts.points[:, 0] - [WOMAN.depth - 3, 0, 0]).max() < 3
    assert np.linalg.norm(spicules.points[:, 0] - np.array(LESION.position), axis=1).max() < 1.3 * LESION.radius
    assert np.linalg.norm(spicules.points[:, -1] - np.array(LESION.position), axis=1).mean() > LESION.radius


def test_calcifications_are_fine_and_clustered(breast: Breast) -> None:
    cluster = Lesion("c", "microcalcifications", "L", 2, 30, 40, 9, "4")
    grains = strands.calcifications(breast, cluster)

    assert float(np.median(2 * grains.radius)) < 0.5
    assert np.linalg.norm(grains.points[:, 0] - np.array(cluster.position), axis=1).max() < 3 * cluster.radius


def test_vessels_fill_voxels_below_the_skin(breast: Breast) -> None:
    filled = strands.stamp(breast, strands.vessels(breast))

    assert filled.shape == breast.gland.shape
    assert 0 < float(filled.mean()) < 0.02
