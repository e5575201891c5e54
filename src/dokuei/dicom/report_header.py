"""What a report object shares with the study it belongs to (PS3.3 C.7.1.1, C.7.2.1)."""

import io
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID, ExplicitVRLittleEndian

from dokuei.dicom.image_mac import ImageMac
from dokuei.dicom.uids import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME

CHARACTER_SET = "ISO_IR 192"
MANUFACTURER = "dokuei"
SERIES_NUMBER_SR = 9901
SERIES_NUMBER_PDF = 9902

_SEXES = frozenset({"M", "F", "O"})
_DATE = re.compile("[0-9]{8}")
_TIME = re.compile(r"([01][0-9]|2[0-3])([0-5][0-9]([0-5][0-9](\.[0-9]{1,6})?)?)?")
_DELIMITERS = str.maketrans("\\^=", "   ")
_LONGEST_GROUP = 64


@dataclass(frozen=True)
class StudyHeader:
    """Patient and study as the images say; names as PN with their groups (PS3.5 6.2.1.1)."""

    study_instance_uid: str
    patient_id: str
    issuer_of_patient_id: str
    patient_name: str
    patient_birth_date: str
    patient_sex: str
    study_date: str
    study_time: str
    accession_number: str
    referring_physician: str
    study_description: str


@dataclass(frozen=True)
class ReferencedImage:
    """An image that a report rests on: the frames that were read (from 1) with the digests of their pixels, its MAC."""

    sop_class_uid: str
    sop_instance_uid: str
    series_instance_uid: str
    number_of_frames: int
    frames: tuple[tuple[int, str], ...]
    mac: ImageMac | None = None


@dataclass(frozen=True)
class Placement:
    """Where a report object stands; ``made_at`` is aware, in the zone that its times are written in."""

    series_instance_uid: str
    sop_instance_uid: str
    instance_number: int
    made_at: datetime


def cleaned(header: StudyHeader) -> StudyHeader:
    """The header as a new object may carry it: what is no date, time or sex stays out, control characters too."""
    texts = {name: _plain(getattr(header, name)) for name in StudyHeader.__dataclass_fields__}
    known = {
        "patient_birth_date": _date(header.patient_birth_date),
        "patient_sex": header.patient_sex if header.patient_sex in _SEXES else "",
        "study_date": _date(header.study_date),
        "study_time": _time(header.study_time),
    }
    return StudyHeader(**texts | known)


def _plain(text: str) -> str:
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cc")


def _date(text: str) -> str:
    """A DA (PS3.5 6.2), also out of the dots of old objects; empty where there is no such day."""
    digits = text.strip().replace(".", "")
    try:
        return datetime.strptime(digits, "%Y%m%d").strftime("%Y%m%d") if _DATE.fullmatch(digits) else ""  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return ""


def _time(text: str) -> str:
    """A TM (PS3.5 6.2), also out of the colons of old objects; empty where there is no such time."""
    digits = text.strip().replace(":", "")
    return digits if _TIME.fullmatch(digits) else ""


def person_name(*, alphabetic: str = "", ideographic: str = "", phonetic: str = "") -> str:
    """A PN from its groups; empty groups at the end fall away."""
    return f"{alphabetic}={ideographic}={phonetic}".rstrip("=")


def written_name(display_name: str, kana: str = "") -> str:
    """A PN from a name as people write it: 'family given' in the group that its letters belong to."""
    parts = _parts(display_name)
    if display_name.isascii():
        return person_name(alphabetic=parts)
    return person_name(ideographic=parts, phonetic=_parts(kana))


def _parts(name: str) -> str:
    """What stands for something else in a PN is no letter of a name; a group holds 64 letters (PS3.5 6.2)."""
    return "^".join(name.translate(_DELIMITERS).split())[:_LONGEST_GROUP]


def put_study(target: Dataset, header: StudyHeader) -> None:
    """Say whose study an object belongs to; what the header leaves open, the object does not keep either."""
    target.SpecificCharacterSet = CHARACTER_SET
    target.PatientID = header.patient_id
    target.IssuerOfPatientID = header.issuer_of_patient_id
    if not header.issuer_of_patient_id:
        del target.IssuerOfPatientID
    target.PatientName = header.patient_name
    target.PatientBirthDate = header.patient_birth_date
    target.PatientSex = header.patient_sex
    target.StudyInstanceUID = header.study_instance_uid
    target.StudyDate = header.study_date
    target.StudyTime = header.study_time
    target.AccessionNumber = header.accession_number
    target.ReferringPhysicianName = header.referring_physician


def put_header(target: Dataset, header: StudyHeader, placement: Placement) -> None:
    """Write patient, study, times and maker into an object (SOP Common, PS3.3 C.12.1)."""
    at = placement.made_at
    put_study(target, header)
    target.StudyID = ""
    if header.study_description:
        target.StudyDescription = header.study_description
    target.Manufacturer = MANUFACTURER
    target.TimezoneOffsetFromUTC = at.strftime("%z")
    target.SeriesInstanceUID = placement.series_instance_uid
    target.SOPInstanceUID = placement.sop_instance_uid
    target.InstanceNumber = placement.instance_number
    for day, time in (("InstanceCreationDate", "InstanceCreationTime"), ("ContentDate", "ContentTime")):
        setattr(target, day, at.strftime("%Y%m%d"))
        setattr(target, time, at.strftime("%H%M%S"))
    target.SeriesDate, target.SeriesTime = target.ContentDate, target.ContentTime


def part10(dataset: Dataset) -> bytes:
    """The object as a Part 10 file in Explicit VR Little Endian (PS3.10 7.1)."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = UID(IMPLEMENTATION_CLASS_UID)
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION_NAME
    target = io.BytesIO()
    dcmwrite(target, FileDataset(target, dataset, file_meta=meta, preamble=b"\0" * 128), enforce_file_format=True)
    return target.getvalue()
