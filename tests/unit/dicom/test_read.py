"""The first look at what arrives."""

import hashlib
import io
import zlib

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from dokuei.dicom import uids
from dokuei.dicom.read import ObjectIdentity, read_identity, write_part10
from dokuei.errors import IdentityError, TruncatedError, UnsupportedError
from tests.makers.objects import MR, SERIES, SOP, STUDY, header, image, noise


def _encoded(data_set: Dataset, transfer_syntax: str) -> bytes:
    syntax = uids.TRANSFER_SYNTAXES[transfer_syntax]
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = syntax.little, not syntax.explicit
    write_dataset(buffer, data_set)
    data = buffer.getvalue()
    if syntax.deflated:
        machine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        data = machine.compress(data) + machine.flush()
    return data


NATIVE = [uids.EXPLICIT_LITTLE, uids.IMPLICIT_LITTLE, uids.EXPLICIT_BIG, uids.DEFLATED_LITTLE]


@pytest.mark.parametrize("transfer_syntax", NATIVE)
def test_identity_is_read_in_every_encoding(transfer_syntax: str) -> None:
    nested = header(PatientID="another")
    data_set = image(noise((64, 64)), ReferencedStudySequence=[nested], AccessionNumber="A1", SeriesNumber=3)
    data_set.SpecificCharacterSet = "ISO_IR 192"
    data_set.PatientName = "Yamada^Hanako=山田^花子"
    identity = read_identity(_encoded(data_set, transfer_syntax), transfer_syntax)
    assert identity == ObjectIdentity(
        sop_class_uid=MR,
        sop_instance_uid=SOP,
        study_instance_uid=STUDY,
        series_instance_uid=SERIES,
        patient_id="1234567",
        patient_name="Yamada^Hanako=山田^花子",
        study_date="20260401",
        accession_number="A1",
        modality="MR",
        series_number="3",
    )


@pytest.mark.parametrize("transfer_syntax", NATIVE[:3])
def test_the_beginning_of_a_data_set_is_enough(transfer_syntax: str) -> None:
    data = _encoded(image(noise((64, 64))), transfer_syntax)
    assert read_identity(memoryview(data)[:600], transfer_syntax).sop_instance_uid == SOP


def test_a_beginning_that_is_too_short_says_so() -> None:
    with pytest.raises(TruncatedError):
        read_identity(_encoded(header(), uids.EXPLICIT_LITTLE)[:100], uids.EXPLICIT_LITTLE)


def test_a_missing_uid_is_named() -> None:
    data_set = header()
    del data_set.SeriesInstanceUID
    with pytest.raises(IdentityError, match="series_instance_uid is missing"):
        read_identity(_encoded(data_set, uids.EXPLICIT_LITTLE), uids.EXPLICIT_LITTLE)


@pytest.mark.parametrize("transfer_syntax", ["", "1.2.3", "1.2.840.10008.1.2.4.94"])
def test_transfer_syntaxes_that_are_not_taken_are_refused(transfer_syntax: str) -> None:
    with pytest.raises(UnsupportedError):
        read_identity(_encoded(header(), uids.EXPLICIT_LITTLE), transfer_syntax)


def test_a_received_data_set_is_kept_byte_for_byte_behind_its_meta() -> None:
    data = _encoded(image(noise((64, 64))), uids.EXPLICIT_LITTLE)
    target = io.BytesIO()
    pieces = [data[start : start + 1000] for start in range(0, len(data), 1000)]
    digest = write_part10(
        target,
        pieces,
        sop_class_uid=MR,
        sop_instance_uid=SOP,
        transfer_syntax_uid=uids.EXPLICIT_LITTLE,
        sending_ae="MRI1",
        receiving_ae="DOKUEI",
    )
    whole = target.getvalue()
    assert whole.endswith(data)
    assert digest == hashlib.sha256(whole).hexdigest()
    found = pydicom.dcmread(io.BytesIO(whole)).file_meta
    assert (found.SendingApplicationEntityTitle, found.ReceivingApplicationEntityTitle) == ("MRI1", "DOKUEI")
