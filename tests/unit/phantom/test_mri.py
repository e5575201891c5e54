import numpy as np
import pytest

from dokuei.phantom import mri, women
from dokuei.phantom.anatomy import Lesion, Woman, build
from dokuei.phantom.headers import Series
from dokuei.phantom.texture import Field
from dokuei.phantom.thorax import PRONE, Trunk

MASS = Lesion("mass", "spiculated-mass", "L", 1.5, 32, 42, 11, "5")
WOMAN = Woman("test", 80, 68, 0.34, (MASS,))
MATRIX = mri.Matrix(128, 40, 2.736, 5.0, 45)
PHASES = range(6)


@pytest.fixture(scope="module")
def scanner() -> mri.Dynamic:
    trunk = Trunk.of({"R": build(WOMAN, "R", spacing=3.0), "L": build(WOMAN, "L", spacing=3.0)}, PRONE)
    return mri.Dynamic(trunk, MATRIX, noise=4.0)


def _curve(scanner: mri.Dynamic, where: tuple[int, int], number: int) -> Field:
    maps = scanner.maps(number, scanner.inner(number))
    row, column = where
    block = np.s_[row - 1 : row + 2, column - 1 : column + 2]
    return np.array([scanner.plane(maps, number, phase)[block].mean() for phase in PHASES], dtype=np.float32)


def _place(scanner: mri.Dynamic) -> tuple[int, tuple[int, int]]:
    x, y = MATRIX.axes()
    cx, cy, cz = scanner.trunk.place(MASS)
    number = round((cz - MATRIX.z(0)) / MATRIX.step)
    return number, (int(np.abs(y[:, 0] - cy).argmin()), int(np.abs(x[0] - cx).argmin()))


def test_lesion_washes_in_and_out(scanner: mri.Dynamic) -> None:
    number, where = _place(scanner)

    curve = _curve(scanner, where, number)

    rise = curve / curve[0] - 1
    assert rise == pytest.approx([mri.enhancement("washout", phase) for phase in PHASES], rel=0.12, abs=0.06)
    assert rise[2] > 1.2
    assert curve[5] < 0.92 * curve[2]


def test_gland_rises_slowly_and_never_falls(scanner: mri.Dynamic) -> None:
    number, _ = _place(scanner)
    x, y = MATRIX.axes()
    gland = dict(scanner.trunk.breast(MATRIX.z(number), x, y))["gland"] > 0.85
    maps = scanner.maps(number, scanner.inner(number))

    curve = np.array([scanner.plane(maps, number, phase)[gland].mean() for phase in PHASES])

    rise = curve / curve[0] - 1
    assert (np.diff(rise) > 0).all()
    assert 0.15 < rise[5] < 0.4


def test_vessels_are_brightest_in_the_first_phase_after_contrast() -> None:
    blood = [mri.enhancement("blood", phase) for phase in PHASES]

    assert int(np.argmax(blood)) == 1
    assert mri.enhancement("washout", 0) == 0


def test_noise_is_rician_and_differs_between_phases(scanner: mri.Dynamic) -> None:
    maps = scanner.maps(2, scanner.inner(2))
    first, again, later = scanner.plane(maps, 2, 0), scanner.plane(maps, 2, 0), scanner.plane(maps, 2, 1)

    assert np.array_equal(first, again)
    assert not np.array_equal(first, later)
    air = first[:12, :12].astype(float)
    assert float(air.mean()) == pytest.approx(4.0 * np.sqrt(np.pi / 2), rel=0.25)


def test_header_tells_phase_place_and_time() -> None:
    series = [Series(women.DYNAMIC, 5 + p, "MR", "x", women.MAGNET, after=600 + mri.phase_time(p)) for p in PHASES]
    before, after = (mri.header(series[p], MATRIX, p, 6, 7) for p in (0, 3))

    assert (before.TemporalPositionIdentifier, after.TemporalPositionIdentifier) == (1, 4)
    assert before.NumberOfTemporalPositions == 6
    assert before.FrameOfReferenceUID == after.FrameOfReferenceUID
    assert before.ImagePositionPatient == after.ImagePositionPatient
    assert "ContrastBolusAgent" not in before
    assert after.ContrastBolusAgent
    seconds = [
        int(t[:2]) * 3600 + int(t[2:4]) * 60 + float(t[4:]) for t in (before.AcquisitionTime, after.AcquisitionTime)
    ]
    assert seconds[1] - seconds[0] == pytest.approx(mri.phase_time(3))


def test_planes_stand_one_step_apart_along_the_normal() -> None:
    series = Series(women.DYNAMIC, 5, "MR", "x", women.MAGNET)
    lower, upper = (mri.header(series, MATRIX, 0, 6, number) for number in (4, 5))

    step = np.array(upper.ImagePositionPatient, float) - np.array(lower.ImagePositionPatient, float)
    assert step == pytest.approx([0, 0, float(lower.SpacingBetweenSlices)])
