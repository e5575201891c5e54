"""A report's pages as pictures, for systems that show nothing else (Secondary Capture, PS3.3 A.8.1)."""

import uuid
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dokuei.dicom.report_header import CHARACTER_SET, MANUFACTURER

SECONDARY_CAPTURE: Final = "1.2.840.10008.5.1.4.1.1.7"
SERIES_NUMBER_PAGES: Final = 9903
_NAMESPACE: Final = uuid.UUID("d2c1f7ab-3d6b-4f4d-9a52-7f6f5b1f6f0e")
_PAGES_AT_MOST: Final = 1000
_OF_THE_STUDY: Final = (
    "PatientID",
    "IssuerOfPatientID",
    "PatientName",
    "PatientBirthDate",
    "PatientSex",
    "StudyInstanceUID",
    "StudyID",
    "StudyDate",
    "StudyTime",
    "StudyDescription",
    "AccessionNumber",
    "ReferringPhysicianName",
    "TimezoneOffsetFromUTC",
    "InstanceCreationDate",
    "InstanceCreationTime",
    "ContentDate",
    "ContentTime",
    "SeriesDate",
    "SeriesTime",
)


def captured_pages(report: Dataset, pages: Sequence[NDArray[np.uint8]]) -> tuple[Dataset, ...]:
    """Each page (rows by columns, 0 is black) as an object of the report's study.

    ``report`` is the Encapsulated PDF object that they are the pages of, with the identity that they shall have. The
    same page of the same document has the same UID whenever it is made.
    """
    return tuple(_page(report, cells, number, len(pages)) for number, cells in enumerate(pages, 1))


def _page(report: Dataset, cells: NDArray[np.uint8], number: int, pages: int) -> Dataset:
    version = int(report.get("InstanceNumber") or 0)
    made = Dataset()
    made.SOPClassUID = SECONDARY_CAPTURE
    made.SOPInstanceUID = _uid(f"{report.SOPInstanceUID}/{number}")
    made.SeriesInstanceUID = _uid(f"{report.SeriesInstanceUID}/pages")
    made.SpecificCharacterSet = CHARACTER_SET
    for keyword in _OF_THE_STUDY:
        if keyword in report:
            made[keyword] = report[keyword]
    made.Manufacturer = MANUFACTURER
    made.Modality = "OT"
    made.SeriesNumber = SERIES_NUMBER_PAGES
    made.SeriesDescription = "読影報告書 Reading report (pages)"
    made.InstanceNumber = version * _PAGES_AT_MOST + number
    made.ConversionType = "WSD"
    made.DateOfSecondaryCapture, made.TimeOfSecondaryCapture = report.ContentDate, report.ContentTime
    made.SecondaryCaptureDeviceManufacturer = MANUFACTURER
    made.ImageType = ["DERIVED", "SECONDARY"]
    made.PatientOrientation = ""
    made.ImageComments = f"第{version}版 version {version}, page {number} of {pages}"
    made.DerivationDescription = "A page of the sealed document; the seal is in the document alone"
    made.BurnedInAnnotation = "YES"
    made.SourceInstanceSequence = [_reference(report)]
    _put_cells(made, cells)
    return made


def _put_cells(made: Dataset, cells: NDArray[np.uint8]) -> None:
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.Rows, made.Columns = cells.shape
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 8, 8, 7, 0
    made.WindowCenter, made.WindowWidth = "128", "256"
    data = np.ascontiguousarray(cells).tobytes()
    made.add_new("PixelData", "OB", data + b"\0" * (len(data) % 2))


def _reference(report: Dataset) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = report.SOPClassUID, report.SOPInstanceUID
    return item


def _uid(named: str) -> str:
    return f"2.25.{uuid.uuid5(_NAMESPACE, named).int}"
