"""The studies that the web servers are measured with: an MRI of 6 series, a tomosynthesis, thousands of small ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian

MR, DBT, MG = "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.13.1.3", "1.2.840.10008.5.1.4.1.1.1.2"
MRI_STUDY, DBT_STUDY = "2.25.7001", "2.25.7002"
DBT_PATH = f"/studies/{DBT_STUDY}/series/{DBT_STUDY}.1/instances/{DBT_STUDY}.1.1"


@dataclass(frozen=True)
class Sizes:
    """How much of each."""

    series: int = 6
    slices: int = 250
    dbt_frames: int = 60
    small_studies: int = 2000


QUICK = Sizes(series=2, slices=40, dbt_frames=8, small_studies=200)


def mri_paths(sizes: Sizes) -> list[str]:
    """Where the MRI's objects are in DICOMweb, in order."""
    return [
        f"/studies/{MRI_STUDY}/series/{MRI_STUDY}.{s}/instances/{MRI_STUDY}.{s}.{i}"
        for s in range(1, sizes.series + 1)
        for i in range(1, sizes.slices + 1)
    ]


def make(folder: Path, sizes: Sizes) -> list[Path]:
    """Write everything as Explicit VR Little Endian files."""
    folder.mkdir(parents=True)
    paths = []
    for number, dataset in enumerate(_datasets(sizes)):
        path = folder / f"{number:05d}.dcm"
        dataset.save_as(path, enforce_file_format=True)
        paths.append(path)
    return paths


def _datasets(sizes: Sizes) -> Iterator[Dataset]:
    random = np.random.default_rng(1)
    slices = [_breasts(512, 512, random, depth / 8) for depth in range(8)]
    for series in range(1, sizes.series + 1):
        for number in range(1, sizes.slices + 1):
            cells = np.roll(slices[number % 8], number * 3, axis=1)
            yield _mri_slice(series, number, cells)
    yield _tomosynthesis(sizes.dbt_frames, random)
    for number in range(sizes.small_studies):
        yield _small_study(number, random)


def _breasts(rows: int, columns: int, random: np.random.Generator, depth: float) -> NDArray[np.uint16]:
    """Two half discs with texture over noise, 12 bits: it compresses like the real thing, about 2.2 times."""
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    y, x = y / rows, x / columns
    image = np.zeros((rows, columns), np.float32)
    for centre in (0.28, 0.72):
        radius = np.sqrt(((x - centre) / 0.2) ** 2 + ((y - 0.3) / 0.42) ** 2)
        texture = 0.35 + 0.2 * np.sin(31 * x + 7 * depth) * np.cos(23 * y - 5 * depth)
        image = np.where(radius < 1, texture * (1.2 - radius / 2), image)
    noisy = image * 2400 + random.normal(0, 24, image.shape) + 60
    return np.clip(noisy, 0, 4095).astype(np.uint16)


def _mri_slice(series: int, number: int, cells: NDArray[np.uint16]) -> Dataset:
    made = _header(MR, "MR", MRI_STUDY, f"{MRI_STUDY}.{series}", f"{MRI_STUDY}.{series}.{number}")
    made.PatientID, made.PatientName = "MRI1", "Gosei^Hanako=合成^花子=ごうせい^はなこ"
    made.SeriesNumber, made.InstanceNumber = series, number
    made.ImageType = ["ORIGINAL", "PRIMARY", "M"]
    made.ScanningSequence, made.SequenceVariant, made.MRAcquisitionType = "GR", "SP", "3D"
    made.RepetitionTime, made.EchoTime, made.FlipAngle, made.MagneticFieldStrength = "4.1", "1.9", "10", "3"
    made.ContrastBolusAgent = "Gd"
    made.FrameOfReferenceUID = f"{MRI_STUDY}.9"
    made.ImagePositionPatient = [-180, -180, number * 0.9]
    made.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    made.PixelSpacing, made.SliceThickness, made.SliceLocation = [0.7, 0.7], 0.9, number * 0.9
    made.TemporalPositionIdentifier, made.NumberOfTemporalPositions = series, 6
    made.AcquisitionTime = f"10{15 + series:02d}00.{number:03d}"
    made.WindowCenter, made.WindowWidth = 600, 1200
    _add_pixels(made, cells, bits=12)
    return made


def _tomosynthesis(frames: int, random: np.random.Generator) -> Dataset:
    made = _header(DBT, "MG", DBT_STUDY, f"{DBT_STUDY}.1", f"{DBT_STUDY}.1.1")
    made.PatientID, made.PatientName = "DBT1", "合成^花子"
    slab = (_breasts(2457, 1996, random, 0.3) >> 2).astype(np.uint16)
    cells = np.stack([np.roll(slab, frame, axis=0) for frame in range(frames)])
    groups = []
    for frame in range(frames):
        position, group = Dataset(), Dataset()
        position.ImagePositionPatient = [0, 0, float(frame)]
        group.PlanePositionSequence = Sequence([position])
        groups.append(group)
    made.PerFrameFunctionalGroupsSequence = Sequence(groups)
    _add_pixels(made, cells, bits=10)
    return made


def _small_study(number: int, random: np.random.Generator) -> Dataset:
    study = f"2.25.8{number:06d}"
    modality = ("MG", "MR")[number % 2]
    made = _header(MG if modality == "MG" else MR, modality, study, f"{study}.1", f"{study}.1.1")
    made.PatientID, made.AccessionNumber = f"T{number:06d}", f"ACC{number:06d}"
    made.PatientName = f"Kanja^{number:05d}=合成^患者{number:05d}"
    made.StudyDate = f"2026{1 + number % 10:02d}{1 + number // 10 % 28:02d}"
    _add_pixels(made, random.integers(0, 1000, (16, 16)).astype(np.uint16), bits=12)
    return made


def _header(sop_class: str, modality: str, study: str, series: str, instance: str) -> Dataset:
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.file_meta.MediaStorageSOPClassUID = UID(sop_class)
    made.file_meta.MediaStorageSOPInstanceUID = UID(instance)
    made.SpecificCharacterSet = "ISO_IR 192"
    made.SOPClassUID, made.SOPInstanceUID = sop_class, instance
    made.StudyInstanceUID, made.SeriesInstanceUID = study, series
    made.StudyDate = made.SeriesDate = made.ContentDate = "20261101"
    made.StudyTime = made.SeriesTime = made.ContentTime = "101500"
    made.Modality, made.Manufacturer, made.InstitutionName = modality, "SYNTH", "合成病院"
    made.ReferringPhysicianName, made.StudyDescription, made.SeriesDescription = "紹介^医師", "乳房", "series"
    made.PatientBirthDate, made.PatientSex, made.BodyPartExamined = "19700101", "F", "BREAST"
    made.AccessionNumber, made.StudyID, made.SeriesNumber, made.InstanceNumber = "A1", "1", 1, 1
    return made


def _add_pixels(made: Dataset, cells: NDArray[np.uint16], *, bits: int) -> None:
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.Rows, made.Columns = cells.shape[-2:]
    if cells.ndim > 2:
        made.NumberOfFrames = len(cells)
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, bits, bits - 1, 0
    made.PixelData = cells.tobytes()
