import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from pydicom import Dataset, dcmread

from dokuei.phantom import PhantomSet

Found = tuple[dict[str, Any], dict[str, Any], Dataset]


@pytest.fixture(scope="module")
def found(small: PhantomSet) -> list[Found]:
    """Every sighting with its finding and its object."""
    where = {dcmread(f, stop_before_pixels=True).SOPInstanceUID: f for f in small.files}
    result: list[Found] = []
    for case in small.cases:
        document = json.loads(case.truth.read_text(encoding="utf-8"))
        findings = {finding["name"]: finding for finding in document["findings"]}
        for seen in document["sightings"]:
            file = where[seen["sop_instance_uid"]]
            result.append((seen, findings[seen["finding"]], dcmread(file)))
    return result


def _frame(seen: dict[str, Any], ds: Dataset) -> npt.NDArray[np.float64]:
    cells = ds.pixel_array.astype(float)
    if int(ds.get("NumberOfFrames", 1)) > 1:
        cells = cells[seen["frame"] - 1]
    if ds.SamplesPerPixel == 3:
        cells = cells[..., 0]
    if ds.PhotometricInterpretation == "MONOCHROME1":
        cells = cells.max() - cells
    result: npt.NDArray[np.float64] = cells
    return result


def _inside_and_around(seen: dict[str, Any], cells: npt.NDArray[np.float64], reach: float) -> tuple[float, float]:
    y, x = np.ogrid[: cells.shape[0], : cells.shape[1]]
    away = np.hypot(y - seen["row"], x - seen["column"])
    radius = max(seen["radius_pixels"], 1.0)
    return float(cells[away <= max(0.5 * radius, 0.8)].mean()), float(
        cells[(away > 1.6 * radius) & (away < reach * radius)].mean()
    )


def test_every_sighting_lies_in_its_image(found: list[Found]) -> None:
    for seen, finding, ds in found:
        assert seen["modality"] == ds.Modality
        assert seen["study_instance_uid"] == ds.StudyInstanceUID
        assert seen["series_instance_uid"] == ds.SeriesInstanceUID
        assert 0 <= seen["row"] < ds.Rows
        assert 0 <= seen["column"] < ds.Columns
        assert 1 <= seen["frame"] <= int(ds.get("NumberOfFrames", 1))
        if ds.Modality == "MG" and "NumberOfFrames" not in ds:
            assert ds.ImageLaterality == finding["laterality"]


def test_mass_is_brighter_than_its_surroundings_in_the_mammogram(found: list[Found]) -> None:
    masses = [f for f in found if f[2].Modality == "MG" and f[1]["kind"] == "spiculated-mass"]

    assert len(masses) == 4
    for seen, _, ds in masses:
        inside, around = _inside_and_around(seen, _frame(seen, ds), 3.5)
        assert inside > 1.1 * around, seen["view"]


def test_mass_is_smaller_in_the_prior(found: list[Found]) -> None:
    size = {
        ds.StudyDate[:4]: seen["radius_pixels"] * float(ds.ImagerPixelSpacing[0])
        for seen, finding, ds in found
        if ds.Modality == "MG" and finding["name"] == "left-mass"
    }

    assert size["2025"] == pytest.approx(0.5 * size["2026"], rel=0.01)


def test_lesion_is_dark_in_the_ultrasound(found: list[Found]) -> None:
    for seen, finding, ds in found:
        if ds.Modality == "US" and finding["kind"] != "microcalcifications":
            inside, around = _inside_and_around(seen, _frame(seen, ds), 2.0)
            assert inside < 0.9 * around, seen["view"]


def test_patient_position_and_pixel_agree(found: list[Found]) -> None:
    checked = 0
    for seen, _, ds in found:
        if ds.Modality in {"MR", "CT", "PT"}:
            origin, spacing = np.array(ds.ImagePositionPatient, float), float(ds.PixelSpacing[0])
            place = origin[:2] + spacing * np.array([seen["column"], seen["row"]])
            assert place == pytest.approx(seen["position"][:2], abs=0.01 * spacing + 0.01)
            checked += 1
        elif "PerFrameFunctionalGroupsSequence" in ds:
            shared = ds.SharedFunctionalGroupsSequence[0]
            frame = ds.PerFrameFunctionalGroupsSequence[seen["frame"] - 1]
            origin = np.array(frame.PlanePositionSequence[0].ImagePositionPatient, float)
            axes = np.array(shared.PlaneOrientationSequence[0].ImageOrientationPatient, float).reshape(2, 3)
            spacing = float(shared.PixelMeasuresSequence[0].PixelSpacing[0])
            thickness = float(shared.PixelMeasuresSequence[0].SpacingBetweenSlices)
            place = origin + spacing * (seen["column"] * axes[0] + seen["row"] * axes[1])
            assert np.linalg.norm(place - np.array(seen["position"])) <= 0.5 * thickness + 0.05
            checked += 1
    assert checked > 25


def test_lesion_in_the_mri_follows_the_curve_that_the_truth_gives(found: list[Found]) -> None:
    curves: dict[str, dict[float, tuple[float, float]]] = {}
    for seen, _, ds in found:
        if ds.Modality == "MR":
            cells = _frame(seen, ds)
            r, c = round(seen["row"]), round(seen["column"])
            curves.setdefault(seen["finding"], {})[seen["measures"]["phase"]] = (
                float(cells[r, c]),
                seen["measures"]["relative_enhancement"],
            )

    mass = curves["left-mass"]
    rise = [mass[phase][0] / mass[0][0] - 1 for phase in range(6)]
    assert rise == pytest.approx([mass[phase][1] for phase in range(6)], rel=0.25, abs=0.25)
    assert rise[5] < rise[1]
    benign = curves["right-oval-mass"]
    assert benign[5][0] > benign[1][0]


def test_suv_made_from_the_header_is_within_a_tenth_of_the_truth(found: list[Found], small: PhantomSet) -> None:
    planes = {int(ds.InstanceNumber): ds for ds in (dcmread(f) for f in small.files if f.parent.name == "pet")}
    hot = [(seen, finding) for seen, finding, ds in found if ds.Modality == "PT" and finding["category"] == "5"]

    assert len(hot) == 2
    for seen, _ in hot:
        middle = next(number for number, ds in planes.items() if ds.SOPInstanceUID == seen["sop_instance_uid"])
        r, c = round(seen["row"]), round(seen["column"])
        block = [
            _suv(planes[number])[r - 1 : r + 2, c - 1 : c + 2]
            for number in (middle - 1, middle, middle + 1)
            if number in planes
        ]
        assert np.mean(block) == pytest.approx(seen["measures"]["suv_mean_27_voxels"], rel=0.10)
        assert seen["measures"]["suv_max"] > 2


def _suv(ds: Dataset) -> npt.NDArray[np.float64]:
    """As a workstation makes it: Bq/ml, decayed dose, body weight."""
    drug = ds.RadiopharmaceuticalInformationSequence[0]
    start, injected = (
        int(t[:2]) * 3600 + int(t[2:4]) * 60 + float(t[4:]) for t in (ds.SeriesTime, drug.RadiopharmaceuticalStartTime)
    )
    dose = float(drug.RadionuclideTotalDose) * 2 ** (-(start - injected) / float(drug.RadionuclideHalfLife))
    activity = ds.pixel_array * float(ds.RescaleSlope) + float(ds.RescaleIntercept)
    result: npt.NDArray[np.float64] = activity * float(ds.PatientWeight) * 1000 / dose
    return result
