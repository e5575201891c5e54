"""What every object of a case says about patient, study, series and equipment; and how it gets to disk."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import UID, ExplicitVRLittleEndian

Pixels = npt.NDArray[np.uint16] | npt.NDArray[np.int16] | npt.NDArray[np.uint8]

JAPANESE = ("ISO 2022 IR 6", "ISO 2022 IR 87")
UNICODE = ("ISO_IR 192",)


def uid(*key: int | str) -> str:
    """A UID under 2.25 (PS3.5 B.2) that is the same whenever the same thing is made again."""
    digest = hashlib.sha256("/".join(map(str, ("dokuei phantom", *key))).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


@dataclass(frozen=True)
class Patient:
    """A woman who does not exist: ``name`` is alphabetic=ideographic=phonetic; ``weight`` in kg, ``size`` in m."""

    patient_id: str
    name: str
    birth_date: str
    weight: float
    size: float
    character_set: tuple[str, ...] = JAPANESE


@dataclass(frozen=True)
class Equipment:
    """A device of no maker, named so that nobody takes it for a real one."""

    manufacturer: str
    model: str
    serial: str
    software: str
    station: str


@dataclass(frozen=True)
class Study:
    """One visit: ``date`` as DA, ``hour`` seconds after midnight."""

    key: str
    patient: Patient
    date: str
    second: int
    description: str
    accession_number: str
    institution: str = "架空市立模擬病院 FICTITIOUS HOSPITAL"
    referring: str = "KARI^ISHI=仮^医師=かり^いし"

    @property
    def study_instance_uid(self) -> str:
        """One study, one UID."""
        return uid(self.key, "study")

    def time(self, after: float = 0.0) -> str:
        """A TM ``after`` so many seconds from the study's start, to the millisecond."""
        total = self.second + after
        whole = int(total)
        fraction = round((total - whole) * 1000)
        return f"{whole // 3600:02d}{whole // 60 % 60:02d}{whole % 60:02d}.{fraction:03d}"


@dataclass(frozen=True)
class Series:
    """A series of one modality; ``after`` is when it began, in seconds of the study."""

    study: Study
    number: int
    modality: str
    description: str
    equipment: Equipment
    after: float = 0.0
    body_part: str = "BREAST"

    @property
    def series_instance_uid(self) -> str:
        """One series, one UID."""
        return uid(self.study.key, "series", self.number)


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """One coded entry (PS3.3 8.8)."""
    item = Dataset()
    item.CodeValue = value
    item.CodingSchemeDesignator = scheme
    item.CodeMeaning = meaning
    return item


def sequence(*items: Dataset) -> Sequence:
    """A sequence of given items, in their order."""
    return Sequence(items)


def instance(series: Series, sop_class_uid: str, number: int, *, after: float | None = None) -> Dataset:
    """The part that every object has: patient, study, series, equipment, SOP Common."""
    study, patient = series.study, series.study.patient
    moment = series.after if after is None else after
    ds = Dataset()
    ds.SpecificCharacterSet = list(patient.character_set)
    ds.InstanceCreationDate, ds.InstanceCreationTime = study.date, study.time(moment + 2)
    ds.SOPClassUID = sop_class_uid
    ds.SOPInstanceUID = uid(study.key, series.number, number)
    ds.StudyDate, ds.SeriesDate, ds.AcquisitionDate, ds.ContentDate = (study.date,) * 4
    ds.StudyTime, ds.SeriesTime = study.time(), study.time(series.after)
    ds.AcquisitionTime, ds.ContentTime = study.time(moment), study.time(moment + 1)
    ds.AccessionNumber = study.accession_number
    ds.Modality = series.modality
    ds.Manufacturer = series.equipment.manufacturer
    ds.InstitutionName = study.institution
    ds.ReferringPhysicianName = study.referring
    ds.StationName = series.equipment.station
    ds.StudyDescription = study.description
    ds.SeriesDescription = series.description
    ds.OperatorsName = "KARI^GISHI=仮^技師=かり^ぎし"
    ds.ManufacturerModelName = series.equipment.model
    ds.PatientName = patient.name
    ds.PatientID = patient.patient_id
    ds.IssuerOfPatientID = "DOKUEI-PHANTOM"
    ds.PatientBirthDate = patient.birth_date
    ds.PatientSex = "F"
    age = int(study.date[:4]) - int(patient.birth_date[:4]) - (study.date[4:] < patient.birth_date[4:])
    ds.PatientAge = f"{age:03d}Y"
    ds.PatientSize, ds.PatientWeight = str(patient.size), str(patient.weight)
    ds.PatientComments = "Synthetic: computed, no person"
    ds.BodyPartExamined = series.body_part
    ds.DeviceSerialNumber = series.equipment.serial
    ds.SoftwareVersions = series.equipment.software
    ds.StudyInstanceUID = study.study_instance_uid
    ds.SeriesInstanceUID = series.series_instance_uid
    ds.StudyID = study.accession_number[-6:]
    ds.SeriesNumber, ds.InstanceNumber = series.number, number
    return ds


def describe_pixels(ds: Dataset, rows: int, columns: int, *, bits: int, signed: bool = False) -> None:
    """The Image Pixel module (PS3.3 C.7.6.3) of a grey image of at most sixteen bits."""
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.Rows, ds.Columns = rows, columns
    ds.BitsAllocated = 8 if bits <= 8 else 16  # noqa: PLR2004 - a byte
    ds.BitsStored, ds.HighBit = bits, bits - 1
    ds.PixelRepresentation = int(signed)
    ds.BurnedInAnnotation = "NO"
    ds.LossyImageCompression = "00"


def write(ds: Dataset, path: Path, frames: Iterable[Pixels]) -> None:
    """Write a Part 10 file as a modality would: Explicit VR Little Endian, frame after frame, none kept."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = ds.SOPClassUID
    meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = UID(uid("implementation"))
    meta.ImplementationVersionName = "DOKUEI_PHANTOM"
    ds.file_meta = meta
    header = BytesIO()
    dcmwrite(header, ds, enforce_file_format=True)
    depth = ds.BitsAllocated // 8
    length = ds.Rows * ds.Columns * ds.SamplesPerPixel * depth * int(ds.get("NumberOfFrames", 1))
    with path.open("wb") as file:
        file.write(header.getbuffer())
        tag = Tag("PixelData")
        file.write(tag.group.to_bytes(2, "little") + tag.element.to_bytes(2, "little"))
        file.write((b"OB" if depth == 1 else b"OW") + b"\0\0" + (length + length % 2).to_bytes(4, "little"))
        written = 0
        for frame in frames:
            written += file.write(np.ascontiguousarray(frame).data)
        file.write(b"\0" * (length % 2))
    if written != length:
        raise ValueError(f"{path.name}: {written} bytes of pixels for {length} that the header says")
