"""Data sets that travel inside DIMSE messages: read and written by pydicom, for what is small and rare (PS3.7 6.3)."""

from io import BytesIO

from pydicom import dcmread
from pydicom.charset import convert_encodings
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from dokuei.dicom import uids
from dokuei.dicom.meta import build_meta

_ANY_INSTANCE = "2.25.0"


def read_identifier(data: bytes, *, sop_class_uid: str, transfer_syntax_uid: str) -> Dataset:
    """A message's data set; what cannot be read raises whatever pydicom says of it."""
    head = build_meta(
        sop_class_uid=sop_class_uid, sop_instance_uid=_ANY_INSTANCE, transfer_syntax_uid=transfer_syntax_uid
    )
    return dcmread(BytesIO(head + data))


def write_identifier(found: Dataset, *, transfer_syntax_uid: str) -> bytes:
    """A data set as a message carries it, in its own character sets."""
    target = DicomBytesIO()
    target.is_little_endian, target.is_implicit_VR = True, transfer_syntax_uid == uids.IMPLICIT_LITTLE
    write_dataset(target, found, convert_encodings(found.get("SpecificCharacterSet", "ISO_IR 6")))
    return bytes(target.getvalue())
