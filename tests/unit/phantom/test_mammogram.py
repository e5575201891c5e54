import numpy as np
import pytest

from dokuei.phantom import women
from dokuei.phantom.anatomy import Breast, Lesion, Woman, build
from dokuei.phantom.compression import Compression, Detector
from dokuei.phantom.headers import Series
from dokuei.phantom.mammogram import Processing, Projection, mass_planes, present, project
from dokuei.phantom.mammogram_header import for_presentation, for_processing

MASS = Lesion("mass", "spiculated-mass", "L", 1.5, 30, 40, 8, "5")
NODE = Lesion("node", "axillary-node", "L", 1.5, 95, 8, 8, "1")
WOMAN = Woman("test", 84, 70, 0.25, (MASS,))
DETECTOR = Detector(256, 208, 1.0)
VIEW = Compression(WOMAN, "L", "MLO", 52, nipple_row=154)
HOW = Processing(bits=12, fat=1150, per_mm=66, noise=20, sharpen=0.3)


@pytest.fixture(scope="module")
def breast() -> Breast:
    return build(WOMAN, "L", spacing=2.5)


@pytest.fixture(scope="module")
def image(breast: Breast) -> Projection:
    return project(breast, VIEW, DETECTOR, (MASS,))


def test_background_is_nought_and_breast_is_not(image: Projection) -> None:
    cells = present(image, VIEW, HOW, "key", DETECTOR.columns)

    assert cells.shape == (DETECTOR.rows, DETECTOR.columns)
    assert cells[:, image.away.shape[1] :].sum() == 0
    seen = cells[:, : image.away.shape[1]]
    assert (seen[image.away > 0] > 0).all()
    assert seen[image.away < -1].sum() == 0
    assert int(cells.max()) < 4096


def test_thickness_falls_toward_the_skin(image: Projection) -> None:
    cells = present(image, VIEW, HOW, "key", DETECTOR.columns)
    row = cells[40].astype(float)
    edge = int((row > 0).nonzero()[0][-1])

    assert row[edge - 2 : edge].mean() < row[edge - 20 : edge - 12].mean()


def test_mass_is_brighter_than_without_it(breast: Breast, image: Projection) -> None:
    without = project(breast, VIEW, DETECTOR, ())
    place = VIEW.from_breast(np.array([MASS.position], dtype=np.float32))
    row, column = (round(float(v)) for v in VIEW.pixels(place, DETECTOR)[0])

    assert image.dense[row, column] - without.dense[row, column] > 10
    far = image.dense[row + 60 :] - without.dense[row + 60 :]
    assert np.abs(far).max() < 1.0


def test_pectoral_muscle_is_in_the_mlo_view_only(breast: Breast) -> None:
    cc = Compression(WOMAN, "L", "CC", 50, nipple_row=125)
    top = np.s_[5:15, 2:10]

    assert project(breast, VIEW, DETECTOR, ()).dense[top].mean() > 5
    assert project(breast, cc, DETECTOR, ()).dense[40:200, 2:6].mean() < 3


def test_node_in_the_axilla_shows_in_mlo(breast: Breast, image: Projection) -> None:
    shown = project(breast, VIEW, DETECTOR, (MASS, NODE))

    assert (shown.dense - image.dense).max() > 4


def test_mass_fills_the_planes_about_its_depth(breast: Breast) -> None:
    _, _, density = mass_planes(breast, MASS, VIEW, spacing=1.0, shape=(256, 208), planes=26)

    depth = float(VIEW.from_breast(np.array([MASS.position], dtype=np.float32))[0, 2])
    weight = density.sum(axis=(1, 2))
    assert np.average(np.arange(26) + 0.5, weights=weight) * 2 == pytest.approx(depth, abs=1.5)


def test_headers_name_side_view_spacing_and_display() -> None:
    series = Series(women.SCREENING, 1, "MG", "x", women.ROOM_A)
    right = Compression(WOMAN, "R", "MLO", 52, nipple_row=154)

    ds = for_presentation(series, right, women.VENDOR_A, 1, 0)

    assert (ds.ImageLaterality, ds.ViewPosition, ds.PatientOrientation) == ("R", "MLO", ["P", "FL"])
    assert ds.ViewCodeSequence[0].CodeValue == "399368009"
    assert ds.ImagerPixelSpacing == [0.065, 0.065]
    assert (ds.Rows, ds.Columns, ds.BitsStored) == (4096, 3328, 12)
    assert ds.PresentationIntentType == "FOR PRESENTATION"
    assert len(ds.WindowCenter) == len(ds.WindowWidth) == len(ds.WindowCenterWidthExplanation)
    assert for_processing(series, right, women.VENDOR_A, 2, 0).PresentationIntentType == "FOR PROCESSING"


def test_vendors_ask_for_display_in_three_ways() -> None:
    series = Series(women.NORMAL, 1, "MG", "x", women.ROOM_C)

    plain, sigmoid, inverse = (
        for_presentation(series, VIEW, v, 1, 0) for v in (women.VENDOR_A, women.VENDOR_B, women.VENDOR_C)
    )

    assert (plain.VOILUTFunction, "VOILUTSequence" in plain) == ("LINEAR", False)
    assert (sigmoid.VOILUTFunction, len(sigmoid.VOILUTSequence)) == ("SIGMOID", 3)
    assert (inverse.PhotometricInterpretation, inverse.PresentationLUTShape) == ("MONOCHROME1", "INVERSE")
    assert "WindowCenter" not in inverse
    lut = np.frombuffer(inverse.VOILUTSequence[0].LUTData, dtype="<u2")
    assert len(lut) == inverse.VOILUTSequence[0].LUTDescriptor[0] == 1024
    assert (np.diff(lut.astype(int)) >= 0).all()
