import numpy as np
import pytest

from dokuei.phantom.anatomy import Laterality, Lesion, Woman, build
from dokuei.phantom.mri import Matrix
from dokuei.phantom.texture import Field
from dokuei.phantom.thorax import PRONE, SUPINE, Posture, Trunk, paint

MASS = Lesion("mass", "spiculated-mass", "L", 1.5, 32, 42, 11, "5")
WOMAN = Woman("test", 80, 68, 0.34, (MASS,))
MATRIX = Matrix(128, 60, 2.736, 4.0, 45)


@pytest.fixture(scope="module")
def trunk() -> Trunk:
    return _trunk(PRONE)


def _trunk(posture: Posture) -> Trunk:
    sides: tuple[Laterality, ...] = ("R", "L")
    return Trunk.of({side: build(WOMAN, side, spacing=3.0) for side in sides}, posture)


def _painted(trunk: Trunk, z: float, values: dict[str, float]) -> Field:
    x, y = MATRIX.axes()
    layers = trunk.surface(z, x, y) + trunk.inner(z, x, y) + trunk.breast(z, x, y)
    table = {tissue: np.array([values.get(tissue, 0.0)], dtype=np.float32) for tissue, _ in layers}
    maps = np.zeros((1, MATRIX.size, MATRIX.size), dtype=np.float32)
    paint(layers, maps, table)
    result: Field = maps[0]
    return result


def test_prone_breast_hangs_and_supine_breast_lies_flat(trunk: Trunk) -> None:
    assert trunk.place(MASS)[1] < _trunk(SUPINE).place(MASS)[1]
    assert trunk.place(MASS)[0] > 0


def test_lesion_lies_where_it_is_said_to_lie(trunk: Trunk) -> None:
    x, y = MATRIX.axes()
    cx, cy, cz = trunk.place(MASS)

    lesion = _painted(trunk, cz, {"lesion": 1.0})

    row, column = int(np.abs(y[:, 0] - cy).argmin()), int(np.abs(x[0] - cx).argmin())
    assert lesion[row, column] == 1
    assert lesion.sum() * 2.736**2 == pytest.approx(np.pi * MASS.radius**2, rel=0.4)


def test_breasts_stand_out_at_the_nipples_and_not_in_the_abdomen(trunk: Trunk) -> None:
    _, y = MATRIX.axes()
    front = [int((_painted(trunk, z, {"fat": 1, "skin": 1}) > 0.5).any(axis=1).argmax()) for z in (0.0, -112.0)]

    assert y[front[0], 0] < -60
    assert y[front[1], 0] > -25


def test_chest_holds_lung_and_heart_and_the_abdomen_liver(trunk: Trunk) -> None:
    assert _painted(trunk, -30, {"lung": 1}).sum() > 1000
    assert _painted(trunk, -42, {"myocardium": 1, "blood": 1}).sum() > 300
    assert _painted(_trunk(SUPINE), -180, {"liver": 1}).sum() > 500


def test_later_tissue_covers_earlier_tissue() -> None:
    maps = np.zeros((2, 1, 2), dtype=np.float32)
    half = np.array([[1.0, 0.5]], dtype=np.float32)

    paint(
        [("fat", np.ones((1, 2), np.float32)), ("gland", half)],
        maps,
        {"fat": np.array([10, 1], np.float32), "gland": np.array([20, 0], np.float32)},
    )

    assert maps.tolist() == [[[20, 15]], [[0, 0.5]]]
