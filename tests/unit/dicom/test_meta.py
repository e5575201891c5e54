"""File meta information."""

import io

import pydicom
from hypothesis import given
from hypothesis import strategies as st

from dokuei.dicom import uids
from dokuei.dicom.meta import SENDING_AE, TRANSFER_SYNTAX, build_meta, parse_meta, text_of


def test_pydicom_reads_what_is_built() -> None:
    built = build_meta(
        sop_class_uid="1.2.840.10008.5.1.4.1.1.4",
        sop_instance_uid="1.2.3",
        transfer_syntax_uid=uids.HTJ2K_LOSSLESS_RPCL,
        application_entities={SENDING_AE: "MODALITY1"},
    )
    found = pydicom.dcmread(io.BytesIO(built)).file_meta
    assert found.FileMetaInformationGroupLength == len(built) - 144
    assert found.MediaStorageSOPInstanceUID == "1.2.3"
    assert found.SendingApplicationEntityTitle == "MODALITY1"
    assert found.TransferSyntaxUID == uids.HTJ2K_LOSSLESS_RPCL


def test_what_is_built_is_read_back_with_the_start_of_the_data_set() -> None:
    built = build_meta(sop_class_uid="1.2", sop_instance_uid="1.2.3", transfer_syntax_uid="1.2.840.10008.1.2")
    values, start = parse_meta(built + b"\x08\0\x60\0", len(built) + 4)
    assert start == len(built)
    assert text_of(values, TRANSFER_SYNTAX) == "1.2.840.10008.1.2"


def test_meta_without_a_preamble_is_read() -> None:
    built = build_meta(sop_class_uid="1.2", sop_instance_uid="1.2.3", transfer_syntax_uid="1.2.840.10008.1.2")
    values, start = parse_meta(built[132:], len(built) - 132)
    assert (text_of(values, TRANSFER_SYNTAX), start) == ("1.2.840.10008.1.2", len(built) - 132)


@given(st.binary(max_size=400))
def test_any_bytes_have_meta_or_none(data: bytes) -> None:
    values, start = parse_meta(data, len(data))
    assert start <= max(len(data), 132)
    assert isinstance(values, dict)
