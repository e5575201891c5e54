import numpy as np
import pytest

from dokuei.phantom import pet_ct, women
from dokuei.phantom.anatomy import Lesion, Woman, build
from dokuei.phantom.headers import Series
from dokuei.phantom.mri import Matrix
from dokuei.phantom.thorax import SUPINE, Trunk

NODE = Lesion("node", "axillary-node", "L", 1.35, 108, 6, 8.5, "5")
WOMAN = Woman("test", 80, 68, 0.34, (NODE,))
FIELD = Matrix(100, 30, 6.0, 6.0, 95)
TRACER = pet_ct.Tracer(dose=2.0e8, before=3600, weight=50)


@pytest.fixture(scope="module")
def trunk() -> Trunk:
    return Trunk.of({"R": build(WOMAN, "R", spacing=3.5), "L": build(WOMAN, "L", spacing=3.5)}, SUPINE)


def test_one_suv_is_the_decayed_dose_by_weight() -> None:
    assert TRACER.becquerel_per_ml == pytest.approx(2.0e8 * 0.5 ** (3600 / 6586.2) / 50000)


def test_node_is_hot_and_background_is_not(trunk: Trunk) -> None:
    clean, noisy = pet_ct.pet_volume(trunk, FIELD, 118.0)
    cx, cy, cz = trunk.place(NODE)
    x, y = FIELD.axes()
    k, r, c = round((118 - cz) / 6), int(np.abs(y[:, 0] - cy).argmin()), int(np.abs(x[0] - cx).argmin())

    assert clean[k, r, c] > 3
    assert clean[k, r, -c] < 1
    assert noisy[k - 1 : k + 2, r - 1 : r + 2, c - 1 : c + 2].mean() == pytest.approx(
        clean[k - 1 : k + 2, r - 1 : r + 2, c - 1 : c + 2].mean(), rel=0.1
    )


def test_stored_values_and_slope_give_the_activity_back() -> None:
    suv = np.linspace(0, 8, 100, dtype=np.float32).reshape(10, 10)

    cells, slope = pet_ct.stored(suv, TRACER)

    assert cells.dtype == np.int16
    assert cells * slope / TRACER.becquerel_per_ml == pytest.approx(suv, abs=1e-3)


def test_ct_shows_air_fat_bone_and_padding(trunk: Trunk) -> None:
    matrix = Matrix(128, 10, 3.9, 10, 95)
    hounsfield = pet_ct.ct_plane(trunk, matrix, -20.0).astype(int) - 1024

    assert hounsfield[0, 0] == pet_ct.PADDING - 1024
    assert hounsfield[2, 64] < -950
    assert hounsfield.max() > 300
    assert -150 < np.median(hounsfield[(hounsfield > -140) & (hounsfield < -60)]) < -60


def test_headers_share_the_frame_of_reference_and_hold_what_suv_needs() -> None:
    ct = pet_ct.ct_header(Series(women.PET_CT, 2, "CT", "x", women.RING), FIELD, 0, 100.0, "2.25.1")
    emission = Series(women.PET_CT, 3, "PT", "x", women.RING, after=300)
    pet = pet_ct.pet_header(emission, FIELD, TRACER, number=50, z=90.0, slope=1.25, frame_of_reference="2.25.1")

    assert ct.FrameOfReferenceUID == pet.FrameOfReferenceUID
    assert (pet.Units, pet.DecayCorrection) == ("BQML", "START")
    drug = pet.RadiopharmaceuticalInformationSequence[0]
    assert float(drug.RadionuclideTotalDose) == TRACER.dose
    start, injected = (
        int(t[:2]) * 3600 + int(t[2:4]) * 60 + int(t[4:6]) for t in (pet.SeriesTime, drug.RadiopharmaceuticalStartTime)
    )
    assert start - injected == TRACER.before
    assert pet.AcquisitionTime > pet.SeriesTime
    assert float(pet.PatientWeight) == women.PET_CT.patient.weight
