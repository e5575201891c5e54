"""Small images as a modality makes them, for tests that need many of them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, MRImageStorage

_ROOT = "2.25.3141592653589793"


@dataclass(frozen=True)
class Series:
    """What the images of one made series share; numbers make the UIDs, so the same numbers are the same images."""

    study: int = 1
    series: int = 1
    patient_id: str = "0012345"
    side: int = 64

    @property
    def study_instance_uid(self) -> str:
        """The study's UID."""
        return f"{_ROOT}.{self.study}"


def mr_image(series: Series, number: int) -> Dataset:
    """One 12-bit MR slice whose pixels follow from its numbers."""
    noise = np.random.default_rng([series.study, series.series, number])
    pixels = noise.integers(0, 4096, (series.side, series.side), dtype=np.uint16)
    image = Dataset()
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.file_meta.MediaStorageSOPClassUID = image.SOPClassUID = MRImageStorage
    uid = UID(f"{series.study_instance_uid}.{series.series}.{number}")
    image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID = uid
    image.SpecificCharacterSet = ["", "ISO 2022 IR 87"]
    image.StudyInstanceUID = series.study_instance_uid
    image.SeriesInstanceUID = f"{series.study_instance_uid}.{series.series}"
    image.PatientName = "Yamada^Hanako=山田^花子=やまだ^はなこ"
    image.PatientID = series.patient_id
    image.PatientBirthDate, image.PatientSex = "19700101", "F"
    image.Modality, image.Manufacturer = "MR", "dokuei test"
    image.StudyDate = image.SeriesDate = image.ContentDate = "20261001"
    image.StudyTime = image.SeriesTime = image.ContentTime = "101500"
    image.StudyID, image.AccessionNumber, image.ReferringPhysicianName = "1", f"A{series.study}", ""
    image.SeriesNumber, image.InstanceNumber = series.series, number
    image.ImageType = ["ORIGINAL", "PRIMARY"]
    image.ImagePositionPatient = [0, 0, number]
    image.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    image.PixelSpacing, image.SliceThickness = [1, 1], 1
    image.FrameOfReferenceUID = f"{series.study_instance_uid}.0"
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.Rows = image.Columns = series.side
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 12, 11, 0
    image.WindowCenter, image.WindowWidth = 2048, 4096
    image.PixelData = pixels.tobytes()
    return image


def write_series(folder: Path, series: Series, count: int) -> list[Path]:
    """Write ``count`` images as Part 10 files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number in range(1, count + 1):
        file = folder / f"{series.study}-{series.series}-{number:05d}.dcm"
        mr_image(series, number).save_as(file, enforce_file_format=True)
        files.append(file)
    return files
