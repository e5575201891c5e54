from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.uid import ExplicitVRLittleEndian

from dokuei.dicom.admit import admit
from dokuei.dicom.intake import intake
from dokuei.phantom import PhantomSet

_ALWAYS = [
    *("SpecificCharacterSet", "SOPClassUID", "SOPInstanceUID", "StudyDate", "StudyTime", "AccessionNumber"),
    *("Modality", "Manufacturer", "InstitutionName", "ReferringPhysicianName", "PatientName", "PatientID"),
    *("PatientBirthDate", "PatientSex", "BodyPartExamined", "StudyInstanceUID", "SeriesInstanceUID", "StudyID"),
    *("SeriesNumber", "InstanceNumber", "Rows", "Columns", "BitsStored"),
]
_MORE = {
    "MG": "PositionerType BreastImplantPresent ViewCodeSequence OrganExposed ImageType AnatomicRegionSequence",
    "MR": "ImagePositionPatient ImageOrientationPatient PixelSpacing FrameOfReferenceUID EchoTime RepetitionTime",
    "CT": "ImagePositionPatient RescaleIntercept RescaleSlope KVP FrameOfReferenceUID",
    "PT": "ImagePositionPatient RescaleSlope Units DecayCorrection PatientWeight FrameReferenceTime",
    "US": "SequenceOfUltrasoundRegions",
}


@pytest.fixture(scope="module")
def heads(small: PhantomSet) -> dict[Path, Dataset]:
    return {file: dcmread(file, stop_before_pixels=True) for file in small.files}


def _of(heads: dict[Path, Dataset], modality: str) -> dict[Path, Dataset]:
    return {file: ds for file, ds in heads.items() if ds.Modality == modality}


def test_every_object_carries_what_its_kind_must_carry(heads: dict[Path, Dataset]) -> None:
    for file, ds in heads.items():
        assert ds.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
        wanted = [*_ALWAYS, *_MORE[ds.Modality].split(" ")]
        if "TOMO" in str(ds.get("SeriesDescription")):
            wanted = [*_ALWAYS, "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"]
        assert [keyword for keyword in wanted if keyword not in ds] == [], file


def test_uids_are_unique_and_patients_keep_to_their_studies(heads: dict[Path, Dataset]) -> None:
    assert len({ds.SOPInstanceUID for ds in heads.values()}) == len(heads)
    of_study = defaultdict(set)
    of_series = defaultdict(set)
    for ds in heads.values():
        of_study[ds.StudyInstanceUID].add((ds.PatientID, ds.StudyDate, ds.AccessionNumber))
        of_series[ds.SeriesInstanceUID].add((ds.StudyInstanceUID, ds.Modality, ds.SeriesNumber))
    assert all(len(values) == 1 for values in (*of_study.values(), *of_series.values()))
    assert len(of_study) == 6


def test_names_come_out_in_all_three_groups_in_both_character_sets(heads: dict[Path, Dataset]) -> None:
    names = {
        (str(ds.SpecificCharacterSet), str(ds.PatientName.ideographic), str(ds.PatientName.phonetic))
        for ds in heads.values()
    }

    assert ("['ISO 2022 IR 6', 'ISO 2022 IR 87']", "模擬^花子", "もぎ^はなこ") in names
    assert ("ISO_IR 192", "仮想^茜", "かそう^あかね") in names


def test_gate_takes_every_object_without_remark(small: PhantomSet) -> None:
    remarks = {file.name: admit(file).warnings for file in small.files}

    assert {name: found for name, found in remarks.items() if found} == {}


def test_one_object_of_each_kind_is_coded_and_proved(small: PhantomSet, tmp_path: Path) -> None:
    kinds = {file.parent: file for file in small.files}

    for number, file in enumerate(kinds.values()):
        coded = intake(file, tmp_path / f"{number}.dcm")
        assert (coded.proof, coded.lossy) == ("proved", None), file


def test_four_views_stand_in_each_mammogram_study(heads: dict[Path, Dataset]) -> None:
    views = defaultdict(list)
    for ds in _of(heads, "MG").values():
        if ds.get("PresentationIntentType") == "FOR PRESENTATION" and "NumberOfFrames" not in ds:
            views[ds.StudyInstanceUID].append((ds.ImageLaterality, ds.ViewPosition))

    assert len(views) == 4
    assert all(sorted(found) == [("L", "CC"), ("L", "MLO"), ("R", "CC"), ("R", "MLO")] for found in views.values())


def test_breast_lies_on_the_side_that_the_orientation_says(small: PhantomSet) -> None:
    for file in small.files:
        if not file.parent.name.endswith("mammogram") or "processing" in file.name:
            continue
        ds = dcmread(file)
        cells = ds.pixel_array
        breast = cells != ds.PixelPaddingValue
        left, right = breast[:, :4].mean(), breast[:, -4:].mean()
        assert (left > right) == (ds.PatientOrientation[0] == "A"), file
        assert (ds.PatientOrientation[0] == "A") == (ds.ImageLaterality == "L")


def test_prior_is_a_year_older_with_another_matrix_and_another_way_of_display(heads: dict[Path, Dataset]) -> None:
    mine = [ds for ds in _of(heads, "MG").values() if ds.PatientID == "SYN-0001" and ds.get("ViewPosition") == "CC"]
    current = next(ds for ds in mine if ds.StudyDate > "20260101" and ds.PresentationIntentType == "FOR PRESENTATION")
    prior = next(ds for ds in mine if ds.StudyDate < "20260101")

    assert prior.ImagerPixelSpacing != current.ImagerPixelSpacing
    assert (prior.VOILUTFunction, current.VOILUTFunction) == ("SIGMOID", "LINEAR")
    assert prior.Manufacturer != current.Manufacturer


def test_dynamic_series_hold_the_same_planes_at_rising_times(heads: dict[Path, Dataset]) -> None:
    phases = defaultdict(list)
    for ds in _of(heads, "MR").values():
        phases[int(ds.TemporalPositionIdentifier)].append(ds)

    assert sorted(phases) == [1, 2, 3, 4, 5, 6]
    places = [{tuple(ds.ImagePositionPatient) for ds in found} for found in phases.values()]
    assert all(
        place == places[0] and len(place) == len(found) for place, found in zip(places, phases.values(), strict=True)
    )
    times = [phases[number][0].AcquisitionTime for number in sorted(phases)]
    assert times == sorted(times)
    assert len({ds.FrameOfReferenceUID for found in phases.values() for ds in found}) == 1


def test_pet_and_ct_share_patient_study_and_frame_of_reference(heads: dict[Path, Dataset]) -> None:
    ct, pet = _of(heads, "CT").values(), _of(heads, "PT").values()

    assert {ds.FrameOfReferenceUID for ds in ct} == {ds.FrameOfReferenceUID for ds in pet}
    assert {ds.StudyInstanceUID for ds in ct} == {ds.StudyInstanceUID for ds in pet}
    spans = [sorted(float(ds.ImagePositionPatient[2]) for ds in found) for found in (ct, pet)]
    assert abs(spans[0][-1] - spans[1][-1]) < 1e-6
    assert {len(np.unique(np.round(np.diff(span), 3))) for span in spans} == {1}


def test_tomosynthesis_and_cine_hold_as_many_frames_as_they_say(small: PhantomSet) -> None:
    for file in small.files:
        ds = dcmread(file)
        frames = int(ds.get("NumberOfFrames", 1))
        if frames > 1:
            assert ds.pixel_array.shape == (frames, ds.Rows, ds.Columns)
            assert not np.array_equal(ds.pixel_array[0], ds.pixel_array[1])
