import numpy as np
import pytest

from dokuei.phantom import women
from dokuei.phantom.anatomy import Lesion
from dokuei.phantom.headers import Series
from dokuei.phantom.ultrasound import Scan, Screen, dress, header

SCREEN = Screen(192, 256, 22, 38, 160, 176, 40.0)
MASS = Lesion("mass", "spiculated-mass", "L", 2, 30, 40, 6, "5")
CYST = Lesion("oval", "circumscribed-mass", "L", 4, 30, 40, 6, "2")


def _mean(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], depth: float, across: float) -> float:
    row, column = int(depth / SCREEN.spacing), int(SCREEN.width / 2 + across / SCREEN.spacing)
    return float(picture[row - 4 : row + 5, column - 4 : column + 5].mean())


@pytest.mark.parametrize("lesion", [MASS, CYST])
def test_lesion_is_darker_than_the_gland_beside_it(lesion: Lesion) -> None:
    picture = next(Scan("seed", lesion, SCREEN, 1, sweep=0.1, depth=14).frames())

    assert _mean(picture, 14, 0) < 0.6 * max(_mean(picture, 14, 15), _mean(picture, 14, -15))


def test_sweep_passes_through_the_lesion() -> None:
    pictures = list(Scan("seed", CYST, SCREEN, 9, sweep=30, depth=14).frames())

    assert len(pictures) == 9
    assert _mean(pictures[4], 14, 0) < _mean(pictures[0], 14, 0)
    assert not np.array_equal(pictures[3], pictures[4])


def test_speckle_has_the_contrast_of_speckle() -> None:
    picture = next(Scan("seed", CYST, SCREEN, 1, sweep=0.1, depth=14).frames())

    assert picture[60:100, 10:40].std() > 12


def test_region_is_calibrated_in_centimetres() -> None:
    ds = header(Series(women.DIAGNOSTIC, 3, "US", "x", women.PROBE), SCREEN, "L", 1, frames=1, after=0)
    region = ds.SequenceOfUltrasoundRegions[0]

    assert (region.PhysicalUnitsXDirection, region.PhysicalUnitsYDirection) == (3, 3)
    rows = region.RegionLocationMaxY1 - region.RegionLocationMinY0 + 1
    assert rows * region.PhysicalDeltaY == pytest.approx(4.0)
    assert (ds.SamplesPerPixel, ds.PhotometricInterpretation) == (3, "RGB")


def test_sweep_header_says_how_fast() -> None:
    ds = header(Series(women.DIAGNOSTIC, 3, "US", "x", women.PROBE), SCREEN, "L", 1, frames=60, after=0)

    assert ds.NumberOfFrames == 60
    assert float(ds.FrameTime) == 50
    assert ds.FrameIncrementPointer == 0x00181063
    assert ds.SOPClassUID.name == "Ultrasound Multi-frame Image Storage"


def test_screen_says_that_there_is_no_patient() -> None:
    picture = np.zeros((SCREEN.height, SCREEN.width), dtype=np.uint8)

    image = dress(SCREEN, picture, CYST, "L", "RAD")

    assert image.shape == (SCREEN.rows, SCREEN.columns)
    assert image[10:22].max() > 150
