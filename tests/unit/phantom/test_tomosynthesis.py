import numpy as np
import pytest

from dokuei.phantom import tomosynthesis, women
from dokuei.phantom.anatomy import Lesion, Woman, build
from dokuei.phantom.compression import Compression, Detector
from dokuei.phantom.headers import Series
from dokuei.phantom.tomosynthesis_header import directions, header, in_patient, plane_position

MASS = Lesion("mass", "spiculated-mass", "R", 10.5, 30, 40, 8, "5")
WOMAN = Woman("test", 84, 70, 0.25, (MASS,))
VIEW = Compression(WOMAN, "R", "CC", 48, nipple_row=120)
DETECTOR = Detector(240, 200, 1.0)
PLANES = 12


@pytest.fixture(scope="module")
def tomo() -> tomosynthesis.Tomosynthesis:
    return tomosynthesis.prepare(build(WOMAN, "R", spacing=2.5), VIEW, DETECTOR, PLANES, (MASS,))


def test_mass_is_sharpest_in_its_own_plane(tomo: tomosynthesis.Tomosynthesis) -> None:
    place = VIEW.from_breast(np.array([MASS.position], dtype=np.float32))
    row, column = (round(float(v)) for v in VIEW.pixels(place, DETECTOR)[0])
    own = int(place[0, 2] / tomo.step)

    level = [
        float(tomosynthesis.plane(tomo, n)[row - 3 : row + 4, column - 3 : column + 4].mean()) for n in range(PLANES)
    ]

    assert abs(int(np.argmax(level)) - own) <= 1
    assert level[own] > 1.3 * np.median(level)


def test_planes_are_ten_bits_with_a_black_background(tomo: tomosynthesis.Tomosynthesis) -> None:
    cells = tomosynthesis.plane(tomo, 3)

    assert cells.shape == (240, 200)
    assert 300 < int(cells.max()) <= 1023
    assert cells[:, -20:].sum() == 0
    assert np.array_equal(cells, tomosynthesis.plane(tomo, 3))


@pytest.mark.parametrize("side", ["L", "R"])
@pytest.mark.parametrize("position", ["CC", "MLO"])
def test_functional_groups_place_each_plane_as_the_geometry_says(side: str, position: str) -> None:
    view = Compression(WOMAN, "R" if side == "R" else "L", "CC" if position == "CC" else "MLO", 48, 120)
    vendor = women.TOMO_D
    ds = header(Series(women.DIAGNOSTIC, 2, "MG", "x", women.ROOM_D), view, vendor, PLANES, number=1, after=0)

    shared = ds.SharedFunctionalGroupsSequence[0]
    along = np.array(shared.PlaneOrientationSequence[0].ImageOrientationPatient, float)
    positions = np.array(
        [f.PlanePositionSequence[0].ImagePositionPatient for f in ds.PerFrameFunctionalGroupsSequence], float
    )
    step = positions[1] - positions[0]

    assert len(positions) == ds.NumberOfFrames == PLANES
    assert np.linalg.norm(step) == pytest.approx(48 / PLANES, abs=1e-3)
    assert abs(float(step @ along[:3])) < 1e-3
    assert abs(float(step @ along[3:])) < 1e-3
    assert float(along[:3] @ along[3:]) == pytest.approx(0, abs=1e-6)
    # the pixel at (row, column) of the hung image is the place it was computed from
    p, m = 30.0, 12.0
    row = (view.nipple_row - m) / vendor.detector.spacing - 0.5
    column = p / vendor.detector.spacing - 0.5
    if side == "R":
        column = vendor.detector.columns - 1 - column
    spacing = float(shared.PixelMeasuresSequence[0].PixelSpacing[0])
    found = positions[0] + along[:3] * column * spacing + along[3:] * row * spacing
    assert found == pytest.approx(in_patient(view, p, m, 0.5 * 48 / PLANES), abs=1e-2)


def test_up_is_lateral_in_cc_and_the_head_in_mlo() -> None:
    left = Compression(WOMAN, "L", "MLO", 48, 120)

    assert directions(VIEW)[1] == (-1.0, 0.0, 0.0)
    assert directions(left)[1][2] > 0.6
    assert plane_position(left, DETECTOR, PLANES, 0) != plane_position(left, DETECTOR, PLANES, 1)
