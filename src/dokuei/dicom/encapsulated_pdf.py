"""A sealed PDF as a DICOM object: the bytes inside are never touched (PS3.3 A.45.1)."""

from collections.abc import Sequence
from datetime import datetime

from pydicom.dataset import Dataset

from dokuei.dicom.report_header import SERIES_NUMBER_PDF, Placement, ReferencedImage, StudyHeader, put_header
from dokuei.errors import AdmissionError

ENCAPSULATED_PDF = "1.2.840.10008.5.1.4.1.1.104.1"


def encapsulated_pdf(
    pdf: bytes, *, header: StudyHeader, placement: Placement, title: str, sources: Sequence[ReferencedImage]
) -> Dataset:
    """Wrap a PDF; an odd length is padded outside of it and told by Encapsulated Document Length (PS3.3 C.24.2)."""
    made = Dataset()
    made.SOPClassUID = ENCAPSULATED_PDF
    put_header(made, header, placement)
    made.Modality = "DOC"
    made.SeriesNumber = SERIES_NUMBER_PDF
    made.SeriesDescription = "読影報告書 Reading report (PDF)"
    made.ConversionType = "WSD"
    made.AcquisitionDateTime = ""
    made.BurnedInAnnotation = "YES"
    made.VerificationFlag = "VERIFIED"
    made.DocumentTitle = title
    made.ConceptNameCodeSequence = [_concept("18748-4", "LN", "Diagnostic imaging report")]
    made.SourceInstanceSequence = [_reference(image) for image in sources]
    made.MIMETypeOfEncapsulatedDocument = "application/pdf"
    made.EncapsulatedDocumentLength = len(pdf)
    made.EncapsulatedDocument = pdf + b"\0" * (len(pdf) % 2)
    return made


def stamped_anew(made: Dataset, pdf: bytes, *, sop_instance_uid: str, stamps: int, at: datetime) -> Dataset:
    """The object of a sealed file with the same file after later time stamps: another object, the same version.

    ``made`` is the first object; what it says of patient, study, version and content's time stays.
    """
    first = Dataset()
    first.ReferencedSOPClassUID, first.ReferencedSOPInstanceUID = made.SOPClassUID, made.SOPInstanceUID
    made.SOPInstanceUID = sop_instance_uid
    local = at.astimezone(datetime.strptime(made.TimezoneOffsetFromUTC, "%z").tzinfo)
    made.InstanceCreationDate, made.InstanceCreationTime = local.strftime("%Y%m%d"), local.strftime("%H%M%S")
    made.DocumentTitle = (
        f"{made.DocumentTitle} 同一版・タイムスタンプ更新{stamps} (same version, stamped anew {stamps})"
    )
    made.SourceInstanceSequence = [*made.get("SourceInstanceSequence", ()), first]
    made.EncapsulatedDocumentLength = len(pdf)
    made.EncapsulatedDocument = pdf + b"\0" * (len(pdf) % 2)
    return made


def pdf_inside(dataset: Dataset) -> bytes:
    """The PDF's own bytes, without padding.

    Raises:
        AdmissionError: no PDF inside.
    """
    document = dataset.get("EncapsulatedDocument")
    if not isinstance(document, bytes) or not document.startswith(b"%PDF-"):
        raise AdmissionError("no PDF in this object", phase="reading a report")
    length = dataset.get("EncapsulatedDocumentLength")
    return document[: int(length)] if length else document.rstrip(b"\0")


def _reference(image: ReferencedImage) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = image.sop_class_uid
    item.ReferencedSOPInstanceUID = image.sop_instance_uid
    return item


def _concept(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item
